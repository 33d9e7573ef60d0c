"""Conditions made ready to be asked: each becomes a function from a situation to a finding, built once per rule set."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeAlias

from sme_tracker.rules.criteria import (
    Combination,
    Condition,
    Elapsed,
    Judged,
    Measure,
    Over,
    Papers,
    Scored,
    Standing,
    Take,
    Threshold,
    Tiered,
    Waived,
    Yearly,
)
from sme_tracker.rules.facts import Judgement
from sme_tracker.rules.judging.closing import closing
from sme_tracker.rules.judging.measuring import Measured, Measuring, reading_elapsed, reading_years
from sme_tracker.rules.judging.papers import blank_papers, comparing, reading_papers
from sme_tracker.rules.judging.situation import ONE_DAY, Situation
from sme_tracker.rules.verdicts import Finding, IndicatorPoints, Lack, Proof, Result, Value

Asking: TypeAlias = Callable[[Situation], Finding]
Scoring: TypeAlias = Callable[[Situation], Sequence[IndicatorPoints]]


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose findings these are: the criterion's key, clause and confidence, and for which purpose it is asked."""

    criterion: str
    clause: str
    confidence: str
    purpose: str
    scoring: Scoring


def measuring(measure: Measure) -> Measuring:
    """The reader of a measure."""
    match measure:
        case Yearly():
            return reading_years(measure)
        case Elapsed():
            return reading_elapsed(measure)
        case _:
            return reading_papers(measure)


def asking(condition: Condition, heading: Heading) -> Asking:
    """The condition as a function of the situation."""
    match condition:
        case Threshold():
            return _threshold(condition, heading)
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


def _threshold(condition: Threshold, heading: Heading) -> Asking:
    measured = measuring(condition.measure)
    decide = _decide_papers if isinstance(condition.measure, Papers) else _decide_figures
    any_passes = isinstance(condition.measure, Yearly) and condition.measure.over is Over.ANY_YEAR
    reaches = comparing(condition.comparison, condition.threshold)
    close = closing(condition)
    name, over = _named(condition.measure)
    comparison, upward = condition.comparison.value, condition.comparison.upward
    threshold, unit = condition.threshold, condition.unit

    def found(seen: Measured, situation: Situation) -> Finding:
        result, code = decide(seen, reaches, any_passes, upward)
        needs, earliest_on = close(situation, seen.values) if result is Result.NOT_MET else ((), None)
        return Finding(
            criterion=heading.criterion,
            result=result,
            code=code,
            clause=heading.clause,
            confidence=heading.confidence,
            measured=name,
            over=over,
            values=seen.values,
            comparison=comparison,
            threshold=threshold,
            unit=unit,
            distance=_distance(seen.values, threshold, upward, any_passes),
            needs=needs,
            lacks=seen.lacks if result is Result.MISSING else (),
            proofs=seen.proofs,
            sources=seen.sources,
            evidence_until=seen.evidence_until,
            earliest_on=earliest_on,
        )

    # An empty list is the same finding for every enterprise, and most lists of most enterprises are empty.
    blank = blank_papers(condition.measure) if isinstance(condition.measure, Papers) else None
    of_blank: Finding | None = None

    def ask(situation: Situation) -> Finding:
        nonlocal of_blank
        seen = measured(situation)
        if seen is not blank:
            return found(seen, situation)
        if of_blank is None:
            of_blank = found(seen, situation)
        return of_blank

    return ask


def _named(measure: Measure) -> tuple[str, str]:
    match measure:
        case Yearly():
            return measure.figure, measure.over.value
        case Elapsed():
            return measure.since, "last_year_end" if measure.at_year_end else "on_day"
        case Papers():
            kinds = [value for match in measure.where if match.field == "kind" for value in match.one_of]
            name = f"{measure.kind}.{kinds[0]}" if len(kinds) == 1 else measure.kind
            return name, measure.take.value if measure.take is Take.COUNT else f"{measure.take.value}.{measure.of}"


def _decide_figures(
    seen: Measured, reaches: Callable[[Decimal], bool], any_passes: bool, upward: bool
) -> tuple[Result, str]:
    passed = [None if value.amount is None else reaches(value.amount) for value in seen.values]
    decisive = any_passes
    if decisive in passed:
        met = decisive
    elif None in passed:
        return Result.MISSING, "number.missing" if seen.lacks else "number.undefined"
    else:
        met = not decisive
    if met:
        return Result.MET, "number.met"
    return Result.NOT_MET, "number.short" if upward else "number.over"


