"""A full disk: which one it is, so that whoever is told can make room."""

import errno
import tempfile
from pathlib import Path

from sqlalchemy.exc import OperationalError

from sme_tracker.db import is_full
from sme_tracker.kept_files import has_no_room
from sme_tracker.web.language import lazy_gettext as _l

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
DISKS = {
    "data": _l("the disk of the register’s data"),
    "database": _l("the disk of the database"),
    "temporary": _l("the disk of temporary files"),
}


def full_disk(error: Exception, data_folder: Path, database: str) -> str | None:
    """Which of `DISKS` was full, None if that is not what the error is about; `database` is its kind."""
    if isinstance(error, OperationalError):
        return ("data" if database == "sqlite" else "database") if is_full(error, data_folder) else None
    if not isinstance(error, OSError) or error.errno not in FULL:
        return None
    is_temporary = has_no_room(Path(tempfile.gettempdir())) and not has_no_room(data_folder)
    return "temporary" if is_temporary else "data"
