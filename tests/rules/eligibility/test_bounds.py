"""Whatever numbers a rule set has within its bounds, judging comes to an end; beyond them nothing is judged by it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sme_tracker.rules.canonical import from_plain, to_plain
from sme_tracker.rules.criteria import Comparison, Criterion, Over, RuleSet, Threshold, Yearly
from sme_tracker.rules.eligibility import judge, plain_facts
from sme_tracker.rules.facts import EnterpriseFacts, Figure
from sme_tracker.rules.judging.situation import Situation, full_years, years_later
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.text.bounds import OF_FIELD, OF_UNIT, POINTS, YEARS_BACK, Bounds
from sme_tracker.rules.text.editing import OF_THE_UNIT, Place, edited, places
from sme_tracker.rules.text.rule_sets import read_rule_set
from sme_tracker.rules.verdicts import Outcome
from tests.rules.eligibility.factories import DAY, strong

SETS = {key: rule_set for key, rule_set in shipped_rule_sets().items() if rule_set.criteria}
RICH = replace(
    strong(),
    figures={
        (name, year): Figure(Decimal("9999999999.99" if year % 2 else "0.01"))
        for name in ("revenue_wan", "main_revenue_wan", "rd_expense_wan", "assets_wan", "liabilities_wan", "staff")
        for year in range(1950, 2023)
    },
)
"""Every figure of seventy years, from one year to the next as far apart as figures can be."""
KNOWN = (strong(), RICH, EnterpriseFacts(enterprise="of whom nothing is known"))


def bounds(place: Place) -> Bounds | None:
    """The bounds of a number of a shipped set, None where they hang on the conditions beside it."""
    own = OF_FIELD.get(place.about.rpartition(".")[2])
    if place.field in OF_THE_UNIT:
        return own or OF_UNIT[place.unit]
    return {"years": YEARS_BACK, "within_years": YEARS_BACK, "points": POINTS, "most": POINTS}.get(place.field)


@pytest.mark.parametrize("key", SETS)
def test_any_number_at_its_bound_can_be_judged_by(key: str) -> None:
    table = to_plain(SETS[key])
    by_sort = {(place.field, place.unit, place.about): place for place in places(table) if place.is_number}
    tried = 0
    for place in by_sort.values():
        found = bounds(place)
        for number in (found.least, found.most) if found else ():
            rule_set, problems = read_rule_set(edited(table, {place.path: f"{number:f}"}))
            assert all("bands" in each.code or "tiers" in each.code for each in problems), (place, problems)
            for facts in KNOWN if rule_set else ():
                tried += 1
                assert all(judge(rule_set, facts, DAY, purpose).findings for purpose in rule_set.purposes)
    assert tried > 10


def endless(**other: object) -> RuleSet:
    """A set in memory that asks for figures of a million million years, which no reader would have let in."""
    measure = Yearly("revenue_wan", Over.EACH_YEAR, 10**12)
    condition = Threshold(measure, Comparison.AT_LEAST, Decimal(10), "wan")
    criterion = Criterion("endless", "收入", "Revenue", "1", "F", condition)
    return replace(SETS["srdi-2-2026"], criteria=(criterion,), gates=(), direct_passes=(), scorecard=(), **other)  # type: ignore[arg-type]


@pytest.mark.parametrize("over", list(Over))
def test_judging_looks_back_no_further_than_figures_go(over: Over) -> None:
    base = endless()
    measure = Yearly("revenue_wan", over, 10**12)
    condition = Threshold(measure, Comparison.AT_LEAST, Decimal(10), "wan")
    rule_set = replace(base, criteria=(replace(base.criteria[0], condition=condition),))
    assert judge(rule_set, RICH, DAY).outcome in set(Outcome)


def test_days_beyond_the_calendar_are_its_ends() -> None:
    assert years_later(date(2020, 2, 29), 10**12) == date(9999, 3, 1)
    assert years_later(date(2020, 5, 4), -(10**12)) == date(1, 5, 4)
    assert full_years(date.min, date.max) == 9998
    assert Situation(EnterpriseFacts(enterprise=""), date(9999, 12, 31), (1, 1)).changes_on.year == 9999


@pytest.mark.parametrize("value", [999999999999, "9" * 400, "1e999999999", -3, "NaN"])
def test_nothing_is_judged_by_a_stored_set_with_a_number_beyond_its_bounds(value: object) -> None:
    table = to_plain(SETS["srdi-2-2026"])
    place = next(each for each in places(table) if each.field == "years")
    rule_set = from_plain(RuleSet, edited(table, {place.path: str(value)}))
    assert [fault.path for fault in rule_set.faults] == [place.path]
    assert not rule_set.judges
    verdict = judge(rule_set, strong(), DAY)
    assert (verdict.outcome, verdict.reason, verdict.findings) == (Outcome.UNDECIDABLE, "rules_at_fault", ())
    assert plain_facts(rule_set, strong(), "new") == ()
