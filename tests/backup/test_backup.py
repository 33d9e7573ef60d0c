"""Backing up while people work, and restoring: whole, checked before anything is touched, between both engines."""

import json
import sqlite3
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError

from sme_tracker.accounts.models import User, UserSession
from sme_tracker.backup import drill
from sme_tracker.backup.archive import BackupRefused
from sme_tracker.backup.copies import row_counts
from sme_tracker.backup.drill import back_up
from sme_tracker.clock import utc_now
from sme_tracker.config import Config
from sme_tracker.dashboard.last_backup import note_backup, overdue
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.history.chain import broken_links
from sme_tracker.history.models import HistoryEntry
from sme_tracker.settling import settle
from tests.backup.made import BY, CODES, in_manifest, made, names, quietly, resealed, restored, rewrite
from tests.conftest import CONFIG, Databases


def _register(engine: Engine, code: str, name: str) -> None:
    with make_session_factory(engine, CONFIG.history_key, settle)() as session, transaction(session):
        by = replace(BY, at=utc_now())
        enterprises.register(session, by, [enterprises.NewEnterprise(code, name, code_as_printed=True)])


def test_what_was_there_comes_back_and_what_was_there_instead_is_kept(config: Config, own: Engine) -> None:
    before = names(own)
    file = made(config, own)
    _register(own, "91220101MA0Y2K3L7M", "后来登记有限公司")
    kept = restored(config, own, file)
    assert names(own) == before
    assert kept
    restored(config, own, kept)
    assert names(own) == [*before, "后来登记有限公司"]


def test_people_can_work_after_a_restore_into_an_empty_place(config: Config, own: Engine, databases: Databases) -> None:
    file = made(config, own)
    url = databases.create()
    empty = make_engine(url)
    assert restored(config, empty, file) is None
    assert names(empty) == names(own)
    _register(empty, "91220101MA0Y2K3L7M", "新来有限公司")
    with make_session_factory(empty, CONFIG.history_key, settle)() as session:
        assert list(broken_links(session)) == []
        assert "restore" in session.scalars(select(HistoryEntry.action)).all()
        assert session.scalars(select(User.full_name)).all() == ["林晓"]
        assert session.scalars(select(UserSession).where(UserSession.ended_at.is_(None))).all() == []
    empty.dispose()
    databases.drop(url)


