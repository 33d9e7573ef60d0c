"""Work on a whole register: many rows of one table straight to the driver, and portions that let others write too."""

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, String, Table, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from sme_tracker.db import GuardedSession, require_writing, transaction

Progress = Callable[[int, int], None]
SMALL, LARGE = 100, 2_000
"""How many are worked on in one transaction while people are at work: at first, and at most."""
WAIT_S = 0.1
"""How long a portion may keep others from writing, about."""
PAUSE_S = 0.1
"""How long others are let in to write between two portions."""


def in_portions(
    session: GuardedSession, work: Callable[[int, int], Sequence[int]], everything: int, progress: Progress
) -> int:
    """Work on many in small transactions between which others may write; returns on how many it was.

    `work` is told after which number and how many to take at most, and says which it took: fewer if no more are left.
    A portion is as large as can be done before somebody who saves meanwhile would notice.
    """
    done = last = 0
    most, more = SMALL, True
    while more:
        with transaction(session):
            begun = monotonic()
            taken = work(last, most)
        took = monotonic() - begun
        more = len(taken) >= most
        last = taken[-1] if taken else last
        most = max(SMALL, min(LARGE, 2 * most, int(most * WAIT_S / took)))
        done += len(taken)
        progress(done, max(everything, done))
        sleep(PAUSE_S if more else 0)
    return done


@contextmanager
def undisturbed() -> Iterator[None]:
    """Spare work on a whole register the search for circles of objects, which goes through all its rows over and over.

    What is no longer used goes all the same; only what holds itself waits for the end.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def insert_rows(
    session: Session,
    into: Table,
    names: Sequence[str],
    rows: Sequence[Sequence[object]],
    same: Mapping[str, object] | None = None,
    as_they_are: Collection[str] = (),
) -> None:
    """Insert rows that hold the values of the columns `names`; `same` are values that all of them share.

    Columns with a default that is one value get it. A row costs a fraction of what it costs as a mapping, since values
    are made ready column by column, and only where their type asks for it; those of `as_they_are` are ready.
    """
    if not rows:
        return
    require_writing(session)
    connection = session.connection()
    shared = {**_defaults(into, names), **(same or {})}
    ready: dict[str, Iterable[Any]] = dict(zip(names, zip(*rows, strict=True), strict=True))
    for name in names:
        if name not in as_they_are and (make := _maker(into, name, connection)):
            ready[name] = [make(value) for value in ready[name]]
    for name, value in shared.items():
        make = _maker(into, name, connection)
        ready[name] = repeat(make(value) if make else value, len(rows))
    _write(connection, into, ready)


def next_ids(session: Session, table: Table, count: int) -> list[int]:
    """The ids that the next rows of a table are to have, which the surrounding transaction holds for whoever asked.

    SQLite has one writer, which counts on from the last row; PostgreSQL has a sequence that nobody is given twice.
    """
    if session.connection().dialect.name == "sqlite":
        last: int = session.scalar(select(func.max(table.c.id))) or 0
        return list(range(last + 1, last + count + 1))
    sequence = func.pg_get_serial_sequence(table.name, "id")
    return list(session.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, count))))


def _write(connection: Connection, into: Table, columns: Mapping[str, Iterable[Any]]) -> None:
    """SQLite runs through the rows of one statement; PostgreSQL is handed whole columns."""
    listed = ", ".join(f'"{name}"' for name in columns)
    table = f'insert into "{into.name}" ({listed})'
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" for _name in columns)
        connection.exec_driver_sql(f"{table} values ({places})", [*zip(*columns.values(), strict=True)])
    else:
        arrays = ", ".join(f"%s::{_type_name(into, name, connection)}[]" for name in columns)
        source = f"select * from unnest({arrays})"  # noqa: S608 (names of this product's own types)
        connection.exec_driver_sql(f"{table} {source}", tuple(map(list, columns.values())))


def _defaults(into: Table, names: Sequence[str]) -> dict[str, object]:
    """The columns that are not given but have a value of their own, by name."""
    found = {}
    for column in into.c:
        default = column.default
        if isinstance(default, ScalarElementColumnDefault) and column.name not in names:
            found[column.name] = default.arg
    return found


def _maker(into: Table, name: str, connection: Connection) -> Any:
    """What makes a value of the column what the driver takes, None where it is that already."""
    return into.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)


def _type_name(into: Table, name: str, connection: Connection) -> str:
    of = into.c[name].type.dialect_impl(connection.dialect)
    return "text" if isinstance(of, String) else str(of.compile(connection.dialect))
