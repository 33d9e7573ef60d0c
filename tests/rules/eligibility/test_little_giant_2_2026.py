"""2/2026, annex 2: every condition of the Little Giant just below, at and above its threshold."""

# ruff: noqa: E501 (a case is one line)

from datetime import date
from decimal import Decimal

import pytest

from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import EnterpriseFacts, HeldTitle, MarketShare, PlatformScore, Statement
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.verdicts import Needed, Outcome
from tests.rules.eligibility.cases import MET, MISSING, NOT_MET, Case, found, name_of
from tests.rules.eligibility.factories import DAY, class1, plus, ratio, science_award, strong, with_figures

KEY = "little-giant-2-2026"


def title(level: str, until_day: date | None = None):
    return strong(titles=(HeldTitle(level=level, until_day=until_day),))


def revenue(first: str, last: str):
    """Revenue of 2019 and 2021, all of it main revenue."""
    return with_figures(strong(), revenue_wan={2019: first, 2021: last}, main_revenue_wan={2021: last})


def rd(expense_2020: str, expense_2021: str, revenue_wan: int = 20000):
    return with_figures(
        strong(),
        rd_expense_wan={2020: expense_2020, 2021: expense_2021},
        revenue_wan={2020: revenue_wan, 2021: revenue_wan},
    )


def share(percent: str | None, rank: int | None, scope: str = "national"):
    stated = None if percent is None else Decimal(percent)
    return strong(market_shares=(MarketShare(share_percent=stated, rank=rank, scope=scope),))


def field(detail: str):
    return strong(statements=(Statement(kind="product_field", detail=detail),))


def scored(*scores: tuple[int, int]):
    return strong(platform_scores=tuple(PlatformScore(year=year, score=Decimal(score)) for year, score in scores))


