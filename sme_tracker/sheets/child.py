"""A program of its own that reads a hostile file: what it may take, and how it tells what it read, a JSON text a line.

A hostile file can end the process that reads it, which no except clause prevents, so this one is expendable: it
imports nothing of the product but this, and has a memory limit where the system knows one.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, time, timedelta
from itertools import islice

if sys.platform != "win32":
    import resource

ROWS_AT_A_TIME = 500


def limit_memory(memory_bytes: int) -> None:
    """Take no more than this, and leave no picture of it behind when that is not enough."""
    if sys.platform != "win32":
        for which, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0)):
            with suppress(OSError, ValueError):  # macOS refuses the first; where less is allowed already, that holds
                resource.setrlimit(which, (most, most))


def tell_refusal(code: str, **parameters: str | int) -> None:
    """Tell why the file is not read."""
    _tell({"refused": code, **parameters})


def tell_sheet(
    name: str,
    rows: Iterable[object],
    *,
    is_hidden: bool = False,
    first_column: int = 0,
    merged: Sequence[Sequence[int]] = (),
) -> None:
    """Tell what a sheet is, then its rows in batches, then its end.

    The rows are told without their first columns, which are empty; the merged ranges count from 1.
    """
    _tell({"sheet": name, "hidden": is_hidden, "first_column": first_column, "merged": merged})
    remaining: Iterator[object] = iter(rows)
    while batch := list(islice(remaining, ROWS_AT_A_TIME)):
        _tell(batch)
    _tell([])


def _tell(message: object) -> None:
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), default=_plain)
    sys.stdout.buffer.write(text.encode("utf-8", errors="replace") + b"\n")


def _plain(cell: object) -> object:
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time | timedelta):
        return str(cell)
    raise TypeError(cell)
