"""The whole database as one SQLite file, made from either engine and put back into either."""

import errno
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Table, func, insert, inspect, select, text

from sme_tracker.db import is_full, make_engine, migrate
from sme_tracker.tables import METADATA

ROWS_AT_ONCE = 2000
KEPT_FOR_GOOD = ("history_entry", "shortlist_version")
"""The tables whose rows the database itself refuses to change."""


def save(engine: Engine, path: Path, *, rows_only: bool = False) -> None:
    """Write the database as it is at one moment to the new SQLite file `path`, while others go on writing.

    With `rows_only` the copy has this version's schema, whatever else the database has.
    """
    if engine.dialect.name == "sqlite" and not rows_only:
        with _new(path) as copy, _driver_connection(engine) as source, _driver_connection(copy) as target:
            source.backup(target)
        return
    with _new(path) as copy:
        migrate(copy)
        with _at_one_moment(engine) as source, copy.begin() as target:
            for table in reversed(METADATA.sorted_tables):
                target.execute(table.delete())
            _copy_rows(source, target)


def put_back(path: Path, engine: Engine) -> None:
    """Replace all that is in the database by what is in the SQLite file `path`, whole or not at all.

    The schema of both is this version's. Whoever reads meanwhile sees the old state or the new one.
    """
    if engine.dialect.name == "sqlite":
        with opened(path) as copy, _driver_connection(copy) as source, _driver_connection(engine) as target:
            source.backup(target)
        return
    with opened(path) as copy, copy.connect() as source, engine.begin() as target:
        _take_all_time(target)
        _guard_what_is_kept(target, "DISABLE")
        target.execute(text(f"TRUNCATE {', '.join(_quoted(target, table) for table in METADATA.sorted_tables)}"))
        _copy_rows(source, target)
        for table in METADATA.sorted_tables:
            _advance_sequence(target, table)
        _guard_what_is_kept(target, "ENABLE")


def _guard_what_is_kept(target: Connection, switch: Literal["ENABLE", "DISABLE"]) -> None:
    """Switch the triggers that refuse to change what is kept for good; within a restore the whole is replaced."""
    for name in KEPT_FOR_GOOD:
        target.execute(text(f"ALTER TABLE {name} {switch} TRIGGER USER"))


@contextmanager
def _new(path: Path) -> Iterator[Engine]:
    """An engine on a file that is written; a disk without room for it is named."""
    with opened(path) as copy:
        try:
            yield copy
        except Exception as error:
            if is_full(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path.parent)) from error
            raise


@contextmanager
def opened(path: Path) -> Iterator[Engine]:
    """An engine on the SQLite file, closed afterwards."""
    engine = make_engine(f"sqlite:///{path}")
    try:
        yield engine
    finally:
        engine.dispose()


def row_counts(engine: Engine) -> dict[str, int]:
    """How many rows each table has that is there."""
    there = set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in METADATA.sorted_tables
            if table.name in there
        }


@contextmanager
def _at_one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that reads everything as it was when it began, however long that takes."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            _take_all_time(connection)
        yield connection


@contextmanager
def _driver_connection(engine: Engine) -> Iterator[Any]:
    with closing(engine.raw_connection()) as connection:
        yield connection.driver_connection


def _copy_rows(source: Connection, target: Connection) -> None:
    for table in METADATA.sorted_tables:
        found = source.execute(select(table), execution_options={"stream_results": True})
        for rows in found.mappings().partitions(ROWS_AT_ONCE):
            target.execute(insert(table), [dict(row) for row in rows])


def _take_all_time(connection: Connection) -> None:
    """Lift PostgreSQL's limits on one statement and on waiting, which are made for pages."""
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(text(f"SET LOCAL {limit} = 0"))
    connection.execute(text("SET LOCAL lock_timeout = '60s'"))


def _advance_sequence(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were put back."""
    if "id" not in table.c:
        return
    sequence = connection.scalar(select(func.pg_get_serial_sequence(_quoted(connection, table), "id")))
    if sequence:
        highest = connection.scalar(select(func.max(table.c.id))) or 0
        connection.execute(select(func.setval(sequence, highest + 1, False)))


def _quoted(connection: Connection, table: Table) -> str:
    return str(connection.dialect.identifier_preparer.format_table(table))
