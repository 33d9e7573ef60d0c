"""The list of enterprises: filtered, sorted, page by page by key, counted, and streamed whole."""

from collections import namedtuple
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, and_, func, literal, select, true, tuple_
from sqlalchemy.orm import Session

from sme_tracker.enterprises.choosing import Choice
from sme_tracker.enterprises.filters import Filters
from sme_tracker.enterprises.models import Tally
from sme_tracker.enterprises.picking import ENTERPRISE, GONE, OF_A_DAY, STANDING, Picking, any_of
from sme_tracker.enterprises.queries import Viewer, visible_to
from sme_tracker.rules.terms import Status

PAGE_SIZE = 50
COUNTED_UP_TO = 10_000
AT_ONCE = 2000

_CHOSEN = frozenset({"status", "q", "chain", "owner", "industry", "revenue_from", "revenue_to", "expiring", "added"})
_TALLIED = frozenset({"level", "unit", "status", "stage"})
_OF_STANDING = _TALLIED | {"as_of", "track", "step", "column"}
Way = Literal["after", "before", "last"]
Some = Select[Any] | CompoundSelect[Any]
Keys = tuple[ColumnElement[Any], ColumnElement[int]]


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

    rows: Sequence[Any]
    total: Total
    first: int | None
    earlier: Place | None
    later: Place | None


