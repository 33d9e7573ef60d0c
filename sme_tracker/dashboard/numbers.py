"""Every number of the board by reporting unit, in a handful of grouped questions that count the measures' own rows."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, extract, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from sme_tracker.dashboard.attention import EXPIRING, FIGURES_MISSING
from sme_tracker.dashboard.flows import DIRECT, ENTERED, LEFT, MOVED_AWAY, MOVED_IN, RISEN, start_of_year
from sme_tracker.dashboard.measures import GOALS
from sme_tracker.enterprises.measure import NO_UNIT, Measure, MeasureQuery, UnitChoice
from sme_tracker.enterprises.models import StandingSpan
from sme_tracker.pipeline.measures import COLUMNS, OPEN_CASES, REACHED, STALLED, STALLED_IN, count_cases
from sme_tracker.recognitions.measures import LEVEL_TOTAL, LEVELS
from sme_tracker.rules.terms import Indicator, Level

UnitCounts = Counter[int | None]


@dataclass(slots=True)
class Numbers:
    """The numbers of one day by unit (None: no unit yet), the goals' also by month of this year and the last."""

    asked: MeasureQuery
    by_key: dict[str, UnitCounts] = field(default_factory=lambda: defaultdict(Counter))
    at_start: dict[str, UnitCounts] = field(default_factory=lambda: defaultdict(Counter))
    by_month: dict[tuple[Indicator, int, int], UnitCounts] = field(default_factory=lambda: defaultdict(Counter))

    def value(self, measure: Measure, unit: UnitChoice = None) -> int:
        """The number of a measure for the city (None), a unit, or the enterprises without one."""
        return _of_unit(self.by_key.get(measure.key), unit)

    def started_with(self, measure: Measure, unit: UnitChoice = None) -> int:
        """The number of a level's measure when the year began."""
        return _of_unit(self.at_start.get(measure.key), unit)

    def month(self, indicator: Indicator, year: int, month: int, unit: UnitChoice = None) -> int:
        """What a goal gained in a month."""
        return _of_unit(self.by_month.get((indicator, year, month)), unit)


def read_numbers(session: Session, asked: MeasureQuery) -> Numbers:
    """All numbers of the day; `asked.unit` is not looked at, every unit is read at once."""
    numbers = Numbers(asked)
    _read_levels(session, numbers)
    _read_flows(session, numbers)
    _read_goals(session, numbers)
    _read_cases(session, numbers)
    _read_attention(session, numbers)
    return numbers


def _of_unit(counts: UnitCounts | None, unit: UnitChoice) -> int:
    if not counts:
        return 0
    if unit is None:
        return counts.total()
    return counts[None if unit == NO_UNIT else unit]


def _read_levels(session: Session, numbers: Numbers) -> None:
    asked, start = numbers.asked, start_of_year(numbers.asked)
    rows = session.execute(
        select(
            StandingSpan.level,
            StandingSpan.unit_id,
            func.count(case((StandingSpan.until_day > asked.as_of, 1))),
            func.count(case((StandingSpan.from_day <= start, 1))),
        )
        .where(
            StandingSpan.level > Level.NONE,
            StandingSpan.from_day <= asked.as_of,
            StandingSpan.until_day > start,
            asked.known(StandingSpan),
        )
        .group_by(StandingSpan.level, StandingSpan.unit_id)
    )
    for level, unit, now, then in rows:
        for measure in (LEVEL_TOTAL, LEVELS[Level(level)]):
            numbers.by_key[measure.key][unit] += now
            numbers.at_start[measure.key][unit] += then


def _read_flows(session: Session, numbers: Numbers) -> None:
    for was, level, unit_then, unit_now, count in session.execute(_changes(numbers.asked)):
        for measure, unit in _flows_of(Level(was), Level(level), unit_then, unit_now):
            numbers.by_key[measure.key][unit] += count


def _flows_of(was: Level, now: Level, unit_then: int | None, unit_now: int | None) -> list[tuple[Measure, int | None]]:
    """The measures that a change of level or unit counts in, and the unit it counts for."""
    if now is Level.NONE:
        return [(LEFT, unit_then)]
    flows: list[tuple[Measure, int | None]] = []
    if was is Level.NONE:
        flows.append((ENTERED, unit_now))
    elif unit_then != unit_now:
        flows += [(MOVED_IN, unit_now), (MOVED_AWAY, unit_then)]
    if now > was and now in RISEN:
        flows.append(((DIRECT if was is Level.NONE else RISEN)[now], unit_now))
    return flows


def _changes(asked: MeasureQuery) -> CompoundSelect[Any]:
    """Level and unit when the year began and on the day, of enterprises for which they may differ, counted."""
    then, now = aliased(StandingSpan), aliased(StandingSpan)
    start = start_of_year(asked)
    columns: list[ColumnElement[Any]] = [
        then.level.label("was"),
        now.level.label("level"),
        then.unit_id.label("unit_then"),
        now.unit_id.label("unit_now"),
    ]
    both = select(*columns, func.count()).where(
        now.enterprise_id == then.enterprise_id, asked.stands(then, start), asked.stands(now, asked.as_of)
    )
    here_now = both.where(now.level > Level.NONE, now.from_day > start)
    # The sum keeps the databases from starting at the many that hold nothing now.
    gone = both.where(then.level > Level.NONE, then.until_day <= asked.as_of, now.level + 0 == Level.NONE)
    return union_all(here_now.group_by(*columns), gone.group_by(*columns))


def _read_goals(session: Session, numbers: Numbers) -> None:
    asked = numbers.asked
    this_year = MeasureQuery(asked.year, asked.as_of, asked.known_at)
    last_year = MeasureQuery(asked.year - 1, start_of_year(asked), asked.known_at)
    parts = [_months_of(indicator, query) for indicator in GOALS for query in (this_year, last_year)]
    for indicator, year, month, unit, count in session.execute(union_all(*parts)):
        of = Indicator(indicator)
        numbers.by_month[of, year, month][unit] += count
        if year == asked.year:
            numbers.by_key[GOALS[of].key][unit] += count


def _months_of(indicator: Indicator, query: MeasureQuery) -> Select[Any]:
    rows = GOALS[indicator].rows(query).subquery()
    month = extract("month", rows.c.day)
    names = (literal(indicator.value), literal(query.year))
    return select(*names, month, rows.c.unit_id, func.count()).group_by(month, rows.c.unit_id)


def _read_cases(session: Session, numbers: Numbers) -> None:
    for found in count_cases(session, numbers.asked):
        keys = [REACHED[found.track, column].key for column in COLUMNS if column <= found.furthest]
        if found.is_open:
            keys.append(OPEN_CASES[found.track].key)
        if found.is_stalled:
            keys += [STALLED[found.track].key, STALLED_IN[found.track, found.furthest].key]
        for key in keys:
            numbers.by_key[key][found.unit_id] += found.cases


def _read_attention(session: Session, numbers: Numbers) -> None:
    parts = []
    for measure in (EXPIRING, FIGURES_MISSING):
        rows = measure.rows(numbers.asked).subquery()
        parts.append(select(literal(measure.key), rows.c.unit_id, func.count()).group_by(rows.c.unit_id))
    for key, unit, count in session.execute(union_all(*parts)):
        numbers.by_key[key][unit] += count
