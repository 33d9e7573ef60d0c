"""Reading the history: filtered, the latest first, page by page by number, counted up to a bound."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from sme_tracker.clock import end_of_day
from sme_tracker.history.facts import portions
from sme_tracker.history.models import HistoryEntry, HistoryHead

COUNTED_UP_TO = 10_000
AT_ONCE = 1000
NOBODY = 0
_ENTRIES = HistoryEntry.metadata.tables["history_entry"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries: of whom (0: of the system), which action, of which enterprise, from day to day, through what."""

    user_id: int | None = None
    action: str | None = None
    enterprise_id: int | None = None
    from_day: date | None = None
    to_day: date | None = None
    through: tuple[str, ...] = ()


@dataclass(slots=True)
class Told:
    """An entry as a list tells it: all but its seals."""

    id: int
    at: datetime
    user_id: int | None
    through: str
    address: str | None
    action: str
    subject: str
    enterprise_id: int | None
    changes: dict[str, Any]


_TOLD = [_ENTRIES.c[field.name] for field in fields(Told)]


@dataclass(frozen=True, slots=True)
class Page:
    """The entries of one page, the latest first, and where its neighbours begin (None: there are none)."""

    entries: Sequence[HistoryEntry]
    earlier: int | None
    later: int | None


def page_of(session: Session, filters: Filters, size: int, before: int | None = None, after: int | None = None) -> Page:
    """The entries numbered below `before` or above `after`, without either the latest."""
    statement = _matching(filters)
    if after is not None:
        upwards = statement.where(HistoryEntry.id > after).order_by(HistoryEntry.id).limit(size + 1)
        found = session.scalars(upwards).all()
        if len(found) <= size:
            return page_of(session, filters, size)
        entries = list(reversed(found[:size]))
        return Page(entries, entries[-1].id, entries[0].id)
    if before is not None:
        statement = statement.where(HistoryEntry.id < before)
    found = session.scalars(statement.order_by(HistoryEntry.id.desc()).limit(size + 1)).all()
    entries = list(found[:size])
    earlier = entries[-1].id if len(found) > size else None
    return Page(entries, earlier, entries[0].id if before is not None and entries else None)


def count(session: Session, filters: Filters) -> int:
    """How many entries there are; one more than COUNTED_UP_TO means more than that."""
    if filters == Filters():
        return session.scalars(select(HistoryHead.entry_id)).one()
    some = _matching(filters).with_only_columns(HistoryEntry.id).limit(COUNTED_UP_TO + 1).subquery()
    return session.scalars(select(func.count()).select_from(some)).one()


def every_entry(session: Session, filters: Filters) -> Iterator[Sequence[Told]]:
    """All entries there are now, in their order and in portions, between which the session may be let go."""
    entry_id, last, head = _ENTRIES.c.id, 0, session.scalars(select(HistoryHead.entry_id)).one()
    some = select(*_TOLD).where(*_conditions(filters), entry_id > bindparam("last"), entry_id <= head)
    portion = some.order_by(entry_id).limit(AT_ONCE)
    while found := [Told(*row) for row in session.execute(portion, {"last": last})]:
        last = found[-1].id
        yield found


def _matching(filters: Filters) -> Select[HistoryEntry]:
    return select(HistoryEntry).where(*_conditions(filters))


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.user_id is not None:
        yield HistoryEntry.user_id.is_(None) if filters.user_id == NOBODY else HistoryEntry.user_id == filters.user_id
    if filters.action is not None:
        yield HistoryEntry.action == filters.action
    if filters.enterprise_id is not None:
        yield HistoryEntry.enterprise_id == filters.enterprise_id
    if filters.from_day is not None:
        yield HistoryEntry.at >= end_of_day(filters.from_day - timedelta(days=1))
    if filters.to_day is not None:
        yield HistoryEntry.at < end_of_day(filters.to_day)
    if filters.through:
        numbered = (HistoryEntry.through.startswith(f"{way} ", autoescape=True) for way in filters.through)
        yield or_(HistoryEntry.through.in_(filters.through), *numbered)


def last_seal(session: Session, enterprise_ids: Collection[int]) -> str | None:
    """The seal of the last entry about any of the enterprises: it stands for all that was ever recorded of them."""
    last = [
        session.scalar(select(func.max(HistoryEntry.id)).where(HistoryEntry.enterprise_id.in_(ids)))
        for ids in portions(enterprise_ids)
    ]
    known = [entry_id for entry_id in last if entry_id is not None]
    return session.scalar(select(HistoryEntry.seal).where(HistoryEntry.id == max(known))) if known else None
