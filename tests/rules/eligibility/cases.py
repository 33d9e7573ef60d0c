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
