"""What needs attention (需要关注): levels about to be lost, figures missing; stalled cases are the pipeline's."""

from datetime import timedelta

from sqlalchemy import Date, exists, func, literal, select
from sqlalchemy.orm import aliased

from sme_tracker.enterprises.measure import Measure, MeasureQuery, MeasureRows
from sme_tracker.enterprises.models import StandingSpan, YearlyFigure
from sme_tracker.rules.terms import Level
from sme_tracker.web.language import lazy_gettext as _l

NOTICE_DAYS = 90


def _expiring(asked: MeasureQuery) -> MeasureRows:
    """The enterprises whose level falls within the notice by date alone, with the first day it is no longer held."""
    horizon = asked.as_of + timedelta(days=NOTICE_DAYS)
    now, later, lower = aliased(StandingSpan), aliased(StandingSpan), aliased(StandingSpan)
    falls_on = (
        select(func.min(lower.from_day))
        .where(
            lower.enterprise_id == now.enterprise_id,
            lower.from_day > asked.as_of,
            lower.level < now.level,
            asked.known(lower),
        )
        .scalar_subquery()
    )
    return select(now.enterprise_id, falls_on.label("day"), now.unit_id).where(
        now.level > Level.NONE,
        now.until_day <= horizon,
        later.enterprise_id == now.enterprise_id,
        later.level < now.level,
        asked.stands(now, asked.as_of),
        asked.stands(later, horizon),
        asked.of_unit(now.unit_id),
    )


def _without_figures(asked: MeasureQuery) -> MeasureRows:
    """The enterprises at a level of which no figures of the year before are recorded."""
    figures = exists().where(
        YearlyFigure.enterprise_id == StandingSpan.enterprise_id,
        YearlyFigure.fiscal_year == asked.year - 1,
        asked.known(YearlyFigure),
    )
    day = literal(asked.as_of, Date).label("day")
    return select(StandingSpan.enterprise_id, day, StandingSpan.unit_id).where(
        StandingSpan.level > Level.NONE,
        asked.stands(StandingSpan, asked.as_of),
        asked.of_unit(StandingSpan.unit_id),
        ~figures,
    )


EXPIRING = Measure(
    "attention.expiring",
    _l("Levels lost within %(days)s days", days=NOTICE_DAYS),
    _l("Enterprises whose level falls within %(days)s days unless it is renewed.", days=NOTICE_DAYS),
    _expiring,
    _l("Level falls on"),
)
FIGURES_MISSING = Measure(
    "attention.figures_missing",
    _l("Last year's figures missing"),
    _l("Enterprises at a level on the day of which no figures of the year before are recorded."),
    _without_figures,
)
