"""The target that shortlists count towards: enterprises put forward for the national level (冲刺国家级)."""

from sqlalchemy import or_

from sme_tracker.enterprises.measure import Measure, MeasureQuery, MeasureRows, on_the_day
from sme_tracker.rules.terms import Indicator, Title
from sme_tracker.shortlists.models import PutForward
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import COUNTING_RULES, INDICATORS


def put_forward_for_national(asked: MeasureQuery) -> MeasureRows:
    """The enterprises put forward for the national level in the year, by the day."""
    return on_the_day(
        asked,
        PutForward.enterprise_id,
        PutForward.put_forward_on,
        PutForward.title == Title.NATIONAL,
        PutForward.year == asked.year,
        PutForward.put_forward_on <= asked.as_of,
        or_(PutForward.taken_back_on.is_(None), PutForward.taken_back_on > asked.as_of),
        asked.known(PutForward),
    )


SPRINT = Measure(
    "goal.sprint",
    INDICATORS[Indicator.SPRINT],
    COUNTING_RULES[Indicator.SPRINT],
    put_forward_for_national,
    _l("Put forward on"),
)
