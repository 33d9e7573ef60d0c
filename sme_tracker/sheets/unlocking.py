"""Workbooks locked with the password that Excel itself knows: they open for everybody, and so they do here."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from sme_tracker.sheets import ole
from sme_tracker.sheets.process import Reader
from sme_tracker.sheets.sheet import Limits, SheetRefused


@contextmanager
def unlocked(path: Path, limits: Limits) -> Iterator[Path]:
    """The file itself, or what it holds where it is locked with Excel's own password, until the block is left.

    Raises SheetRefused for a workbook with any other password, and for all of them where nothing is installed that
    opens them.
    """
    if not _may_be_locked(path, limits):
        yield path
        return
    if find_spec("msoffcrypto") is None:
        raise SheetRefused("encrypted")
    with TemporaryDirectory(prefix="sme-tracker-") as folder:
        opened = Path(folder) / "opened"
        with Reader("unlocking_child", path, limits, opened) as reader:
            reader.next_message()
        if not opened.is_file():
            raise SheetRefused("damaged_workbook")
        yield opened


def _may_be_locked(path: Path, limits: Limits) -> bool:
    with path.open("rb") as file:
        is_container = file.read(len(ole.SIGNATURE)) == ole.SIGNATURE
    return is_container and path.stat().st_size <= limits.file_bytes and ole.is_locked(path.read_bytes())
