"""Backing up while people work, and restoring after everything was checked."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine, inspect, select, text, update
from sqlalchemy.exc import DatabaseError, OperationalError

from sme_tracker.accounts.models import UserSession
from sme_tracker.assessments.due import judge_due
from sme_tracker.backup import copies
from sme_tracker.backup.archive import DAMAGED, DATABASE, FOLDERS, NEWER, BackupRefused, Manifest, Packed, pack, unpack
from sme_tracker.backup.files import files_to_pack, is_changed, named_files, unnamed
from sme_tracker.backup.schema import foreign_pieces
from sme_tracker.backup.staging import WHOLE, staging_folder
from sme_tracker.clock import local
from sme_tracker.config import Config
from sme_tracker.dashboard.kept import keep, recount
from sme_tracker.dashboard.last_backup import note_backup
from sme_tracker.db import GuardedSession, is_busy, make_session_factory, migrate, transaction
from sme_tracker.enterprises.standing import roll
from sme_tracker.folders import migrations_folder
from sme_tracker.history.chain import Author, Entry, broken_links, record
from sme_tracker.history.models import HistoryHead
from sme_tracker.kept_files import own_folder, sync_folder
from sme_tracker.rebuilding import rebuild_outdated
from sme_tracker.settling import settle

Progress = Callable[[int, int], None]
STEPS = 4
TURNS = 30
"""How often a turn to write is waited for; each time some 20 s."""


def back_up(config: Config, engine: Engine, file: Path, at: datetime, progress: Progress) -> Manifest:
    """Write everything acknowledged so far to `file`, whole or not at all, and note when; raises BackupRefused.

    What is amiss with the kept files or the schema hinders no backup: the manifest names it.
    """
    manifest = _write(config, engine, file, at, progress)
    _note(config, engine, at)
    return manifest


def restore(
    config: Config, engine: Engine, file: Path, by: Author, progress: Progress, *, unsealed: bool = False
) -> Path | None:
    """Put a backup in the place of what is there, and return the backup made of that first, None if there was nothing.

    Raises BackupRefused before anything is touched. Sessions of the backup are ended: one that was signed out since
    must not come back to life. With `unsealed` also a backup from before there were seals; the history says so then.
    """
    with staging_folder(config.data_folder / "restore") as folder:
        manifest = unpack(file, folder, config.history_key, unsealed=unsealed)
        progress(1, STEPS)
        with copies.opened(folder / DATABASE) as staged:
            _stage(config, staged, manifest, by)
        progress(2, STEPS)
        kept = _keep_what_is_there(config, engine, by.at)
        progress(3, STEPS)
        _put_files(folder, config.data_folder)  # before the rows that name them
        copies.put_back(folder / DATABASE, engine)
        if kept:
            _remove_files(config, engine, kept.manifest.sha256.keys() - manifest.sha256.keys())
    progress(STEPS, STEPS)
    return kept.file if kept else None


class _KeptFirst(NamedTuple):
    """The backup of what was there before a restore."""

    file: Path
    manifest: Manifest


def _note(config: Config, engine: Engine, at: datetime) -> None:
    """Note the backup that is whole by now, however long an import is being written meanwhile."""
    with make_session_factory(engine, config.history_key, settle)() as session:
        for turn in reversed(range(TURNS)):
            try:
                with transaction(session):
                    note_backup(session, at)
                return
            except OperationalError as error:
                if not (turn and is_busy(error)):
                    raise


def _write(config: Config, engine: Engine, file: Path, at: datetime, progress: Progress) -> Manifest:
    if _revision(engine) != _scripts().get_current_head():
        raise BackupRefused(
            "数据库结构不是本版本的，请先运行 migrate · the schema is not this version's; run migrate first"
        )
    with engine.connect() as connection:
        foreign = foreign_pieces(connection)
    with staging_folder(file) as folder:
        copy = folder / DATABASE
        copies.save(engine, copy, rows_only=bool(foreign))
        progress(1, STEPS)
        with copies.opened(copy) as copied:
            _check_database(copied)
            progress(2, STEPS)
            describe = _description(config, engine, copied, at, foreign)
        files = {DATABASE: copy} | files_to_pack(config.data_folder)
        manifest = pack(files, folder / WHOLE, config.history_key, describe)
        progress(3, STEPS)
        (folder / WHOLE).replace(file)
        sync_folder(file.absolute().parent)
    progress(STEPS, STEPS)
    return manifest


def _description(
    config: Config, engine: Engine, copied: Engine, at: datetime, foreign: Sequence[str]
) -> Callable[[Packed], Manifest]:
    """What the manifest says of a copy, once its files are packed."""
    sessions = partial(make_session_factory, history_key=config.history_key, settle=settle)
    with sessions(copied)() as session:
        head, named = session.scalars(select(HistoryHead)).one(), named_files(session)
    rows, revision = copies.row_counts(copied), _revision(copied) or ""

    def describe(packed: Packed) -> Manifest:
        lost = named.keys() - packed.sha256.keys()
        if lost:
            with sessions(engine)() as now:
                lost &= named_files(now).keys()  # what was discarded meanwhile is not lost
        changed = {name for name in named.keys() & packed.sha256.keys() if is_changed(packed.sha256[name], named[name])}
        return Manifest(
            made_at=at.isoformat(),
            revision=revision,
            rows=rows,
            history_entry=head.entry_id,
            history_seal=head.seal,
            sha256=packed.sha256,
            sizes=packed.sizes,
            missing=sorted(lost),
            changed=sorted(changed),
            foreign=list(foreign),
        )

    return describe


def _stage(config: Config, staged: Engine, manifest: Manifest, by: Author) -> None:
    """Prove the copy sound and ours, then make it what it will be: of this version's schema, and as of today."""
    _check_database(staged)
    if _revision(staged) != manifest.revision or copies.row_counts(staged) != manifest.rows:
        raise BackupRefused(DAMAGED)
    _check_schema(staged, manifest.revision)
    migrate(staged)
    told: dict[str, tuple[object, object]] = {"made_at": (None, manifest.made_at)}
    if not manifest.is_sealed:
        told["unsealed"] = (None, True)
    with make_session_factory(staged, config.history_key, settle)() as session:
        _check_history(session, manifest)
        rebuild_outdated(session, by, local(by.at).date())
        with transaction(session):
            session.execute(update(UserSession).where(UserSession.ended_at.is_(None)).values(ended_at=by.at))
            roll(session, local(by.at).date())
            judge_due(session, local(by.at).date())
            keep(session, recount(session, local(by.at).date()))
            note_backup(session, datetime.fromisoformat(manifest.made_at))
            record(session, by, [Entry("restore", "database", changes=told)])


