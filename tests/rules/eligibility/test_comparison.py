"""From one version of a list to the next: who entered, who left, what changed, by fact, rule or date."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sme_tracker.rules.comparison import Cause, compare, finding_changes, judged
from sme_tracker.rules.facts import Certificate
from sme_tracker.rules.shipped import rule_set_from, shipped_rule_sets
from tests.rules.eligibility.cases import MET, MISSING, NOT_MET
from tests.rules.eligibility.factories import DAY, class1, strong, with_figures

LITTLE_GIANT = shipped_rule_sets()["little-giant-63-2022"]
LATER = date(2022, 11, 30)


def stricter():
    """The standard with a debt ratio of at most 30 per cent."""
    table = dict(LITTLE_GIANT.table)
    table["criteria"] = [
        each | {"condition": each["condition"] | {"at_most": 30}} if each["key"] == "debt_ratio" else each
        for each in table["criteria"]
    ]
    return rule_set_from(table)


def changes(old, new):
    return {change.criterion: change for change in finding_changes(old, new)}


def test_nothing_changed_between_equal_versions():
    old, new = {"a": judged(LITTLE_GIANT, strong(), DAY)}, {"a": judged(LITTLE_GIANT, strong(), LATER)}
    assert compare(old, new) == ((), (), ())


def test_who_entered_and_who_left():
    one = judged(LITTLE_GIANT, strong(), DAY)
    assert compare({"a": one, "b": one}, {"b": one, "c": one}) == (("c",), ("a",), ())


def test_a_corrected_figure_is_a_changed_fact():
    corrected = with_figures(strong(), liabilities_wan={2021: 22020})
    change = changes(judged(LITTLE_GIANT, strong(), DAY), judged(LITTLE_GIANT, corrected, LATER))["debt_ratio"]
    assert (change.before.result, change.after.result) == (MET, NOT_MET)
    assert change.after.values[0].amount == Decimal("73.4")
    assert change.causes == (Cause.FACT,)


def test_evidence_entered_is_a_changed_fact():
    change = changes(judged(LITTLE_GIANT, strong(ip_assets=()), DAY), judged(LITTLE_GIANT, strong(), DAY))["class1_ip"]
    assert (change.before.result, change.after.result, change.causes) == (MISSING, MET, (Cause.FACT,))


def test_an_edited_threshold_is_a_changed_rule():
    change = changes(judged(LITTLE_GIANT, strong(), DAY), judged(stricter(), strong(), DAY))["debt_ratio"]
    assert (change.turned, change.causes) == (True, (Cause.RULE,))


def test_a_certificate_that_ended_in_between_is_the_passing_of_days():
    facts = strong(certificates=(Certificate(kind="management_system", until_day=date(2022, 10, 31)),))
    change = changes(judged(LITTLE_GIANT, facts, DAY), judged(LITTLE_GIANT, facts, LATER))["certification"]
    assert (change.after.code, change.causes) == ("evidence.expired", (Cause.DATE,))


def test_several_causes_are_all_named():
    corrected = with_figures(strong(), liabilities_wan={2021: 22020})
    change = changes(judged(LITTLE_GIANT, strong(), DAY), judged(stricter(), corrected, DAY))["debt_ratio"]
    assert change.causes == (Cause.FACT, Cause.RULE)


def test_a_value_that_changed_without_turning_the_result_is_told_apart():
    change = changes(
        judged(LITTLE_GIANT, strong(ip_assets=class1(2)), DAY), judged(LITTLE_GIANT, strong(ip_assets=class1(3)), DAY)
    )["class1_ip"]
    assert not change.turned


def test_a_criterion_only_one_standard_has_is_a_changed_rule():
    shorter = replace(LITTLE_GIANT, key="shorter", criteria=LITTLE_GIANT.criteria[:-1])
    change = changes(judged(LITTLE_GIANT, strong(), DAY), judged(shorter, strong(), DAY))["product_field"]
    assert (change.after, change.causes) == (None, (Cause.RULE,))