def test_a_bureau_that_outgrew_sqlite_moves_by_backup_and_back(config: Config, own: Engine, tmp_path: Path) -> None:
    file = made(config, own)
    elsewhere = make_engine(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    restored(config, elsewhere, file)
    assert row_counts(elsewhere)["enterprise"] == len(CODES)
    back = tmp_path / "back.zip"
    back_up(config, elsewhere, back, utc_now(), quietly)
    restored(config, own, back)
    assert names(own) == names(elsewhere)
    elsewhere.dispose()


def test_a_backup_while_people_write_is_whole_and_holds_what_was_acknowledged_before(
    config: Config, own: Engine
) -> None:
    stop = Event()
    reader = own.connect()
    reader.execute(text("SELECT count(*) FROM enterprise")).all()
    _register(own, "91220101MA0Y2K3L7M", "已确认有限公司")
    writer = Thread(target=_write_until, args=(own, stop))
    writer.start()
    try:
        file = made(config, own)
    finally:
        stop.set()
        writer.join()
        reader.close()
    restored(config, own, file)
    assert "已确认有限公司" in names(own)


def _write_until(engine: Engine, stop: Event) -> None:
    number = 0
    while not stop.is_set():
        _register(engine, f"91220102MA0Y{number:06d}", f"写个不停{number}有限公司")
        number += 1


def test_the_backup_is_its_owners_only_and_names_the_head_of_the_history(config: Config, own: Engine) -> None:
    file = made(config, own)
    assert file.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    with make_session_factory(own, CONFIG.history_key, settle)() as session:
        last = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()
    assert (manifest["history_entry"], manifest["history_seal"]) == (last.id, last.seal)


def test_uploads_go_along(config: Config, own: Engine) -> None:
    uploads = config.data_folder / "uploads"
    uploads.mkdir()
    (uploads / "abc").write_bytes(b"a workbook")
    file = made(config, own)
    (uploads / "abc").unlink()
    restored(config, own, file)
    assert (uploads / "abc").read_bytes() == b"a workbook"


def _flip_a_byte(parts: dict[str, bytes]) -> None:
    content = bytearray(parts["database.sqlite"])
    content[5000] ^= 1
    parts["database.sqlite"] = bytes(content)


def _lose_the_database(parts: dict[str, bytes]) -> None:
    del parts["database.sqlite"]


def _lead_outside(parts: dict[str, bytes]) -> None:
    parts["uploads/../../outside"] = b"x"
    manifest = json.loads(parts["manifest.json"])
    manifest["sha256"]["uploads/../../outside"] = "x"
    parts["manifest.json"] = json.dumps(manifest).encode()


SPOILT = {
    "damaged": lambda file: rewrite(file, _flip_a_byte),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:-2000]),
    "empty": lambda file: file.write_bytes(b""),
    "no backup at all": lambda file: file.write_bytes(b"SQLite format 3\0" + bytes(5000)),
    "foreign zip": lambda file: rewrite(file, lambda parts: parts.pop("manifest.json")),
    "foreign product": lambda file: rewrite(file, in_manifest(product="another")),
    "without its database": lambda file: rewrite(file, _lose_the_database),
    "no list of files": lambda file: rewrite(file, in_manifest(sha256=["database.sqlite"])),
    "made at no time": lambda file: rewrite(file, in_manifest(made_at=7)),
    "of no version": lambda file: rewrite(file, in_manifest(revision=None)),
    "newer format": lambda file: rewrite(file, in_manifest(format=3)),
    "newer schema": lambda file: rewrite(file, in_manifest(revision="9999")),
    "rows missing": lambda file: rewrite(file, in_manifest(rows={"enterprise": 99})),
    "another history": lambda file: rewrite(file, in_manifest(history_seal="0" * 64)),
    "names that lead outside": lambda file: rewrite(file, _lead_outside),
}


@pytest.mark.parametrize("sealed_anew", [False, True], ids=["", "sealed anew"])
@pytest.mark.parametrize("how", SPOILT)
def test_what_cannot_be_trusted_is_refused_before_anything_is_touched(
    config: Config, untouched: Engine, file: Path, how: str, sealed_anew: bool
) -> None:
    SPOILT[how](file)
    if sealed_anew and zipfile.is_zipfile(file):
        resealed(file)
    before = row_counts(untouched)
    with pytest.raises(BackupRefused):
        restored(config, untouched, file)
    assert row_counts(untouched) == before
    assert sorted(path.name for path in config.data_folder.iterdir() if path.suffix != ".sqlite") == ["backup.zip"]


def test_a_newer_schema_is_refused_even_where_the_manifest_agrees(config: Config, own: Engine) -> None:
    with own.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BackupRefused):
        made(config, own)
    with own.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9998'"))


def test_a_backup_sealed_with_another_key_is_refused(config: Config, untouched: Engine, file: Path) -> None:
    other = replace(config, history_key="a key that sealed nothing in this history")
    with pytest.raises(BackupRefused, match=r"history\.key"):
        restored(other, untouched, file)


def test_a_backup_that_fails_leaves_the_older_one_alone(config: Config, own: Engine) -> None:
    file = made(config, own)
    older = file.read_bytes()
    with own.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with suppress(BackupRefused):
        back_up(config, own, file, utc_now(), quietly)
    assert file.read_bytes() == older
    assert [path.name for path in config.data_folder.iterdir()] == ["backup.zip"]


def test_a_backup_waits_for_its_turn_to_be_noted_however_long_an_import_takes(
    config: Config, own: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = [sqlite3.OperationalError("database is locked")] * 2

    def in_turn(session: GuardedSession, at: datetime) -> None:
        if turns:
            raise OperationalError("insert", {}, turns.pop())
        note_backup(session, at)

    monkeypatch.setattr(drill, "note_backup", in_turn)
    made(config, own)
    with make_session_factory(own, CONFIG.history_key, settle)() as session:
        assert overdue(session, utc_now(), timedelta(0))
        assert overdue(session, utc_now(), timedelta(hours=1)) is None
