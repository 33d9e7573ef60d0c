"""How enterprises came to, rose between and left the levels since the year began: standing on two days compared."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, literal, or_, select
from sqlalchemy.orm import aliased

from sme_tracker.enterprises.measure import Measure, MeasureQuery, MeasureRows
from sme_tracker.enterprises.models import StandingSpan
from sme_tracker.rules.terms import Level
from sme_tracker.web.language import lazy_gettext as _l

Span = type[StandingSpan]
Comparison = Callable[[Span, Span], ColumnElement[bool]]


def start_of_year(asked: MeasureQuery) -> date:
    """The day the year is compared with: the last of the year before."""
    return date(asked.year - 1, 12, 31)


def _now(*changes: Comparison) -> Callable[[MeasureQuery], MeasureRows]:
    """The enterprises at a level on the day that changed so since the year began, for the unit they have now."""

    def rows(asked: MeasureQuery) -> MeasureRows:
        then, now = aliased(StandingSpan), aliased(StandingSpan)
        return select(now.enterprise_id, literal(asked.as_of, Date).label("day"), now.unit_id).where(
            *_both(asked, then, now),
            now.level > Level.NONE,
            now.from_day > start_of_year(asked),
            asked.of_unit(now.unit_id),
            *(change(then, now) for change in changes),
        )

    return rows


def _then(*changes: Comparison) -> Callable[[MeasureQuery], MeasureRows]:
    """The enterprises at a level when the year began that changed so until the day, for the unit they had then."""

    def rows(asked: MeasureQuery) -> MeasureRows:
        then, now = aliased(StandingSpan), aliased(StandingSpan)
        return select(then.enterprise_id, literal(asked.as_of, Date).label("day"), then.unit_id).where(
            *_both(asked, then, now),
            then.level > Level.NONE,
            then.until_day <= asked.as_of,
            asked.of_unit(then.unit_id),
            *(change(then, now) for change in changes),
        )

    return rows


def _both(asked: MeasureQuery, then: Span, now: Span) -> tuple[ColumnElement[bool], ...]:
    same = now.enterprise_id == then.enterprise_id
    return same, asked.stands(then, start_of_year(asked)), asked.stands(now, asked.as_of)


def _to(level: Level, came_from: tuple[Level, ...]) -> Comparison:
    return lambda then, now: and_(now.level == level, then.level.in_(came_from))


def _moved(then: Span, now: Span) -> ColumnElement[bool]:
    """Whether the enterprise is at a level on both days, for two different units."""
    differs = or_(
        then.unit_id != now.unit_id,
        and_(then.unit_id.is_(None), now.unit_id.is_not(None)),
        and_(then.unit_id.is_not(None), now.unit_id.is_(None)),
    )
    return and_(then.level > Level.NONE, now.level > Level.NONE, differs)


ENTERED = Measure(
    "level.entered",
    _l("Came in"),
    _l("Enterprises at a level on the day that were at none when the year began."),
    _now(lambda then, _now: then.level == Level.NONE),
)
LEFT = Measure(
    "level.left",
    _l("Dropped out"),
    _l("Enterprises at a level when the year began and at none on the day: expired, revoked, moved out, deregistered."),
    _then(lambda _then, now: now.level == Level.NONE),
)
MOVED_IN = Measure(
    "level.moved_in",
    _l("From elsewhere"),
    _l("Enterprises at a level on both days that belong to another unit now; counted for the unit they have now."),
    _now(_moved),
)
MOVED_AWAY = Measure(
    "level.moved_away",
    _l("To elsewhere"),
    _l("Enterprises at a level on both days that belong to another unit now; counted for the unit they had then."),
    _then(_moved),
)
RISEN = {
    Level.PROVINCIAL: Measure(
        "level.risen.provincial",
        _l("Risen to the provincial level"),
        _l("Enterprises at the provincial level on the day that were at the municipal one when the year began."),
        _now(_to(Level.PROVINCIAL, (Level.MUNICIPAL,))),
    ),
    Level.NATIONAL: Measure(
        "level.risen.national",
        _l("Risen to the national level"),
        _l("Enterprises at the national level on the day that were at a lower one when the year began."),
        _now(_to(Level.NATIONAL, (Level.MUNICIPAL, Level.PROVINCIAL))),
    ),
}
DIRECT = {
    Level.PROVINCIAL: Measure(
        "level.direct.provincial",
        _l("Direct to the provincial level"),
        _l("Enterprises at the provincial level on the day that were at no level when the year began."),
        _now(_to(Level.PROVINCIAL, (Level.NONE,))),
    ),
    Level.NATIONAL: Measure(
        "level.direct.national",
        _l("Direct to the national level"),
        _l("Enterprises at the national level on the day that were at no level when the year began."),
        _now(_to(Level.NATIONAL, (Level.NONE,))),
    ),
}
FLOWS = (ENTERED, LEFT, MOVED_IN, MOVED_AWAY, *RISEN.values(), *DIRECT.values())