def _decide_papers(
    seen: Measured, reaches: Callable[[Decimal], bool], any_passes: bool, upward: bool
) -> tuple[Result, str]:
    amount = seen.values[0].amount
    if amount is None:
        return Result.MISSING, "evidence.expired" if seen.expired else "evidence.missing"
    at_most = upward if seen.possible is None else reaches(seen.possible)
    if reaches(amount) != at_most:
        return Result.MISSING, "evidence.unclear"
    if at_most:
        return Result.MET, "evidence.enough"
    return Result.NOT_MET, "evidence.expired" if seen.expired else "evidence.too_few"


def _distance(values: Sequence[Value], threshold: Decimal, upward: bool, any_passes: bool) -> Decimal | None:
    if len(values) == 1:
        amount = values[0].amount
        return None if amount is None else amount - threshold if upward else threshold - amount
    amounts = [value.amount for value in values if value.amount is not None]
    if not amounts or (len(amounts) < len(values) and not any_passes):
        return None
    distances = [amount - threshold if upward else threshold - amount for amount in amounts]
    return max(distances) if any_passes else min(distances)


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
    met = results.count(Result.MET)
    if met >= least:
        return Result.MET
    open_results = [result for result in results if result.open]
    if met + len(open_results) < least:
        return Result.NOT_MET
    return Result.MISSING if Result.MISSING in open_results else Result.TO_JUDGE


def _judged(condition: Judged, heading: Heading) -> Asking:
    question = condition.question
    papers = reading_papers(condition.papers) if condition.papers else None
    lack = Lack(f"judgements.{question}")

    def ask(situation: Situation) -> Finding:
        seen = papers(situation) if papers else None
        proofs = seen.proofs if seen else ()
        judgement = judgement_of(situation, question)
        if judgement is not None and judgement.met is not None:
            result = Result.MET if judgement.met else Result.NOT_MET
            code = f"judgement.{result.value}"
            proofs += (Proof(judgement.name, judgement.ref, judgement.from_day, judgement.until_day),)
        elif seen is not None and not seen.values[0].amount:
            expired = "evidence.expired" if seen.expired else "judgement.papers_missing"
            result, code = Result.MISSING, expired
        else:
            result, code = Result.TO_JUDGE, "judgement.open"
        return Finding(
            criterion=heading.criterion,
            result=result,
            code=code,
            clause=heading.clause,
            confidence=heading.confidence,
            measured=question,
            lacks=_lacks_of_judgement(result, lack, seen, condition),
            proofs=proofs,
            evidence_until=judgement.until_day if judgement else None,
            note=judgement.reason if judgement else "",
        )

    return ask


def _lacks_of_judgement(result: Result, lack: Lack, seen: Measured | None, condition: Judged) -> tuple[Lack, ...]:
    if not result.open:
        return ()
    if result is Result.TO_JUDGE or seen is None or condition.papers is None:
        return (lack,)
    return seen.lacks or (Lack(_named(condition.papers)[0]),)


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
        result = Result.MISSING if value is None else Result.MET if value in allowed else Result.NOT_MET
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
                result=Result.MISSING,
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
            distance=(possible if result is Result.NOT_MET else sure) - threshold,
            lacks=tuple(dict.fromkeys(lack for line in blocking for lack in line.lacks)) if result.open else (),
            earliest_on=situation.accounts_day(situation.last_year + 1) if result is Result.NOT_MET else None,
        )

    return ask


def _score_result(sure: Decimal, possible: Decimal, threshold: Decimal, blocking: Sequence[IndicatorPoints]) -> Result:
    if sure >= threshold:
        return Result.MET
    if possible < threshold:
        return Result.NOT_MET
    return Result.MISSING if any(line.open_as is Result.MISSING for line in blocking) else Result.TO_JUDGE


def _waived(condition: Waived, heading: Heading) -> Asking:
    asked = asking(condition.condition, heading)
    if heading.purpose not in condition.purposes:
        return asked

    def ask(situation: Situation) -> Finding:
        found = asked(situation)
        if condition.from_day is not None and situation.day < condition.from_day:
            situation.turns_on(condition.from_day)
            return found
        return found._replace(result=Result.MET, code="waived", note=condition.clause, needs=(), lacks=())

    return ask
