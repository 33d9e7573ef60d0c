"""The list of enterprises: filtered, sorted, page by page by key, counted, and streamed whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from sme_tracker.enterprises.filters import Filters
from sme_tracker.enterprises.models import Enterprise, StandingSpan, Tally
from sme_tracker.enterprises.queries import Viewer, visible_to
from sme_tracker.enterprises.search import matching
from sme_tracker.rules.access import Permission, may, own_unit_only
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Role, Status, Track

PAGE_SIZE = 50
COUNTED_UP_TO = 10_000
AT_ONCE = 2000

_ENTERPRISE = Enterprise.__table__
_STANDING = StandingSpan.__table__
_OF_A_DAY = frozenset({"unit_id", "status", "level", "upgrade", "convert", "go_public"})
_COMPUTED = frozenset({"step", "stage"})
_TALLIED = frozenset({"level", "unit", "status", "stage"})
Way = Literal["after", "before", "last"]


class Sort(NamedTuple):
    """By which column of `Listing.column` the list is sorted; equal rows by their id, missing values at the end."""

    column: str
    descending: bool = False
    nullable: bool = False


class Place(NamedTuple):
    """Where a page begins: after or before a row, known by its sort value and id, or at the list's end.

    `first` is the place in the whole list of the row the page begins with, counted from 1, where it is known.
    """

    way: Way
    enterprise_id: int = 0
    value: Any = None
    first: int | None = None


class Total(NamedTuple):
    """How many rows the list has; where not `exact`, it has more than `number`."""

    number: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, which of all they are, and where its neighbours begin (None: there are none)."""

    rows: Sequence[Row[Any]]
    total: Total
    first: int | None
    earlier: Place | None
    later: Place | None