class Listing:
    """The enterprises that a user sees under some filters, `added` being those that other features know.

    Unit, status, level and steps are those of `day`; None stands for today, which the row of an enterprise tells: it
    is rolled on before the first page of a day. A clerk sees of another day what was of the own unit then.
    """

    def __init__(
        self, session: Session, user: Viewer, filters: Filters, today: date, added: Sequence[Choice] = ()
    ) -> None:
        self.session = session
        self._connection = session.connection()
        self._user = user
        self._filters = filters
        self.today = today
        self.day = None if filters.as_of in (None, today) else filters.as_of
        self._picking = Picking(session, user, filters, today, self.day, added)
        self._added = added
        self.added = dict(filters.added)
        self._of_the_row = list(self._picking.of_the_row())

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

    def portions(self, columns: Sequence[str], sort: Sort) -> Iterator[Sequence[Row[Any]]]:
        """All rows in the list's order, some at once; each row is the named columns, then id and sort value."""
        keys = self._keys(sort)
        statement = self._select(columns, sort).execution_options(yield_per=AT_ONCE)
        for missing in (False, True) if sort.nullable else (None,):
            found = self._connection.execute(_walk(statement, keys, missing, ascending=not sort.descending))
            yield from found.partitions(AT_ONCE)

    def total(self) -> Total:
        """How many enterprises there are: exact from the tally, or counted up to a bound."""
        if self._asks_only(_TALLIED | {"as_of"}):
            return Total(self._tallied())
        if self._asks_only(_TALLIED | {"branch"}) and self._filters.branch is False:
            return Total(self._tallied() - self._of(branch=True).count())
        bound = None if self._asks_only(_OF_STANDING) else COUNTED_UP_TO
        if self.day is None and self._filters.status == (Status.ACTIVE,):
            return _up_to(bound, self._less_the_gone(bound))
        some = self._from(ENTERPRISE.c.id).limit(None if bound is None else bound + 1)
        return _up_to(bound, self._counted(_size_of(some)))

    def count(self) -> int:
        """How many enterprises there are, exactly, however long that takes."""
        total = self.total()
        return total.number if total.exact else self._counted(self._from(func.count()))

    def column(self, name: str) -> ColumnElement[Any]:
        """What a column holds on the list's day."""
        return self._picking.column(name)

    def _keys(self, sort: Sort) -> Keys:
        """What the list is ordered by: the sort value and the id, both of the table that is walked."""
        walks_standing = self.day is not None and sort.column in OF_A_DAY
        return self.column(sort.column), STANDING.c.enterprise_id if walks_standing else ENTERPRISE.c.id

    def _from(self, *columns: Any, sort: str = "", status: bool = True) -> Select[Any]:
        """The rows of the list; on another day walked by the standing where it is sorted by that."""
        where = [*self._of_the_row, *self._chosen(sort)]
        of_the_day = self._picking.of_the_day(status=status)
        if self.day is None:
            return select(*columns).select_from(ENTERPRISE).where(*of_the_day, *where)
        same = STANDING.c.enterprise_id == ENTERPRISE.c.id
        if sort and sort not in OF_A_DAY:  # an outer join keeps the walk in the order of the enterprises' own index
            joined = ENTERPRISE.outerjoin(STANDING, and_(same, *of_the_day))
            return select(*columns).select_from(joined).where(func.coalesce(STANDING.c.id, 0) > 0, *where)
        return select(*columns).select_from(STANDING.join(ENTERPRISE, same)).where(*of_the_day, *where)

    def _chosen(self, sort: str) -> Iterator[ColumnElement[bool]]:
        for choice in self._picking.choices:
            walked = choice.plain if choice.column == sort else None
            yield self._conditions[choice] if walked is None else walked

    @cached_property
    def _conditions(self) -> dict[Choice, ColumnElement[bool]]:
        return {choice: choice.condition(self.session) for choice in self._picking.choices}

    def _select(self, columns: Sequence[str], sort: Sort) -> Select[Any]:
        shown = [self.column(name).label(name) for name in columns]
        which, sorted_by = ENTERPRISE.c.id.label("which"), self.column(sort.column).label("sorted_by")
        return self._from(*shown, which, sorted_by, sort=sort.column)

    def _rows_at(self, statement: Select[Any], sort: Sort, place: Place | None, limit: int) -> list[Any]:
        """Up to `limit` rows from the place on, in the direction it says."""
        backwards = place is not None and place.way != "after"
        ascending = sort.descending == backwards
        keys = self._keys(sort)
        parts: list[bool | None] = [False, True] if sort.nullable else [None]
        if backwards:
            parts.reverse()
        begins = place is not None and place.way != "last"
        if place and begins and sort.nullable:
            parts = parts[parts.index(place.value is None) :]
        rows: list[Any] = []
        for missing in parts:
            part = _walk(statement, keys, missing, ascending=ascending)
            if place and begins:
                part = part.where(_beyond(keys, place, ascending=ascending))
                begins = False
            found = self._connection.execute(part.limit(limit - len(rows)))
            rows += map(_row_with(tuple(found.keys()))._make, found.all())
            if len(rows) == limit:
                break
        return rows

    def _counted(self, statement: Select[Any]) -> int:
        return self._connection.execute(statement).scalar() or 0

    def _of(self, **changes: Any) -> "Listing":
        """The same list with some filters changed."""
        return Listing(self.session, self._user, replace(self._filters, **changes), self.today, self._added)

    def _less_the_gone(self, bound: int | None) -> int:
        """The active ones, all less the few that are gone: so an index counts without reading the rows.

        Where they are more than the bound, it says so by any greater number.
        """
        tally, ids = Tally.__table__.c, ENTERPRISE.c.id
        choices = self._picking.choices
        only = len(choices) == 1 and self._asks_only(_CHOSEN) and visible_to(self._user) is true()
        some: Some = choices[0].ids if only else self._from(ids, status=False)
        if bound is not None:
            all_gone = select(func.coalesce(func.sum(tally.enterprises), 0)).where(tally.status != Status.ACTIVE)
            some = some.limit(bound + 1 + all_gone.scalar_subquery())
        gone = self._from(func.count(), status=False).where(ids.in_(select(ids).where(GONE)))
        return self._counted(select(_size_of(some).scalar_subquery() - gone.scalar_subquery()))

    def _tallied(self) -> int:
        """What the tally of today says, and for another day what changed between the two."""
        tally, asked = Tally.__table__.c, self._filters
        stages = ["" if stage is None else stage.value for stage in asked.stage]
        where = [
            *any_of(tally.level, asked.level),
            *any_of(tally.unit_id, [unit or 0 for unit in asked.unit]),
            *any_of(tally.status, asked.status),
            *any_of(tally.stage, stages),
        ]
        now = select(func.coalesce(func.sum(tally.enterprises), 0)).where(visible_to(self._user, tally.unit_id), *where)
        if self.day is None:
            return self._counted(now)
        more, fewer = self._changed_since(self.day)
        return self._counted(select(now.scalar_subquery() + more.scalar_subquery() - fewer.scalar_subquery()))

    def _changed_since(self, day: date) -> tuple[Select[Any], Select[Any]]:
        """How many of the day are no longer there today, and how many of today were not there yet; or will be."""
        span = STANDING.c
        low, high = sorted((day, self.today))
        ended = and_(span.until_day > low, span.until_day <= high, span.from_day <= low)
        began = and_(span.from_day > low, span.from_day <= high, span.until_day > high)
        where = [span.retired_at.is_(None), *self._picking.standing()]
        before, after = (select(func.count()).select_from(STANDING).where(part, *where) for part in (ended, began))
        return (before, after) if day < self.today else (after, before)

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


@lru_cache(maxsize=64)
def _row_with(names: tuple[str, ...]) -> Any:
    """What a row of a page is: the named values, which a template reads far faster than those of a database's row."""
    return namedtuple("ListedRow", names)


def _size_of(statement: Some) -> Select[Any]:
    return select(func.count()).select_from(statement.subquery())


def _up_to(bound: int | None, found: int) -> Total:
    return Total(found) if bound is None else Total(min(found, bound), found <= bound)


def _walk(statement: Select[Any], keys: Keys, missing: bool | None, *, ascending: bool) -> Select[Any]:
    """The rows whose sort value is known or missing (None: it never is), in their order."""
    key, which = keys
    if missing:
        return statement.where(key.is_(None)).order_by(which if ascending else which.desc())
    if missing is False:
        statement = statement.where(key.is_not(None))
    return statement.order_by(*((key, which) if ascending else (key.desc(), which.desc())))


def _beyond(keys: Keys, place: Place, *, ascending: bool) -> ColumnElement[bool]:
    key, which = keys
    if place.value is None:
        return which > place.enterprise_id if ascending else which < place.enterprise_id
    here, there = tuple_(key, which), tuple_(literal(place.value, key.type), literal(place.enterprise_id, which.type))
    return here > there if ascending else here < there