def _check_schema(staged: Engine, revision: str) -> None:
    """Nothing is written to the copy before this, so that no trigger planted in it was ever fired."""
    try:
        _scripts().get_revision(revision)
    except CommandError as error:
        raise BackupRefused(NEWER) from error
    with staged.connect() as connection:
        foreign = foreign_pieces(connection, revision)
    if foreign:
        raise BackupRefused(
            f"备份中数据库的结构被改动过，已拒绝 · the schema of the backup's database was tampered with: {foreign[0]}"
        )


def _check_history(session: GuardedSession, manifest: Manifest) -> None:
    head = session.scalars(select(HistoryHead)).one()
    if (head.entry_id, head.seal) != (manifest.history_entry, manifest.history_seal) or any(broken_links(session)):
        raise BackupRefused(
            "备份里的历史与封存密钥对不上：请把当时的 history.key 一并带来 · "
            "the backup's history does not match the key; bring the history.key of that time along"
        )


def _keep_what_is_there(config: Config, engine: Engine, at: datetime) -> _KeptFirst | None:
    empty = _revision(engine) is None
    migrate(engine)
    if empty:
        return None
    file = config.data_folder / f"before-restore-{local(at):%Y%m%d-%H%M%S}.zip"
    return _KeptFirst(file, _write(config, engine, file, at, lambda _done, _all: None))


def _put_files(unpacked: Path, data_folder: Path) -> None:
    """Put the files of a backup where they are kept; one that lies there already is replaced at once or not at all."""
    for name in FOLDERS:
        found = unpacked / name
        if found.is_dir():
            place = own_folder(data_folder / name)
            for path in found.iterdir():
                path.replace(place / path.name)
            sync_folder(place)


def _remove_files(config: Config, engine: Engine, paths: Iterable[str]) -> None:
    """Take away what came after the backup, of which one was made first; what a restored row names stays."""
    with make_session_factory(engine, config.history_key, settle)() as session:
        named = named_files(session)
    for path in unnamed(named, paths):
        (config.data_folder / path).unlink(missing_ok=True)


def _check_database(copied: Engine) -> None:
    """An SQLite file is sound when it says so itself and no row points nowhere."""
    try:
        with copied.connect() as connection:
            sound = connection.scalar(text("PRAGMA integrity_check")) == "ok"
            dangling = connection.execute(text("PRAGMA foreign_key_check")).first()
    except DatabaseError:
        sound, dangling = False, None
    if not sound or dangling:
        raise BackupRefused("数据库文件已损坏 · the database is damaged")


def _revision(engine: Engine) -> str | None:
    """The schema a database has, None if it has none."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(migrations_folder()))
    return ScriptDirectory.from_config(settings)
