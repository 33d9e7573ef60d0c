"""What a command says when it cannot do what it was asked: one sentence for the operator, never a traceback."""

import errno
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy.exc import DBAPIError

from sme_tracker.backup.archive import BackupRefused
from sme_tracker.config import ConfigInvalid
from sme_tracker.db import is_full
from sme_tracker.rules.findings import Refused
from sme_tracker.web.language import speaking
from sme_tracker.web.words import finding_words


def sentences(error: Exception, language: str, folder: Path | None = None) -> list[str]:
    """What is wrong, for the operator; `folder` is where the data are."""
    match error:
        case ConfigInvalid():
            return error.faults
        case Refused():
            with speaking(language):
                return [finding_words(finding) for finding in error.findings]
        case CommandError():
            return ["数据库属于更新的版本，请升级程序 · the database belongs to a newer version; upgrade the program"]
        case _ if is_full(error, folder):
            return ["磁盘已满，数据库写不进去 · the disk is full: the database cannot write"]
        case DBAPIError():
            return [f"数据库没有应答 · the database does not answer: {str(error.orig).splitlines()[0]}"]
        case BackupRefused():
            return [str(error)]
        case OSError():
            return [_file_fault(error)]
    return [f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"]


def _file_fault(error: OSError) -> str:
    """What the machine would not do with a file, in the operator's words."""
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            said = "没有这个文件或文件夹 · there is no such file or folder"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            said = "没有读写权限 · reading or writing is not permitted"
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            said = "磁盘已满 · the disk is full"
        case _:
            return str(error)
    place = Path(error.filename).parent if isinstance(error.filename, str) else ""
    return f"{said}: {place}" if place else said
