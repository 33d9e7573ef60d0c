"""What the tests of backups do again and again: make one, change what is in it, hand files in."""

import hashlib
import hmac
import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, select

from sme_tracker.assessments import actions as evidence
from sme_tracker.assessments.files import ProofFolder
from sme_tracker.backup.drill import back_up, restore
from sme_tracker.clock import utc_now
from sme_tracker.config import Config
from sme_tracker.db import make_session_factory, transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.imports.intake import Intake
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.uploads import UploadFolder
from sme_tracker.settling import settle
from tests.conftest import CONFIG

BY = Author(None, "test", utc_now())
CODES = ("91220101MA0Y2K3L4T", "91220101MA0Y2K3L5R", "91220101MA0Y2K3L6P")
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40
REGISTER = "企业名称,统一社会信用代码\n长春九号有限公司,91220101MA0Y2K3L9F\n"


def quietly(_done: int, _all: int) -> None:
    """Nobody looks on."""


def made(config: Config, engine: Engine, name: str = "backup.zip") -> Path:
    """A backup in the data folder."""
    file = config.data_folder / name
    back_up(config, engine, file, utc_now(), quietly)
    return file


def restored(config: Config, engine: Engine, file: Path, *, unsealed: bool = False) -> Path | None:
    """Restore, now."""
    return restore(config, engine, file, replace(BY, at=utc_now()), quietly, unsealed=unsealed)


def names(engine: Engine) -> list[str]:
    """The names of the enterprises."""
    with make_session_factory(engine, CONFIG.history_key, settle)() as session:
        return list(session.scalars(select(Enterprise.name).order_by(Enterprise.id)))


def hand_in(config: Config, engine: Engine) -> None:
    """A proof of the first enterprise, and a register that waits to be imported, each with its file."""
    by = replace(BY, at=utc_now())
    with make_session_factory(engine, config.history_key, settle)() as session:
        kept = ProofFolder(config.data_folder).keep(io.BytesIO(PDF), "获奖证书.pdf")
        with transaction(session):
            first = session.scalars(select(Enterprise.id).order_by(Enterprise.id)).first() or 0
            paper = evidence.NewEvidence(first, "statements", "证书", from_day=date(2022, 1, 1), file=kept)
            paper = replace(paper, data={"kind": "product_field", "detail": "six_bases"})
            evidence.record_evidence(session, by, [paper])
        intake = Intake(session, UploadFolder(config.data_folder / "uploads"), Reach())
        intake.upload(by, io.BytesIO(REGISTER.encode()), "名册.csv", date(2022, 9, 30))


def kept_files(config: Config) -> dict[str, bytes]:
    """Every byte of the files kept, by path."""
    return {
        f"{folder}/{path.name}": path.read_bytes()
        for folder in ("files", "uploads")
        for path in (config.data_folder / folder).glob("*")
    }


def rewrite(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change what is in a backup, as somebody with a zip program could."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def in_manifest(**changed: object) -> Callable[[dict[str, bytes]], None]:
    """Change what the manifest says."""

    def change(parts: dict[str, bytes]) -> None:
        parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | changed).encode()

    return change


def resealed(file: Path) -> None:
    """Seal a changed backup anew, as only who has the key can."""

    def seal(parts: dict[str, bytes]) -> None:
        told = b"sme-tracker backup\n" + parts.get("manifest.json", b"")
        parts["manifest.seal"] = hmac.digest(CONFIG.history_key.encode(), told, "sha256").hex().encode()

    rewrite(file, seal)


def as_before_seals(parts: dict[str, bytes]) -> None:
    """Make a backup what the version before seals made, its checksums right whatever is in it."""
    manifest = json.loads(parts["manifest.json"])
    del parts["manifest.seal"]
    for newer in ("sizes", "missing", "changed", "foreign"):
        del manifest[newer]
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items() if name != "manifest.json"}
    parts["manifest.json"] = json.dumps(manifest | {"format": 1, "sha256": sums}).encode()


def in_database(*statements: str) -> Callable[[dict[str, bytes]], None]:
    """Change the database in a backup, past the register."""

    def change(parts: dict[str, bytes]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "database.sqlite"
            path.write_bytes(parts["database.sqlite"])
            with closing(sqlite3.connect(path)) as connection:
                for statement in statements:
                    connection.execute(statement)
                connection.commit()
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            parts["database.sqlite"] = path.read_bytes()

    return change
