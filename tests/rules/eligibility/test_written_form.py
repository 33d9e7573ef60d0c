"""A rule set with a mistake is refused at the field, with the reason; nothing of it is guessed or ignored."""

# ruff: noqa: E501 (a mistake is one line)

import copy
from datetime import date, datetime
from decimal import Decimal

import pytest

from sme_tracker.rules.shipped import RuleSetRefused, rule_set_from, shipped_rule_sets, table_of
from sme_tracker.rules.text.rule_sets import read_rule_set

MINIMAL = """
key = "draft"
level = "provincial"
purposes = ["new"]
jurisdiction = "jilin"
zh = "草案"
en = "Draft"
document = "draft"
confidence = "checked"

[[groups]]
key = "basic"
zh = "基本条件"
en = "Basic conditions"

[[criteria]]
key = "revenue"
group = "basic"
zh = "营业收入"
en = "Revenue"
clause = "1"
confidence = "checked"
condition = { figure = "revenue_wan", at_least = 1000, unit = "wan" }

[[criteria]]
key = "points"
group = "basic"
zh = "得分"
en = "Points"
clause = "2"
confidence = "checked"
condition = { score = "total", at_least = 5, unit = "points" }

[[scorecard]]
key = "debt"
group = "soundness"
zh = "资产负债率"
en = "Debt ratio"
most = 10
figure = "debt_ratio_percent"
unit = "percent"
bands = [
  { up_to = 50, points = 10 },
  { above = 50, up_to = 70, points = 5 },
  { above = 70, points = 0 },
]
"""


def refusals(change):
    """The problems of the minimal set after a change to its table, as path → code."""
    table = copy.deepcopy(table_of(MINIMAL))
    change(table)
    _, problems = read_rule_set(table)
    return {problem.path: problem.code for problem in problems}


def condition(**fields):
    def change(table):
        table["criteria"][0]["condition"] = fields

    return change


def bands(*bands):
    def change(table):
        table["scorecard"][0]["bands"] = list(bands)

    return change


def setting(*path_and_value):
    *path, last, value = path_and_value

    def change(table):
        for step in path:
            table = table[step]
        table[last] = value

    return change


