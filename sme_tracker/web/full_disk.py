"""A full disk: which one it is, so that whoever is told can make room."""

import errno
import shutil
import tempfile
from pathlib import Path

from sqlalchemy.exc import OperationalError

from sme_tracker.db import is_full
from sme_tracker.web.language import lazy_gettext as _l

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
NEXT_TO_NOTHING = 1 << 20
"""Bytes; a disk with less than that is full for every purpose."""
DISKS = {
    "data": _l("the disk of the register’s data"),
    "database": _l("the disk of the database"),
    "temporary": _l("the disk of temporary files"),
}


def full_disk(error: Exception, data_folder: Path, database: str) -> str | None:
    """Which of `DISKS` was full, None if that is not what the error is about; `database` is its kind."""
    if isinstance(error, OperationalError):
        return ("data" if database == "sqlite" else "database") if is_full(error) else None
    if not isinstance(error, OSError) or error.errno not in FULL:
        return None
    is_temporary = _free_bytes(data_folder) > NEXT_TO_NOTHING > _free_bytes(Path(tempfile.gettempdir()))
    return "temporary" if is_temporary else "data"


def _free_bytes(folder: Path) -> int:
    """The room on the disk of a folder; as good as none where nothing is known of it."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
