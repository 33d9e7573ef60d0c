"""工信部企业〔2022〕63 号, annex 2: the provincial SRDI: three basic conditions, and 60 points or a pass in their place."""

# ruff: noqa: E501 (a case is one line)

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import Award, Certificate, IpAsset, Judgement, RdInstitution, Statement
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.verdicts import Outcome
from tests.rules.eligibility.cases import (
    MET,
    MISSING,
    NOT_MET,
    TO_JUDGE,
    Case,
    Points,
    earned,
    found,
    name_of,
    points_name,
)
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

KEY = "srdi-63-2022"


def institution(level: str | None):
    return strong(institutions=(RdInstitution(level=level),))


def statements(kind: str, *details: str, number: int | None = None):
    papers = [Statement(kind=kind, detail=detail, number=number and Decimal(number)) for detail in details or ("",)]
    return plus(without(strong(), "statements", kind), "statements", *papers)


def quality(*, award=False, certificate=False, brand=False, standard=False):
    papers = [Statement(kind=kind) for kind, has in (("own_brand", brand), ("standard", standard)) if has]
    facts = strong(
        statements=tuple(papers),
        certificates=(Certificate(kind="management_system"),) if certificate else (),
        awards=(Award(kind="quality", level="provincial"),) if award else (),
    )
    return looked_through(facts, "statements", "statements.own_brand", "statements.standard", "certificates")


def rd_input(expense: int, revenue: int):
    return with_figures(strong(), rd_expense_wan={2021: expense}, revenue_wan={2021: revenue})


def by_ratio(indicator: str, numerator: str, denominator: str, *steps: tuple[str, int]):
    return [
        Points(indicator, f"{percent} %", ratio(numerator, denominator, percent), points) for percent, points in steps
    ]


