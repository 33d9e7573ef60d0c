"""The leader's board put together from numbers and targets; nothing here asks the database."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sme_tracker.dashboard.attention import EXPIRING, FIGURES_MISSING
from sme_tracker.dashboard.flows import DIRECT, ENTERED, LEFT, MOVED_AWAY, MOVED_IN, RISEN
from sme_tracker.dashboard.measures import GOALS
from sme_tracker.dashboard.numbers import Numbers
from sme_tracker.dashboard.queries import Unit
from sme_tracker.enterprises.measure import NO_UNIT, Measure, UnitChoice
from sme_tracker.pipeline.measures import COLUMNS, REACHED, STALLED, STALLED_IN
from sme_tracker.recognitions.measures import LEVEL_TOTAL, LEVELS
from sme_tracker.rules.pace import Pace, PaceWord, Progress, completion_percent, pace, ranking
from sme_tracker.rules.terms import Indicator, Level, Track

Targets = Mapping[tuple[Indicator, int | None], int]
GOAL_OF_TRACK = {
    Track.UPGRADE: Indicator.UPGRADE,
    Track.CONVERT: Indicator.CONVERT,
    Track.GO_PUBLIC: Indicator.GO_PUBLIC,
}
FROM_THE_TOP = (Level.NATIONAL, Level.PROVINCIAL, Level.MUNICIPAL)


@dataclass(frozen=True, slots=True)
class Goal:
    """One target: done, how it stands against pace, and what each of the last twelve months added, oldest first."""

    indicator: Indicator
    measure: Measure
    done: int
    target: int | None
    percent: Decimal | None
    pace: Pace | None
    months: tuple[int, ...]

    @property
    def is_short(self) -> bool:
        """Whether done falls short of pace."""
        return self.pace is not None and self.pace.word is PaceWord.SHORT


@dataclass(frozen=True, slots=True)
class LevelRow:
    """How many stand at a level, how many did when the year began, and who rose to it since."""

    level: Level
    measure: Measure
    count: int
    at_start: int
    rises: tuple[tuple[str, Measure, int], ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """From the start of the year to now: what came and what went; between units only where one unit is looked at."""

    at_start: int
    now: int
    changes: tuple[tuple[Measure, int], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a track: the cases of the year that came this far, and those of them stalled in it.

    `median_days` is how long they stood in it before they went on, None if none has and where it is not told: in the
    first column and the last.
    """

    number: int
    measure: Measure
    count: int
    stalled_measure: Measure | None
    stalled: int
    median_days: int | None


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A track with its columns; the last one is the goal."""

    track: Track
    goal: Goal
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the trend: added in it and in total since January, this year and last; None is not known yet."""

    number: int
    added: int | None
    total: int | None
    prior_added: int
    prior_total: int | None


