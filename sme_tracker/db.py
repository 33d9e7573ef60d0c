"""The database: conventions, the engine for SQLite and PostgreSQL, the guarded session and its transactions."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from sme_tracker.folders import migrations_folder
from sme_tracker.kept_files import has_no_room

try:
    from pysqlite3 import dbapi2 as sqlite_driver
except ImportError:  # where no wheel exists the platform's own SQLite serves, and start-up says which version
    import sqlite3 as sqlite_driver

LONGEST_WAIT_MS = 20_000
SQLITE_SETTINGS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "busy_timeout": str(LONGEST_WAIT_MS),
    "foreign_keys": "ON",
    "trusted_schema": "OFF",
    "secure_delete": "ON",
    "cell_size_check": "ON",
    "cache_size": "-16000",
}
POSTGRESQL_SETTINGS = {
    "synchronous_commit": "on",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    "plan_cache_mode": "force_custom_plan",
}
_WRITING = 20_040
"""Any number of this product's own: the lock under which PostgreSQL lets one transaction write at a time."""
# Releases of SQLite that carry the remedy for the WAL-reset fault.
SOUND_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))

log = logging.getLogger(__name__)

BigId = BigInteger().with_variant(Integer(), "sqlite")
# Text in the order of its characters' numbers on both engines, which lets an index find what begins alike.
ByCodePoint = String().with_variant(String(collation="C"), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TwoDecimals(TypeDecorator[Decimal]):
    """An exact number with two decimals (money in 万元, shares in per cent), kept as whole hundredths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((Decimal(value) * 100).to_integral_exact())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


class Base(DeclarativeBase):
    """Parent of every table; constraints carry names so that both engines can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, Decimal: TwoDecimals, str: String}


def make_engine(url: str, *, pool_size: int = 13) -> Engine:
    """An engine with every safety setting of its database applied on each connection; it logs no values.

    The usual pool has a connection for each thread of the server, and one to ask whether the database answers.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, module=sqlite_driver, pool_size=pool_size, max_overflow=4, hide_parameters=True)
        event.listen(engine, "do_connect", _keep_private)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    options = " ".join(f"-c {name}={value}" for name, value in POSTGRESQL_SETTINGS.items())
    connecting = {"options": options}
    return create_engine(parsed, pool_size=pool_size, max_overflow=4, connect_args=connecting, hide_parameters=True)


def _keep_private(_dialect: Dialect, _record: object, arguments: list[Any], _named: dict[str, Any]) -> None:
    """Let a new database file be its owner's only; what SQLite lays beside it follows."""
    path = Path(arguments[0])
    if arguments[0] != ":memory:" and path.parent.is_dir() and not path.exists():
        path.touch(mode=0o600)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; _begin_sqlite says when
    for name, value in SQLITE_SETTINGS.items():
        connection.execute(f"PRAGMA {name}={value}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writing", False):
        connection.exec_driver_sql("BEGIN")
        return
    wait_ms = options.get("wait_ms")
    if wait_ms:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={wait_ms}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        if wait_ms:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={SQLITE_SETTINGS['busy_timeout']}")


def sqlite_version() -> tuple[int, int, int]:
    """The version of the SQLite library in use."""
    major, minor, patch = sqlite_driver.sqlite_version_info
    return major, minor, patch


