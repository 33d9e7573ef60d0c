"""A folder of backups named by their date, of which only the newest are kept."""

import re
from datetime import datetime
from pathlib import Path

from sme_tracker.backup.archive import BackupRefused, is_sealed_by, prove
from sme_tracker.clock import local
from sme_tracker.kept_files import sync_folder

_NAME = re.compile(r"sme-tracker-\d{8}-\d{6}\.zip")


def file_in(folder: Path, at: datetime) -> Path:
    """Where in the folder a backup made at the instant goes."""
    return folder / f"sme-tracker-{local(at):%Y%m%d-%H%M%S}.zip"


def drop_older(folder: Path, made: Path, keep: int, key: str) -> list[Path]:
    """Remove the backups before the newest `keep` whole ones, `made` among these; returns which.

    What bears another name, cannot be read or was not sealed with the key is left alone and counts for nothing.
    """
    others = sorted((file for file in folder.iterdir() if _NAME.fullmatch(file.name) and file != made), reverse=True)
    kept, dropped = 1, []
    for file in others:
        if kept < keep:
            kept += _is_whole(file, key)
        elif is_sealed_by(file, key):
            file.unlink()
            dropped.append(file)
    sync_folder(folder)
    return dropped


def _is_whole(file: Path, key: str) -> bool:
    try:
        prove(file, key)
    except BackupRefused:
        return False
    return True
