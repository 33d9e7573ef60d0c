"""What every dated fact has in common: when and by whom it was recorded and retired, and how both are done."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, ForeignKey, Index, TextClause, and_, insert, or_, text, update
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column
from sqlalchemy.orm.util import identity_key

from sme_tracker.bulk import next_ids
from sme_tracker.db import BigId
from sme_tracker.history.chain import Author

AT_ONCE = 500
T = TypeVar("T")


class Recorded:
    """A fact on the second clock: known from `recorded_at` until `retired_at`; never overwritten, never deleted."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recorded_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_reason: Mapped[str | None]

    @declared_attr
    def recorded_by_id(cls) -> Mapped[int | None]:
        """Who recorded the fact."""
        return mapped_column(ForeignKey("user_account.id"))

    @declared_attr
    def retired_by_id(cls) -> Mapped[int | None]:
        """Who retired the fact."""
        return mapped_column(ForeignKey("user_account.id"))

    @classmethod
    def in_force(cls) -> ColumnElement[bool]:
        """The condition that picks what is held true now."""
        return cls.retired_at.is_(None)

    @classmethod
    def known_at(cls, instant: datetime) -> ColumnElement[bool]:
        """The condition that picks what was held true at the instant (exclusive end of the day asked for)."""
        return and_(cls.recorded_at < instant, or_(cls.retired_at.is_(None), cls.retired_at >= instant))


def one_in_force(table: str, *columns: str | TextClause) -> Index:
    """The index that lets only one fact of a table be in force for the same values of the columns."""
    still = text("retired_at is null")
    return Index(f"uq_{table}_in_force", *columns, unique=True, sqlite_where=still, postgresql_where=still)


def stamped(by: Author, **values: Any) -> dict[str, Any]:
    """The values of a new fact with who records it and when."""
    return values | {"recorded_at": by.at, "recorded_by_id": by.user_id}


def insert_facts(session: Session, table: type[Any], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Add facts in one statement and return their ids in order.

    The ids are taken first: SQLite could only say them if it was handed one row at a time.
    """
    if not rows:
        return []
    facts = table.metadata.tables[table.__tablename__]
    ids = next_ids(session, facts, len(rows))
    session.execute(insert(facts), [row | {"id": row_id} for row_id, row in zip(ids, rows, strict=True)])
    return ids


def retire(session: Session, by: Author, table: type[Any], ids: Sequence[int], reason: str | None = None) -> None:
    """Say that facts are held true no longer; they stay on record."""
    facts = table.metadata.tables[table.__tablename__]
    values = {"retired_at": by.at, "retired_by_id": by.user_id, "retired_reason": reason}
    if not ids:
        return
    session.execute(update(facts).where(facts.c.id.in_(ids), facts.c.retired_at.is_(None)).values(values))
    for loaded in filter(None, (session.identity_map.get(identity_key(table, row_id)) for row_id in ids)):
        session.expire(loaded)


def portions(rows: Iterable[T]) -> Iterator[list[T]]:
    """The rows in lists that both databases take in one statement."""
    rest = iter(rows)
    while portion := list(islice(rest, AT_ONCE)):
        yield portion
