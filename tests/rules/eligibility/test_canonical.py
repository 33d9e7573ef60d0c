"""The canonical form: one text per value, whatever the order of entry, and back again without loss."""

import json
import random
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from sme_tracker.rules.canonical import canonical_text, checksum, from_plain, to_plain
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import EnterpriseFacts, Figure
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.verdicts import Verdict
from tests.rules.eligibility.factories import DAY, equity, plus, science_award, strong, with_figures

FULL = plus(plus(strong(barred_until=date(2020, 1, 1)), "awards", science_award()), "equity_rounds", equity(100))


def shuffled(facts: EnterpriseFacts, seed: int) -> EnterpriseFacts:
    """The same facts in another order."""
    order = random.Random(seed)
    lists = {field.name: getattr(facts, field.name) for field in fields(facts)}
    changed = {name: tuple(order.sample(each, len(each))) for name, each in lists.items() if isinstance(each, tuple)}
    figures = dict(order.sample(list(facts.figures.items()), len(facts.figures)))
    return replace(facts, figures=figures, **changed)


def reread(kind, value):
    return from_plain(kind, json.loads(canonical_text(value)))


@pytest.mark.parametrize("key", shipped_rule_sets())
def test_a_rule_set_comes_back_from_its_plain_form(key):
    rule_set = shipped_rule_sets()[key]
    assert reread(RuleSet, rule_set) == rule_set
    assert checksum(reread(RuleSet, rule_set)) == checksum(rule_set)


@pytest.mark.parametrize("key", shipped_rule_sets())
def test_a_verdict_comes_back_and_is_recomputed_from_stored_inputs(key):
    verdict = judge(shipped_rule_sets()[key], FULL, DAY)
    assert reread(Verdict, verdict) == verdict
    again = judge(reread(RuleSet, shipped_rule_sets()[key]), reread(EnterpriseFacts, FULL), DAY)
    assert checksum(again) == checksum(verdict)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_in_which_facts_were_entered_does_not_matter(seed):
    assert checksum(shuffled(FULL, seed)) == checksum(FULL)


def test_a_number_has_one_text_and_a_day_is_iso():
    assert [to_plain(Decimal(text)) for text in ("5", "5.00", "0.50", "-0", "1E+3")] == ["5", "5", "0.5", "0", "1000"]
    assert to_plain(DAY) == "2022-09-30"
    written = with_figures(FULL, revenue_wan={2021: Decimal("24200.00")})
    assert checksum(written) == checksum(FULL)


def test_what_is_left_at_its_default_is_left_out():
    assert to_plain(EnterpriseFacts(enterprise="x")) == {"enterprise": "x"}
    assert to_plain(Figure(Decimal(5))) == {"value": "5"}


def test_the_checksum_of_a_known_verdict_never_changes():
    verdict = judge(shipped_rule_sets()["little-giant-63-2022"], strong(), DAY)
    assert checksum(verdict) == "39a65bc610b948466f8c380ecb432161e3f5b1a3d43bfdae7104f7300ac2e291"
