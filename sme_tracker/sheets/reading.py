"""Files come in: workbooks through a child process with limits, text as it is, all as sheets of rows of cells."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from sme_tracker.sheets import guard
from sme_tracker.sheets.process import Reader
from sme_tracker.sheets.sheet import LIMITS, Limits, Sheet
from sme_tracker.sheets.text import Merit, text_sheet
from sme_tracker.sheets.unlocking import unlocked


def read_workbook(
    path: Path, original_name: str, limits: Limits = LIMITS, merit: Merit | None = None
) -> Iterator[Sheet]:
    """The sheets of a file, one after the other; the next sheet ends the reading of the one before it.

    What the file is, its content says. Of `original_name`, what the person called it, the ending counts only where it
    promises macros or WPS's own kind, and the stem names the sheet of a text. `merit` rates the first rows of a text
    parted one way or another. Raises SheetRefused, also later, while rows are read.
    """
    with unlocked(path, limits) as opened:
        kind = guard.kind_of(opened, original_name, limits)
        if kind == "text":
            yield text_sheet(opened.read_bytes(), PurePosixPath(original_name).stem, limits, merit)
            return
        with Reader("workbook_child", opened, limits, limits.rows, limits.columns, limits.merged_ranges) as reader:
            yield from reader.sheets(guard.inspect(opened, kind, limits))
