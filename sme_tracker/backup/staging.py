"""The folder a backup or restore works in: a copy of the database lies there, so none is left behind."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sme_tracker.backup.archive import DATABASE, FOLDERS
from sme_tracker.clock import utc_now

if sys.platform != "win32":
    import fcntl

PREFIX = ".backup-"
LOCK = "lock"
WHOLE = "backup.zip"
LONGEST_S = 24 * 3600 if sys.platform == "win32" else 60
"""A folder without a lock that can be asked is taken for left behind after so long: here one just made, or of old."""
_OURS = {LOCK, WHOLE, *FOLDERS, *(f"{DATABASE}{ending}" for ending in ("", "-wal", "-shm", "-journal"))}


@contextmanager
def staging_folder(beside: Path) -> Iterator[Path]:
    """A folder of our own on the disk of the file `beside`, gone afterwards, and with it what a kill left there."""
    place = beside.absolute().parent
    clear_left_behind(place)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=place) as folder, _held(Path(folder)):
        yield Path(folder)


def clear_left_behind(place: Path) -> None:
    """Remove the folders of backups and restores that were killed; those of running ones stay, and what is not ours."""
    for folder in place.glob(f"{PREFIX}*"):
        if folder.is_dir() and not folder.is_symlink() and _is_left_behind(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_left_behind(folder: Path) -> bool:
    try:
        is_ours = {path.name for path in folder.iterdir()} <= _OURS
        return is_ours and not _is_in_use(folder)
    except OSError:
        return False


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the folder; the system lets go of it with the process, however that ends."""
    descriptor = os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        if sys.platform != "win32":
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_in_use(folder: Path) -> bool:
    lock = folder / LOCK
    if sys.platform == "win32" or not lock.exists():
        return utc_now().timestamp() - folder.stat().st_mtime < LONGEST_S
    descriptor = os.open(lock, os.O_WRONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
