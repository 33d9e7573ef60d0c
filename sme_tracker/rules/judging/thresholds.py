"""Thresholds made ready to be asked: what is measured, whether it passes, and the finding about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from sme_tracker.rules.criteria import Elapsed, Measure, Over, Papers, Take, Threshold, Yearly
from sme_tracker.rules.judging.closing import closing
from sme_tracker.rules.judging.measuring import Measured, Measuring, reading_elapsed, reading_years
from sme_tracker.rules.judging.papers import comparing, reading_papers
from sme_tracker.rules.judging.situation import Situation
from sme_tracker.rules.verdicts import MET, MISSING, NOT_MET, Finding, IndicatorPoints, Result, Value

Asking: TypeAlias = Callable[[Situation], Finding]
Deciding: TypeAlias = Callable[[Measured], tuple[Result, str]]
Scoring: TypeAlias = Callable[[Situation], Sequence[IndicatorPoints]]


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose findings these are: the criterion's key, clause and confidence, and for which purpose it is asked.

    `scoring` gives the points of the scorecard, which asks for the facts named in `scored_on`.
    """

    criterion: str
    clause: str
    confidence: str
    purpose: str
    scoring: Scoring
    scored_on: frozenset[str] = frozenset()


def measuring(measure: Measure) -> Measuring:
    """The reader of a measure."""
    match measure:
        case Yearly():
            return reading_years(measure)
        case Elapsed():
            return reading_elapsed(measure)
        case _:
            return reading_papers(measure)


def asking_threshold(condition: Threshold, heading: Heading) -> Asking:
    """A threshold as a function from a situation to a finding."""
    measured = measuring(condition.measure)
    decide = deciding(condition)
    any_passes = _any_passes(condition)
    close = closing(condition)
    name, over = named_measure(condition.measure)
    comparison, upward = condition.comparison.value, condition.comparison.upward
    threshold, unit = condition.threshold, condition.unit
    criterion, clause, confidence = heading.criterion, heading.clause, heading.confidence

    def found(seen: Measured, situation: Situation) -> Finding:
        result, code = decide(seen)
        needs, earliest_on = close(situation, seen.values) if result is NOT_MET else ((), None)
        # By position: this is the one place where findings are made by the ten thousand.
        return Finding(
            criterion,
            result,
            code,
            clause,
            confidence,
            name,
            over,
            seen.values,
            comparison,
            threshold,
            unit,
            _distance(seen.values, threshold, upward, any_passes),
            needs,
            seen.lacks if result is MISSING else (),
            seen.proofs,
            seen.sources,
            seen.evidence_until,
            earliest_on,
        )

    return lambda situation: found(measured(situation), situation)


def named_measure(measure: Measure) -> tuple[str, str]:
    """What a measure is of ("debt_ratio_percent", "certificates.management_system") and how it is read."""
    match measure:
        case Yearly():
            return measure.figure, measure.over.value
        case Elapsed():
            return measure.since, "last_year_end" if measure.at_year_end else "on_day"
        case Papers():
            kinds = [value for match in measure.where if match.field == "kind" for value in match.one_of]
            name = f"{measure.kind}.{kinds[0]}" if len(kinds) == 1 else measure.kind
            return name, measure.take.value if measure.take is Take.COUNT else f"{measure.take.value}.{measure.of}"


def deciding(condition: Threshold) -> Deciding:
    """Whether what was measured passes a threshold, and the code of the sentence to say."""
    reaches = comparing(condition.comparison, condition.threshold)
    upward = condition.comparison.upward
    if isinstance(condition.measure, Papers):
        return lambda seen: _decide_papers(seen, reaches, upward)
    any_passes = _any_passes(condition)
    return lambda seen: _decide_figures(seen, reaches, any_passes, upward)


def _any_passes(condition: Threshold) -> bool:
    return isinstance(condition.measure, Yearly) and condition.measure.over is Over.ANY_YEAR


def _decide_figures(
    seen: Measured, reaches: Callable[[Decimal], bool], any_passes: bool, upward: bool
) -> tuple[Result, str]:
    if len(seen.values) == 1:
        amount = seen.values[0].amount
        if amount is not None:
            met = reaches(amount)
            return (MET, "number.met") if met else (NOT_MET, "number.short" if upward else "number.over")
    passed = [None if value.amount is None else reaches(value.amount) for value in seen.values]
    decisive = any_passes
    if decisive in passed:
        met = decisive
    elif None in passed:
        return MISSING, "number.missing" if seen.lacks else "number.undefined"
    else:
        met = not decisive
    if met:
        return MET, "number.met"
    return NOT_MET, "number.short" if upward else "number.over"


def _decide_papers(seen: Measured, reaches: Callable[[Decimal], bool], upward: bool) -> tuple[Result, str]:
    amount = seen.values[0].amount
    if amount is None:
        return MISSING, "evidence.expired" if seen.expired else "evidence.missing"
    at_most = upward if seen.possible is None else reaches(seen.possible)
    if reaches(amount) != at_most:
        return MISSING, "evidence.unclear"
    if at_most:
        return MET, "evidence.enough"
    return NOT_MET, "evidence.expired" if seen.expired else "evidence.too_few"


def _distance(values: Sequence[Value], threshold: Decimal, upward: bool, any_passes: bool) -> Decimal | None:
    if len(values) == 1:
        amount = values[0].amount
        return None if amount is None else amount - threshold if upward else threshold - amount
    amounts = [value.amount for value in values if value.amount is not None]
    if not amounts or (len(amounts) < len(values) and not any_passes):
        return None
    distances = [amount - threshold if upward else threshold - amount for amount in amounts]
    return max(distances) if any_passes else min(distances)