def sqlite_is_sound(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the WAL-reset fault (3.51.3 and later, 3.50.7, 3.44.6)."""
    return version >= SOUND_SQLITE[0] or version in SOUND_SQLITE[1:]


class WriteOutsideTransaction(RuntimeError):
    """A write was tried outside `with transaction(session):`; the code that did it is wrong."""


NOTED = "noted"
"""Where a session keeps what its transaction noted for `settle`; each transaction begins with nothing noted."""


class GuardedSession(Session):
    """A session that only writes inside `transaction()`, so that a page that reads cannot change anything."""

    writing = False


@event.listens_for(GuardedSession, "before_flush")
def _refuse_stray_flush(session: GuardedSession, _context: object, _instances: object) -> None:
    if not session.writing and (session.new or session.dirty or session.deleted):
        raise WriteOutsideTransaction("records may only be changed inside transaction(session)")


@event.listens_for(GuardedSession, "do_orm_execute")
def _refuse_stray_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        require_writing(state.session)


def require_writing(session: Session) -> None:
    """Raise WriteOutsideTransaction if a guarded session is not in the middle of `transaction()`."""
    if isinstance(session, GuardedSession) and not session.writing:
        raise WriteOutsideTransaction("rows may only be changed inside transaction(session)")


Settle = Callable[[GuardedSession], None]
"""What follows upon whatever a transaction wrote: it is called at its end, before the commit."""


def make_session_factory(engine: Engine, history_key: str, settle: Settle) -> sessionmaker[GuardedSession]:
    """Sessions over `engine`, all guarded, with the key that seals the history and what follows upon their writing."""
    return sessionmaker(engine, class_=GuardedSession, info={"history_key": history_key, "settle": settle})


def nothing_follows(_session: GuardedSession) -> None:
    """Let nothing follow, for sessions that only read or write what nothing is derived from."""


@contextmanager
def transaction(session: GuardedSession, *, wait_ms: int | None = None) -> Iterator[None]:
    """One unit of writing: everything inside is committed together, or nothing is.

    What was read before is let go first, so that the block sees the state it will write upon. Writers take turns,
    which keeps read-then-write safe: SQLite takes its write lock at once (BEGIN IMMEDIATE), PostgreSQL a lock of our
    own. `wait_ms` says how long to wait for it where that is less than usual, and then OperationalError is raised.
    What was handed to the maker of the session as `settle` follows upon the block and belongs to the same unit.
    """
    if session.writing:
        raise RuntimeError("transactions do not nest")
    session.commit()
    session.writing = True
    try:
        connection = session.connection(execution_options={"writing": True, "wait_ms": wait_ms})
        if connection.dialect.name == "postgresql":
            _take_turn(connection, wait_ms or LONGEST_WAIT_MS)
        session.info[NOTED] = {}
        yield
        settle: Settle = session.info["settle"]
        settle(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.writing = False


@contextmanager
def if_free() -> Iterator[None]:
    """Let a small write go by while somebody else is writing for long: no reader waits for it, the next page tries."""
    try:
        yield
    except OperationalError as busy:
        log.info("put off: %s", busy.orig)


def _take_turn(connection: Connection, wait_ms: int) -> None:
    """Wait until no other transaction of ours writes; PostgreSQL lets the lock go with the transaction."""
    usual = POSTGRESQL_SETTINGS["lock_timeout"]
    connection.exec_driver_sql(
        f"set local lock_timeout = {wait_ms}; select pg_advisory_xact_lock({_WRITING});"
        f" set local lock_timeout = '{usual}'"
    )


def is_busy(error: OperationalError) -> bool:
    """Whether a write waited in vain for its turn."""
    return getattr(error.orig, "sqlstate", None) == "55P03" or "database is locked" in str(error.orig)


def is_full(error: Exception, folder: Path | None = None) -> bool:
    """Whether a database could not write because its disk is full; `folder` is where SQLite keeps it.

    Where there is no room for what its readers share, SQLite cannot even read, and does not say why.
    """
    cause = getattr(error, "orig", error)
    if getattr(cause, "sqlstate", None) == "53100" or "database or disk is full" in str(cause):
        return True
    return folder is not None and "disk I/O error" in str(cause) and has_no_room(folder)


def refresh_statistics(session: Session) -> None:
    """Let PostgreSQL plan by what this very transaction has written; until it is committed nothing else tells it."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("analyze"))


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to `revision`, on the given engine."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(migrations_folder()))
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        if revision == "base":
            command.downgrade(settings, revision)
        else:
            command.upgrade(settings, revision)
