"""The demo bureau is what it says it is."""

from datetime import date

import pytest
from sqlalchemy import func, select

from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import utc_now
from sme_tracker.dashboard.measures import MEASURES
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.demo.fill import fill
from sme_tracker.enterprises.measure import MeasureQuery
from sme_tracker.enterprises.models import Contact, Enterprise
from sme_tracker.rules import credit_code
from sme_tracker.rules.terms import Indicator
from sme_tracker.targets.models import Target

TODAY = date(2022, 2, 10)


@pytest.fixture
def bureau(session: GuardedSession) -> GuardedSession:
    """The demo bureau as it stood in February 2022."""
    with transaction(session):
        load_shipped(session, utc_now())
        fill(session, TODAY, "only-for-this-test")
    return session


def test_at_the_end_of_2021_it_holds_485_and_has_the_targets_of_2022(bureau: GuardedSession) -> None:
    asked = MeasureQuery(2021, date(2021, 12, 31))
    counts = {key: MEASURES[f"level.{key}"].count(bureau, asked) for key in ("municipal", "provincial", "national")}
    assert counts == {"municipal": 374, "provincial": 84, "national": 27}
    assert MEASURES["level.total"].count(bureau, asked) == 485
    city = select(Target.indicator, Target.value).where(
        Target.year == 2022, Target.unit_id.is_(None), Target.in_force()
    )
    targets = {Indicator(row.indicator): row.value for row in bureau.execute(city)}
    assert [targets[indicator] for indicator in Indicator] == [200, 20, 150, 50, 5]
    codes = bureau.scalars(select(Enterprise.code)).all()
    assert len(codes) > 2000 and not any(credit_code.check(code) for code in codes)
    nobodys = select(func.count()).select_from(Contact).where(Contact.phone.not_like("0431-0000%"))
    assert bureau.scalar(nobodys) == 0
