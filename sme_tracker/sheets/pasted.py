"""Text that was copied out of a web page, a workbook or a PDF, as a sheet."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from sme_tracker.sheets.sheet import LIMITS, Limits, Row, Sheet
from sme_tracker.sheets.text import ROWS_JUDGED, Merit, refuse_beyond, text_cell

_APART = (
    re.compile(r"\t"),
    re.compile(r"[,，]"),
    re.compile(r"[;；]"),
    re.compile(r"[ \u3000\xa0]{2,}"),
    re.compile(r"\s+"),
)
"""What may part the cells of a line, the surest first."""


def pasted_sheet(text: str, name: str = "", limits: Limits = LIMITS, merit: Merit | None = None) -> Sheet:
    """The lines of a pasted text as rows, counted from 1, empty ones included.

    The cells are parted by tabs, commas, semicolons or blanks: by those whose first rows have most merit, else by the
    first that parts most lines into equally many cells; where none does, each line is one cell. Raises SheetRefused
    while rows are read, beyond the limits.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    parted = max(_ways(text, lines), key=lambda rows: _merit(rows, merit))
    return Sheet(name, _within(parted, limits))


def _ways(text: str, lines: Sequence[str]) -> Iterator[list[Row]]:
    if '"' in text and "\t" in text:
        yield [_row(fields) for fields in csv.reader(io.StringIO(text, newline=""), delimiter="\t")]
    for apart in _APART:
        yield [_row(apart.split(line.strip(" \u3000\xa0"))) for line in lines]
    yield [_row([line]) for line in lines]


def _row(fields: Sequence[str]) -> Row:
    row = [text_cell(field.strip()) for field in fields]
    return row if any(cell is not None for cell in row) else []


def _merit(rows: Sequence[Row], merit: Merit | None) -> tuple[float, float]:
    first = rows[:ROWS_JUDGED]
    return merit(first) if merit else 0, _evenness([row for row in rows if row])


def _evenness(rows: Sequence[Row]) -> float:
    """Which share of the rows has the same number of cells, if that is more than one."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(widths.values(), default=0) / max(len(rows), 1)


def _within(rows: Sequence[Row], limits: Limits) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        refuse_beyond(row, number, limits)
        yield row[: limits.columns]
