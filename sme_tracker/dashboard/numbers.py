"""Every number of the board by reporting unit, in a handful of grouped questions that count the measures' own rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    case,
    extract,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from sme_tracker.dashboard.attention import EXPIRING, FIGURES_MISSING
from sme_tracker.dashboard.flows import DIRECT, ENTERED, LEFT, MOVED_AWAY, MOVED_IN, RISEN, start_of_year
from sme_tracker.dashboard.measures import GOALS
from sme_tracker.enterprises.measure import NO_UNIT, Measure, MeasureQuery, UnitChoice
from sme_tracker.enterprises.models import StandingSpan
from sme_tracker.pipeline.measures import (
    COLUMNS,
    OPEN_CASES,
    REACHED,
    STALLED,
    STALLED_IN,
    CasesCounted,
    Stay,
    count_cases,
    median_of,
    stays,
)
from sme_tracker.recognitions.measures import LEVEL_TOTAL, LEVELS
from sme_tracker.rules.terms import Indicator, Level, Track

UnitCounts = Counter[int | None]
Parameters = Mapping[str, int]
Rows = Iterable[Any]
QUESTIONS_KEPT = 16
"""For how many days the statements are kept, as to put them together takes longer than to answer them."""


class Counted(NamedTuple):
    """So many rows behind a number, by its key and unit; of one enterprise where each is counted for itself."""

    key: str
    unit_id: int | None
    number: int
    enterprise_id: int | None = None


@dataclass(slots=True)
class Numbers:
    """The numbers of one day by unit (None: no unit yet).

    Beside each measure stand, under keys of their own, what the levels were when the year began, what the goals gained
    in each month of this year and the last, and how often a case stood so many days in a column.
    """

    asked: MeasureQuery
    by_key: dict[str, UnitCounts] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, counted: Iterable[Counted]) -> None:
        """Count more rows."""
        for key, unit, number, _enterprise in counted:
            self.by_key[key][unit] += number

    def take_away(self, counted: Iterable[Counted]) -> None:
        """Count rows no longer."""
        self.add(one._replace(number=-one.number) for one in counted)

    def value(self, measure: Measure, unit: UnitChoice = None) -> int:
        """The number of a measure for the city (None), a unit, or the enterprises without one."""
        return _of_unit(self.by_key.get(measure.key), unit)

    def started_with(self, measure: Measure, unit: UnitChoice = None) -> int:
        """The number of a level's measure when the year began."""
        return _of_unit(self.by_key.get(_at_start(measure)), unit)

    def month(self, indicator: Indicator, year: int, month: int, unit: UnitChoice = None) -> int:
        """What a goal gained in a month."""
        return _of_unit(self.by_key.get(_in_month(indicator, year, month)), unit)

    def median_days(self, of: Track, column: int, unit: UnitChoice = None) -> int | None:
        """How many days cases stood in a column before they went on, None if none has."""
        beginning = _stayed(of, column)
        lengths = {
            int(key.removeprefix(beginning)): _of_unit(counts, unit)
            for key, counts in self.by_key.items()
            if key.startswith(beginning)
        }
        known = +Counter(lengths)
        return median_of(known) if known else None


def read_numbers(session: Session, asked: MeasureQuery) -> Numbers:
    """All numbers of the day, counted from the facts."""
    numbers = Numbers(asked)
    numbers.add(count(session, asked))
    return numbers


def count(
    session: Session, asked: MeasureQuery, parameters: Parameters | None = None, *, each: bool = False
) -> Iterator[Counted]:
    """What the numbers of the day are made of, `each` enterprise's for itself or all enterprises' together.

    `asked.unit` is not looked at, every unit is read at once; `parameters` are those of `asked.among`.
    """
    asked, given = replace(asked, unit=None), parameters or {}
    yield from _levels(session.execute(_level_rows(asked, each), given))
    yield from _flows(session.execute(_changes(asked, each), given))
    yield from _goals(session.execute(_goal_rows(asked, each), given), asked.year)
    yield from _cases(count_cases(session, asked, given, each=each))
    yield from _stays(stays(session, asked, given))
    for key, unit, which, number in session.execute(_attention_rows(asked, each), given):
        yield Counted(key, unit, number, which)


def _of_unit(counts: UnitCounts | None, unit: UnitChoice) -> int:
    if not counts:
        return 0
    if unit is None:
        return counts.total()
    return counts[None if unit == NO_UNIT else unit]


def _at_start(measure: Measure) -> str:
    return f"{measure.key} at start"


@lru_cache(1024)
def _in_month(indicator: Indicator, year: int, month: int) -> str:
    return f"{GOALS[indicator].key} in {year}-{month:02}"


def _stayed(of: Track, column: int) -> str:
    """How the keys of the days that cases stood in a column begin; the number of days follows."""
    return f"stayed.{of}.{column} "


