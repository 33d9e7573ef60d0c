"""What is found where nothing is recorded: on one day the same for every enterprise, so it is worked out once."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

from sme_tracker.rules.criteria import (
    Awarded,
    Banded,
    BestOf,
    Cases,
    Combination,
    Condition,
    Elapsed,
    Judged,
    Measure,
    Papers,
    Scored,
    Standing,
    Threshold,
    Tiered,
    Waived,
    Way,
    Yearly,
)
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.judging.situation import Situation

Names = frozenset[str]
T = TypeVar("T")


def shared_while_blank(ask: Callable[[Situation], T], names: Names) -> Callable[[Situation], T]:
    """The same question, answered once for all enterprises of which none of the facts it asks for is recorded."""

    @lru_cache(maxsize=8)
    def of_blank(day: date, accounts_from: tuple[int, int]) -> tuple[T, date]:
        situation = Situation(EnterpriseFacts(enterprise=""), day, accounts_from)
        return ask(situation), situation.changes_on

    def answer(situation: Situation) -> T:
        if not situation.recorded.isdisjoint(names):
            return ask(situation)
        answered, changes_on = of_blank(situation.day, situation.accounts_from)
        situation.turns_on(changes_on)
        return answered

    return answer


def asked_by(condition: Condition, scored: Names) -> Names:
    """The names of the facts a condition asks for; `scored` are those of the scorecard it may look at."""
    return _of_condition(condition, scored).union(*(asked_by(part, scored) for part in _parts(condition)))


def asked_by_way(way: Way) -> Names:
    """The names of the facts a way to earn points asks for."""
    match way:
        case Banded():
            return frozenset({_of_measure(way.measure)})
        case Cases():
            return frozenset().union(*(asked_by(case.condition, frozenset()) for case in way.cases))
        case BestOf():
            return frozenset().union(*map(asked_by_way, way.ways))
        case Awarded():
            return frozenset({"judgements"})


def _of_condition(condition: Condition, scored: Names) -> Names:
    match condition:
        case Threshold():
            return frozenset({_of_measure(condition.measure)})
        case Tiered():
            return frozenset({_of_measure(condition.by)})
        case Judged():
            return frozenset({"judgements", condition.papers.kind} if condition.papers else {"judgements"})
        case Standing():
            return frozenset({"barred_until" if condition.fact == "barred" else condition.fact})
        case Scored():
            return scored
        case _:
            return frozenset()


def _parts(condition: Condition) -> Sequence[Condition]:
    match condition:
        case Combination():
            return condition.conditions
        case Tiered():
            return [tier.condition for tier in condition.tiers]
        case Waived():
            return [condition.condition]
        case _:
            return ()


def _of_measure(measure: Measure) -> str:
    match measure:
        case Yearly():
            return "figures"
        case Elapsed():
            return measure.since
        case Papers():
            return measure.kind
