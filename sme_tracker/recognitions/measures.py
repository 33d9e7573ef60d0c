"""How many enterprises stand at which level (梯队), each counted once, at the highest level it holds."""

from collections.abc import Callable

from sqlalchemy import Date, literal, select

from sme_tracker.enterprises.measure import Measure, MeasureQuery, MeasureRows
from sme_tracker.enterprises.models import StandingSpan
from sme_tracker.rules.terms import Level
from sme_tracker.web.language import lazy_gettext as _l


def _at(*levels: Level) -> Callable[[MeasureQuery], MeasureRows]:
    """The enterprises that stand at one of the levels on the day."""

    def rows(asked: MeasureQuery) -> MeasureRows:
        return select(StandingSpan.enterprise_id, literal(asked.as_of, Date).label("day"), StandingSpan.unit_id).where(
            StandingSpan.level.in_([int(level) for level in levels]),
            asked.of_unit(StandingSpan.unit_id),
            asked.stands(StandingSpan, asked.as_of),
        )

    return rows


LEVEL_TOTAL = Measure(
    "level.total",
    _l("At a level"),
    _l("Enterprises that hold a valid municipal, provincial or national level on the day, each counted once."),
    _at(Level.MUNICIPAL, Level.PROVINCIAL, Level.NATIONAL),
)
LEVELS = {
    Level.MUNICIPAL: Measure(
        "level.municipal",
        _l("Municipal level"),
        _l("Enterprises whose highest valid level on the day is municipal."),
        _at(Level.MUNICIPAL),
    ),
    Level.PROVINCIAL: Measure(
        "level.provincial",
        _l("Provincial level"),
        _l("Enterprises whose highest valid level on the day is provincial."),
        _at(Level.PROVINCIAL),
    ),
    Level.NATIONAL: Measure(
        "level.national",
        _l("National level"),
        _l("Enterprises whose highest valid level on the day is national (Little Giants)."),
        _at(Level.NATIONAL),
    ),
}
