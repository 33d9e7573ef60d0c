"""What holds for every enterprise and every shipped set, tried on enterprises at random."""

import json
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sme_tracker.rules.canonical import canonical_text, from_plain
from sme_tracker.rules.eligibility import judge, plain_facts
from sme_tracker.rules.facts import PLAIN, EnterpriseFacts, Figure, Judgement
from sme_tracker.rules.judging import situation
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.verdicts import Result
from tests.rules.eligibility.factories import DAY, class1, plus, strong, with_figures
from tests.rules.eligibility.random_facts import YEARS, amounts, enterprises
from tests.rules.eligibility.test_canonical import shuffled

SETS = [rule_set for rule_set in shipped_rule_sets().values() if rule_set.criteria]
rule_sets = st.sampled_from(SETS)
purposes = st.sampled_from(["new", "review"])
WORTH = {Result.NOT_MET: 0, Result.MISSING: 1, Result.TO_JUDGE: 1, Result.MET: 2}
EVERY_NAME = frozenset(field.name for field in fields(EnterpriseFacts))
PAPERS = ("ip_assets", "certificates", "institutions", "awards", "equity_rounds", "platform_scores", "market_shares")


def results(rule_set, facts, day=DAY, purpose="new"):
    return {found.criterion: found.result for found in judge(rule_set, facts, day, purpose).findings}


def filled(facts: EnterpriseFacts, more: EnterpriseFacts) -> EnterpriseFacts:
    """The facts with empty figures, empty lists and empty fields of papers filled from another enterprise."""
    changed = {"figures": {**more.figures, **facts.figures}}
    for field in PAPERS:
        own, other = getattr(facts, field), getattr(more, field)
        changed[field] = tuple(_filled(*pair) for pair in zip(own, other, strict=False)) + own[len(other) :] or other
    kinds = {statement.kind for statement in facts.statements}
    changed["statements"] = facts.statements + tuple(each for each in more.statements if each.kind not in kinds)
    changed["niche_since"] = facts.niche_since or more.niche_since
    return replace(facts, **changed)


def _filled(own, other):
    """A paper with its empty fields filled; an open end is not an empty field."""
    names = [field.name for field in fields(own) if field.name != "until_day"]
    return replace(own, **{name: getattr(other, name) for name in names if getattr(own, name) is None})


@given(rule_sets, purposes, enterprises, enterprises)
@settings(max_examples=100, deadline=None)
def test_more_data_never_turns_met_into_missing(rule_set, purpose, facts, more):
    before, after = results(rule_set, facts, purpose=purpose), results(rule_set, filled(facts, more), purpose=purpose)
    for criterion, result in before.items():
        if result is Result.MET:
            assert not after[criterion].open, criterion


def figure(name, years=(2021,), sign=1):
    """A change of a figure in its good direction, in some of the years."""

    def improve(facts, step):
        better = {
            year: max(facts.figures[name, year].value + sign * step, Decimal(0))
            for year in years
            if (name, year) in facts.figures
        }
        return with_figures(facts, **{name: better})

    return improve


def one_more_right(facts, step):
    return plus(facts, "ip_assets", *class1(1)) if facts.ip_assets else facts


def higher_share(facts, step):
    return replace(
        facts,
        market_shares=tuple(
            replace(each, share_percent=each.share_percent and each.share_percent + step)
            for each in facts.market_shares
        ),
    )


def higher_score(facts, step):
    return replace(
        facts,
        platform_scores=tuple(replace(each, score=each.score and each.score + step) for each in facts.platform_scores),
    )


def longer_in_the_niche(facts, step):
    since = facts.niche_since
    return replace(facts, niche_since=since and since - timedelta(days=int(step) % 3000))


