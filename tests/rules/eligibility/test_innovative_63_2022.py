"""工信部企业〔2022〕63 号, annex 1: the innovative SME by points, each band at its edges, or by a direct condition."""

# ruff: noqa: E501 (a case is one line)

from datetime import date
from decimal import Decimal

import pytest

from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import Certificate, IpAsset, RdInstitution, Statement
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.verdicts import Outcome, Result
from tests.rules.eligibility.cases import MET, MISSING, NOT_MET, Case, Points, earned, found, name_of, points_name
from tests.rules.eligibility.factories import (
    DAY,
    class1,
    equity,
    grown,
    looked_through,
    plus,
    ratio,
    science_award,
    strong,
    with_figures,
    without,
)

KEY = "innovative-63-2022"


def ip(*assets: IpAsset):
    return strong(ip_assets=assets)


def debt(percent: str):
    return ratio("liabilities_wan", "assets_wan", percent)


def main_share(percent: str):
    return ratio("main_revenue_wan", "revenue_wan", percent)


def rd_share(percent: str):
    return ratio("rd_expense_wan", "revenue_wan", percent)


def field(detail: str):
    return plus(
        without(strong(), "statements", "industry_field"), "statements", Statement(kind="industry_field", detail=detail)
    )


# fmt: off
POINTS = [
    Points("ip", "a class I right of high value", ip(*class1(1)), 20),
    Points("ip", "a self-developed class I right", ip(*class1(1, high_value=False)), 15),
    Points("ip", "a class I right bought a year ago", ip(*class1(1, high_value=False, acquisition="transferred")), 10),
    Points("ip", "class II only", ip(IpAsset(ip_class=2, linked_to_main_product=True)), 5),
    Points("ip", "none tied to the main product", ip(*class1(1, linked_to_main_product=False)), 0),
    Points("ip", "whether of high value not entered", ip(*class1(1, high_value=None)), 15, 20),
    Points("ip", "not entered", ip(), 0, 20),
    Points("rd_share", "5 %", rd_share("5"), 20),
    Points("rd_share", "4.99 %", rd_share("4.99"), 15),
    Points("rd_share", "3 %", rd_share("3"), 15),
    Points("rd_share", "2.99 %", rd_share("2.99"), 10),
    Points("rd_share", "2 %", rd_share("2"), 10),
    Points("rd_share", "1 %", rd_share("1"), 5),
    Points("rd_share", "0.99 %", rd_share("0.99"), 0),
    Points("rd_share", "not entered", with_figures(strong(), rd_expense_wan={2021: None}), 0, 20),
    Points("main_revenue_growth", "15 %", grown("15"), 20),
    Points("main_revenue_growth", "14.99 %", grown("14.99"), 15),
    Points("main_revenue_growth", "10 %", grown("10"), 15),
    Points("main_revenue_growth", "5 %", grown("5"), 10),
    Points("main_revenue_growth", "0 %", grown("0"), 5),
    Points("main_revenue_growth", "-0.01 %", grown("-0.01"), 0),
    Points("main_revenue_growth", "not entered", with_figures(strong(), main_revenue_wan={2020: None}), 0, 20),
    Points("debt_ratio", "55 %", debt("55"), 10),
    Points("debt_ratio", "55.01 %", debt("55.01"), 5),
    Points("debt_ratio", "75 %", debt("75"), 5),
    Points("debt_ratio", "75.01 %", debt("75.01"), 0),
    Points("debt_ratio", "not entered", with_figures(strong(), assets_wan={2021: None}), 0, 10),
    Points("industry_field", "strategic emerging industry", field("strategic_emerging"), 10),
    Points("industry_field", "another", field("other"), 5),
    Points("industry_field", "not entered", without(strong(), "statements", "industry_field"), 0, 10),
    Points("main_revenue_share", "70 %", main_share("70"), 20),
    Points("main_revenue_share", "69.99 %", main_share("69.99"), 15),
    Points("main_revenue_share", "60 %", main_share("60"), 15),
    Points("main_revenue_share", "55 %", main_share("55"), 10),
    Points("main_revenue_share", "50 %", main_share("50"), 5),
    Points("main_revenue_share", "49.99 %", main_share("49.99"), 0),
    Points("main_revenue_share", "not entered", with_figures(strong(), revenue_wan={2021: None}), 0, 20),
]
# fmt: on


@pytest.mark.parametrize("case", POINTS, ids=points_name)
def test_annex_1_points(case):
    assert earned(KEY, case) == (case.sure, case.sure if case.possible is None else case.possible)


