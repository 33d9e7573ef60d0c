"""Every file that the database names goes along, byte by byte, and what is amiss with one is said."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from sme_tracker.backup import files
from sme_tracker.backup.drill import back_up
from sme_tracker.backup.files import Wrong, WrongFile, wrong_files
from sme_tracker.clock import utc_now
from sme_tracker.config import Config
from sme_tracker.db import make_engine, make_session_factory
from sme_tracker.settling import settle
from sme_tracker.tables import METADATA
from tests.backup.made import PDF, REGISTER, as_before_seals, hand_in, kept_files, made, quietly, restored, rewrite
from tests.conftest import CONFIG, Databases

CHANGED_BY_RESTORING = {"history_entry", "history_head", "user_session", "setting", "board_total", "search_pair"}


def found_wrong(config: Config, engine: Engine) -> list[tuple[str, str]]:
    with make_session_factory(engine, CONFIG.history_key, settle)() as session:
        return [(each.path.partition("/")[0], each.wrong) for each in wrong_files(session, config.data_folder)]


def rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a restore leaves alone."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
            if table.name not in CHANGED_BY_RESTORING
        }


def moved(config: Config, engine: Engine, folder: Path, into: Engine) -> Config:
    """Back up and restore into an empty folder and database; the settings there."""
    folder.mkdir()
    there = Config(**{**vars(config), "data_folder": folder})
    assert restored(there, into, made(config, engine)) is None
    return there


def test_every_byte_comes_back_in_an_empty_place_on_either_engine_and_home_again(
    config: Config, own: Engine, databases: Databases, tmp_path: Path
) -> None:
    hand_in(config, own)
    before, rows_before = kept_files(config), rows(own)
    assert {PDF, REGISTER.encode()} < set(before.values())
    url = databases.create()
    sqlite, same_kind = make_engine(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"), make_engine(url)
    there = moved(config, own, tmp_path / "there", sqlite)
    assert (kept_files(there), rows(sqlite)) == (before, rows_before)
    home = moved(there, sqlite, tmp_path / "home", same_kind)
    assert (kept_files(home), rows(same_kind)) == (before, rows_before)
    assert found_wrong(home, same_kind) == []
    for engine in (sqlite, same_kind):
        engine.dispose()
    databases.drop(url)


def test_what_is_restored_is_the_owners_only(config: Config, own: Engine) -> None:
    hand_in(config, own)
    restored(config, own, made(config, own))
    for folder in ("files", "uploads"):
        for path in (config.data_folder / folder).iterdir():
            assert path.stat().st_mode & 0o777 == 0o600


def test_files_that_came_after_the_backup_go_with_their_rows_into_the_one_made_first(
    config: Config, own: Engine
) -> None:
    empty = made(config, own)
    hand_in(config, own)
    before = kept_files(config)
    kept = restored(config, own, empty)
    assert kept_files(config) == {}
    assert kept
    restored(config, own, kept)
    assert kept_files(config) == before
    assert found_wrong(config, own) == []


def test_a_proof_that_a_restored_row_names_stays_where_an_earlier_backup_did_not_have_it(
    config: Config, own: Engine
) -> None:
    hand_in(config, own)
    before = kept_files(config)
    file = made(config, own)
    rewrite(file, _without_files)
    rewrite(file, as_before_seals)
    restored(config, own, file, unsealed=True)
    assert kept_files(config) == before
    assert found_wrong(config, own) == []


def _without_files(parts: dict[str, bytes]) -> None:
    for name in list(parts):
        if name.startswith(("files/", "uploads/")):
            del parts[name]


def test_every_wrong_file_is_named(config: Config, own: Engine) -> None:
    hand_in(config, own)
    assert found_wrong(config, own) == []
    (proof,) = (config.data_folder / "files").iterdir()
    proof.write_bytes(PDF[:-1] + b"x")
    for upload in (config.data_folder / "uploads").glob("*"):
        upload.unlink()
    (config.data_folder / "files" / "nobodys").write_bytes(b"x")
    assert sorted(found_wrong(config, own)) == [
        ("files", Wrong.CHANGED),
        ("files", Wrong.UNNAMED),
        ("uploads", Wrong.MISSING),
    ]


def test_a_file_that_is_just_coming_in_is_not_cried_over(config: Config, own: Engine, monkeypatch: Any) -> None:
    (config.data_folder / "files").mkdir()
    coming = config.data_folder / "files" / "coming"
    coming.write_bytes(b"x")
    monkeypatch.setattr(files.time, "sleep", lambda _seconds: coming.unlink())
    assert found_wrong(config, own) == []


def test_a_backup_is_made_and_says_so_where_a_file_is_missing_or_changed(config: Config, own: Engine) -> None:
    hand_in(config, own)
    (proof,) = (config.data_folder / "files").iterdir()
    proof.write_bytes(b"another")
    upload = next(path for path in (config.data_folder / "uploads").iterdir() if not path.suffix)
    upload.unlink()
    manifest = back_up(config, own, config.data_folder / "b.zip", utc_now(), quietly)
    assert (manifest.changed, manifest.missing) == ([f"files/{proof.name}"], [f"uploads/{upload.name}"])


def test_every_column_that_names_a_file_is_looked_after() -> None:
    looked_after = {(place.stored_as.class_.__tablename__, place.stored_as.key) for place in files.PLACES}
    naming = {
        (table.name, column.name)
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.name.endswith(("stored_as", "path", "file"))
    }
    assert naming == looked_after


def test_a_name_that_leads_out_of_the_folder_reads_nothing(config: Config, own: Engine) -> None:
    hand_in(config, own)
    with own.begin() as connection:
        table = METADATA.tables["import"]
        connection.execute(table.update().values(stored_as="../backup.zip"))
    made(config, own)
    with make_session_factory(own, CONFIG.history_key, settle)() as session:
        wrong: list[WrongFile] = list(wrong_files(session, config.data_folder))
    assert [each.path for each in wrong if each.wrong is Wrong.MISSING] == ["uploads/../backup.zip"]


def test_when_the_last_backup_was_made_comes_back_with_it(config: Config, own: Engine) -> None:
    at = utc_now()
    file = config.data_folder / "b.zip"
    back_up(config, own, file, at, quietly)
    back_up(config, own, config.data_folder / "later.zip", utc_now(), quietly)
    restored(config, own, file)
    with own.connect() as connection:
        setting = METADATA.tables["setting"]
        value = connection.scalar(select(setting.c.value).where(setting.c.key == "backed_up_at"))
    assert datetime.fromisoformat(str(value)) == at
