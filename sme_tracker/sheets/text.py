"""Tables that come as text: comma, tab or semicolon, whichever parts them into a table."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from sme_tracker.sheets.decoding import decode
from sme_tracker.sheets.sheet import Cell, CellError, Limits, Repair, Row, Sheet, SheetRefused
from sme_tracker.sheets.writing import undefused

Merit = Callable[[Sequence[Row]], float]
"""How much the first rows of a table look like what is wanted, for instance how many headings are known in them."""

ROWS_JUDGED = 30
_DELIMITERS = ",\t;"
_STATED = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n|$)', re.IGNORECASE)
_ERROR_VALUES = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


def text_sheet(content: bytes, name: str, limits: Limits, merit: Merit | None = None) -> Sheet:
    """The one sheet of a text file.

    It is parted by what its first line states (`sep=;`, which is no row), else by that of comma, tab and semicolon
    whose first rows have most merit, else by that which occurs most. Raises SheetRefused, also later, while rows are
    read.
    """
    decoded = decode(content)
    stated = _STATED.match(decoded.text)
    text = decoded.text[stated.end() :] if stated else decoded.text
    parted = _Parted(text, stated[1] if stated else _delimiter(text, merit), lines_before=1 if stated else 0)
    sheet = Sheet(name, iter(()))
    sheet.rows = _rows(parted, decoded.repaired_lines, sheet.repairs, limits)
    return sheet


class _Parted:
    """The records of a text, each with the number of its first and of its last line."""

    def __init__(self, text: str, delimiter: str, lines_before: int = 0) -> None:
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self._before = lines_before

    def __iter__(self) -> Iterator[tuple[list[str], int, int]]:
        last_line = self._before
        while True:
            try:
                fields = next(self._reader, None)
            except csv.Error as error:
                raise _refused_record(str(error), last_line + 1, self._before + self._reader.line_num) from error
            if fields is None:
                return
            first_line, last_line = last_line + 1, self._before + self._reader.line_num
            yield fields, first_line, last_line


def _rows(parted: _Parted, repaired_lines: Mapping[int, str], repairs: list[Repair], limits: Limits) -> Iterator[Row]:
    for number, (fields, first_line, last_line) in enumerate(parted, start=1):
        if repaired_lines:
            lines = range(first_line, last_line + 1)
            repairs += [Repair(number, repaired_lines[line]) for line in lines if line in repaired_lines]
        row = [text_cell(field) for field in fields]
        refuse_beyond(row, number, limits)
        yield row[: limits.columns]


def refuse_beyond(row: Row, number: int, limits: Limits) -> None:
    """Raises SheetRefused when something stands beyond the last row or column that is read."""
    if number > limits.rows and any(cell is not None for cell in row):
        raise SheetRefused("endless_rows", most=limits.rows)
    if len(row) > limits.columns and any(cell is not None for cell in row[limits.columns :]):
        raise SheetRefused("endless_columns", most=limits.columns)


def _refused_record(error: str, first_line: int, last_line: int) -> SheetRefused:
    """An unclosed quote swallows lines until the file or the longest cell ends."""
    if last_line > first_line or "unexpected end" in error:
        return SheetRefused("unclosed_quote", line=first_line)
    return SheetRefused("cell_too_long" if "field larger" in error else "stray_quote", line=first_line)


def _delimiter(text: str, merit: Merit | None) -> str:
    first_lines = "\n".join(text.split("\n", 10)[:10])
    by_number = sorted(_DELIMITERS, key=first_lines.count, reverse=True)
    if merit is None:
        return by_number[0]
    return max(by_number, key=lambda delimiter: merit(_first_rows(text, delimiter)))


def _first_rows(text: str, delimiter: str) -> list[Row]:
    """What the text begins with, if it is parted so; the rows up to one that cannot be."""
    rows: list[Row] = []
    try:
        for fields, _, _ in islice(_Parted(text, delimiter), ROWS_JUDGED):
            rows.append([text_cell(field) for field in fields])
    except SheetRefused:
        return rows
    return rows


def text_cell(field: str) -> Cell:
    """A field as it was meant: without the apostrophe our exports put before a formula, or Excel's `="…"`."""
    if not field:
        return None
    if field[0].isalnum():
        return field
    if field in _ERROR_VALUES:
        return CellError(field)
    return undefused(field) or None
