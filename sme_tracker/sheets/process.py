"""A hostile file is read by a process with limits of its own; what it tells arrives here as sheets of rows of cells."""

import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import IO, Any, Literal, Self, cast

from sme_tracker.sheets.inspected import Inspected, SheetMarks
from sme_tracker.sheets.merging import filled
from sme_tracker.sheets.sheet import CellError, Limits, Merged, Row, Sheet, SheetRefused

Program = Literal["workbook_child", "document_child", "unlocking_child"]


class Reader:
    """The process that reads a file; leaving the block ends it, whatever it is doing."""

    def __init__(self, program: Program, path: Path, limits: Limits, *options: int | Path) -> None:
        module = f"{__name__.rpartition('.')[0]}.{program}"
        command = [sys.executable, "-P", "-m", module, str(path), str(limits.memory_bytes), *map(str, options)]
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

    def sheets(self, inspected: Inspected) -> Iterator[Sheet]:
        """The sheets, each with its marks; the next one ends the reading of the one before it."""
        while about := self.next_message():
            marks = inspected.of(about["sheet"])
            merged = [Merged(*area) for area in about["merged"]]
            rows = filled(self._rows(about["first_column"], marks), merged)
            yield Sheet(
                about["sheet"],
                rows,
                is_hidden=about["hidden"],
                merged=merged,
                hidden_rows=frozenset(marks.hidden_rows),
                hidden_columns=frozenset(marks.hidden_columns),
                begins_1904=inspected.begins_1904,
            )
            deque(rows, maxlen=0)

    def _rows(self, first_column: int, marks: SheetMarks) -> Iterator[Row]:
        """The rows, and below them those in which only errors stand."""
        errors = marks.errors
        number = 0
        margin: Row = [None] * first_column
        while batch := self.next_message():
            for cells in batch:
                number += 1
                row = margin + [None if cell == "" else cell for cell in cells]
                yield _with_errors(row, errors[number]) if number in errors else row
        for below in range(number + 1, max(errors, default=0) + 1):
            yield _with_errors([], errors.get(below, {}))

    def next_message(self) -> Any:
        """What the process tells next, or nothing at its end; only the time spent waiting for it counts."""
        began = monotonic()
        clock = threading.Timer(self._seconds_left, self._process.kill)
        clock.start()
        line = self._output.readline()
        clock.cancel()
        clock.join()
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
    wide = row + [None] * (max(errors, default=0) - len(row))
    for column, error in errors.items():
        wide[column - 1] = error
    return wide
