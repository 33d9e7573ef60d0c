"""What the findings make together, what changes by date alone, and what is said of every shipped set."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sme_tracker.rules.criteria import TextState
from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import ComplianceNote, Figure, Judgement, judged_figures
from sme_tracker.rules.figures import YearlyFigures, best_figures
from sme_tracker.rules.judging.conditions import combined
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.terms import Source
from sme_tracker.rules.verdicts import Outcome, Result
from tests.rules.eligibility import (
    test_innovative_63_2022,
    test_little_giant_2_2026,
    test_little_giant_63_2022,
    test_srdi_2_2026,
    test_srdi_63_2022,
    test_srdi_jilin_2022,
)
from tests.rules.eligibility.cases import MET, MISSING, NOT_MET, TO_JUDGE
from tests.rules.eligibility.factories import DAY, class1, strong, with_figures

LITTLE_GIANT = shipped_rule_sets()["little-giant-63-2022"]
WITH_COMPLIANCE = [key for key, rule_set in shipped_rule_sets().items() if rule_set.gates]
TESTED = (
    test_innovative_63_2022,
    test_little_giant_2_2026,
    test_little_giant_63_2022,
    test_srdi_2_2026,
    test_srdi_63_2022,
    test_srdi_jilin_2022,
)

OUTCOMES = [
    ("everything met", strong(), Outcome.ELIGIBLE),
    ("one not met", strong(ip_assets=class1(1)), Outcome.NEAR),
    ("one not met and one missing", strong(ip_assets=class1(1), market_shares=()), Outcome.NEAR),
    ("two not met", with_figures(strong(ip_assets=class1(1)), liabilities_wan={2021: 30000}), Outcome.NOT),
    ("none not met, one missing", strong(ip_assets=()), Outcome.UNDECIDABLE),
    ("none not met, one to judge", strong(judgements=()), Outcome.UNDECIDABLE),
    ("a veto", strong(barred_until=date(2025, 1, 1)), Outcome.NOT),
    ("size unknown", strong(size_class=None), Outcome.UNDECIDABLE),
]


@pytest.mark.parametrize(("about", "facts", "outcome"), OUTCOMES, ids=[about for about, _, _ in OUTCOMES])
def test_the_outcome(about, facts, outcome):
    assert judge(LITTLE_GIANT, facts, DAY).outcome is outcome


def test_a_set_may_allow_more_criteria_to_be_near():
    facts = with_figures(strong(ip_assets=class1(1)), liabilities_wan={2021: 30000})
    assert judge(replace(LITTLE_GIANT, near_most=2), facts, DAY).outcome is Outcome.NEAR


def test_both_numbers_are_there_one_not_met_and_four_missing():
    facts = with_figures(strong(ip_assets=(), statements=()), main_revenue_wan={2021: 20000})
    verdict = judge(LITTLE_GIANT, facts, DAY)
    assert verdict.not_met == ("main_revenue_growth",)
    assert verdict.missing == ("information_systems", "own_brand", "class1_ip", "product_field")


@pytest.mark.parametrize("key", WITH_COMPLIANCE)
@pytest.mark.parametrize("kind", ["abnormal_list", "serious_breach", "restricted_product", "major_incident"])
def test_every_set_is_barred_by_a_compliance_note(key, kind):
    facts = strong(compliance_notes=(ComplianceNote(kind=kind, from_day=date(2021, 1, 1)),))
    verdict = judge(shipped_rule_sets()[key], facts, DAY)
    assert verdict.outcome is Outcome.NOT
    assert len(verdict.vetoes) == 1


@pytest.mark.parametrize("key", WITH_COMPLIANCE)
@pytest.mark.parametrize(
    "change", [{"size_class": "large"}, {"independent_legal_person": False}, {"barred_until": DAY}]
)
def test_every_set_is_barred_by_size_form_or_a_bar(key, change):
    assert judge(shipped_rule_sets()[key], strong(**change), DAY).outcome is Outcome.NOT


ALL_OF_TWO, ANY_OF_TWO = 2, 1
COMBINED = [
    ([MET, MET], ALL_OF_TWO, MET),
    ([MET, NOT_MET], ALL_OF_TWO, NOT_MET),
    ([MISSING, NOT_MET], ALL_OF_TWO, NOT_MET),
    ([MET, MISSING], ALL_OF_TWO, MISSING),
    ([TO_JUDGE, MISSING], ALL_OF_TWO, MISSING),
    ([MET, TO_JUDGE], ALL_OF_TWO, TO_JUDGE),
    ([MET, MISSING], ANY_OF_TWO, MET),
    ([NOT_MET, MISSING], ANY_OF_TWO, MISSING),
    ([NOT_MET, TO_JUDGE], ANY_OF_TWO, TO_JUDGE),
    ([NOT_MET, NOT_MET], ANY_OF_TWO, NOT_MET),
    ([MET, MET, NOT_MET], 2, MET),
    ([MET, MISSING, NOT_MET], 2, MISSING),
    ([MET, NOT_MET, NOT_MET], 2, NOT_MET),
]


@pytest.mark.parametrize(("results", "least", "result"), COMBINED)
def test_several_conditions_together(results, least, result):
    assert combined(results, least) is result


def test_a_verdict_says_when_it_changes_by_date_alone():
    verdict = judge(LITTLE_GIANT, strong(), DAY)
    assert verdict.changes_on == date(2023, 4, 1)


def test_the_end_of_a_judgement_is_such_a_day():
    judgement = Judgement(question="key_chain_link", met=True, until_day=date(2022, 10, 31))
    verdict = judge(LITTLE_GIANT, strong(judgements=(judgement,)), DAY)
    assert verdict.changes_on == date(2022, 11, 1)
    assert judge(LITTLE_GIANT, strong(judgements=(judgement,)), date(2022, 11, 1)).to_judge == ("key_chain_link",)


def test_last_years_figures_are_asked_for_from_april():
    before, after = (judge(LITTLE_GIANT, strong(), day) for day in (date(2023, 3, 31), date(2023, 4, 1)))
    assert before.outcome is Outcome.ELIGIBLE
    assert "main_revenue_share" in after.missing
    assert [lack.year for lack in after.finding("main_revenue_share").lacks] == [2022, 2022]


def test_a_ratio_of_figures_from_two_sources_says_so():
    facts = strong()
    figures = dict(facts.figures) | {
        ("revenue_wan", 2021): Figure(facts.figures["revenue_wan", 2021].value, "platform")
    }
    verdict = judge(LITTLE_GIANT, replace(facts, figures=figures), DAY)
    assert verdict.finding("main_revenue_share").mixes_sources
    assert not verdict.finding("debt_ratio").mixes_sources


def test_every_shipped_criterion_is_tried_both_ways_and_open():
    tried = {(module.KEY, case.criterion, case.result) for module in TESTED for case in module.CASES}
    for key, rule_set in shipped_rule_sets().items():
        if rule_set.text is TextState.TO_BE_ENTERED:
            continue
        for criterion in rule_set.criteria:
            results = {result for set_key, name, result in tried if (set_key, name) == (key, criterion.key)}
            assert {MET, NOT_MET} <= results, (key, criterion.key)
            assert results & {MISSING, TO_JUDGE}, (key, criterion.key)


def test_judging_a_day_before_any_figure_finds_them_missing():
    verdict = judge(LITTLE_GIANT, strong(), DAY - timedelta(days=3650))
    assert verdict.finding("debt_ratio").result is Result.MISSING


def test_figures_come_from_the_best_source_and_say_which():
    rows = [
        YearlyFigures(2021, Source.SELF_REPORTED, revenue_wan=Decimal(900), staff=40),
        YearlyFigures(2021, Source.AUDIT, revenue_wan=Decimal(880)),
    ]
    assert judged_figures(best_figures(rows)) == {
        ("revenue_wan", 2021): Figure(Decimal(880), "audit"),
        ("staff", 2021): Figure(Decimal(40), "self_reported"),
    }
