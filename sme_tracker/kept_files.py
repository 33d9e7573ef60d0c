"""Files the product keeps: whole, on the disk before anything is said of them, and their owner's only."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

NEXT_TO_NOTHING = 1 << 20
"""Bytes; a disk with less than that is full for every purpose."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file to write to: on the disk when the block ends well, gone again when it does not.

    Raises FileExistsError; an OSError that says nothing of the place is given that of the file.
    """
    descriptor = os.open(path, _NEW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        raise
    sync_folder(path.parent)


def own_folder(path: Path) -> Path:
    """The folder, made its owner's only where it is not there."""
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(path.parent)
    return path


def sync_folder(path: Path) -> None:
    """Let what was made, renamed or removed in a folder be on the disk; Windows sees to that itself."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def has_no_room(folder: Path) -> bool:
    """Whether the disk of a folder is full for every purpose; a folder of which nothing is known has no room."""
    try:
        return shutil.disk_usage(folder).free < NEXT_TO_NOTHING
    except OSError:
        return True