CONDITION = "criteria[0].condition"
REFUSED = {
    "a threshold without unit": (condition(figure="revenue_wan", at_least=1000), f"{CONDITION}.unit", "threshold_without_unit"),
    "an unknown unit": (condition(figure="revenue_wan", at_least=1000, unit="yuan"), f"{CONDITION}.unit", "unknown_unit"),
    "another figure's unit": (condition(figure="revenue_wan", at_least=10, unit="percent"), f"{CONDITION}.unit", "wrong_unit"),
    "growth in money": (condition(figure="revenue_wan", over="mean_growth", years=2, at_least=5, unit="wan"), f"{CONDITION}.unit", "wrong_unit"),
    "an unknown figure": (condition(figure="turnover", at_least=10, unit="wan"), f"{CONDITION}.figure", "unknown_figure"),
    "an unknown kind of evidence": (condition(evidence="medals", at_least=1, unit="count"), f"{CONDITION}.evidence", "unknown_evidence"),
    "an unknown field of a paper": (condition(evidence="ip_assets", where={"colour": "red"}, at_least=1, unit="count"), f"{CONDITION}.where.colour", "unknown_field"),
    "money typed in yuan": (condition(figure="revenue_wan", at_least=10_000_000, unit="wan"), f"{CONDITION}.at_least", "money_in_yuan"),
    "per cent typed as a fraction": (condition(figure="debt_ratio_percent", at_most="0.7", unit="percent"), f"{CONDITION}.at_most", "percent_as_fraction"),
    "two comparisons": (condition(figure="revenue_wan", at_least=10, at_most=20, unit="wan"), CONDITION, "one_comparison"),
    "no comparison": (condition(figure="revenue_wan", unit="wan"), CONDITION, "one_comparison"),
    "a threshold that is no number": (condition(figure="revenue_wan", at_least="many", unit="wan"), f"{CONDITION}.at_least", "wrong_type"),
    "a binary fraction": (condition(figure="revenue_wan", at_least=10.1, unit="wan"), f"{CONDITION}.at_least", "wrong_type"),
    "a misspelt field": (condition(figure="revenue_wan", at_least=10, unit="wan", yaers=2), f"{CONDITION}.yaers", "unknown_key"),
    "more conditions asked than there are": (condition(least=2, of=[{"judgement": "x"}]), f"{CONDITION}.least", "least_out_of_range"),
    "any of nothing": (condition(any_of=[]), f"{CONDITION}.any_of", "required"),
    "tiers without an open end": (condition(tiers_by="revenue_wan", unit="wan", tiers=[{"from": 10, "condition": {"judgement": "x"}}]), f"{CONDITION}.tiers", "tiers_open_end"),
    "tiers in the wrong order": (
        condition(tiers_by="revenue_wan", unit="wan", tiers=[
            {"from": 10, "condition": {"judgement": "x"}}, {"from": 20, "condition": {"judgement": "y"}}, {"condition": {"judgement": "z"}},
        ]),
        f"{CONDITION}.tiers", "bands_overlap",
    ),
    "a score nobody gives": (setting("criteria", 1, "condition", "score", "growth"), "criteria[1].condition.score", "unknown_group"),
    "bands that overlap": (bands({"up_to": 50, "points": 10}, {"above": 45, "up_to": 70, "points": 5}, {"above": 70, "points": 0}), "scorecard[0].bands[1]", "bands_overlap"),
    "bands that both claim the edge": (bands({"up_to": 50, "points": 10}, {"from": 50, "points": 5}), "scorecard[0].bands[1]", "bands_overlap"),
    "bands that leave a gap": (bands({"up_to": 50, "points": 10}, {"above": 55, "points": 5}), "scorecard[0].bands[1]", "bands_gap"),
    "bands that leave out the edge": (bands({"below": 50, "points": 10}, {"above": 50, "points": 5}), "scorecard[0].bands[1]", "bands_gap"),
    "bands that do not reach the end": (bands({"up_to": 50, "points": 10}, {"above": 50, "up_to": 70, "points": 5}), "scorecard[0].bands", "bands_open_end"),
    "a band with two lower edges": (bands({"from": 50, "above": 50, "points": 10}, {"below": 50, "points": 5}), "scorecard[0].bands[0].above", "one_edge"),
    "two criteria of one key": (setting("criteria", 1, "key", "revenue"), "criteria[1].key", "duplicate_key"),
    "an unknown group": (setting("criteria", 0, "group", "special"), "criteria[0].group", "unknown_group"),
    "no clause": (setting("criteria", 0, "clause", None), "criteria[0].clause", "required"),
    "an unknown level": (setting("level", "galactic"), "level", "unknown_value"),
    "a month that does not exist": (setting("accounts_complete_from", "13-01"), "accounts_complete_from", "wrong_type"),
    "criteria where the text is still to be entered": (setting("text", "to_be_entered"), "text", "criteria_without_text"),
    "no criteria": (setting("criteria", []), "criteria", "required"),
    "years without end": (condition(figure="revenue_wan", over="each_year", years=999999999999, at_least=10, unit="wan"), f"{CONDITION}.years", "out_of_bounds"),
    "no years": (condition(figure="revenue_wan", over="each_year", years=0, at_least=10, unit="wan"), f"{CONDITION}.years", "out_of_bounds"),
    "fifty-one years": (condition(years_since="niche_since", at_least=51, unit="years"), f"{CONDITION}.at_least", "out_of_bounds"),
    "half a year": (condition(years_since="niche_since", at_least="2.5", unit="years"), f"{CONDITION}.at_least", "out_of_bounds"),
    "years that papers are looked back at": (condition(evidence="awards", within_years=51, at_least=1, unit="count"), f"{CONDITION}.within_years", "out_of_bounds"),
    "fewer than no papers": (condition(evidence="ip_assets", at_least=-1, unit="count"), f"{CONDITION}.at_least", "out_of_bounds"),
    "more papers than anybody has": (condition(evidence="ip_assets", at_least=1001, unit="count"), f"{CONDITION}.at_least", "out_of_bounds"),
    "a share above the whole": (condition(figure="debt_ratio_percent", at_most=101, unit="percent"), f"{CONDITION}.at_most", "out_of_bounds"),
    "growth beyond all": (condition(figure="revenue_wan", over="mean_growth", years=2, at_least=1001, unit="percent"), f"{CONDITION}.at_least", "out_of_bounds"),
    "growth below losing everything": (condition(figure="revenue_wan", over="mean_growth", years=2, at_least=-101, unit="percent"), f"{CONDITION}.at_least", "out_of_bounds"),
    "money below zero": (condition(figure="revenue_wan", at_least=-1, unit="wan"), f"{CONDITION}.at_least", "out_of_bounds"),
    "more staff than there are people": (condition(figure="staff", at_least=100_001, unit="people"), f"{CONDITION}.at_least", "out_of_bounds"),
    "a number of 400 digits": (condition(figure="staff", at_least=int("9" * 400), unit="people"), f"{CONDITION}.at_least", "out_of_bounds"),
    "a text of 400 digits": (condition(figure="staff", at_least="9" * 400, unit="people"), f"{CONDITION}.at_least", "out_of_bounds"),
    "400 decimals": (condition(figure="debt_ratio_percent", at_most="70." + "0" * 399 + "1", unit="percent"), f"{CONDITION}.at_most", "out_of_bounds"),
    "an exponent": (condition(figure="staff", at_least="1e3", unit="people"), f"{CONDITION}.at_least", "wrong_type"),
    "an exponent without end": (condition(figure="staff", at_least=Decimal("1e999999999"), unit="people"), f"{CONDITION}.at_least", "wrong_type"),
    "no number at all": (condition(figure="staff", at_least="NaN", unit="people"), f"{CONDITION}.at_least", "wrong_type"),
    "infinity": (condition(figure="staff", at_least=Decimal("Infinity"), unit="people"), f"{CONDITION}.at_least", "wrong_type"),
    "digits in groups": (condition(figure="staff", at_least="1_000", unit="people"), f"{CONDITION}.at_least", "wrong_type"),
    "the rank of nobody": (condition(evidence="awards", where={"rank": {"at_most": 0}}, at_least=1, unit="count"), f"{CONDITION}.where.rank.at_most", "out_of_bounds"),
    "a class that does not exist": (condition(evidence="ip_assets", where={"ip_class": [1, 3]}, at_least=1, unit="count"), f"{CONDITION}.where.ip_class", "out_of_bounds"),
    "a name compared with a number": (condition(evidence="awards", where={"kind": {"at_least": 1}}, at_least=1, unit="count"), f"{CONDITION}.where.kind", "wrong_type"),
    "a fact that is one of tables": (condition(standing="size_class", one_of=[{"size": "large"}]), f"{CONDITION}.one_of", "wrong_type"),
    "points below zero": (setting("scorecard", 0, "most", -1), "scorecard[0].most", "out_of_bounds"),
    "points beyond all": (condition(score="total", at_least=1001, unit="points"), f"{CONDITION}.at_least", "out_of_bounds"),
    "a band from beyond all": (bands({"up_to": 50, "points": 1001}, {"above": 50, "points": 0}), "scorecard[0].bands[0].points", "out_of_bounds"),
    "more failures than there are criteria": (setting("near_most", 21), "near_most", "out_of_bounds"),
    "a tier from money below zero": (
        condition(tiers_by="revenue_wan", unit="wan", tiers=[{"from": -5, "condition": {"judgement": "x"}}, {"condition": {"judgement": "y"}}]),
        f"{CONDITION}.tiers[0].from", "out_of_bounds",
    ),
    "a waiver from the year one": (
        condition(figure="staff", at_least=1, unit="people", waived={"purposes": ["new"], "clause": "1", "from": date(1, 1, 1)}),
        f"{CONDITION}.waived.from", "day_out_of_bounds",
    ),
    "a waiver from an hour": (
        condition(figure="staff", at_least=1, unit="people", waived={"purposes": ["new"], "clause": "1", "from": datetime(2026, 1, 1, 8)}),
        f"{CONDITION}.waived.from", "wrong_type",
    ),
    "a month that is no digit": (setting("accounts_complete_from", "²-01"), "accounts_complete_from", "wrong_type"),
    "a direct pass of an unknown criterion": (
        setting("direct_passes", [{"key": "d", "zh": "直", "en": "d", "clause": "3", "confidence": "F", "condition": {"judgement": "x"}, "satisfies": ["age"]}]),
        "direct_passes[0].satisfies", "unknown_criterion",
    ),
}  # fmt: skip