# fmt: off
POINTS = [
    *by_ratio("main_revenue_share", "main_revenue_wan", "revenue_wan", ("80", 5), ("79.99", 3), ("70", 3), ("60", 1), ("59.99", 0)),
    *[
        Points("main_revenue_growth", f"{percent} %", grown(percent), points)
        for percent, points in (("10", 10), ("9.99", 8), ("8", 8), ("6", 6), ("4", 4), ("3.99", 2), ("0", 2), ("-0.01", 0))
    ],
    *[
        Points("niche_years", f"since {since}", strong(niche_since=since), points)
        for since, points in (
            (date(2012, 9, 30), 5),
            (date(2012, 10, 2), 4),
            (date(2014, 9, 30), 4),
            (date(2016, 9, 30), 3),
            (date(2018, 9, 30), 2),
            (date(2020, 9, 30), 1),
            (date(2020, 10, 2), 0),
        )
    ],
    Points("niche_years", "start unknown", strong(niche_since=None), 0, 5),
    Points("product_role", "fills a gap", statements("product_role", "fills_gap"), 5),
    Points("product_role", "serves a leading firm", statements("product_role", "serves_leader"), 3),
    Points("product_role", "six bases alone", looked_through(without(strong(), "statements", "product_role"), "statements.product_role"), 3),
    Points("product_role", "neither", strong(statements=(Statement(kind="product_role", detail="other"), Statement(kind="product_field", detail="other"))), 0),
    Points("digital_level", "level 3", statements("digital_level", number=3), 5),
    Points("digital_level", "level 2", statements("digital_level", number=2), 3),
    Points("digital_level", "level 1", statements("digital_level", number=1), 0),
    Points("digital_level", "not entered", without(strong(), "statements", "digital_level"), 0, 5),
    Points("quality", "nothing", quality(), 0),
    Points("quality", "one of four", quality(brand=True), 3),
    Points("quality", "two of four, at most 5", quality(brand=True, standard=True), 5),
    Points("quality", "all four, still 5", quality(award=True, certificate=True, brand=True, standard=True), 5),
    Points("quality", "one, the others not entered", strong(certificates=(), statements=(Statement(kind="own_brand"),)), 3, 5),
    *by_ratio("net_margin", "net_profit_wan", "revenue_wan", ("10", 10), ("9.99", 8), ("8", 8), ("6", 6), ("4", 4), ("2", 2), ("1.99", 0), ("-5", 0)),
    *by_ratio("debt_ratio", "liabilities_wan", "assets_wan", ("50", 5), ("50.01", 3), ("60", 3), ("60.01", 1), ("70", 1), ("70.01", 0)),
    Points("local_feature", "judged", strong(judgements=(Judgement(question="local_feature", points=Decimal(12)),)), 12),
    Points("local_feature", "not judged", strong(judgements=()), 0, 15),
    Points("ip", "class I of high value", strong(ip_assets=class1(1)), 10),
    Points("ip", "self-developed class I", strong(ip_assets=class1(1, high_value=False)), 8),
    Points("ip", "bought class I", strong(ip_assets=class1(1, high_value=False, acquisition="transferred")), 6),
    Points("ip", "class II", strong(ip_assets=(IpAsset(ip_class=2, linked_to_main_product=True),)), 2),
    Points("ip", "looked through, none", looked_through(strong(ip_assets=()), "ip_assets"), 0),
    Points("rd_input", "5 million", rd_input(500, 100000), 10),
    Points("rd_input", "4.99 million", rd_input(499, 100000), 8),
    Points("rd_input", "3 million", rd_input(300, 100000), 6),
    Points("rd_input", "2 million", rd_input(200, 100000), 4),
    Points("rd_input", "1 million", rd_input(100, 100000), 2),
    Points("rd_input", "0.99 million", rd_input(99, 100000), 0),
    Points("rd_input", "0.9 million but 10 % of revenue", rd_input(90, 900), 10),
    Points("rd_input", "0.9 million but 8 %", rd_input(90, 1125), 8),
    Points("rd_input", "0.9 million but 6 %", rd_input(90, 1500), 6),
    Points("rd_input", "0.9 million but 4 %", rd_input(90, 2250), 4),
    Points("rd_input", "0.9 million but 3 %", rd_input(90, 3000), 2),
    Points("rd_input", "3 million, revenue unknown", with_figures(rd_input(300, 1), revenue_wan={2021: None}), 6, 10),
    *by_ratio("rd_staff_share", "rd_staff", "staff", ("20", 5), ("19.99", 3), ("10", 3), ("5", 1), ("4.99", 0)),
    *[Points("rd_institution", level, institution(level), points) for level, points in (("national", 10), ("provincial", 8), ("municipal", 4), ("below", 2))],
    Points("rd_institution", "level not entered", institution(None), 0, 10),
    Points("rd_institution", "looked through, none", looked_through(strong(institutions=()), "institutions"), 0),
]
# fmt: on


@pytest.mark.parametrize("case", POINTS, ids=points_name)
def test_annex_2_points(case):
    assert earned(KEY, case) == (case.sure, case.sure if case.possible is None else case.possible)


def weak(local: int | None = 0, **changes):
    """49 points without the local ones, and nothing in place of them."""
    facts = with_figures(
        grown("-1"),
        net_profit_wan={2021: 0},
        liabilities_wan={2021: 20000},
        rd_staff={2021: 0},
        rd_expense_wan={2020: 600, 2021: 1210},
    )
    judgements = () if local is None else (Judgement(question="local_feature", points=Decimal(local)),)
    return replace(facts, judgements=judgements, ip_assets=class1(1), **changes)


