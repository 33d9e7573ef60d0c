"""The rows an import leaves out, as they stand in the file, each with its reason: to be mended and sent again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sme_tracker.imports.cells import shown
from sme_tracker.imports.old_columns import NotAList, recognise
from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import LIMITS, Limits
from sme_tracker.sheets.writing import Column, Row

Reasons = Mapping[tuple[str, int], str]
"""Sheet and row → why the row is left out."""


@dataclass(frozen=True)
class LeftOut:
    """A list to be exported: the head of the file's first list and, under it, the rows left out of all its sheets."""

    columns: list[Column]
    rows: Iterator[Row]


def left_out(path: Path, original_name: str, reasons: Reasons, reason_heading: str, limits: Limits = LIMITS) -> LeftOut:
    """The rows named in `reasons`, read from the file once more, with the reason as a last column.

    An import does not read that column, so the mended file can be sent as it is.
    """
    found = _rows(path, original_name, reasons, limits)
    headings = next(found)
    columns = [Column(f"column_{index}", str(heading)) for index, heading in enumerate(headings)]
    return LeftOut(
        [*columns, Column("reason", reason_heading, width=60)], (_as_wide(row, len(headings)) for row in found)
    )


def _rows(path: Path, original_name: str, reasons: Reasons, limits: Limits) -> Iterator[Row]:
    """The head first, then every row left out with its reason at the end."""
    has_head = False
    for sheet in read_workbook(path, original_name, limits):
        try:
            layout, rows = recognise(sheet)
        except NotAList:
            continue
        if not has_head:
            yield layout.headings
            has_head = True
        for number, row in rows:
            if reason := reasons.get((sheet.name, number)):
                yield [*(shown(cell) for cell in row), reason]


def _as_wide(row: Row, width: int) -> Row:
    *cells, reason = row
    return [*cells[:width], *[None] * (width - len(cells)), reason]
