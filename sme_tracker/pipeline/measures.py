"""Cases that are open, how far those of the year have come on the board, and which of them are stalled."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median
from typing import Any

from flask_babel import LazyString
from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, null, or_, select, true
from sqlalchemy.orm import Session

from sme_tracker.enterprises.measure import Column, Measure, MeasureQuery, MeasureRows
from sme_tracker.enterprises.models import Enterprise, StandingSpan
from sme_tracker.enterprises.queries import Viewer, visible_to
from sme_tracker.pipeline.models import CaseClosing, CaseStep, PipelineCase
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Status, Track
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import column_words, step_words, track_words

COLUMNS = (1, 2, 3, 4)
"""The columns a case stands in while it is open; the fifth is the target itself."""
STALLED_AFTER = {Track.UPGRADE: 90, Track.CONVERT: 90, Track.GO_PUBLIC: 180}
"""Days in one step after which a case is stalled (停滞)."""
STEPS = tuple((of, step) for of in Track for step in track(of).steps)
"""Every step of every track in order; a case's place is that of the furthest step it has taken."""
QUESTIONS_KEPT = 16
"""For how many days statements are kept, as to put them together takes longer than to answer them."""
Condition = Callable[[MeasureQuery, Subquery], ColumnElement[bool]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseMeasure(Measure):
    """A measure of cases on a track; `conditions` pick the cases."""

    track: Track
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class CaseListed:
    """A case in a list: its enterprise with unit and level on the day, the step it stands at and since when."""

    case_id: int
    enterprise_id: int
    name: str
    unit_id: int | None
    level: int
    step: str
    since: date
    is_open: bool
    is_stalled: bool
    opens: bool
    """Whether the pages of the enterprise are open to the viewer: it may have left a clerk's unit since the day."""


@dataclass(frozen=True, slots=True)
class CasesCounted:
    """How many cases of a track and unit stand at a step and column as the furthest, and are open and stalled.

    `enterprise_id` says whose they are where each enterprise's are counted for themselves.
    """

    track: Track
    unit_id: int | None
    step: str
    furthest: int
    is_open: bool
    is_stalled: bool
    cases: int
    enterprise_id: int | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """How many days a case stood in a column of its track before it went on."""

    track: Track
    column: int
    days: int
    unit_id: int | None
    enterprise_id: int


def count_cases(
    session: Session, asked: MeasureQuery, parameters: Mapping[str, int] | None = None, *, each: bool = False
) -> list[CasesCounted]:
    """All cases of the year, counted by what the measures of this module ask of them, `each` enterprise's or all."""
    return [
        CasesCounted(Track(of), unit, _step(of, place), column, bool(o), bool(s), count, which)
        for of, unit, place, column, o, s, count, which in session.execute(_cases_counted(asked, each), parameters)
    ]


@lru_cache(QUESTIONS_KEPT)
def _cases_counted(asked: MeasureQuery, each: bool) -> Select[Any]:
    cases = _cases(asked)
    is_open, stalled = _open(asked, cases), and_(_open(asked, cases), _stalled(asked, cases))
    columns = (cases.c.track, StandingSpan.unit_id, cases.c.place, cases.c.furthest, is_open, stalled)
    whose = (cases.c.enterprise_id,) if each else ()
    return (
        select(*columns, func.count(), *(whose or (null(),)))
        .where(_of_the_city(asked, cases), _of_the_year(asked, cases))
        .group_by(*columns, *whose)
    )


def list_cases(
    session: Session, asked: MeasureQuery, measure: CaseMeasure, viewer: Viewer, skip: int, most: int
) -> list[CaseListed]:
    """The cases behind a measure that were the viewer's to see on the day, the longest at its step first."""
    cases = _cases(asked)
    is_open = _open(asked, cases)
    rows = session.execute(
        select(
            cases.c.case_id,
            cases.c.enterprise_id,
            Enterprise.name,
            StandingSpan.unit_id,
            StandingSpan.level,
            cases.c.place,
            cases.c.since,
            is_open,
            and_(is_open, _stalled(asked, cases)),
            visible_to(viewer).label("opens"),
        )
        .join(Enterprise, Enterprise.id == cases.c.enterprise_id)
        .where(*_picks(asked, cases, measure), visible_to(viewer, StandingSpan.__table__.c.unit_id))
        .order_by(cases.c.since, cases.c.case_id)
        .offset(skip)
        .limit(most)
    )
    return [
        CaseListed(case_id, which, name, unit, level, _step(measure.track, place), since, bool(o), bool(s), bool(opens))
        for case_id, which, name, unit, level, place, since, o, s, opens in rows
    ]


def stays(session: Session, asked: MeasureQuery, parameters: Mapping[str, int] | None = None) -> Iterator[Stay]:
    """How long the cases of the year stood in each column that they have left again."""
    for _case, rows in groupby(session.execute(_entered(asked), parameters), attrgetter("case_id")):
        found = list(rows)
        one, days = found[0], {row.column: row.day for row in found}
        days[1] = min(one.opened_on, days.get(1, one.opened_on))
        for here, following in pairwise(sorted(days)):
            yield Stay(Track(one.track), here, (days[following] - days[here]).days, one.unit_id, one.enterprise_id)


@lru_cache(QUESTIONS_KEPT)
def _entered(asked: MeasureQuery) -> Select[Any]:
    """The columns that the cases of the year have come to, and on which day to each."""
    cases, column = _cases(asked), _column().label("column")
    place = (
        cases.c.case_id,
        cases.c.enterprise_id,
        cases.c.track,
        cases.c.opened_on,
        StandingSpan.unit_id,
        column,
    )
    return (
        select(*place, func.min(CaseStep.actual_on).label("day"))
        .where(
            CaseStep.case_id == cases.c.case_id,
            CaseStep.actual_on <= asked.as_of,
            asked.known(CaseStep),
            _of_their_cases(asked, CaseStep.case_id),
            _of_the_city(asked, cases),
            _of_the_year(asked, cases),
            asked.of_unit(StandingSpan.unit_id),
        )
        .group_by(*place)
        .order_by(cases.c.case_id)
    )


def median_days(session: Session, asked: MeasureQuery) -> dict[tuple[Track, int], int]:
    """How many days the cases of the year stood in a column before they went on, the median of those that did."""
    lengths: dict[tuple[Track, int], Counter[int]] = {}
    for stay in stays(session, asked):
        lengths.setdefault((stay.track, stay.column), Counter())[stay.days] += 1
    return {place: median_of(found) for place, found in lengths.items()}


def median_of(lengths: Counter[int]) -> int:
    """The median of days that are counted by how often they occur, rounded to a whole day."""
    return round(median(lengths.elements()))


def _step(of: str, place: int | None) -> str:
    """The code of the step at the place; a case that has taken none stands at the first of its track."""
    return STEPS[place][1].code if place is not None else track(Track(of)).steps[0].code


def _cases(asked: MeasureQuery) -> Subquery:
    """Every case opened by the day: the furthest column it reached, since when it stands there, when it ended."""
    steps = (
        select(
            CaseStep.case_id,
            func.max(_column()).label("furthest"),
            func.max(_place()).label("place"),
            func.max(CaseStep.actual_on).label("since"),
            func.min(case((CaseStep.step.in_(_counting()), CaseStep.actual_on))).label("done_on"),
        )
        .where(CaseStep.actual_on <= asked.as_of, asked.known(CaseStep), _of_their_cases(asked, CaseStep.case_id))
        .group_by(CaseStep.case_id)
        .subquery()
    )
    closings = (
        select(CaseClosing.case_id, CaseClosing.closed_on)
        .where(
            CaseClosing.closed_on <= asked.as_of,
            asked.known(CaseClosing),
            _of_their_cases(asked, CaseClosing.case_id),
        )
        .subquery()
    )
    return (
        select(
            PipelineCase.id.label("case_id"),
            PipelineCase.enterprise_id,
            PipelineCase.track,
            PipelineCase.opened_on,
            steps.c.place,
            func.coalesce(steps.c.furthest, 1).label("furthest"),
            func.coalesce(steps.c.since, PipelineCase.opened_on).label("since"),
            steps.c.done_on,
            closings.c.closed_on,
        )
        .outerjoin(steps, steps.c.case_id == PipelineCase.id)
        .outerjoin(closings, closings.c.case_id == PipelineCase.id)
        .where(
            PipelineCase.opened_on <= asked.as_of,
            asked.known(PipelineCase),
            asked.of_these(PipelineCase.enterprise_id),
        )
        .subquery()
    )


def _of_their_cases(asked: MeasureQuery, case_id: Column) -> ColumnElement[bool]:
    """Picks the cases of the only enterprises looked at."""
    theirs = select(PipelineCase.id).where(asked.of_these(PipelineCase.enterprise_id))
    return true() if asked.among is None else case_id.in_(theirs)


def _column() -> ColumnElement[int]:
    places: dict[int, list[str]] = {}
    for step in (step for of in Track for step in track(of).steps):
        places.setdefault(step.column, []).append(step.code)
    return case(*((CaseStep.step.in_(codes), column) for column, codes in sorted(places.items())))


def _place() -> ColumnElement[int]:
    return case(*((CaseStep.step == step.code, place) for place, (_of, step) in enumerate(STEPS)))


def _counting() -> list[str]:
    return [track(of).counting_step.code for of in Track]


def _open(_asked: MeasureQuery, cases: Subquery) -> ColumnElement[bool]:
    return and_(cases.c.done_on.is_(None), cases.c.closed_on.is_(None))


def _of_the_year(asked: MeasureQuery, cases: Subquery) -> ColumnElement[bool]:
    """Whether the case was open on some day of the year until the day asked for."""
    return and_(*(or_(ended.is_(None), ended >= asked.first_day) for ended in (cases.c.done_on, cases.c.closed_on)))


def _stalled(asked: MeasureQuery, cases: Subquery) -> ColumnElement[bool]:
    limits = {of: asked.as_of - timedelta(days=days) for of, days in STALLED_AFTER.items()}
    return or_(*(and_(cases.c.track == of, cases.c.since < limit) for of, limit in limits.items()))


def _of_the_city(asked: MeasureQuery, cases: Subquery) -> ColumnElement[bool]:
    """Picks the standing of the enterprise on the day; one that has moved out or is deregistered counts nowhere."""
    return and_(
        StandingSpan.enterprise_id == cases.c.enterprise_id,
        StandingSpan.status == Status.ACTIVE,
        asked.stands(StandingSpan, asked.as_of),
    )


def _picks(asked: MeasureQuery, cases: Subquery, measure: CaseMeasure) -> list[ColumnElement[bool]]:
    """What picks the cases of a measure, for the unit asked for."""
    return [
        cases.c.track == measure.track,
        _of_the_city(asked, cases),
        asked.of_unit(StandingSpan.unit_id),
        *(condition(asked, cases) for condition in measure.conditions),
    ]


def _measure(key: str, label: str, definition: str, of: Track, *conditions: Condition) -> CaseMeasure:
    """The measure of the cases of a track that meet the conditions; the day is since when one stands at its step."""

    def rows(asked: MeasureQuery) -> MeasureRows:
        cases = _cases(asked)
        columns = (cases.c.enterprise_id, cases.c.since.label("day"), StandingSpan.unit_id)
        return select(*columns).where(*_picks(asked, cases, measure))

    measure = CaseMeasure(key=key, label=label, definition=definition, rows=rows, track=of, conditions=conditions)
    return measure


def _reached(column: int) -> Condition:
    return lambda _asked, cases: cases.c.furthest >= column


def _stands_in(column: int) -> Condition:
    return lambda _asked, cases: cases.c.furthest == column


_SINCE = _l("At this step since")


def _stands_at(of: Track, code: str) -> Condition:
    """Whether the case stands at the step; one that has taken none stands at the first."""
    place = next(place for place, (other, step) in enumerate(STEPS) if (other, step.code) == (of, code))
    if track(of).steps[0].code == code:
        return lambda _asked, cases: or_(cases.c.place.is_(None), cases.c.place == place)
    return lambda _asked, cases: cases.c.place == place


_TRACK = {of: LazyString(track_words, of) for of in Track}
_COLUMN = {(of, column): LazyString(column_words, of, column) for of in Track for column in COLUMNS}

OPEN_CASES = {
    of: _measure(
        f"pipeline.{of}",
        _l("%(track)s: open cases", track=_TRACK[of]),
        _l("Enterprises with an open case on the track on the day."),
        of,
        _open,
    )
    for of in Track
}
AT_STEP = {
    (of, step.code): _measure(
        f"pipeline.{of}.{step.code}",
        _l("%(track)s: now at “%(step)s”", track=_TRACK[of], step=LazyString(step_words, of, step.code)),
        _l("Open cases whose furthest step is this one."),
        of,
        _open,
        _stands_at(of, step.code),
    )
    for of, step in STEPS
    if step.column in COLUMNS
}
REACHED = {
    (of, column): _measure(
        f"pipeline.{of}.{column}",
        _l("%(track)s: %(column)s", track=_TRACK[of], column=_COLUMN[of, column]),
        _l("Cases of the year, carried over or new, that have come to this column or further by the day."),
        of,
        _of_the_year,
        _reached(column),
    )
    for of in Track
    for column in COLUMNS
}
STALLED = {
    of: _measure(
        f"stalled.{of}",
        _l("%(track)s: stalled", track=_TRACK[of]),
        _l("Open cases that have stood at one step for more than %(days)s days.", days=STALLED_AFTER[of]),
        of,
        _open,
        _stalled,
    )
    for of in Track
}
STALLED_IN = {
    (of, column): _measure(
        f"stalled.{of}.{column}",
        _l("%(track)s: stalled in “%(column)s”", track=_TRACK[of], column=_COLUMN[of, column]),
        _l("Open cases that have stood at one step for more than %(days)s days.", days=STALLED_AFTER[of]),
        of,
        _open,
        _stalled,
        _stands_in(column),
    )
    for of in Track
    for column in COLUMNS
}
CASE_MEASURES: dict[str, CaseMeasure] = {
    measure.key: measure for group in (OPEN_CASES, AT_STEP, REACHED, STALLED, STALLED_IN) for measure in group.values()
}
"""Every measure of cases by its key."""
