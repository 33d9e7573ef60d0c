"""Run as a program of its own: reads one workbook and tells its sheets."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sme_tracker.sheets.child import limit_memory, tell_refusal, tell_sheet


def main(path: str, memory_bytes: int, most_rows: int, most_columns: int, most_merged: int) -> None:
    """Tell every worksheet, or why the workbook is not read."""
    limit_memory(memory_bytes)
    try:
        with Path(path).open("rb") as file:
            workbook = CalamineWorkbook.from_filelike(file)
        for number, about in enumerate(workbook.sheets_metadata):
            if about.typ == SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_index(number)
                _, first_column = sheet.start or (0, 0)
                tell_sheet(
                    about.name,
                    _rows(sheet, most_rows, most_columns - first_column, most_columns),
                    is_hidden=about.visible != SheetVisibleEnum.Visible,
                    first_column=first_column,
                    merged=_merged(sheet, most_merged),
                )
    except PasswordError:
        tell_refusal("encrypted")
    except CalamineError:
        tell_refusal("damaged_workbook")
    except _TooLarge as too_large:
        tell_refusal(too_large.code, most=too_large.most)


class _TooLarge(Exception):
    def __init__(self, code: str, most: int) -> None:
        super().__init__(code)
        self.code = code
        self.most = most


def _rows(sheet: CalamineSheet, most_rows: int, width: int, most_columns: int) -> Iterator[Sequence[object]]:
    """The rows up to the last one with a value; what is only painted is empty, however far it reaches."""
    empty = 0
    for number, row in enumerate(sheet.iter_rows() if sheet.start else (), start=1):
        if not (any(row) or _says_something(row)):
            empty += 1
            continue
        if number > most_rows:
            raise _TooLarge("endless_rows", most_rows)
        if len(row) > width:
            if _says_something(row[max(width, 0) :]):
                raise _TooLarge("endless_columns", most_columns)
            row = row[:width]
        for _ in range(empty):
            yield ()
        empty = 0
        yield row


def _says_something(row: Sequence[object]) -> bool:
    return any(cell != "" for cell in row)


def _merged(sheet: CalamineSheet, most: int) -> list[tuple[int, int, int, int]]:
    """The merged ranges as far as the sheet is filled, from 1.

    No program writes ranges that overlap: where they would cover more cells than the sheet has, none is believed.
    """
    ranges = sheet.merged_cell_ranges or []
    if len(ranges) > most:
        raise _TooLarge("too_many_merged", most)
    last_row, last_column = sheet.end or (-1, -1)
    merged = [
        (first[0] + 1, first[1] + 1, min(last[0], last_row) + 1, min(last[1], last_column) + 1)
        for first, last in ranges
        if first[0] <= last_row and first[1] <= last_column
    ]
    covered = sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in merged)
    return merged if covered <= (last_row + 1) * (last_column + 1) else []


if __name__ == "__main__":
    main(sys.argv[1], *(int(limit) for limit in sys.argv[2:6]))