def _grouped(each: bool, enterprise_id: Any, *columns: Any) -> tuple[list[Any], list[Any]]:
    """The columns to select before the count, whose it is the last of them, and those to group by."""
    return ([*columns, enterprise_id], [*columns, enterprise_id]) if each else ([*columns, null()], [*columns])


@lru_cache(QUESTIONS_KEPT)
def _level_rows(asked: MeasureQuery, each: bool) -> Select[Any]:
    """How many hold a level on the day and when the year began."""
    start = start_of_year(asked)
    columns, groups = _grouped(each, StandingSpan.enterprise_id, StandingSpan.level, StandingSpan.unit_id)
    on_the_day, at_start = StandingSpan.until_day > asked.as_of, StandingSpan.from_day <= start
    return (
        select(*columns, *(func.count(case((holds, 1))) for holds in (on_the_day, at_start)))
        .where(
            StandingSpan.level > Level.NONE,
            StandingSpan.from_day <= asked.as_of,
            StandingSpan.until_day > start,
            asked.known(StandingSpan),
            asked.of_these(StandingSpan.enterprise_id),
        )
        .group_by(*groups)
    )


def _levels(rows: Rows) -> Iterator[Counted]:
    for level, unit, which, now, then in rows:
        for measure in (LEVEL_TOTAL, LEVELS[Level(level)]):
            yield Counted(measure.key, unit, now, which)
            yield Counted(_at_start(measure), unit, then, which)


def _flows(rows: Rows) -> Iterator[Counted]:
    for was, level, unit_then, unit_now, which, number in rows:
        for measure, unit in _flows_of(Level(was), Level(level), unit_then, unit_now):
            yield Counted(measure.key, unit, number, which)


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


@lru_cache(QUESTIONS_KEPT)
def _changes(asked: MeasureQuery, each: bool) -> CompoundSelect[Any]:
    """Level and unit when the year began and on the day, of enterprises for which they may differ, counted."""
    then, now = aliased(StandingSpan), aliased(StandingSpan)
    start = start_of_year(asked)
    places: list[ColumnElement[Any]] = [
        then.level.label("was"),
        now.level.label("level"),
        then.unit_id.label("unit_then"),
        now.unit_id.label("unit_now"),
    ]
    columns, groups = _grouped(each, now.enterprise_id, *places)
    both = select(*columns, func.count()).where(
        now.enterprise_id == then.enterprise_id, asked.stands(then, start), asked.stands(now, asked.as_of)
    )
    here_now = both.where(now.level > Level.NONE, now.from_day > start)
    # The sum keeps the databases from starting at the many that hold nothing now.
    gone = both.where(then.level > Level.NONE, then.until_day <= asked.as_of, now.level + 0 == Level.NONE)
    return union_all(here_now.group_by(*groups), gone.group_by(*groups))


@lru_cache(QUESTIONS_KEPT)
def _goal_rows(asked: MeasureQuery, each: bool) -> CompoundSelect[Any]:
    """What each goal gained in each month of the year and the one before."""
    last_year = replace(asked, year=asked.year - 1, as_of=start_of_year(asked))
    return union_all(*(_months_of(indicator, query, each) for indicator in GOALS for query in (asked, last_year)))


def _goals(rows: Rows, this_year: int) -> Iterator[Counted]:
    for indicator, year, month, unit, which, number in rows:
        of = Indicator(indicator)
        yield Counted(_in_month(of, year, month), unit, number, which)
        if year == this_year:
            yield Counted(GOALS[of].key, unit, number, which)


def _months_of(indicator: Indicator, query: MeasureQuery, each: bool) -> Select[Any]:
    rows = GOALS[indicator].rows(query).subquery()
    columns, groups = _grouped(each, rows.c.enterprise_id, extract("month", rows.c.day), rows.c.unit_id)
    return select(literal(indicator.value), literal(query.year), *columns, func.count()).group_by(*groups)


def _cases(counted: Iterable[CasesCounted]) -> Iterator[Counted]:
    for found in counted:
        keys = [REACHED[found.track, column].key for column in COLUMNS if column <= found.furthest]
        if found.is_open:
            keys.append(OPEN_CASES[found.track].key)
        if found.is_stalled:
            keys += [STALLED[found.track].key, STALLED_IN[found.track, found.furthest].key]
        yield from (Counted(key, found.unit_id, found.cases, found.enterprise_id) for key in keys)


def _stays(stays: Iterable[Stay]) -> Iterator[Counted]:
    for stay in stays:
        yield Counted(f"{_stayed(stay.track, stay.column)}{stay.days}", stay.unit_id, 1, stay.enterprise_id)


@lru_cache(QUESTIONS_KEPT)
def _attention_rows(asked: MeasureQuery, each: bool) -> CompoundSelect[Any]:
    parts = []
    for measure in (EXPIRING, FIGURES_MISSING):
        rows: Subquery = measure.rows(asked).subquery()
        columns, groups = _grouped(each, rows.c.enterprise_id, rows.c.unit_id)
        parts.append(select(literal(measure.key), *columns, func.count()).group_by(*groups))
    return union_all(*parts)