class Listing:
    """The enterprises that a user sees under some filters.

    Unit, status, level and steps are those of `day`; None stands for today, which the row of an enterprise tells: it
    is rolled on before the first page of a day.
    """

    def __init__(self, session: Session, user: Viewer, filters: Filters, today: date) -> None:
        self._connection = session.connection()
        self._user = user
        self._filters = filters
        self._today = today
        self.day = None if filters.as_of in (None, today) else filters.as_of
        self._where = [visible_to(user), *self._conditions(session)]

    def page(self, columns: Sequence[str], sort: Sort, place: Place | None = None, size: int = PAGE_SIZE) -> Page:
        """One page with the named columns, beside the id and the value it is sorted by."""
        total = self.total()
        wanted = self._last_size(total, size) if place and place.way == "last" else size
        rows = self._rows_at(self._select(columns, sort), sort, place, wanted + 1)
        more, rows = len(rows) > wanted, rows[:wanted]
        if place and not rows:
            return self.page(columns, sort, None, size)
        backwards = place is not None and place.way != "after"
        if backwards:
            rows.reverse()
        has_earlier = more if backwards else place is not None
        has_later = place is not None and place.way == "before" if backwards else more
        first = self._first(place, total, len(rows), has_earlier=has_earlier, has_later=has_later)
        earlier = (
            Place("before", rows[0].which, rows[0].sorted_by, first and max(first - size, 1)) if has_earlier else None
        )
        later = Place("after", rows[-1].which, rows[-1].sorted_by, first and first + len(rows)) if has_later else None
        return Page(rows, total, first, earlier, later)

    def stream(self, columns: Sequence[str], sort: Sort) -> Iterator[Row[Any]]:
        """All rows in the list's order, read in portions; each row is the named columns, then id and sort value."""
        key = self.column(sort.column)
        statement = self._select(columns, sort).execution_options(yield_per=AT_ONCE)
        for missing in (False, True) if sort.nullable else (None,):
            yield from self._connection.execute(_walk(statement, key, missing, ascending=not sort.descending))

    def total(self) -> Total:
        """How many enterprises there are: exact from the tally, or counted up to a bound."""
        if self.day is None and self._asks_only(_TALLIED):
            return Total(self._connection.execute(self._tallied()).scalar() or 0)
        if self._asks_only(_TALLIED | {"as_of", "track", "step", "column"}):
            return Total(self._connection.execute(self._from(func.count())).scalar_one())
        some = self._from(_ENTERPRISE.c.id).limit(COUNTED_UP_TO + 1).subquery()
        counted = self._connection.execute(select(func.count()).select_from(some)).scalar_one()
        return Total(min(counted, COUNTED_UP_TO), counted <= COUNTED_UP_TO)

    def count(self) -> int:
        """How many enterprises there are, exactly, however long that takes."""
        total = self.total()
        return total.number if total.exact else self._connection.execute(self._from(func.count())).scalar_one()

    def column(self, name: str) -> ColumnElement[Any]:
        """What a column holds on the list's day."""
        if name == "step":
            return func.coalesce(*(self._source.c[of] for of in reversed(Track)))
        if name == "stage" and self.day is not None:
            return case(*((self._source.c[of].is_not(None), of.value) for of in reversed(Track)))
        return self._source.c[name] if name in _OF_A_DAY else _ENTERPRISE.c[name]

    @property
    def _source(self) -> FromClause:
        return _ENTERPRISE if self.day is None else _STANDING

    def _from(self, *columns: Any) -> Select[Any]:
        statement = select(*columns).select_from(_ENTERPRISE).where(*self._where)
        if self.day is None:
            return statement
        span = _STANDING.c
        return statement.join(_STANDING, span.enterprise_id == _ENTERPRISE.c.id).where(
            span.retired_at.is_(None), span.from_day <= self.day, span.until_day > self.day
        )

    def _select(self, columns: Sequence[str], sort: Sort) -> Select[Any]:
        shown = [self.column(name).label(name) if name in _COMPUTED else self.column(name) for name in columns]
        return self._from(*shown, _ENTERPRISE.c.id.label("which"), self.column(sort.column).label("sorted_by"))

    def _rows_at(self, statement: Select[Any], sort: Sort, place: Place | None, limit: int) -> list[Row[Any]]:
        """Up to `limit` rows from the place on, in the direction it says."""
        backwards = place is not None and place.way != "after"
        ascending = sort.descending == backwards
        key = self.column(sort.column)
        parts: list[bool | None] = [False, True] if sort.nullable else [None]
        if backwards:
            parts.reverse()
        begins = place is not None and place.way != "last"
        if place and begins and sort.nullable:
            parts = parts[parts.index(place.value is None) :]
        rows: list[Row[Any]] = []
        for missing in parts:
            part = _walk(statement, key, missing, ascending=ascending)
            if place and begins:
                part = part.where(_beyond(key, place, ascending=ascending))
                begins = False
            rows += self._connection.execute(part.limit(limit - len(rows)))
            if len(rows) == limit:
                break
        return rows

    def _first(
        self, place: Place | None, total: Total, found: int, *, has_earlier: bool, has_later: bool
    ) -> int | None:
        if not has_earlier:
            return 1
        if not has_later:
            return total.number - found + 1 if total.exact else None
        return place.first if place else 1

    def _last_size(self, total: Total, size: int) -> int:
        return (total.number % size or size) if total.exact else size

    def _asks_only(self, names: frozenset[str]) -> bool:
        return self._filters.without(*names) == Filters().without(*names)

    def _tallied(self) -> Select[Any]:
        tally, asked = Tally.__table__.c, self._filters
        units = [unit or 0 for unit in asked.unit]
        stages = ["" if stage is None else stage.value for stage in asked.stage]
        where = [
            column.in_(values)
            for column, values in (
                (tally.level, asked.level),
                (tally.unit_id, units),
                (tally.status, asked.status),
                (tally.stage, stages),
            )
            if values
        ]
        return select(func.sum(tally.enterprises)).where(_tally_visible_to(self._user), *where)

    def _conditions(self, session: Session) -> Iterator[ColumnElement[bool]]:
        asked, column = self._filters, self.column
        if asked.q.strip():
            yield matching(session, asked.q)
        yield from _any_of(column("level"), asked.level)
        yield from _any_of(column("unit_id"), asked.unit)
        yield from _any_of(column("status"), asked.status)
        if asked.status and Status.ACTIVE not in asked.status:
            yield column("status") != literal_column("'active'")  # says outright that the index of the few will do
        yield from _any_of(column("stage"), asked.stage)
        yield from self._on_tracks()
        yield from _any_of(column("chain_id"), asked.chain)
        yield from _any_of(column("owner_id"), asked.owner)
        yield from _any_of(column("size_class"), asked.size)
        if asked.industry:
            yield or_(*(column("industry_code").startswith(code) for code in asked.industry))
        if asked.revenue_from is not None:
            yield column("revenue_wan") >= asked.revenue_from
        if asked.revenue_to is not None:
            yield column("revenue_wan") <= asked.revenue_to
        if asked.expiring is not None:
            yield column("level_until").between(self._today, self._today + timedelta(days=asked.expiring))
        if asked.branch is not None:
            yield column("is_branch").is_(asked.branch)

    def _on_tracks(self) -> Iterator[ColumnElement[bool]]:
        asked = self._filters
        if asked.step:
            yield or_(*(self.column(of).in_(asked.step) for of in Track))
        tracks = asked.track or (tuple(Track) if asked.column else ())
        if tracks:
            yield or_(*(self._on_track(of) for of in tracks))

    def _on_track(self, of: Track) -> ColumnElement[bool]:
        if self._filters.column is None:
            return self.column(of).is_not(None)
        return self.column(of).in_([step.code for step in track(of).steps if step.column == self._filters.column])


def _tally_visible_to(user: Viewer) -> ColumnElement[bool]:
    role = Role(user.role)
    if not may(role, Permission.ENTERPRISE_READ):
        return false()
    if own_unit_only(role):
        return Tally.__table__.c.unit_id == user.unit_id if user.unit_id else false()
    return true()


def _any_of(column: ColumnElement[Any], values: Sequence[Any]) -> Iterator[ColumnElement[bool]]:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        yield or_(column.is_(None), column.in_(known)) if known else column.is_(None)
    elif known:
        yield column == known[0] if len(known) == 1 else column.in_(known)


def _walk(statement: Select[Any], key: ColumnElement[Any], missing: bool | None, *, ascending: bool) -> Select[Any]:
    """The rows whose sort value is known or missing (None: it never is), in their order."""
    which = _ENTERPRISE.c.id
    if missing:
        return statement.where(key.is_(None)).order_by(which if ascending else which.desc())
    if missing is False:
        statement = statement.where(key.is_not(None))
    return statement.order_by(*((key, which) if ascending else (key.desc(), which.desc())))


def _beyond(key: ColumnElement[Any], place: Place, *, ascending: bool) -> ColumnElement[bool]:
    which = _ENTERPRISE.c.id
    if place.value is None:
        return which > place.enterprise_id if ascending else which < place.enterprise_id
    here, there = tuple_(key, which), tuple_(literal(place.value, key.type), literal(place.enterprise_id, which.type))
    return here > there if ascending else here < there