# fmt: off
CASES = [
    Case("niche_years", "a day short of 2 years", strong(niche_since=date(2020, 10, 2)), NOT_MET),
    Case("niche_years", "2 years", strong(niche_since=date(2020, 9, 30)), MET),
    Case("niche_years", "start unknown", strong(niche_since=None), MISSING),
    Case("rd_expense", "0.99 million", rd_input(99, 2000), NOT_MET),
    Case("rd_expense", "1 million and 3 %", with_figures(strong(), rd_expense_wan={2021: 105}, revenue_wan={2021: 3500}), MET),
    Case("rd_expense", "1 million at 3.01 %", rd_input(100, 3322), MET),
    Case("rd_expense", "1 million but 2.99 %", rd_input(100, 3345), NOT_MET),
    Case("rd_expense", "not entered", with_figures(strong(), rd_expense_wan={2021: None}), MISSING),
    Case("rd_expense", "too little whatever the revenue", with_figures(rd_input(99, 1), revenue_wan={2021: None}), NOT_MET),
    Case("revenue", "9.99 million", with_figures(strong(), revenue_wan={2021: 999}), NOT_MET),
    Case("revenue", "10 million", with_figures(strong(), revenue_wan={2021: 1000}), MET),
    Case("revenue", "10.01 million", with_figures(strong(), revenue_wan={2021: 1001}), MET),
    Case("revenue", "9.99 million with equity of 20 million", plus(with_figures(strong(), revenue_wan={2021: 999}), "equity_rounds", equity(2000)), MET),
    Case("revenue", "9.99 million with equity of 19.99 million", plus(with_figures(strong(), revenue_wan={2021: 999}), "equity_rounds", equity(1999)), NOT_MET),
    Case("revenue", "equity two years ago to the day", plus(with_figures(strong(), revenue_wan={2021: 999}), "equity_rounds", equity(2000, date(2020, 9, 30))), MET),
    Case("revenue", "equity a day older", plus(with_figures(strong(), revenue_wan={2021: 999}), "equity_rounds", equity(2000, date(2020, 9, 29))), NOT_MET),
    Case("revenue", "revenue not entered", with_figures(strong(), revenue_wan={2021: None}), MISSING),
    Case("revenue", "revenue not entered, equity enough", plus(with_figures(strong(), revenue_wan={2021: None}), "equity_rounds", equity(2000)), MET),
    Case("total_points", "59 points", weak(10), NOT_MET),
    Case("total_points", "60 points", weak(11), MET),
    Case("total_points", "61 points", weak(12), MET),
    Case("total_points", "hangs on the local points", weak(None), TO_JUDGE),
    Case("total_points", "hangs on data and on the local points", with_figures(weak(None), rd_staff={2021: None}), MISSING),
    Case("total_points", "instead: provincial award, third unit", weak(awards=(science_award(3, "provincial"),)), MET),
    Case("total_points", "instead: provincial award, fourth unit", weak(awards=(science_award(4, "provincial"),)), NOT_MET),
    Case("total_points", "instead: national award, fifth unit", weak(awards=(science_award(5),)), MET),
    Case("total_points", "instead: national award, sixth unit", weak(awards=(science_award(6),)), NOT_MET),
    Case("total_points", "instead: average R&D of 10 million", with_figures(weak(), rd_expense_wan={2020: 790, 2021: 1210}), MET),
    Case("total_points", "instead: average R&D of 9.995 million", with_figures(weak(), rd_expense_wan={2020: 789, 2021: 1210}), NOT_MET),
    Case("total_points", "instead: average R&D of one year not entered", with_figures(weak(), rd_expense_wan={2020: None}), MISSING),
    Case("total_points", "instead: equity of 60 million", weak(equity_rounds=(equity(6000),)), MET),
    Case("total_points", "instead: equity of 59.99 million", weak(equity_rounds=(equity(5999),)), NOT_MET),
    Case("total_points", "instead: Maker China place 500", weak(awards=(Award(kind="maker_china", level="national", rank=500, from_day=DAY),)), MET),
    Case("total_points", "instead: Maker China place 501", weak(awards=(Award(kind="maker_china", level="national", rank=501, from_day=DAY),)), NOT_MET),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_annex_2(case):
    assert found(KEY, case).result == case.result


def test_the_scorecard_has_25_25_15_35_points():
    most: dict[str, Decimal] = {}
    for indicator in shipped_rule_sets()[KEY].scorecard:
        most[indicator.group] = most.get(indicator.group, Decimal(0)) + indicator.most
    assert list(most.values()) == [25, 25, 15, 35]


def test_an_enterprise_that_meets_everything_is_eligible():
    assert judge(shipped_rule_sets()[KEY], strong(), DAY).outcome is Outcome.ELIGIBLE
