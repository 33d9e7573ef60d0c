"""Jilin, May 2022, as far as its text is known; and the municipal set whose text is still to be entered."""

# ruff: noqa: E501 (a case is one line)

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sme_tracker.rules.criteria import TextState
from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import Judgement, MarketShare, Statement
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.verdicts import Outcome
from tests.rules.eligibility.cases import MET, MISSING, NOT_MET, TO_JUDGE, Case, found, name_of
from tests.rules.eligibility.factories import DAY, plus, ratio, strong, with_figures

KEY = "srdi-jilin-2022"


def debt(first: str, second: str):
    return with_figures(
        strong(),
        assets_wan={2020: 10000, 2021: 10000},
        liabilities_wan={2020: Decimal(first) * 100, 2021: Decimal(second) * 100},
    )


def rd(expense_2020: str, expense_2021: str, revenue: int):
    return with_figures(
        strong(),
        rd_expense_wan={2020: expense_2020, 2021: expense_2021},
        revenue_wan={2020: revenue, 2021: revenue},
    )


def growing(main: tuple[int, int], profit: tuple[int, int]):
    return with_figures(
        strong(), main_revenue_wan={2020: main[0], 2021: main[1]}, net_profit_wan={2020: profit[0], 2021: profit[1]}
    )


def special(rank: int | None = 10, **changes):
    facts = strong(market_shares=(MarketShare(scope="province", rank=rank),), **changes)
    return plus(facts, "statements", Statement(kind="product_role", detail="serves_leader"))


def judged(question: str, met: bool):
    return strong(judgements=(Judgement(question=question, met=met, reason="已核对", from_day=date(2022, 6, 1)),))


# fmt: off
CASES = [
    Case("registered_and_operating", "Jilin, 2 years", strong(established_on=date(2020, 9, 30)), MET),
    Case("registered_and_operating", "Jilin, a day short of 2 years", strong(established_on=date(2020, 10, 2)), NOT_MET),
    Case("registered_and_operating", "another province", strong(registered_province="liaoning"), NOT_MET),
    Case("registered_and_operating", "founding date unknown", strong(established_on=None), MISSING),
    Case("revenue", "9.99 million", with_figures(strong(), revenue_wan={2021: 999}), NOT_MET),
    Case("revenue", "10 million", with_figures(strong(), revenue_wan={2021: 1000}), MET),
    Case("revenue", "10.01 million", with_figures(strong(), revenue_wan={2021: 1001}), MET),
    Case("revenue", "not entered", with_figures(strong(), revenue_wan={2021: None}), MISSING),
    Case("growth", "neither grows: zero is not growth", growing((100, 100), (10, 10)), NOT_MET),
    Case("growth", "main revenue grows", growing((100, 101), (10, 9)), MET),
    Case("growth", "net profit grows", growing((100, 99), (10, 11)), MET),
    Case("growth", "main revenue falls, profit not entered", with_figures(growing((100, 99), (10, 9)), net_profit_wan={2020: None}), MISSING),
    Case("debt_ratio", "70 % in each year", debt("70", "70"), MET),
    Case("debt_ratio", "70.01 % in the first year", debt("70.01", "60"), NOT_MET),
    Case("debt_ratio", "69.99 % in each year", debt("69.99", "69.99"), MET),
    Case("debt_ratio", "one year not entered", with_figures(strong(), assets_wan={2020: None}), MISSING),
    Case("rd_expense", "0.4999 million", rd("50", "49.99", 2000), NOT_MET),
    Case("rd_expense", "0.5 million", rd("50", "50", 2000), MET),
    Case("rd_expense", "average of 1.5 %", rd("100", "200", 10000), MET),
    Case("rd_expense", "average of 1.49 %", rd("98", "200", 10000), NOT_MET),
    Case("rd_expense", "average of 1.51 %", rd("102", "200", 10000), MET),
    Case("rd_expense", "one year not entered", with_figures(strong(), rd_expense_wan={2020: None}), MISSING),
    Case("sound_accounts", "judged", strong(), MET),
    Case("sound_accounts", "judged unsound", judged("sound_accounts", met=False), NOT_MET),
    Case("sound_accounts", "not judged", strong(judgements=()), TO_JUDGE),
    Case("special_condition", "the first one at its thresholds", special(niche_since=date(2020, 9, 30)), MET),
    Case("special_condition", "eleventh in the province: the unseen ones are to be judged", special(11), TO_JUDGE),
    Case("special_condition", "main share of 59.99 %: the unseen ones are to be judged", replace(special(), figures=ratio("main_revenue_wan", "revenue_wan", "59.99").figures), TO_JUDGE),
    Case("special_condition", "rank in the province not entered", special(None), MISSING),
    Case("special_condition", "another one judged met", judged("jilin_2022_special_condition", met=True), MET),
    Case("special_condition", "neither the first nor another", replace(special(11), judgements=(Judgement(question="jilin_2022_special_condition", met=False),)), NOT_MET),
    Case("no_restriction", "not judged", strong(), TO_JUDGE),
    Case("no_restriction", "judged free of them", judged("jilin_2022_no_restriction", met=True), MET),
    Case("no_restriction", "judged restricted", judged("jilin_2022_no_restriction", met=False), NOT_MET),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_notice_of_may_2022(case):
    assert found(KEY, case).result == case.result


def test_what_has_not_been_seen_of_a_text_leaves_even_a_strong_enterprise_undecidable():
    verdict = judge(shipped_rule_sets()[KEY], special(), DAY)
    assert verdict.outcome is Outcome.UNDECIDABLE
    assert verdict.to_judge == ("no_restriction",)
    assert verdict.reason == "text_partial"


def test_a_municipal_set_without_text_judges_nothing_and_says_so():
    rule_set = shipped_rule_sets()["municipal-changchun-2017"]
    verdict = judge(rule_set, strong(), DAY)
    assert rule_set.text is TextState.TO_BE_ENTERED
    assert (verdict.outcome, verdict.reason, verdict.findings) == (Outcome.UNDECIDABLE, "text_to_be_entered", ())
