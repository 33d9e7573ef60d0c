"""Word documents come in: their tables as sheets, guarded like workbooks."""

from collections.abc import Iterator
from pathlib import Path

from sme_tracker.sheets import package
from sme_tracker.sheets.inspected import Inspected
from sme_tracker.sheets.process import Reader
from sme_tracker.sheets.sheet import LIMITS, MEGABYTE, Limits, Sheet, SheetRefused
from sme_tracker.sheets.unlocking import unlocked


def read_document(path: Path, limits: Limits = LIMITS) -> Iterator[Sheet]:
    """The tables of a .docx document as sheets named 1, 2, … in their order; a table inside a cell is part of it.

    Raises SheetRefused, also later, while rows are read.
    """
    if path.stat().st_size > limits.file_bytes:
        raise SheetRefused("file_too_big", most_mb=limits.file_bytes // MEGABYTE)
    with unlocked(path, limits) as opened:
        package.inspect_document(opened, limits)
        with Reader("document_child", opened, limits, limits.rows, limits.columns) as reader:
            yield from reader.sheets(Inspected(limits))
