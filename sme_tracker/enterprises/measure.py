"""What a measure is: a number with one definition, which is the count of the rows behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, ColumnExpressionArgument, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from sme_tracker.enterprises.models import StandingSpan
from sme_tracker.history.facts import Recorded

NO_UNIT: Literal["none"] = "none"
UnitChoice = int | Literal["none"] | None
MeasureRows = Select[tuple[int, date, int | None]]


@dataclass(frozen=True, slots=True)
class MeasureQuery:
    """What is asked of a measure: the year, the last day counted, what was known when, and for which unit.

    `known_at` is the exclusive end of what had been recorded, None is as known now. `unit` is a reporting unit,
    NO_UNIT for enterprises that have none yet, None for the whole city.
    """

    year: int
    as_of: date
    known_at: datetime | None = None
    unit: UnitChoice = None

    def known(self, fact: type[Recorded] | type[StandingSpan]) -> ColumnElement[bool]:
        """The condition that picks the facts, or spans of standing, that were known."""
        if self.known_at is None:
            return fact.retired_at.is_(None)
        return and_(fact.recorded_at < self.known_at, or_(fact.retired_at.is_(None), fact.retired_at >= self.known_at))

    def of_unit(self, unit_id: InstrumentedAttribute[Any] | ColumnElement[Any]) -> ColumnExpressionArgument[bool]:
        """The condition that picks the unit asked for; everything is picked for the whole city."""
        if self.unit is None:
            return and_(True)
        return unit_id.is_(None) if self.unit == NO_UNIT else unit_id == self.unit


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of the board: its key, its label and counting rule in English as the catalogues know them, its rows.

    `rows` answers with one row for each thing counted, as (enterprise_id, day, unit_id): the day it happened, or the
    day it stands so, and the unit the enterprise had on that day.
    """

    key: str
    label: str
    definition: str
    rows: Callable[[MeasureQuery], MeasureRows]

    def count(self, session: Session, asked: MeasureQuery) -> int:
        """The number: how many rows there are."""
        return session.scalar(select(func.count()).select_from(self.rows(asked).subquery())) or 0
