"""Cases that are open, how far those of the year have come on the board, and which of them are stalled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from sme_tracker.enterprises.measure import Measure, MeasureQuery, MeasureRows
from sme_tracker.enterprises.models import StandingSpan
from sme_tracker.pipeline.models import CaseClosing, CaseStep, PipelineCase
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Status, Track
from sme_tracker.web.words import column_words, track_words

COLUMNS = (1, 2, 3, 4)
"""The columns a case stands in while it is open; the fifth is the target itself."""
STALLED_AFTER = {Track.UPGRADE: 90, Track.CONVERT: 90, Track.GO_PUBLIC: 180}
"""Days in one step after which a case is stalled (滞留)."""
Condition = Callable[[MeasureQuery, Subquery], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class CasesCounted:
    """How many cases of a track and unit came to a column as the furthest, and whether they are open and stalled."""

    track: Track
    unit_id: int | None
    furthest: int
    is_open: bool
    is_stalled: bool
    cases: int


def count_cases(session: Session, asked: MeasureQuery) -> list[CasesCounted]:
    """All cases of the year, counted by what the measures of this module ask of them."""
    cases = _cases(asked)
    is_open, stalled = _open(asked, cases), and_(_open(asked, cases), _stalled(asked, cases))
    columns = (cases.c.track, StandingSpan.unit_id, cases.c.furthest, is_open, stalled)
    found = session.execute(
        select(*columns, func.count()).where(_of_the_city(asked, cases), _of_the_year(asked, cases)).group_by(*columns)
    )
    return [CasesCounted(Track(of), unit, column, bool(o), bool(s), cases) for of, unit, column, o, s, cases in found]


def _cases(asked: MeasureQuery) -> Subquery:
    """Every case opened by the day: the furthest column it reached, since when it stands there, when it ended."""
    steps = (
        select(
            CaseStep.case_id,
            func.max(_column()).label("furthest"),
            func.max(CaseStep.actual_on).label("since"),
            func.min(case((CaseStep.step.in_(_counting()), CaseStep.actual_on))).label("done_on"),
        )
        .where(CaseStep.actual_on <= asked.as_of, asked.known(CaseStep))
        .group_by(CaseStep.case_id)
        .subquery()
    )
    closings = (
        select(CaseClosing.case_id, CaseClosing.closed_on)
        .where(CaseClosing.closed_on <= asked.as_of, asked.known(CaseClosing))
        .subquery()
    )
    return (
        select(
            PipelineCase.enterprise_id,
            PipelineCase.track,
            func.coalesce(steps.c.furthest, 1).label("furthest"),
            func.coalesce(steps.c.since, PipelineCase.opened_on).label("since"),
            steps.c.done_on,
            closings.c.closed_on,
        )
        .outerjoin(steps, steps.c.case_id == PipelineCase.id)
        .outerjoin(closings, closings.c.case_id == PipelineCase.id)
        .where(PipelineCase.opened_on <= asked.as_of, asked.known(PipelineCase))
        .subquery()
    )


def _column() -> ColumnElement[int]:
    places: dict[int, list[str]] = {}
    for step in (step for of in Track for step in track(of).steps):
        places.setdefault(step.column, []).append(step.code)
    return case(*((CaseStep.step.in_(codes), column) for column, codes in sorted(places.items())))


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


def _rows(of: Track, *conditions: Condition) -> Callable[[MeasureQuery], MeasureRows]:
    """The cases of a track that meet the conditions, with the day since when they stand at their step."""

    def rows(asked: MeasureQuery) -> MeasureRows:
        cases = _cases(asked)
        return select(cases.c.enterprise_id, cases.c.since.label("day"), StandingSpan.unit_id).where(
            cases.c.track == of,
            _of_the_city(asked, cases),
            asked.of_unit(StandingSpan.unit_id),
            *(condition(asked, cases) for condition in conditions),
        )

    return rows


def _reached(column: int) -> Condition:
    return lambda _asked, cases: cases.c.furthest >= column


def _stands_in(column: int) -> Condition:
    return lambda _asked, cases: cases.c.furthest == column


_SINCE = _l("At this step since")
_TRACK = {of: LazyString(track_words, of) for of in Track}
_COLUMN = {(of, column): LazyString(column_words, of, column) for of in Track for column in COLUMNS}

OPEN_CASES = {
    of: Measure(
        f"pipeline.{of}",
        _l("%(track)s: open cases", track=_TRACK[of]),
        _l("Enterprises with an open case on the track on the day."),
        _rows(of, _open),
        _SINCE,
    )
    for of in Track
}
REACHED = {
    (of, column): Measure(
        f"pipeline.{of}.{column}",
        _l("%(track)s: %(column)s", track=_TRACK[of], column=_COLUMN[of, column]),
        _l("Cases of the year, carried over or new, that have come to this column or further by the day."),
        _rows(of, _of_the_year, _reached(column)),
        _SINCE,
    )
    for of in Track
    for column in COLUMNS
}
STALLED = {
    of: Measure(
        f"stalled.{of}",
        _l("%(track)s: stalled", track=_TRACK[of]),
        _l("Open cases that have stood at one step for more than %(days)s days.", days=STALLED_AFTER[of]),
        _rows(of, _open, _stalled),
        _SINCE,
    )
    for of in Track
}
STALLED_IN = {
    (of, column): Measure(
        f"stalled.{of}.{column}",
        _l("%(track)s: stalled in “%(column)s”", track=_TRACK[of], column=_COLUMN[of, column]),
        _l("Open cases that have stood at one step for more than %(days)s days.", days=STALLED_AFTER[of]),
        _rows(of, _open, _stalled, _stands_in(column)),
        _SINCE,
    )
    for of in Track
    for column in COLUMNS
}
