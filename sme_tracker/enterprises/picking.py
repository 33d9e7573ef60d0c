"""Which enterprises the filters of the list pick, each said so that an index answers it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, func, literal_column, not_, or_, select, true
from sqlalchemy.orm import Session

from sme_tracker.enterprises.choosing import Choice
from sme_tracker.enterprises.filters import Filters
from sme_tracker.enterprises.models import Enterprise, StandingSpan
from sme_tracker.enterprises.queries import Viewer, visible_to
from sme_tracker.enterprises.search import begins, matching
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Status, Track

ENTERPRISE = Enterprise.__table__
STANDING = StandingSpan.__table__
OF_A_DAY = frozenset({"unit_id", "status", "level", "upgrade", "convert", "go_public"})
KNOWN_TO_ALL = frozenset({"id", "name", "code", "updated_at"})
"""What a clerk is shown of an enterprise that was of the own unit on the day of the list and no longer is."""


class Picking:
    """The filters of a list as conditions, for today (`day` is None) or as of another day.

    What they ask of standing is kept apart from what they ask of the enterprise's own row.
    """

    def __init__(
        self, session: Session, user: Viewer, filters: Filters, today: date, day: date | None, added: Sequence[Choice]
    ) -> None:
        self._user = user
        self._filters = filters
        self._today = today
        self.day = day
        self.choices = [*self._choices(session), *added]

    @property
    def source(self) -> FromClause:
        """The table that tells unit, status, level and steps."""
        return ENTERPRISE if self.day is None else STANDING

    def column(self, name: str) -> ColumnElement[Any]:
        """What a column holds on the day; of what is no longer a clerk's own, only what stood on that day.

        `opens` says whether the page of the enterprise is open to the user.
        """
        if name == "step":
            return func.coalesce(*(self.source.c[of] for of in reversed(Track)))
        if name == "stage" and self.day is not None:
            return case(*((self.source.c[of].is_not(None), of.value) for of in reversed(Track)))
        if name in OF_A_DAY:
            return self.source.c[name]
        own = true() if self.day is None else visible_to(self._user)
        if name == "opens":
            return own
        column: ColumnElement[Any] = ENTERPRISE.c[name]
        return column if name in KNOWN_TO_ALL or own is true() else case((own, column))

    def of_the_day(self, *, status: bool = True) -> Iterator[ColumnElement[bool]]:
        """The conditions on standing on the day; without those on the status if they are counted apart."""
        if self.day is not None:
            span = STANDING.c
            yield from (span.retired_at.is_(None), span.from_day <= self.day, span.until_day > self.day)
        yield from self.standing(status=status)

    def standing(self, *, status: bool = True) -> Iterator[ColumnElement[bool]]:
        """What is asked of unit, status, level and steps, whatever the day; without the status if asked so."""
        asked, column = self._filters, self.column
        yield visible_to(self._user, column("unit_id"))
        yield from any_of(column("level"), asked.level)
        yield from any_of(column("unit_id"), asked.unit)
        yield from any_of(column("stage"), asked.stage)
        yield from self._on_tracks()
        if status:
            yield from any_of(column("status"), asked.status)
            if asked.status and Status.ACTIVE not in asked.status:
                yield GONE if self.day is None else column("status") != Status.ACTIVE

    def of_the_row(self) -> Iterator[ColumnElement[bool]]:
        """The conditions on the enterprise's row but for the choices."""
        asked, column = self._filters, self.column
        yield from any_of(column("size_class"), asked.size)
        if asked.branch is not None:
            is_branch = column("is_branch")
            yield is_branch if asked.branch else not_(is_branch)

    def _choices(self, session: Session) -> Iterator[Choice]:
        asked = self._filters
        if asked.q.strip():
            yield matching(session, asked.q)
        for name, wanted in (("chain_id", asked.chain), ("owner_id", asked.owner)):
            for condition in any_of(self.column(name), wanted):
                yield _choice(name, condition)
        if asked.industry:
            industry = self.column("industry_code")
            yield _choice("industry_code", or_(*(begins(industry, code) for code in asked.industry)))
        revenue = self.column("revenue_wan")
        if asked.revenue_from is not None or asked.revenue_to is not None:
            low = [] if asked.revenue_from is None else [revenue >= asked.revenue_from]
            high = [] if asked.revenue_to is None else [revenue <= asked.revenue_to]
            yield _choice("revenue_wan", *low, *high)
        if asked.expiring is not None:
            last = self._today + timedelta(days=asked.expiring)
            yield _choice("level_until", self.column("level_until").between(self._today, last))

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


GONE: ColumnElement[bool] = ENTERPRISE.c.status != literal_column("'active'")
"""Said outright, so that the index of the few will do."""


def any_of(column: ColumnElement[Any], values: Sequence[Any]) -> Iterator[ColumnElement[bool]]:
    """The condition that the column holds one of the values, None standing for none; nothing where nothing is asked."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        yield or_(column.is_(None), column.in_(known)) if known else column.is_(None)
    elif known:
        yield column == known[0] if len(known) == 1 else column.in_(known)


def _choice(name: str, *conditions: ColumnElement[bool]) -> Choice:
    """A choice by a column of the row; the condition on one enterprise is said so that it takes up no index."""
    plain = conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]
    return Choice(select(ENTERPRISE.c.id).where(plain), case((plain, 1)) == 1, column=name, plain=plain)
