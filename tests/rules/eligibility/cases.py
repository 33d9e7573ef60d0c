"""How a test of a criterion is written: the clause, what was changed, what must be found."""

from datetime import date
from typing import NamedTuple

from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.verdicts import Finding, Result
from tests.rules.eligibility.factories import DAY

MET, NOT_MET, MISSING, TO_JUDGE = Result.MET, Result.NOT_MET, Result.MISSING, Result.TO_JUDGE


class Case(NamedTuple):
    """One criterion, in words what is special, the facts, and what must be found."""

    criterion: str
    about: str
    facts: EnterpriseFacts
    result: Result
    purpose: str = "new"
    day: date = DAY


def name_of(case: Case) -> str:
    """The case as the name of its test."""
    return f"{case.criterion}: {case.about}: {case.result}"


def found(rule_set: str, case: Case) -> Finding:
    """What judging finds of the case's criterion."""
    verdict = judge(shipped_rule_sets()[rule_set], case.facts, case.day, case.purpose)
    return verdict.finding(case.criterion)


class Points(NamedTuple):
    """One indicator of a scorecard, in words what is special, the facts, and the points sure and possible."""

    indicator: str
    about: str
    facts: EnterpriseFacts
    sure: int
    possible: int | None = None


def points_name(case: Points) -> str:
    """The case as the name of its test."""
    return f"{case.indicator}: {case.about}: {case.sure}"


def earned(rule_set: str, case: Points) -> tuple[int, int]:
    """The points sure and possible that judging finds of the case's indicator."""
    verdict = judge(shipped_rule_sets()[rule_set], case.facts, DAY)
    line = next(line for line in verdict.points if line.indicator == case.indicator)
    return int(line.sure), int(line.possible)
