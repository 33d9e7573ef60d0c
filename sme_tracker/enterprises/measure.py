"""What a measure is: a number with one definition, which is the count of the rows behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from sme_tracker.enterprises.models import StandingSpan
from sme_tracker.history.facts import Recorded
from sme_tracker.rules.terms import Status

NO_UNIT: Literal["none"] = "none"
UnitChoice = int | Literal["none"] | None
MeasureRows = Select[int, date, int | None]
Column = InstrumentedAttribute[Any] | ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class MeasureQuery:
    """What is asked of a measure: the year, the last day counted, what was known when, and for which unit.

    `known_at` is the exclusive end of what had been recorded, None is as known now. `unit` is a reporting unit,
    NO_UNIT for enterprises that have none yet, None for the whole city. `among` selects the only enterprises looked
    at, None is all of them; what parameters it has are given when the rows are asked for.
    """

    year: int
    as_of: date
    known_at: datetime | None = None
    unit: UnitChoice = None
    among: Select[int] | None = None

    @property
    def first_day(self) -> date:
        """1 January of the year."""
        return date(self.year, 1, 1)

    def known(self, fact: type[Recorded] | type[StandingSpan]) -> ColumnElement[bool]:
        """The condition that picks the facts, or the spans of standing, that were known."""
        if self.known_at is None:
            return fact.retired_at.is_(None)
        return and_(fact.recorded_at < self.known_at, or_(fact.retired_at.is_(None), fact.retired_at >= self.known_at))

    def of_unit(self, unit_id: Column) -> ColumnElement[bool]:
        """The condition that picks the unit asked for; everything for the whole city."""
        if self.unit is None:
            return true()
        return unit_id.is_(None) if self.unit == NO_UNIT else unit_id == self.unit

    def of_these(self, enterprise_id: Column) -> ColumnElement[bool]:
        """The condition that picks the only enterprises looked at; everything if that is all of them."""
        return true() if self.among is None else enterprise_id.in_(self.among)

    def stands(self, span: type[StandingSpan], day: Column | date) -> ColumnElement[bool]:
        """The condition that picks the spans of standing that hold on the day, as far as known."""
        return and_(span.from_day <= day, span.until_day > day, self.known(span), self.of_these(span.enterprise_id))


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """A number of the board: its key, its label and its counting rule in the reader's language, its rows.

    There is one object of each.

    `rows` answers with one row for each thing counted, as (enterprise_id, day, unit_id): the day it happened, or the
    day on which it stands so, and the unit the enterprise had on that day. `day_label` says what the day is where it
    is not simply the one asked for.
    """

    key: str
    label: str
    definition: str
    rows: Callable[[MeasureQuery], MeasureRows]
    day_label: str | None = None

    def count(self, session: Session, asked: MeasureQuery) -> int:
        """The number: how many rows there are."""
        return session.scalar(select(func.count()).select_from(self.rows(asked).subquery())) or 0


def on_the_day(asked: MeasureQuery, enterprise_id: Column, day: Column, *events: ColumnElement[bool]) -> MeasureRows:
    """The rows of events of enterprises that were the city's on the day, each for the unit it had on that day.

    `events` are the conditions that pick the events and join their tables.
    """
    return select(enterprise_id.label("enterprise_id"), day.label("day"), StandingSpan.unit_id.label("unit_id")).where(
        StandingSpan.enterprise_id == enterprise_id,
        StandingSpan.status == Status.ACTIVE,
        asked.stands(StandingSpan, day),
        asked.of_unit(StandingSpan.unit_id),
        *events,
    )
