"""The target that recognitions count towards: new SRDI enterprises (新增专精特新)."""

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select
from sqlalchemy.orm import aliased

from sme_tracker.enterprises.measure import Measure, MeasureQuery, MeasureRows, on_the_day
from sme_tracker.enterprises.models import StandingSpan
from sme_tracker.recognitions.models import Recognition
from sme_tracker.rules.terms import LADDER, Indicator, RecognitionKind
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import COUNTING_RULES, INDICATORS


def new_srdi(asked: MeasureQuery) -> MeasureRows:
    """The first recognition published in the year of each enterprise that held no level the day before.

    The rule is `rules.counting.is_new_srdi`, asked of all recognitions at once. A later loss or move does not take
    the enterprise back.
    """
    before = aliased(StandingSpan)
    # The sum keeps SQLite from reading the recognitions of all years in the order of the grouping.
    enterprise_id = (Recognition.enterprise_id + literal_column("0")).label("enterprise_id")
    first = (
        select(enterprise_id, func.min(Recognition.published_on).label("day"))
        .join(before, before.enterprise_id == Recognition.enterprise_id)
        .where(
            Recognition.published_on.between(asked.first_day, asked.as_of),
            Recognition.title.in_(LADDER),
            Recognition.kind != RecognitionKind.RENEWED,
            asked.known(Recognition),
            asked.of_these(Recognition.enterprise_id),
            before.holds == 0,
            _stands_the_day_before(asked, before),
        )
        .group_by(enterprise_id)
        .subquery()
    )
    return on_the_day(asked, first.c.enterprise_id, first.c.day)


def _stands_the_day_before(asked: MeasureQuery, before: type[StandingSpan]) -> ColumnElement[bool]:
    """Whether the span holds on the day before the recognition was published or took effect, whichever came first."""
    came = case(
        (Recognition.published_on < Recognition.valid_from, Recognition.published_on), else_=Recognition.valid_from
    )
    holds = and_(before.from_day < came, before.until_day >= came)
    return and_(holds, asked.known(before), asked.of_these(before.enterprise_id))


NEW_SRDI = Measure(
    "goal.srdi", INDICATORS[Indicator.SRDI], COUNTING_RULES[Indicator.SRDI], new_srdi, _l("Published on")
)
