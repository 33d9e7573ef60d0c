"""2/2026, annex 1: every condition of the provincial SRDI just below, at and above its threshold."""

# ruff: noqa: E501 (a case is one line)

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import HeldTitle, Judgement, PlatformScore, RdInstitution
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.verdicts import Outcome
from tests.rules.eligibility.cases import MET, MISSING, NOT_MET, TO_JUDGE, Case, found, name_of
from tests.rules.eligibility.factories import DAY, class1, equity, plus, ratio, science_award, strong, with_figures

KEY = "srdi-2-2026"


def scored(*scores: tuple[int, int]):
    return strong(platform_scores=tuple(PlatformScore(year=year, score=Decimal(score)) for year, score in scores))


def rd(expense_2020, revenue_2020, expense_2021, revenue_2021):
    return with_figures(
        strong(),
        rd_expense_wan={2020: expense_2020, 2021: expense_2021},
        revenue_wan={2020: revenue_2020, 2021: revenue_2021},
    )


def revenue(wan: int | None):
    return with_figures(strong(), revenue_wan={2021: wan}, main_revenue_wan={2021: wan})


def ip(count: int, **fields):
    """Class I rights of an enterprise whose institution does not waive them."""
    return strong(ip_assets=class1(count, **fields), institutions=(RdInstitution(level="municipal"),))


# fmt: off
CASES = [
    Case("first_tier_and_niche", "holds it, 3 years at the end of 2021", strong(niche_since=date(2019, 1, 1)), MET),
    Case("first_tier_and_niche", "holds it, a day short of 3 years", strong(niche_since=date(2019, 1, 2)), NOT_MET),
    Case("first_tier_and_niche", "title on its last day", strong(titles=(HeldTitle(level="innovative", until_day=DAY),)), MET),
    Case("first_tier_and_niche", "title ended the day before", strong(titles=(HeldTitle(level="innovative", until_day=date(2022, 9, 29)),)), NOT_MET),
    Case("first_tier_and_niche", "only a municipal title", strong(titles=(HeldTitle(level="municipal"),)), NOT_MET),
    Case("first_tier_and_niche", "no title", strong(titles=()), NOT_MET),
    Case("first_tier_and_niche", "start in the niche unknown", strong(niche_since=None), MISSING),
    Case("scale_and_soundness", "revenue of 14.99 million", revenue(1499), NOT_MET),
    Case("scale_and_soundness", "revenue of 15 million", revenue(1500), MET),
    Case("scale_and_soundness", "revenue of 15.01 million", revenue(1501), MET),
    Case("scale_and_soundness", "revenue of 14.99 million, equity of 20 million", plus(revenue(1499), "equity_rounds", equity(2000)), MET),
    Case("scale_and_soundness", "revenue of 14.99 million, equity of 19.99 million", plus(revenue(1499), "equity_rounds", equity(1999)), NOT_MET),
    Case("scale_and_soundness", "revenue not entered", revenue(None), MISSING),
    Case("scale_and_soundness", "main share of 79.99 %", ratio("main_revenue_wan", "revenue_wan", "79.99"), NOT_MET),
    Case("scale_and_soundness", "main share of 80 %", ratio("main_revenue_wan", "revenue_wan", "80"), MET),
    Case("scale_and_soundness", "debt of 80 %", ratio("liabilities_wan", "assets_wan", "80"), MET),
    Case("scale_and_soundness", "debt of 80.01 %", ratio("liabilities_wan", "assets_wan", "80.01"), NOT_MET),
    Case("scale_and_soundness", "debt not entered", with_figures(strong(), assets_wan={2021: None}), MISSING),
    Case("rd_expense", "1 million and 3 % in each year", rd(100, 3300, 105, 3500), MET),
    Case("rd_expense", "0.99 million in the first year", rd(99, 3000, 105, 3500), NOT_MET),
    Case("rd_expense", "2.99 % in the second year", rd(100, 3300, 299, 10000), NOT_MET),
    Case("rd_expense", "1.01 million and 3.01 % in each year", rd(101, 3350, 101, 3350), MET),
    Case("rd_expense", "first year not entered", with_figures(strong(), rd_expense_wan={2020: None}), MISSING),
    Case("class1_ip", "1 right in use", ip(1), MET),
    Case("class1_ip", "2 rights in use", ip(2), MET),
    Case("class1_ip", "looked through, none", replace(ip(0), lists_entered=frozenset({"ip_assets"})), NOT_MET),
    Case("class1_ip", "not entered", ip(0), MISSING),
    Case("class1_ip", "bought rights do not count", ip(1, acquisition="transferred"), NOT_MET),
    Case("class1_ip", "third owner", ip(1, owner_rank=3), MET),
    Case("class1_ip", "fourth owner", ip(1, owner_rank=4), NOT_MET),
    Case("class1_ip", "owner's rank not entered", ip(1, owner_rank=None), MISSING),
    Case("class1_ip", "instead: provincial award, third unit", plus(ip(0), "awards", science_award(3, "provincial")), MET),
    Case("class1_ip", "instead: provincial award, fourth unit", plus(ip(1, in_use=False), "awards", science_award(4, "provincial")), NOT_MET),
    Case("class1_ip", "instead: provincial R&D institution", strong(ip_assets=()), MET),
    Case("market_share", "judged relatively high", strong(), MET),
    Case("market_share", "judged not high", strong(judgements=(Judgement(question="market_share_high", met=False, reason="偏低"),)), NOT_MET),
    Case("market_share", "a statement nobody has judged", strong(judgements=()), TO_JUDGE),
    Case("market_share", "no statement", strong(judgements=(), market_shares=()), MISSING),
    Case("platform_score", "49 points this year", scored((2022, 49)), NOT_MET),
    Case("platform_score", "50 points this year", scored((2022, 50)), MET),
    Case("platform_score", "51 points this year", scored((2022, 51)), MET),
    Case("platform_score", "last year's points are not this year's", scored((2021, 70)), MISSING),
    Case("platform_score", "not entered", scored(), MISSING),
    Case("platform_score", "review: last year's points count", scored((2021, 50), (2022, 40)), MET, "review"),
    Case("platform_score", "review: too few in either year", scored((2021, 49), (2022, 49)), NOT_MET, "review"),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_annex_1(case):
    assert found(KEY, case).result == case.result


def test_an_enterprise_that_meets_everything_is_eligible():
    verdict = judge(shipped_rule_sets()[KEY], strong(), DAY)
    assert verdict.outcome is Outcome.ELIGIBLE
    assert len(verdict.marks) == 6