@dataclass(frozen=True, slots=True)
class District:
    """A reporting unit in the ranking; `unit` None is the row of enterprises without one."""

    unit: Unit | None
    choice: UnitChoice
    rank: int | None
    climbed: int | None
    levels: tuple[int, int, int]
    srdi: Goal
    upgrade: Goal

    @property
    def total(self) -> int:
        """All that hold a level."""
        return sum(self.levels)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the page, for the city or one unit."""

    goals: tuple[Goal, ...]
    levels: tuple[LevelRow, ...]
    flow: Flow
    tracks: tuple[TrackRow, ...]
    attention: tuple[tuple[Measure, int], ...]
    districts: tuple[District, ...]


def make_board(numbers: Numbers, targets: Targets, units: Sequence[Unit], unit: UnitChoice) -> Board:
    """The board of the city (`unit` None), which alone lists the districts, or of one unit."""
    goals = tuple(_goal(numbers, targets, indicator, unit) for indicator in GOALS)
    return Board(
        goals,
        tuple(_level_row(numbers, level, unit) for level in FROM_THE_TOP),
        _flow(numbers, unit),
        tuple(_track_row(numbers, goals, of, unit) for of in Track),
        _attention(numbers, unit),
        tuple(_districts(numbers, targets, units)) if unit is None else (),
    )


def trend(numbers: Numbers, indicator: Indicator, unit: UnitChoice) -> list[Month]:
    """The twelve months of a goal, this year until the day and all of last year."""
    year, last_month = numbers.asked.year, numbers.asked.as_of.month
    months, total, prior_total = [], 0, 0
    for month in range(1, 13):
        added = numbers.month(indicator, year, month, unit)
        prior = numbers.month(indicator, year - 1, month, unit)
        total, prior_total = total + added, prior_total + prior
        reached = month <= last_month
        months.append(Month(month, added if reached else None, total if reached else None, prior, prior_total))
    if prior_total:
        return months
    return [Month(month.number, month.added, month.total, 0, None) for month in months]


def _goal(numbers: Numbers, targets: Targets, indicator: Indicator, unit: UnitChoice) -> Goal:
    done, target = numbers.value(GOALS[indicator], unit), None if unit == NO_UNIT else targets.get((indicator, unit))
    standing = pace(done, target, numbers.asked.as_of) if target else None
    percent = completion_percent(done, target)
    return Goal(indicator, GOALS[indicator], done, target, percent, standing, _last_months(numbers, indicator, unit))


def _last_months(numbers: Numbers, indicator: Indicator, unit: UnitChoice) -> tuple[int, ...]:
    """What each of the twelve months up to this one added; the first 12 − month of them belong to last year."""
    year, month = numbers.asked.year, numbers.asked.as_of.month
    places = [(year - 1, of) for of in range(month + 1, 13)] + [(year, of) for of in range(1, month + 1)]
    return tuple(numbers.month(indicator, *place, unit) for place in places)


def _level_row(numbers: Numbers, level: Level, unit: UnitChoice) -> LevelRow:
    measure = LEVELS[level]
    came = [(kind, measures[level]) for kind, measures in (("risen", RISEN), ("direct", DIRECT)) if level in measures]
    rises = ((kind, rise, numbers.value(rise, unit)) for kind, rise in came)
    count, at_start = numbers.value(measure, unit), numbers.started_with(measure, unit)
    return LevelRow(level, measure, count, at_start, tuple(rise for rise in rises if rise[2]))


def _flow(numbers: Numbers, unit: UnitChoice) -> Flow:
    between_units = (MOVED_IN, MOVED_AWAY) if unit is not None else ()
    changes = [(measure, numbers.value(measure, unit)) for measure in (ENTERED, LEFT, *between_units)]
    signed = tuple((measure, -n if measure in (LEFT, MOVED_AWAY) else n) for measure, n in changes)
    return Flow(numbers.started_with(LEVEL_TOTAL, unit), numbers.value(LEVEL_TOTAL, unit), signed)


def _track_row(numbers: Numbers, goals: Sequence[Goal], of: Track, unit: UnitChoice) -> TrackRow:
    goal = next(goal for goal in goals if goal.indicator is GOAL_OF_TRACK[of])
    columns = [
        Column(
            number,
            REACHED[of, number],
            numbers.value(REACHED[of, number], unit),
            STALLED_IN[of, number],
            numbers.value(STALLED_IN[of, number], unit),
            numbers.median_days(of, number, unit) if number > 1 else None,
        )
        for number in COLUMNS
    ]
    return TrackRow(of, goal, (*columns, Column(len(columns) + 1, goal.measure, goal.done, None, 0, None)))


def _attention(numbers: Numbers, unit: UnitChoice) -> tuple[tuple[Measure, int], ...]:
    """What is more than nothing, in the order of urgency."""
    listed = [(measure, numbers.value(measure, unit)) for measure in (*STALLED.values(), EXPIRING, FIGURES_MISSING)]
    return tuple((measure, count) for measure, count in listed if count)


def _districts(numbers: Numbers, targets: Targets, units: Sequence[Unit]) -> list[District]:
    """Units by completion of new SRDI, those without a rank after them, the enterprises without a unit last."""
    now = {unit.id: _goal(numbers, targets, Indicator.SRDI, unit.id) for unit in units}
    ranked = ranking([Progress(unit.id, now[unit.id].done, now[unit.id].target) for unit in units])
    before = _ranks_a_month_ago(numbers, targets, units)
    named = {unit.id: unit for unit in units}
    rows = []
    for rank, progress in ((place.rank, place.progress) for place in ranked):
        was = before.get(progress.key)
        climbed = was - rank if was and rank else None
        rows.append(_district(numbers, targets, named[progress.key], now[progress.key], rank, climbed))
    without = _district(numbers, targets, None, _goal(numbers, targets, Indicator.SRDI, NO_UNIT))
    return [*rows, without] if without.total or without.srdi.done or without.upgrade.done else rows


def _district(
    numbers: Numbers,
    targets: Targets,
    unit: Unit | None,
    srdi: Goal,
    rank: int | None = None,
    climbed: int | None = None,
) -> District:
    choice: UnitChoice = unit.id if unit else NO_UNIT
    municipal, provincial, national = (numbers.value(LEVELS[level], choice) for level in reversed(FROM_THE_TOP))
    upgrade = _goal(numbers, targets, Indicator.UPGRADE, choice)
    return District(unit, choice, rank, climbed, (municipal, provincial, national), srdi, upgrade)


def _ranks_a_month_ago(numbers: Numbers, targets: Targets, units: Sequence[Unit]) -> dict[int, int | None]:
    """The ranks at the end of the month before, nothing in January."""
    year, month = numbers.asked.year, numbers.asked.as_of.month
    if month == 1:
        return {}
    progress = []
    for unit in units:
        done = sum(numbers.month(Indicator.SRDI, year, earlier, unit.id) for earlier in range(1, month))
        progress.append(Progress(unit.id, done, targets.get((Indicator.SRDI, unit.id))))
    return {place.progress.key: place.rank for place in ranking(progress)}


def month_ends(today: date, of_years: int = 2) -> tuple[date, ...]:
    """The ends of the months gone by, the latest first, from January of the year before on."""
    ends = []
    for year in range(today.year, today.year - of_years, -1):
        for month in range(12, 0, -1):
            end = date(year, month, monthrange(year, month)[1])
            if end < today:
                ends.append(end)
    return tuple(ends)
