"""The rows an import leaves out, as they stand in the file, each with its reason: to be mended and sent again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sme_tracker.imports.cells import shown
from sme_tracker.imports.lists import Reading, SheetList, lists_of_file
from sme_tracker.sheets.sheet import LIMITS, Limits
from sme_tracker.sheets.sheet import Row as ReadRow
from sme_tracker.sheets.writing import Column, Row

Reasons = Mapping[tuple[str, int], str]
"""List and row → why the row is left out."""


@dataclass(frozen=True)
class LeftOut:
    """A list to be exported: the head of the file's first list and, under it, the rows left out of all its lists."""

    columns: list[Column]
    rows: Iterator[Row]


@dataclass(frozen=True)
class _Left:
    """A row left out, its list, its number and why."""

    listed: SheetList
    number: int
    row: ReadRow
    reason: str


def left_out(
    path: Path, original_name: str, reasons: Reasons, headings: Sequence[str], limits: Limits = LIMITS
) -> LeftOut:
    """The rows named in `reasons`, read from the file once more, with number and reason as the last columns.

    `headings` are those of the two last columns. An import does not read them, so the mended file can be sent as it is.
    Cells that stand beyond the head keep their places.
    """
    found = list(_rows(path, original_name, reasons, limits))
    head = found[0].listed.head.written if found else ()
    width = max((len(left.row) for left in found), default=0)
    shown_head = [*head, *[""] * (width - len(head))]
    columns = [Column(f"column_{index}", heading) for index, heading in enumerate(shown_head)]
    more = [Column("number", headings[0]), Column("reason", headings[1], width=60)]
    return LeftOut([*columns, *more], (_told(left, len(columns)) for left in found))


def _rows(path: Path, original_name: str, reasons: Reasons, limits: Limits) -> Iterator[_Left]:
    """Every row left out."""
    for listed in lists_of_file(path, original_name, Reading(), limits):
        for number, row in listed.rows:
            if reason := reasons.get((listed.label, number)):
                yield _Left(listed, number, row, reason)


def _told(left: _Left, width: int) -> Row:
    """The cells as they stand in the file, then the number of the row and why it is left out."""
    written = [shown(cell) for cell in left.row]
    return [*written, *[None] * (width - len(written)), str(left.number), left.reason]
