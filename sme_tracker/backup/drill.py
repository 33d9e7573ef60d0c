"""Backing up while people work, and restoring after everything was checked."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine, inspect, select, text, update
from sqlalchemy.exc import DatabaseError

from sme_tracker.accounts.models import UserSession
from sme_tracker.assessments.due import judge_due
from sme_tracker.backup import copies
from sme_tracker.backup.archive import DATABASE, UPLOADS, BackupRefused, Manifest, digest, members, pack, unpack
from sme_tracker.clock import local
from sme_tracker.config import Config
from sme_tracker.dashboard.kept import keep, recount
from sme_tracker.db import GuardedSession, make_session_factory, migrate, transaction
from sme_tracker.enterprises.standing import roll
from sme_tracker.folders import migrations_folder
from sme_tracker.history.chain import Author, Entry, broken_links, record
from sme_tracker.history.models import HistoryHead

Progress = Callable[[int, int], None]
STEPS = 4


def back_up(config: Config, engine: Engine, file: Path, at: datetime, progress: Progress) -> Manifest:
    """Write everything acknowledged so far to `file`, whole or not at all; raises BackupRefused."""
    if _revision(engine) != _scripts().get_current_head():
        raise BackupRefused(
            "数据库结构不是本版本的，请先运行 migrate · the schema is not this version's; run migrate first"
        )
    with _folder_beside(file) as folder:
        copy = folder / DATABASE
        copies.save(engine, copy)
        progress(1, STEPS)
        with copies.opened(copy) as copied:
            _check_database(copied)
            progress(2, STEPS)
            files = members(copy, config.data_folder / "uploads")
            manifest = _manifest_of(copied, files, at)
        pack(manifest, files, folder / "backup.zip")
        progress(3, STEPS)
        (folder / "backup.zip").replace(file)
    progress(STEPS, STEPS)
    return manifest


def restore(config: Config, engine: Engine, file: Path, by: Author, progress: Progress) -> Path | None:
    """Put a backup in the place of what is there, and return the backup made of that first, None if there was nothing.

    Raises BackupRefused before anything is touched. Sessions of the backup are ended: one that was signed out since
    must not come back to life.
    """
    with _folder_beside(config.data_folder / "restore") as folder:
        manifest = unpack(file, folder)
        progress(1, STEPS)
        with copies.opened(folder / DATABASE) as staged:
            _stage(config, staged, manifest, by)
        progress(2, STEPS)
        kept = _keep_what_is_there(config, engine, by.at)
        progress(3, STEPS)
        copies.put_back(folder / DATABASE, engine)
        _put_back_uploads(folder / UPLOADS, config.data_folder / "uploads")
    progress(STEPS, STEPS)
    return kept


def _stage(config: Config, staged: Engine, manifest: Manifest, by: Author) -> None:
    """Prove the copy sound, then make it what it will be: of this version's schema, and as of today."""
    _check_database(staged)
    if _revision(staged) != manifest.revision or copies.row_counts(staged) != manifest.rows:
        raise BackupRefused("备份文件已损坏或不完整 · the backup is damaged or incomplete")
    try:
        _scripts().get_revision(manifest.revision)
    except CommandError as error:
        raise BackupRefused(
            "备份由更新的版本制作，请先升级 · the backup was made by a newer version; upgrade first"
        ) from error
    migrate(staged)
    with make_session_factory(staged, config.history_key)() as session:
        _check_history(session, manifest)
        with transaction(session):
            session.execute(update(UserSession).where(UserSession.ended_at.is_(None)).values(ended_at=by.at))
            roll(session, local(by.at).date())
            judge_due(session, local(by.at).date())
            keep(session, recount(session, local(by.at).date()))
            record(session, by, [Entry("restore", "database", changes={"made_at": (None, manifest.made_at)})])


def _check_history(session: GuardedSession, manifest: Manifest) -> None:
    head = session.scalars(select(HistoryHead)).one()
    if (head.entry_id, head.seal) != (manifest.history_entry, manifest.history_seal) or any(broken_links(session)):
        raise BackupRefused(
            "备份里的历史与封存密钥对不上：请把当时的 history.key 一并带来 · "
            "the backup's history does not match the key; bring the history.key of that time along"
        )


def _keep_what_is_there(config: Config, engine: Engine, at: datetime) -> Path | None:
    empty = _revision(engine) is None
    migrate(engine)
    if empty:
        return None
    kept = config.data_folder / f"before-restore-{local(at):%Y%m%d-%H%M%S}.zip"
    back_up(config, engine, kept, at, lambda _done, _all: None)
    return kept


def _put_back_uploads(source: Path, target: Path) -> None:
    if source.is_dir():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in source.iterdir():
            shutil.copyfile(path, target / path.name)


def _manifest_of(copied: Engine, files: dict[str, Path], at: datetime) -> Manifest:
    with make_session_factory(copied, "")() as session:
        head = session.scalars(select(HistoryHead)).one()
    rows, revision = copies.row_counts(copied), _revision(copied) or ""
    copied.dispose()  # nothing is left beside the file whose digest is taken
    sums = {name: digest(path) for name, path in files.items()}
    return Manifest(at.isoformat(), revision, rows, head.entry_id, head.seal, sums)


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


@contextmanager
def _folder_beside(file: Path) -> Iterator[Path]:
    """A folder of our own on the same disk, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as folder:
        yield Path(folder)
