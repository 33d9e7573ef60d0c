"""Files come in: .xlsx and .xls through a child process with limits, .csv as text, all as sheets of rows of cells."""

import csv
import io
import json
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from time import monotonic
from typing import IO, Any, Self, cast

from sme_tracker.sheets import child, guard
from sme_tracker.sheets.decoding import decode
from sme_tracker.sheets.sheet import (
    LIMITS,
    Cell,
    CellError,
    ErrorCells,
    Limits,
    Repair,
    Row,
    Sheet,
    SheetRefused,
)
from sme_tracker.sheets.writing import undefused

_DELIMITERS = ",\t;"
_ERROR_VALUES = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


_TEXT_FORMULA = re.compile(r'="([^"]*)"')


def read_workbook(path: Path, original_name: str, limits: Limits = LIMITS) -> Iterator[Sheet]:
    """The sheets of a file, one after the other; the next sheet ends the reading of the one before it.

    `original_name` is what the person called the file; only its ending counts, and its stem names the sheet of a CSV.
    Raises SheetRefused, also later, while rows are read.
    """
    kind = guard.kind_of(path, original_name, limits)
    if kind == "csv":
        yield _text_sheet(path.read_bytes(), PurePosixPath(original_name).stem, limits)
        return
    with _Child(path, limits) as reader:
        errors = guard.inspect(path, kind, limits)
        yield from reader.sheets(errors)


class _Child:
    """The process that reads a workbook; leaving the block ends it, whatever it is doing."""

    def __init__(self, path: Path, limits: Limits) -> None:
        options = (limits.memory_bytes, limits.rows, limits.columns)
        command = [sys.executable, "-P", child.__file__, str(path), *map(str, options)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._output = cast(IO[bytes], self._process.stdout)
        self._seconds = limits.seconds
        self._seconds_left = limits.seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._output.close()

    def sheets(self, errors: ErrorCells) -> Iterator[Sheet]:
        while about := self._next_message():
            rows = self._rows(about["first_column"], errors.of(about["sheet"]))
            yield Sheet(about["sheet"], rows, is_hidden=about["hidden"])
            deque(rows, maxlen=0)

    def _rows(self, first_column: int, errors: Mapping[int, Mapping[int, CellError]]) -> Iterator[Row]:
        number = 0
        margin: Row = [None] * first_column
        while batch := self._next_message():
            for cells in batch:
                number += 1
                row = margin + [None if cell == "" else cell for cell in cells]
                yield _with_errors(row, errors[number]) if number in errors else row

    def _next_message(self) -> Any:
        """What the child says next, or nothing at its end; only the time spent waiting for it counts."""
        began = monotonic()
        clock = threading.Timer(self._seconds_left, self._process.kill)
        clock.start()
        line = self._output.readline()
        clock.cancel()
        self._seconds_left -= monotonic() - began
        if self._seconds_left <= 0:
            raise SheetRefused("too_slow", seconds=round(self._seconds))
        if not line.endswith(b"\n"):
            if self._process.wait() != 0:
                raise SheetRefused("unreadable_workbook")
            return None
        message = json.loads(line, object_hook=_message)
        if isinstance(message, dict) and "refused" in message:
            raise SheetRefused(message.pop("refused"), **message)
        return message


def _message(item: dict[str, Any]) -> Any:
    day = item.get("day")
    if day is None:
        return item
    return date.fromisoformat(day) if len(day) == 10 else datetime.fromisoformat(day)


def _with_errors(row: Row, errors: Mapping[int, CellError]) -> Row:
    wide = row + [None] * (max(errors) - len(row))
    for column, error in errors.items():
        wide[column - 1] = error
    return wide


def _text_sheet(content: bytes, name: str, limits: Limits) -> Sheet:
    decoded = decode(content)
    sheet = Sheet(name, iter(()))
    sheet.rows = _text_rows(decoded.text, decoded.repaired_lines, sheet.repairs, limits)
    return sheet


def _text_rows(text: str, repaired_lines: Mapping[int, str], repairs: list[Repair], limits: Limits) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    last_line = number = 0
    while True:
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise _refused_record(str(error), last_line + 1, reader.line_num) from error
        if fields is None:
            return
        number += 1
        lines, last_line = range(last_line + 1, reader.line_num + 1), reader.line_num
        repairs += [Repair(number, repaired_lines[line]) for line in repaired_lines and lines if line in repaired_lines]
        yield _text_row(fields, number, limits)


def _refused_record(error: str, first_line: int, last_line: int) -> SheetRefused:
    """An unclosed quote swallows lines until the file or the longest cell ends."""
    if last_line > first_line or "unexpected end" in error:
        return SheetRefused("unclosed_quote", line=first_line)
    return SheetRefused("cell_too_long" if "field larger" in error else "stray_quote", line=first_line)


def _text_row(fields: list[str], number: int, limits: Limits) -> Row:
    if number > limits.rows:
        raise SheetRefused("endless_rows", most=limits.rows)
    row = [_text_cell(field) for field in fields]
    if len(row) > limits.columns and any(cell is not None for cell in row[limits.columns :]):
        raise SheetRefused("endless_columns", most=limits.columns)
    return row[: limits.columns]


def _delimiter(text: str) -> str:
    """The one of comma, tab and semicolon that the first lines hold most of."""
    first_lines = "\n".join(text.split("\n", 10)[:10])
    return max(_DELIMITERS, key=first_lines.count)


def _text_cell(field: str) -> Cell:
    """A field as it was meant: without the apostrophe our exports put before a formula, or Excel's `="…"`."""
    if not field:
        return None
    if field[0].isalnum():
        return field
    if field in _ERROR_VALUES:
        return CellError(field)
    if quoted := _TEXT_FORMULA.fullmatch(field):
        return quoted[1] or None
    return undefused(field)
