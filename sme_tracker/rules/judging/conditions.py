"""Conditions made ready to be asked: each becomes a function from a situation to a finding, built once per rule set."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeAlias

from sme_tracker.rules.criteria import (
    Combination,
    Condition,
    Judged,
    Scored,
    Standing,
    Threshold,
    Tiered,
    Waived,
)
from sme_tracker.rules.facts import Judgement
from sme_tracker.rules.judging.blank import asked_by, shared_while_blank
from sme_tracker.rules.judging.measuring import Measured
from sme_tracker.rules.judging.papers import reading_papers
from sme_tracker.rules.judging.situation import ONE_DAY, Situation
from sme_tracker.rules.judging.thresholds import (
    Asking,
    Heading,
    asking_threshold,
    deciding,
    measuring,
    named_measure,
)
from sme_tracker.rules.verdicts import (
    MET,
    MISSING,
    NOT_MET,
    TO_JUDGE,
    Finding,
    IndicatorPoints,
    Lack,
    Proof,
    Result,
    Value,
)

Checking: TypeAlias = Callable[[Situation], tuple[Result, tuple[Lack, ...]]]


def asking(condition: Condition, heading: Heading) -> Asking:
    """The condition as a function of the situation."""
    return shared_while_blank(_asking(condition, heading), asked_by(condition, heading.scored_on))


def _asking(condition: Condition, heading: Heading) -> Asking:
    match condition:
        case Threshold():
            return asking_threshold(condition, heading)
        case Combination():
            return _combination(condition, heading)
        case Judged():
            return _judged(condition, heading)
        case Standing():
            return _standing(condition, heading)
        case Tiered():
            return _tiered(condition, heading)
        case Scored():
            return _scored(condition, heading)
        case Waived():
            return _waived(condition, heading)


def checking(condition: Condition, heading: Heading) -> Checking:
    """The condition as a function to its result and what is lacking only, where no finding is shown."""
    if not isinstance(condition, Threshold):
        return _result_and_lacks(asking(condition, heading))
    measured, decide = measuring(condition.measure), deciding(condition)

    def check(situation: Situation) -> tuple[Result, tuple[Lack, ...]]:
        seen = measured(situation)
        result, _ = decide(seen)
        return result, seen.lacks if result is MISSING else ()

    return check


def _result_and_lacks(ask: Asking) -> Checking:
    def check(situation: Situation) -> tuple[Result, tuple[Lack, ...]]:
        found = ask(situation)
        return found.result, found.lacks

    return check


def _combination(condition: Combination, heading: Heading) -> Asking:
    asked = [asking(each, heading) for each in condition.conditions]
    least = condition.least

    def ask(situation: Situation) -> Finding:
        parts = tuple([each(situation) for each in asked])
        result = combined([part.result for part in parts], least)
        shown = next((part for part in parts if part.result is result), parts[0])
        lacks = tuple(dict.fromkeys(lack for part in parts for lack in part.lacks)) if result.open else ()
        return shown._replace(parts=parts, lacks=lacks)

    return ask


def combined(results: Sequence[Result], least: int) -> Result:
    """At least so many of several results: met if enough are, not met if enough never can be, else what is open."""
    met = results.count(MET)
    if met >= least:
        return MET
    open_results = [result for result in results if result.open]
    if met + len(open_results) < least:
        return NOT_MET
    return MISSING if MISSING in open_results else TO_JUDGE


def _judged(condition: Judged, heading: Heading) -> Asking:
    question = condition.question
    papers = reading_papers(condition.papers) if condition.papers else None
    lack = Lack(f"judgements.{question}")

    def ask(situation: Situation) -> Finding:
        seen = papers(situation) if papers else None
        proofs = seen.proofs if seen else ()
        judgement = judgement_of(situation, question)
        if judgement is not None and judgement.met is not None:
            result = MET if judgement.met else NOT_MET
            code = f"judgement.{result.value}"
            proofs += (Proof(judgement.name, judgement.ref, judgement.from_day, judgement.until_day),)
        elif seen is not None and not seen.values[0].amount:
            expired = "evidence.expired" if seen.expired else "judgement.papers_missing"
            result, code = MISSING, expired
        else:
            result, code = TO_JUDGE, "judgement.open"
        return Finding(
            criterion=heading.criterion,
            result=result,
            code=code,
            clause=heading.clause,
            confidence=heading.confidence,
            measured=lack.fact,
            lacks=_lacks_of_judgement(result, lack, seen, condition),
            proofs=proofs,
            evidence_until=judgement.until_day if judgement else None,
            note=judgement.reason if judgement else "",
        )

    return ask


def _lacks_of_judgement(result: Result, lack: Lack, seen: Measured | None, condition: Judged) -> tuple[Lack, ...]:
    if not result.open:
        return ()
    if result is TO_JUDGE or seen is None or condition.papers is None:
        return (lack,)
    return seen.lacks or (Lack(named_measure(condition.papers)[0]),)


def judgement_of(situation: Situation, question: str) -> Judgement | None:
    """The latest judgement on a question that holds on the day."""
    held: list[Judgement] = []
    for judgement in situation.facts.judgements:
        if judgement.question != question:
            continue
        if judgement.from_day is not None and judgement.from_day > situation.day:
            situation.turns_on(judgement.from_day)
        elif judgement.until_day is None or judgement.until_day >= situation.day:
            if judgement.until_day is not None:
                situation.turns_on(judgement.until_day + ONE_DAY)
            held.append(judgement)
    return max(held, key=lambda each: (each.from_day or date.min, bool(each.met), each.ref), default=None)


def _standing(condition: Standing, heading: Heading) -> Asking:
    fact, allowed = condition.fact, frozenset(condition.one_of)

    @cache
    def found(value: str | bool | None, until: date | None) -> Finding:
        result = MISSING if value is None else MET if value in allowed else NOT_MET
        return Finding(
            criterion=heading.criterion,
            result=result,
            code=f"standing.{result.value}",
            clause=heading.clause,
            confidence=heading.confidence,
            measured=fact,
            lacks=(Lack(fact),) if value is None else (),
            evidence_until=until,
            note="" if value is None else str(value).lower(),
        )

    def ask(situation: Situation) -> Finding:
        value = standing_of(situation, fact)
        return found(value, situation.facts.barred_until if fact == "barred" and value else None)

    return ask


def standing_of(situation: Situation, fact: str) -> str | bool | None:
    """A plain fact of the enterprise on the day; "barred" is worked out from the day it is barred until."""
    if fact != "barred":
        value: str | bool | None = getattr(situation.facts, fact)
        return value
    until = situation.facts.barred_until
    if until is None or until < situation.day:
        return False
    situation.turns_on(until + ONE_DAY)
    return True


def _tiered(condition: Tiered, heading: Heading) -> Asking:
    measured = measuring(condition.by)
    tiers = [(tier.from_edge, asking(tier.condition, heading)) for tier in condition.tiers]

    def ask(situation: Situation) -> Finding:
        seen = measured(situation)
        amount = seen.values[0].amount
        if amount is None:
            return Finding(
                criterion=heading.criterion,
                result=MISSING,
                code="tier.missing",
                clause=heading.clause,
                confidence=heading.confidence,
                measured=condition.by.figure,
                lacks=seen.lacks,
            )
        edge, asked = next((edge, asked) for edge, asked in tiers if edge is None or amount >= edge)
        return asked(situation)._replace(tier_from=edge)

    return ask


def _scored(condition: Scored, heading: Heading) -> Asking:
    group, threshold = condition.group, condition.threshold

    def ask(situation: Situation) -> Finding:
        lines = [line for line in heading.scoring(situation) if group in ("total", line.group)]
        sure = sum((line.sure for line in lines), Decimal(0))
        possible = sum((line.possible for line in lines), Decimal(0))
        blocking = [line for line in lines if line.open_as is not None]
        result = _score_result(sure, possible, threshold, blocking)
        return Finding(
            criterion=heading.criterion,
            result=result,
            code=f"score.{result.value}",
            clause=heading.clause,
            confidence=heading.confidence,
            measured=f"score.{group}",
            values=(Value(sure),) if sure == possible else (Value(sure), Value(possible)),
            comparison="at_least",
            threshold=threshold,
            unit="points",
            distance=(possible if result is NOT_MET else sure) - threshold,
            lacks=tuple(dict.fromkeys(lack for line in blocking for lack in line.lacks)) if result.open else (),
            earliest_on=situation.accounts_day(situation.last_year + 1) if result is NOT_MET else None,
        )

    return ask


def _score_result(sure: Decimal, possible: Decimal, threshold: Decimal, blocking: Sequence[IndicatorPoints]) -> Result:
    if sure >= threshold:
        return MET
    if possible < threshold:
        return NOT_MET
    return MISSING if any(line.open_as is MISSING for line in blocking) else TO_JUDGE


def _waived(condition: Waived, heading: Heading) -> Asking:
    asked = asking(condition.condition, heading)
    if heading.purpose not in condition.purposes:
        return asked

    def ask(situation: Situation) -> Finding:
        found = asked(situation)
        if condition.from_day is not None and situation.day < condition.from_day:
            situation.turns_on(condition.from_day)
            return found
        return found._replace(result=MET, code="waived", note=condition.clause, needs=(), lacks=())

    return ask