def scoring(ip_assets=(), rd="0", growth="0", debt_percent="80", share="40", **changes):
    """An enterprise with chosen points and no direct condition: innovation ip + rd, growth growth + debt."""
    facts = grown(growth, 1)
    main = facts.figures["main_revenue_wan", 2021].value
    revenue = main * 100 / Decimal(share)
    facts = with_figures(
        facts,
        revenue_wan={2021: revenue},
        rd_expense_wan={2021: revenue * Decimal(rd) / 100},
        assets_wan={2021: 10000},
        liabilities_wan={2021: Decimal(debt_percent) * 100},
    )
    changed = {"ip_assets": ip_assets, "institutions": ()} | changes
    return looked_through(strong(figures=facts.figures, **changed), "ip_assets")


# fmt: off
CASES = [
    # innovation 20 (rd 5 %), growth 20 (15 %), field 10 + share 10 (55 %): 60 in all
    Case("total_points", "60 points", scoring(rd="5", growth="15", share="55"), MET),
    Case("total_points", "55 points", scoring(rd="5", growth="15", share="50"), NOT_MET),
    Case("total_points", "65 points", scoring(rd="5", growth="15", share="60"), MET),
    Case("total_points", "debt unknown could still lift 55 points", with_figures(scoring(rd="5", growth="15", share="50"), assets_wan={2021: None}), MISSING),
    Case("innovation_points", "15 points", scoring(rd="3"), NOT_MET),
    Case("innovation_points", "20 points", scoring(rd="5"), MET),
    Case("innovation_points", "25 points", scoring(rd="5", ip_assets=(IpAsset(ip_class=2, linked_to_main_product=True),)), MET),
    Case("innovation_points", "IP not entered", strong(figures=scoring(rd="3").figures, ip_assets=(), institutions=()), MISSING),
    Case("growth_points", "10 points", scoring(growth="5"), NOT_MET),
    Case("growth_points", "15 points", scoring(growth="10"), MET),
    Case("growth_points", "20 points", scoring(growth="15"), MET),
    Case("growth_points", "debt unknown", with_figures(scoring(growth="5"), liabilities_wan={2021: None}), MISSING),
    Case("specialisation_points", "10 points", scoring(share="40"), NOT_MET),
    Case("specialisation_points", "15 points", scoring(share="50"), MET),
    Case("specialisation_points", "20 points", scoring(share="55"), MET),
    Case("specialisation_points", "revenue unknown", with_figures(scoring(), revenue_wan={2021: None}), MISSING),
    Case("total_points", "direct 1: provincial science award", scoring(awards=(science_award(None, "provincial"),)), MET),
    Case("total_points", "direct 1: municipal award does not pass", scoring(awards=(science_award(1, "municipal"),)), NOT_MET),
    Case("total_points", "direct 2: valid high-tech enterprise", scoring(certificates=(Certificate(kind="high_tech_enterprise", until_day=DAY),)), MET),
    Case("total_points", "direct 2: it ended the day before", scoring(certificates=(Certificate(kind="high_tech_enterprise", until_day=date(2022, 9, 29)),)), NOT_MET),
    Case("total_points", "direct 3: provincial R&D institution", scoring(institutions=(RdInstitution(level="provincial"),)), MET),
    Case("total_points", "direct 3: municipal R&D institution does not pass", scoring(institutions=(RdInstitution(level="municipal"),)), NOT_MET),
    Case("total_points", "direct 4: equity of 4.99 million", scoring(equity_rounds=(equity(499),)), NOT_MET),
    Case("total_points", "direct 4: equity of 5 million in two rounds", scoring(equity_rounds=(equity(200), equity(300))), MET),
    Case("total_points", "direct 4: paid in by others", scoring(equity_rounds=(equity(600, qualified=False),)), NOT_MET),
    Case("total_points", "direct 4: more than three years ago", scoring(equity_rounds=(equity(600, date(2019, 9, 29)),)), NOT_MET),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_annex_1(case):
    assert found(KEY, case).result == case.result


def test_a_direct_condition_passes_the_whole_standard_and_is_named():
    facts = scoring(institutions=(RdInstitution(level="national"),))
    verdict = judge(shipped_rule_sets()[KEY], facts, DAY)
    assert verdict.outcome is Outcome.ELIGIBLE
    assert {finding.code for finding in verdict.findings} == {"direct.met"}
    assert verdict.findings[0].note == "rd_institution"


def test_open_points_are_shown_as_sure_and_possible():
    facts = with_figures(scoring(rd="5", growth="15", share="50"), assets_wan={2021: None})
    total = judge(shipped_rule_sets()[KEY], facts, DAY).finding("total_points")
    assert [value.amount for value in total.values] == [55, 65]
    assert total.result is Result.MISSING
    assert [lack.fact for lack in total.lacks] == ["assets_wan"]
