"""Backing up and restoring from the command line: where a backup goes, which older ones go, and what is amiss."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from sme_tracker.backup import findings
from sme_tracker.backup.archive import Manifest
from sme_tracker.backup.dated import drop_older, file_in
from sme_tracker.backup.drill import Progress, back_up
from sme_tracker.config import Config
from sme_tracker.db import make_session_factory
from sme_tracker.kept_files import own_folder
from sme_tracker.settling import settle
from sme_tracker.web.language import gettext as _


@dataclass(frozen=True, slots=True)
class BackupOrder:
    """What was asked for: a file, or a folder in which the newest `keep` backups stay, None for all."""

    target: Path
    keep: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, and which older ones went for it."""

    file: Path
    manifest: Manifest
    dropped: list[Path]


def made(config: Config, engine: Engine, order: BackupOrder, at: datetime, progress: Progress) -> Made:
    """Make a backup; older ones go only once it is whole and holds all it should. Raises ClickException."""
    file = _file(order, at)
    manifest = back_up(config, engine, file, at, progress)
    may_drop = order.keep and not (manifest.missing or manifest.changed)
    dropped = drop_older(file.parent, file, order.keep, config.history_key) if order.keep and may_drop else []
    return Made(file, manifest, dropped)


def amiss(manifest: Manifest) -> Iterator[str]:
    """A sentence for everything that is not in the backup as it should be."""
    for path in manifest.missing:
        yield _("File %(path)s is missing, so it is not in the backup.", path=path)
    for path in manifest.changed:
        yield _("File %(path)s is not as handed in; the backup holds it as it is.", path=path)
    for piece in manifest.foreign:
        yield _("Database: %(piece)s is not as the register makes it; the backup goes without.", piece=piece)
    if manifest.missing or manifest.changed:
        yield _("Older backups may still hold these files: none was removed.")


def wrong_files(config: Config, engine: Engine) -> list[str]:
    """A sentence for every kept file that is not as the database says, after a restore."""
    with make_session_factory(engine, config.history_key, settle)() as session:
        return list(findings.of_files(session, config.data_folder))


def _file(order: BackupOrder, at: datetime) -> Path:
    if order.keep and order.target.is_file():
        raise click.UsageError("--keep 需要文件夹 · --keep needs a folder")
    if order.keep:
        own_folder(order.target)
    return file_in(order.target, at) if order.target.is_dir() else order.target