MORE_RD = figure("rd_expense_wan", (2020, 2021))
LESS_DEBT = figure("liabilities_wan", (2020, 2021), -1)
MORE_MAIN = figure("main_revenue_wan")
GOOD = [
    ("little-giant-63-2022", "niche_years", longer_in_the_niche),
    ("little-giant-63-2022", "main_revenue_share", MORE_MAIN),
    ("little-giant-63-2022", "main_revenue_growth", MORE_MAIN),
    ("little-giant-63-2022", "debt_ratio", LESS_DEBT),
    ("little-giant-63-2022", "debt_ratio", figure("assets_wan")),
    ("little-giant-63-2022", "market_share", higher_share),
    ("little-giant-63-2022", "rd_share", MORE_RD),
    ("little-giant-63-2022", "rd_share", figure("rd_staff")),
    ("little-giant-63-2022", "class1_ip", one_more_right),
    ("little-giant-2-2026", "provincial_and_niche", longer_in_the_niche),
    ("little-giant-2-2026", "scale_growth_soundness", MORE_MAIN),
    ("little-giant-2-2026", "scale_growth_soundness", LESS_DEBT),
    ("little-giant-2-2026", "rd_expense", MORE_RD),
    ("little-giant-2-2026", "class1_ip", one_more_right),
    ("little-giant-2-2026", "market_share", higher_share),
    ("little-giant-2-2026", "platform_score", higher_score),
    ("srdi-2-2026", "scale_and_soundness", MORE_MAIN),
    ("srdi-2-2026", "scale_and_soundness", LESS_DEBT),
    ("srdi-2-2026", "rd_expense", MORE_RD),
    ("srdi-2-2026", "class1_ip", one_more_right),
    ("srdi-2-2026", "platform_score", higher_score),
    ("srdi-63-2022", "niche_years", longer_in_the_niche),
    ("srdi-63-2022", "rd_expense", MORE_RD),
    ("srdi-63-2022", "revenue", figure("revenue_wan")),
    ("srdi-63-2022", "total_points", MORE_RD),
    ("srdi-63-2022", "total_points", MORE_MAIN),
    ("srdi-63-2022", "total_points", LESS_DEBT),
    ("srdi-63-2022", "total_points", figure("net_profit_wan")),
    ("srdi-63-2022", "total_points", figure("rd_staff")),
    ("srdi-63-2022", "total_points", longer_in_the_niche),
    ("srdi-63-2022", "total_points", one_more_right),
    ("innovative-63-2022", "total_points", MORE_RD),
    ("innovative-63-2022", "growth_points", MORE_MAIN),
    ("innovative-63-2022", "growth_points", LESS_DEBT),
    ("innovative-63-2022", "innovation_points", one_more_right),
    ("innovative-63-2022", "specialisation_points", MORE_MAIN),
    ("srdi-jilin-2022", "revenue", figure("revenue_wan")),
    ("srdi-jilin-2022", "growth", MORE_MAIN),
    ("srdi-jilin-2022", "growth", figure("net_profit_wan")),
    ("srdi-jilin-2022", "debt_ratio", LESS_DEBT),
    ("srdi-jilin-2022", "rd_expense", MORE_RD),
]


@pytest.mark.parametrize(("key", "criterion", "improve"), GOOD)
@given(facts=enterprises, step=amounts)
@settings(max_examples=15, deadline=None)
def test_raising_a_figure_in_its_good_direction_never_worsens_the_finding(key, criterion, improve, facts, step):
    rule_set = shipped_rule_sets()[key]
    before, after = results(rule_set, facts), results(rule_set, improve(facts, step))
    assert WORTH[after[criterion]] >= WORTH[before[criterion]]


@given(rule_sets, purposes, enterprises, st.integers(0, 99))
@settings(max_examples=100, deadline=None)
def test_the_order_of_facts_does_not_matter(rule_set, purpose, facts, seed):
    assert judge(rule_set, shuffled(facts, seed), DAY, purpose) == judge(rule_set, facts, DAY, purpose)


@given(enterprises)
@settings(max_examples=100, deadline=None)
def test_facts_come_back_from_their_canonical_form(facts):
    again = from_plain(EnterpriseFacts, json.loads(canonical_text(facts)))
    assert canonical_text(again) == canonical_text(facts)
    assert shuffled(again, 1).figures == facts.figures


