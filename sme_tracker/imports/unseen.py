"""What a sheet holds that people do not see or no heading names: hidden rows and columns, cells beside the head."""

from collections.abc import Iterator

from sme_tracker.imports import cells
from sme_tracker.imports.lists import SheetList
from sme_tracker.imports.rows import Problem, shown_value
from sme_tracker.rules.findings import Finding, notice
from sme_tracker.sheets.sheet import Cell, Row


class Hidden:
    """What is read though nobody sees it in the workbook: rows filtered or folded away, and columns."""

    def __init__(self, listed: SheetList) -> None:
        self._listed = listed
        self._columns = [column.written for column in listed.read if column.index + 1 in listed.sheet.hidden_columns]
        self._rows: list[int] = []

    def count(self, number: int, row: Row) -> bool:
        """Count the row if it is hidden; returns whether it is."""
        is_hidden = number in self._listed.sheet.hidden_rows
        if is_hidden and any(cell is not None for cell in row):
            self._rows.append(number)
        return is_hidden

    def problems(self, *, are_read: bool) -> Iterator[Problem]:
        """What was hidden, said once."""
        if self._rows:
            code = "sheet.hidden_rows" if are_read else "sheet.hidden_rows_left"
            asked = f"hidden_rows:{self._listed.label}"
            said = notice(code, rows=len(self._rows), first=self._rows[0], question=asked)
            yield Problem(said, self._listed.label)
        for heading in self._columns:
            yield Problem(notice("sheet.hidden_column"), self._listed.label, column=heading)


class Unheaded:
    """What is said of cells no heading stands over: of those behind the last in every row, else once for a column."""

    def __init__(self, listed: SheetList) -> None:
        self._sheet = listed.label
        self._width = len(listed.head.written)
        self._unsaid = {index for index in listed.block if not listed.head.written[index]}

    def about(self, number: int, row: Row) -> Iterator[Problem]:
        """The cells of a row that nobody reads for want of a heading."""
        for index in sorted(self._unsaid):
            if index < len(row) and _says_something(row[index]):
                self._unsaid.remove(index)
                yield self._problem(notice("row.without_heading"), number, row[index])
        beyond = [cells.shown(cell).strip() for cell in row[self._width :] if _says_something(cell)]
        if beyond:
            yield self._problem(notice("row.beyond_head"), number, "、".join(beyond))

    def _problem(self, finding: Finding, number: int, cell: Cell) -> Problem:
        return Problem(finding, self._sheet, number, value=shown_value(cell))


def _says_something(cell: Cell) -> bool:
    return bool(cells.shown(cell).strip())
