"""Run as a program of its own: reads one workbook and writes its sheets to standard output, a JSON text a line.

A hostile workbook can end the process that reads it, which no except clause prevents, so this one is expendable: it
imports nothing of the product, and has a memory limit where the system knows one.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, time, timedelta
from itertools import islice
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

if sys.platform != "win32":
    import resource

ROWS_AT_A_TIME = 500


def main(path: str, memory_bytes: int, most_rows: int, most_columns: int) -> None:
    """Write every worksheet: first what it is, then its rows in batches, then an end."""
    _limit_memory(memory_bytes)
    try:
        with Path(path).open("rb") as file:
            workbook = CalamineWorkbook.from_filelike(file)
        for number, about in enumerate(workbook.sheets_metadata):
            if about.typ == SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_index(number)
                _refuse_large(sheet, most_rows, most_columns)
                _write_sheet(about.name, about.visible != SheetVisibleEnum.Visible, sheet)
    except PasswordError:
        _write({"refused": "encrypted"})
    except CalamineError:
        _write({"refused": "damaged_workbook"})
    except _TooLarge as too_large:
        _write({"refused": too_large.code, "most": too_large.most})


class _TooLarge(Exception):
    def __init__(self, code: str, most: int) -> None:
        super().__init__(code)
        self.code = code
        self.most = most


def _limit_memory(memory_bytes: int) -> None:
    if sys.platform != "win32":
        for which, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0)):
            with suppress(OSError, ValueError):  # macOS refuses the first; where less is allowed already, that holds
                resource.setrlimit(which, (most, most))


def _refuse_large(sheet: CalamineSheet, most_rows: int, most_columns: int) -> None:
    last_row, last_column = sheet.end or (-1, -1)
    if last_row >= most_rows:
        raise _TooLarge("endless_rows", most_rows)
    if last_column >= most_columns:
        raise _TooLarge("endless_columns", most_columns)


def _write_sheet(name: str, is_hidden: bool, sheet: CalamineSheet) -> None:
    _, first_column = sheet.start or (0, 0)
    _write({"sheet": name, "hidden": is_hidden, "first_column": first_column})
    rows: Iterator[object] = sheet.iter_rows() if sheet.start else iter(())
    while batch := list(islice(rows, ROWS_AT_A_TIME)):
        _write(batch)
    _write([])


def _write(message: object) -> None:
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), default=_plain)
    sys.stdout.buffer.write(text.encode() + b"\n")


def _plain(cell: object) -> object:
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time | timedelta):
        return str(cell)
    raise TypeError(cell)


if __name__ == "__main__":
    main(sys.argv[1], *(int(limit) for limit in sys.argv[2:5]))
