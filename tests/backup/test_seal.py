"""A backup that was tampered with is refused, whatever checksums it carries; so is one made to do harm."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from sme_tracker.backup.archive import BackupRefused
from sme_tracker.config import Config
from sme_tracker.db import make_engine, make_session_factory
from sme_tracker.history.models import HistoryEntry
from sme_tracker.settling import settle
from tests.backup.made import as_before_seals, hand_in, in_database, made, names, resealed, restored, rewrite
from tests.conftest import CONFIG

Change = Callable[[dict[str, bytes]], None]
PROMOTE = in_database("UPDATE user_account SET role = 'administrator'")


def with_checksums(parts: dict[str, bytes]) -> None:
    """Let the manifest fit what is in the backup now."""
    manifest = json.loads(parts["manifest.json"])
    manifest["sha256"] = {name: hashlib.sha256(parts[name]).hexdigest() for name in manifest["sha256"]}
    manifest["sizes"] = {name: len(parts[name]) for name in manifest["sha256"]}
    parts["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()


def refused(config: Config, engine: Engine, file: Path, *, unsealed: bool = False) -> str:
    """Why the backup is refused; nothing of it is left."""
    before = names(engine)
    with pytest.raises(BackupRefused) as refusal:
        restored(config, engine, file, unsealed=unsealed)
    assert names(engine) == before
    assert not list(config.data_folder.glob(".backup-*")) + list(config.data_folder.glob("before-restore-*"))
    return str(refusal.value)


def test_a_role_changed_in_a_backup_with_new_checksums_is_refused(
    config: Config, untouched: Engine, file: Path
) -> None:
    rewrite(file, PROMOTE)
    rewrite(file, with_checksums)
    assert "seal" in refused(config, untouched, file)
    assert "seal" in refused(config, untouched, file, unsealed=True)


def test_a_seal_taken_off_does_not_make_a_backup_an_earlier_one(config: Config, untouched: Engine, file: Path) -> None:
    rewrite(file, lambda parts: parts.pop("manifest.seal") and None)
    assert "seal" in refused(config, untouched, file, unsealed=True)


def test_a_backup_of_before_seals_is_restored_only_where_that_is_asked_for_and_the_history_says_so(
    config: Config, own: Engine
) -> None:
    hand_in(config, own)
    before = names(own)
    file = made(config, own)
    rewrite(file, as_before_seals)
    assert "--unsealed" in refused(config, own, file)
    restored(config, own, file, unsealed=True)
    assert names(own) == before
    with make_session_factory(own, CONFIG.history_key, settle)() as session:
        told = session.scalars(select(HistoryEntry.changes).where(HistoryEntry.action == "restore")).one()
    assert told["unsealed"] == [None, True]


def test_the_history_of_a_sealed_restore_says_nothing_of_seals(config: Config, own: Engine) -> None:
    restored(config, own, made(config, own))
    with make_session_factory(own, CONFIG.history_key, settle)() as session:
        told = session.scalars(select(HistoryEntry.changes).where(HistoryEntry.action == "restore")).one()
    assert list(told) == ["made_at"]


PLANTED: dict[str, Change] = {
    "a trigger": in_database(
        "CREATE TRIGGER quiet AFTER INSERT ON user_account BEGIN UPDATE user_account SET role = 'leader'; END"
    ),
    "a view": in_database("CREATE VIEW everybody AS SELECT * FROM user_account"),
    "a table": in_database("CREATE TABLE notes (text)"),
    "an index": in_database("CREATE UNIQUE INDEX ix_quiet ON user_account (full_name)"),
    "an index under the name of ours": in_database(
        "DROP INDEX ix_enterprise_level", "CREATE UNIQUE INDEX ix_enterprise_level ON enterprise (id)"
    ),
    "a guard taken away": in_database("DROP TRIGGER history_entry_no_delete"),
    "a guard that guards nothing": in_database(
        "DROP TRIGGER history_entry_no_update",
        "CREATE TRIGGER history_entry_no_update BEFORE UPDATE ON history_entry BEGIN SELECT 1; END",
    ),
    "a column": in_database("ALTER TABLE user_account ADD COLUMN quiet"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_schema_that_migrations_did_not_make_is_refused(
    config: Config, untouched: Engine, file: Path, what: str
) -> None:
    rewrite(file, PLANTED[what])
    rewrite(file, as_before_seals)
    assert "schema" in refused(config, untouched, file, unsealed=True)


@pytest.mark.parametrize("what", ["a trigger", "a guard taken away"])
def test_not_even_a_seal_lets_such_a_schema_in(config: Config, untouched: Engine, file: Path, what: str) -> None:
    rewrite(file, PLANTED[what])
    rewrite(file, with_checksums)
    resealed(file)
    assert "schema" in refused(config, untouched, file)


def test_the_indexes_of_the_first_versions_are_let_in(config: Config, untouched: Engine, file: Path) -> None:
    before = names(untouched)
    rewrite(
        file,
        in_database(
            "DROP INDEX ix_enterprise_gone",
            "DROP INDEX ix_enterprise_level",
            "CREATE INDEX ix_enterprise_status_level ON enterprise (status, level, id)",
        ),
    )
    rewrite(file, as_before_seals)
    elsewhere = make_engine(f"sqlite:///{config.data_folder / 'elsewhere.sqlite'}")
    restored(config, elsewhere, file, unsealed=True)
    assert names(elsewhere) == before
    elsewhere.dispose()


ZEROS = bytes(60 << 20)
HARMFUL: dict[str, Change] = {
    "a bomb": lambda parts: parts.update({"uploads/bomb": ZEROS}),
    "a bomb for a database": lambda parts: parts.update({"database.sqlite": ZEROS}),
    "a folder in a folder": lambda parts: parts.update({"files/a/b": b"x"}),
    "another folder": lambda parts: parts.update({"keys/secret.key": b"x"}),
    "a key": lambda parts: parts.update({"secret.key": b"x"}),
    "a way out": lambda parts: parts.update({"files/..": b"x"}),
    "a way out on Windows": lambda parts: parts.update({"files/..\\x": b"x"}),
    "an endless name": lambda parts: parts.update({f"files/{'x' * 300}": b"x"}),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_what_would_do_harm_is_refused_before_it_is_unpacked(
    config: Config, untouched: Engine, file: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(file, HARMFUL[what])
    rewrite(file, as_before_seals)
    opened: list[str] = []
    read = zipfile.ZipFile.open

    def watched(archive: zipfile.ZipFile, name: str, mode: str = "r") -> object:
        opened.append(name)
        return read(archive, name, mode)  # type: ignore[arg-type]

    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    refused(config, untouched, file, unsealed=True)
    assert set(opened) <= {"manifest.json", "manifest.seal"}


def test_a_file_that_unpacks_to_more_than_was_sealed_is_refused_before_it_is_unpacked(
    config: Config, untouched: Engine, file: Path
) -> None:
    rewrite(file, lambda parts: parts.update({next(name for name in parts if name.startswith("files/")): ZEROS}))
    refused(config, untouched, file)


def test_a_manifest_that_swells_is_refused(config: Config, untouched: Engine, file: Path) -> None:
    rewrite(file, lambda parts: parts.update({"manifest.json": b" " * (60 << 20) + parts["manifest.json"]}))
    assert "size" in refused(config, untouched, file)


def test_a_trigger_planted_in_the_database_is_left_out_of_its_backup_and_named(config: Config, own: Engine) -> None:
    before = names(own)
    with own.begin() as connection:
        for statement in PLANTED_HERE[own.dialect.name]:
            connection.execute(text(statement))
    file = made(config, own)
    with zipfile.ZipFile(file) as archive:
        assert json.loads(archive.read("manifest.json"))["foreign"] == ["table notes", "trigger quiet"]
    with own.begin() as connection:
        for statement in TAKEN_AWAY[own.dialect.name]:
            connection.execute(text(statement))
    restored(config, own, file)
    assert names(own) == before


PLANTED_HERE = {
    "sqlite": (
        "CREATE TABLE notes (text)",
        "CREATE TRIGGER quiet AFTER INSERT ON user_account BEGIN INSERT INTO notes VALUES ('x'); END",
    ),
    "postgresql": (
        "CREATE TABLE notes (text text)",
        "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE TRIGGER quiet AFTER INSERT ON user_account FOR EACH ROW EXECUTE FUNCTION quiet()",
    ),
}
TAKEN_AWAY = {
    "sqlite": ("DROP TRIGGER quiet", "DROP TABLE notes"),
    "postgresql": ("DROP TRIGGER quiet ON user_account", "DROP FUNCTION quiet", "DROP TABLE notes"),
}