# fmt: off
CASES = [
    Case("provincial_and_niche", "valid provincial title, 3 years", strong(niche_since=date(2019, 1, 1)), MET),
    Case("provincial_and_niche", "a day short of 3 years", strong(niche_since=date(2019, 1, 2)), NOT_MET),
    Case("provincial_and_niche", "provincial title on its last day", title("provincial", DAY), MET),
    Case("provincial_and_niche", "provincial title ended the day before", title("provincial", date(2022, 9, 29)), NOT_MET),
    Case("provincial_and_niche", "municipal title only", title("municipal"), NOT_MET),
    Case("provincial_and_niche", "start in the niche unknown", strong(niche_since=None), MISSING),
    Case("scale_growth_soundness", "revenue of 49.99 million", revenue("4000", "4999"), NOT_MET),
    Case("scale_growth_soundness", "revenue of 50 million", revenue("4000", "5000"), MET),
    Case("scale_growth_soundness", "revenue of 50.01 million", revenue("4000", "5001"), MET),
    Case("scale_growth_soundness", "main share of 89.99 %", ratio("main_revenue_wan", "revenue_wan", "89.99", 25000), NOT_MET),
    Case("scale_growth_soundness", "main share of 90 %", ratio("main_revenue_wan", "revenue_wan", "90", 25000), MET),
    Case("scale_growth_soundness", "compound growth just below 5 %", revenue("10000", "11024.99"), NOT_MET),
    Case("scale_growth_soundness", "compound growth of exactly 5 %", revenue("10000", "11025"), MET),
    Case("scale_growth_soundness", "compound growth above 5 %", revenue("10000", "11026"), MET),
    Case("scale_growth_soundness", "a fall and a rise: only the ends count", with_figures(revenue("10000", "11025"), revenue_wan={2020: 5000}), MET),
    Case("scale_growth_soundness", "first year not entered", with_figures(strong(), revenue_wan={2019: None}), MISSING),
    Case("scale_growth_soundness", "review: growth is waived", revenue("10000", "10000"), MET, "review"),
    Case("scale_growth_soundness", "debt of 75 %", ratio("liabilities_wan", "assets_wan", "75"), MET),
    Case("scale_growth_soundness", "debt of 75.01 %", ratio("liabilities_wan", "assets_wan", "75.01"), NOT_MET),
    Case("rd_expense", "11.9999 million in two years", rd("600", "599.99", 10000), NOT_MET),
    Case("rd_expense", "12 million in two years", rd("600", "600", 10000), MET),
    Case("rd_expense", "12.0001 million in two years", rd("600", "600.01", 10000), MET),
    Case("rd_expense", "enough together, 2.99 % in one year", rd("598", "900"), NOT_MET),
    Case("rd_expense", "3 % in each year", rd("600", "600"), MET),
    Case("rd_expense", "one year not entered", with_figures(strong(), rd_expense_wan={2020: None}), MISSING),
    Case("class1_ip", "3 rights", strong(ip_assets=class1(3)), NOT_MET),
    Case("class1_ip", "4 rights", strong(ip_assets=class1(4)), MET),
    Case("class1_ip", "5 rights", strong(ip_assets=class1(5)), MET),
    Case("class1_ip", "3 own rights and 2 bought ones", strong(ip_assets=class1(3) + class1(2, acquisition="transferred")), NOT_MET),
    Case("class1_ip", "4 rights, the rank among the owners not entered for one", strong(ip_assets=class1(3) + class1(1, owner_rank=None)), MISSING),
    Case("class1_ip", "not entered", strong(ip_assets=()), MISSING),
    Case("class1_ip", "instead: national award, third unit", plus(strong(ip_assets=()), "awards", science_award(3)), MET),
    Case("class1_ip", "instead: national award, fourth unit", plus(strong(ip_assets=class1(3)), "awards", science_award(4)), NOT_MET),
    Case("class1_ip", "a provincial award does not waive", plus(strong(ip_assets=class1(3)), "awards", science_award(1, "provincial")), NOT_MET),
    Case("market_share", "9.9 %, fourth", share("9.9", 4), NOT_MET),
    Case("market_share", "10 %, fourth", share("10", 4), MET),
    Case("market_share", "9.9 %, third", share("9.9", 3), MET),
    Case("market_share", "share unknown, third in the world", share(None, 3, "world"), MET),
    Case("market_share", "9.9 %, rank not entered", share("9.9", None), MISSING),
    Case("market_share", "first in the province only", share("40", 1, "province"), MISSING),
    Case("market_share", "not entered", strong(market_shares=()), MISSING),
    Case("product_field", "six bases", field("six_bases"), MET),
    Case("product_field", "key link of an emerging industry", field("emerging_chain"), MET),
    Case("product_field", "another field", field("other"), NOT_MET),
    Case("product_field", "not entered", strong(statements=()), MISSING),
    Case("platform_score", "59 points this year", scored((2022, 59)), NOT_MET),
    Case("platform_score", "60 points this year", scored((2022, 60)), MET),
    Case("platform_score", "61 points this year", scored((2022, 61)), MET),
    Case("platform_score", "not entered", scored(), MISSING),
    Case("platform_score", "review: last year's 60 points count", scored((2021, 60), (2022, 40)), MET, "review"),
    Case("platform_score", "review: the year before last does not", scored((2020, 90), (2022, 59)), NOT_MET, "review"),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_annex_2(case):
    assert found(KEY, case).result == case.result


def test_an_enterprise_that_meets_everything_is_eligible():
    verdict = judge(shipped_rule_sets()[KEY], strong(), DAY)
    assert verdict.outcome is Outcome.ELIGIBLE
    assert len(verdict.marks) == 7


def test_a_criterion_of_several_conditions_shows_each_of_them():
    finding = judge(shipped_rule_sets()[KEY], revenue("10000", "10000"), DAY).finding("scale_growth_soundness")
    assert [part.measured for part in finding.parts] == [
        "revenue_wan",
        "main_revenue_share_percent",
        "revenue_wan",
        "debt_ratio_percent",
    ]
    assert [part.result for part in finding.parts] == [MET, MET, NOT_MET, MET]
    assert finding.over == "compound_growth"


def test_compound_growth_short_of_5_percent_names_next_years_revenue():
    facts = with_figures(revenue("10000", "10000"), revenue_wan={2020: 12000})
    finding = judge(shipped_rule_sets()[KEY], facts, DAY).finding("scale_growth_soundness")
    assert finding.needs == (Needed("revenue_wan", 2022, Decimal("13230.00"), Decimal("3230.00"), "wan"),)


def test_an_enterprise_without_anything_entered_is_all_missing_but_for_its_title():
    verdict = judge(shipped_rule_sets()[KEY], EnterpriseFacts(enterprise="x", titles=strong().titles), DAY)
    assert set(verdict.marks) == {MISSING}
    assert verdict.reason == "no_figures"
    assert verdict.outcome is Outcome.UNDECIDABLE
