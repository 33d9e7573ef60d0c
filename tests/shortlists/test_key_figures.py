"""The key figures that a shortlist shows beside each candidate."""

from decimal import Decimal

import pytest

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.shortlists.queries import key_figures
from tests.assessments import bureau
from tests.enterprises.test_actions import registered
from tests.recognitions.test_actions import BY


@pytest.mark.parametrize(
    ("revenues", "growth"),
    [
        ((100, 110, 132), Decimal("15.00")),  # up by 10 %, then by 20 %
        ((100, 80, 92), Decimal("-2.50")),  # down by 20 %, then up by 15 %
        ((100, 110), None),  # one rate is no mean of two
    ],
)
def test_growth_is_the_mean_of_the_last_two_yearly_rates(
    session: GuardedSession, revenues: tuple[int, ...], growth: Decimal | None
) -> None:
    which, first = registered(session), 2026 - len(revenues)
    years = [
        (which, bureau.figures(year, revenue_wan=Decimal(revenue), main_revenue_wan=Decimal(revenue)))
        for year, revenue in enumerate(revenues, first)
    ]
    with transaction(session):
        enterprises.record_figures(session, BY, years)
    assert key_figures(session, [which], 2025)[which].growth_percent == growth