def test_the_minimal_set_itself_is_accepted():
    assert refusals(lambda table: None) == {}


@pytest.mark.parametrize(
    "asked",
    [
        {"figure": "revenue_wan", "over": "mean_growth", "years": 2, "at_least": -100, "unit": "percent"},
        {"figure": "revenue_wan", "over": "compound_growth", "years": 2, "at_least": "-5.5", "unit": "percent"},
        {"figure": "net_profit_wan", "at_least": -200, "unit": "wan"},
        {"figure": "net_margin_percent", "at_least": -3, "unit": "percent"},
    ],
)
def test_a_threshold_of_what_may_be_a_loss_lies_below_zero_as_well(asked):
    assert refusals(condition(**asked)) == {}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_at_the_field(what):
    change, path, code = REFUSED[what]
    assert refusals(change).get(path) == f"rules.{code}"


def test_every_problem_is_named_at_once():
    def change(table):
        table["criteria"][0]["condition"] = {"figure": "turnover", "at_least": 10}
        table["level"] = "galactic"

    assert set(refusals(change)) == {"level", f"{CONDITION}.figure", f"{CONDITION}.unit"}


def test_what_is_not_toml_is_refused_in_one_sentence():
    with pytest.raises(RuleSetRefused) as refused:
        table_of("key = ")
    assert refused.value.problems[0].code == "rules.not_toml"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a = 1\nb = " + "9" * 5000, "not_toml"),
        ("a = " + "[" * 5000 + "]" * 5000, "too_deep"),
        ("a = " + "[" * 21 + "]" * 21, "too_deep"),
    ],
    ids=["a number too long to read", "too deep to read", "too deep to judge by"],
)
def test_a_file_nobody_can_read_to_its_end_is_refused_in_one_sentence(text, code):
    with pytest.raises(RuleSetRefused) as refused:
        rule_set_from(table_of(text))
    (problem,) = refused.value.problems
    assert problem.code == f"rules.{code}"
    assert problem.parameters.get("line", 2) == 2


def test_a_refused_set_raises_with_its_problems():
    with pytest.raises(RuleSetRefused) as refused:
        rule_set_from({"key": "x"})
    assert "criteria" in {problem.path for problem in refused.value.problems}


def test_every_shipped_criterion_names_its_clause_and_how_sure_its_text_is():
    for rule_set in shipped_rule_sets().values():
        for criterion in (*rule_set.criteria, *rule_set.gates, *rule_set.direct_passes):
            assert criterion.clause
            assert criterion.confidence
            assert criterion.zh
            assert criterion.en