@given(rule_sets, purposes, enterprises, st.floats(0, 1))
@settings(max_examples=100, deadline=None)
def test_nothing_changes_by_date_alone_before_the_day_named(rule_set, purpose, facts, part):
    today = judge(rule_set, facts, DAY, purpose)
    day = DAY + timedelta(days=int(part * ((today.changes_on - DAY).days - 1)))
    assert judge(rule_set, facts, day, purpose)._replace(day=DAY) == today


@given(rule_sets, enterprises)
@settings(max_examples=100, deadline=None)
def test_every_gap_in_the_data_names_what_would_fill_it(rule_set, facts):
    for found in judge(rule_set, facts, DAY).findings:
        if found.result is Result.MISSING:
            assert found.lacks or found.code == "number.undefined"
        else:
            assert not found.lacks or found.result is Result.TO_JUDGE


@given(st.tuples(*[st.integers(1, 30000)] * 3))
@settings(max_examples=100, deadline=None)
def test_reaching_the_figure_named_closes_the_gap_and_a_cent_less_does_not(revenues):
    rule_set = shipped_rule_sets()["little-giant-63-2022"]
    facts = with_figures(strong(), main_revenue_wan=dict(zip(YEARS, revenues, strict=True)))
    growth = judge(rule_set, facts, DAY).finding("main_revenue_growth")
    assume(growth.result is Result.NOT_MET)
    (need,) = growth.needs
    enough = with_figures(facts, main_revenue_wan={need.year: need.amount})
    assert results(rule_set, enough, growth.earliest_on)["main_revenue_growth"] is Result.MET
    if need.amount > 0:
        short = with_figures(facts, main_revenue_wan={need.year: need.amount - Decimal("0.01")})
        assert results(rule_set, short, growth.earliest_on)["main_revenue_growth"] is Result.NOT_MET


def test_a_judgement_of_points_can_only_be_between_none_and_all():
    facts = strong(judgements=(Judgement(question="local_feature", points=Decimal(99)),))
    verdict = judge(shipped_rule_sets()["srdi-63-2022"], facts, DAY)
    line = next(line for line in verdict.points if line.indicator == "local_feature")
    assert line.sure == line.most == 15


def test_a_figure_is_kept_as_an_exact_number():
    assert Figure(Decimal("0.10")).value + Decimal("0.20") == Decimal("0.30")


@given(rule_sets, purposes, enterprises, st.sets(st.sampled_from((*PAPERS, "figures", "statements", "judgements"))))
@settings(max_examples=100, deadline=None)
def test_what_is_worked_out_once_for_blank_facts_is_what_asking_each_enterprise_finds(rule_set, purpose, facts, blank):
    facts = replace(facts, **{name: type(getattr(facts, name))() for name in blank})
    shared = judge(rule_set, facts, DAY, purpose)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(situation, "recorded", lambda _facts: EVERY_NAME)
        assert judge(rule_set, facts, DAY, purpose) == shared


@given(rule_sets, purposes, enterprises, enterprises)
@settings(max_examples=100, deadline=None)
def test_enterprises_that_agree_in_the_plain_facts_a_verdict_rests_on_have_the_same_verdict(
    rule_set, purpose, one, other
):
    plain = {name: getattr(one, name) for name in PLAIN}
    one = EnterpriseFacts(enterprise="one", **plain)
    agreeing = replace(one, enterprise="other", name=other.name, lists_entered=frozenset())
    assert plain_facts(rule_set, one, purpose) == plain_facts(rule_set, agreeing, purpose) is not None
    assert judge(rule_set, one, DAY, purpose) == judge(rule_set, agreeing, DAY, purpose)._replace(enterprise="one")
    rests_on_more = plain_facts(rule_set, other, purpose) is None
    assert rests_on_more or results(rule_set, other, purpose=purpose) == results(
        rule_set, replace(one, **{name: getattr(other, name) for name in PLAIN}), purpose=purpose
    )
