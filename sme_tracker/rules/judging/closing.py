"""What would close a gap, in absolute figures, and from which day it could be closed."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import TypeAlias

from sme_tracker.rules.criteria import Comparison, Elapsed, Over, Papers, Threshold, Yearly
from sme_tracker.rules.facts import FIGURES, QUANTITIES
from sme_tracker.rules.judging.measuring import EXACT, HUNDRED, PLACES
from sme_tracker.rules.judging.situation import ONE_DAY, Situation, years_later
from sme_tracker.rules.verdicts import Needed, Value

HIGHEST_GOAL = Decimal(10) ** 15
"""More than any figure can hold: growth asked for over many years soon comes to such goals."""
SMALLEST = {"wan": Decimal("0.01"), "people": Decimal(1)}
Closing: TypeAlias = Callable[[Situation, Sequence[Value]], tuple[tuple[Needed, ...], date | None]]


def closing(condition: Threshold) -> Closing:
    """How to say what closes the gap of a threshold that was not met."""
    measure = condition.measure
    if isinstance(measure, Papers):
        return lambda situation, values: (_more_papers(condition, measure, values), None)
    if isinstance(measure, Elapsed):
        return lambda situation, values: ((), _elapsed_on(condition, measure, situation))
    return lambda situation, values: _yearly(condition, measure, situation, values)


def _more_papers(condition: Threshold, measure: Papers, values: Sequence[Value]) -> tuple[Needed, ...]:
    amount = values[0].amount
    if amount is None or not condition.comparison.upward:
        return ()
    step = SMALLEST.get(condition.unit, Decimal(1)) if condition.comparison.strict else Decimal(0)
    goal = condition.threshold + step
    return (Needed(measure.kind, None, goal, goal - amount, condition.unit),)


def _elapsed_on(condition: Threshold, measure: Elapsed, situation: Situation) -> date | None:
    """The day the years are full; for a year-end rule the day that year's accounts are complete."""
    since: date | None = getattr(situation.facts, measure.since)
    if since is None or not condition.comparison.upward:
        return None
    years = int(condition.threshold) + (1 if condition.comparison.strict else 0)
    closed_on = years_later(since, years) - ONE_DAY
    return situation.accounts_day(closed_on.year) if measure.at_year_end else closed_on


def _yearly(
    condition: Threshold, measure: Yearly, situation: Situation, values: Sequence[Value]
) -> tuple[tuple[Needed, ...], date | None]:
    last = situation.last_year
    earliest = situation.accounts_day(last + 1)
    match measure.over:
        case Over.EACH_YEAR:
            failing = [value for value in values if value.amount is not None and not _passes(condition, value.amount)]
            years = [value.year for value in failing if value.year is not None]
            needs = [need for year in years for need in _in_year(condition, measure, situation, year)]
            return tuple(needs), situation.accounts_day(max(years) + measure.span)
        case Over.LAST_YEAR | Over.ANY_YEAR:
            return _in_year(condition, measure, situation, last), earliest
        case _:
            return _next_year(condition, measure, situation), earliest


def _passes(condition: Threshold, amount: Decimal) -> bool:
    match condition.comparison:
        case Comparison.AT_LEAST:
            return amount >= condition.threshold
        case Comparison.MORE_THAN:
            return amount > condition.threshold
        case Comparison.AT_MOST:
            return amount <= condition.threshold
        case _:
            return amount < condition.threshold


def _in_year(condition: Threshold, measure: Yearly, situation: Situation, year: int) -> tuple[Needed, ...]:
    """What the figure of a year would have to be, the other figures of that year as they are."""
    _, numerator, denominator = QUANTITIES[measure.figure]
    figures = situation.facts.figures
    now = figures.get((numerator, year))
    goal = condition.threshold
    if denominator:
        whole = figures.get((denominator, year))
        if whole is None:
            return ()
        goal = condition.threshold * whole.value / HUNDRED
    if now is None:
        return ()
    return _needed(condition, numerator, year, goal, now.value)


def _next_year(condition: Threshold, measure: Yearly, situation: Situation) -> tuple[Needed, ...]:
    """What next year's figure would have to be, the years before as they are."""
    _, figure, denominator = QUANTITIES[measure.figure]
    if denominator or not condition.comparison.upward:
        return ()
    last = situation.last_year
    kept = measure.span if measure.over.growth else measure.span - 1
    known = [situation.facts.figures.get((figure, year)) for year in range(last - kept + 1, last + 1)]
    amounts = [each.value for each in known if each is not None]
    if len(amounts) < kept or (measure.over.growth and any(amount <= 0 for amount in amounts)):
        return ()
    goal = _goal(measure, condition.threshold, amounts)
    before = amounts[-1] if amounts else Decimal(0)
    return _needed(condition, figure, last + 1, goal, before)


def _goal(measure: Yearly, threshold: Decimal, amounts: list[Decimal]) -> Decimal:
    match measure.over:
        case Over.SUM:
            return threshold - sum(amounts)
        case Over.MEAN:
            return threshold * measure.years - sum(amounts)
        case Over.MEAN_GROWTH:
            grown = sum((EXACT.divide(after, before) - 1 for before, after in pairwise(amounts)), Decimal(0))
            return amounts[-1] * (1 + threshold * measure.years / HUNDRED - grown)
        case _:
            return amounts[0] * EXACT.power(1 + threshold / HUNDRED, measure.years)


def _needed(condition: Threshold, figure: str, year: int, goal: Decimal, now: Decimal) -> tuple[Needed, ...]:
    """The goal rounded to the next amount that passes, never below zero; nothing where no figure could reach it."""
    if goal.copy_abs() > HIGHEST_GOAL:
        return ()
    unit = FIGURES[figure]
    step = SMALLEST[unit]
    upward = condition.comparison.upward
    goal = EXACT.quantize(goal, PLACES)
    amount = goal.quantize(step, ROUND_CEILING if upward else ROUND_FLOOR)
    if condition.comparison.strict and amount == goal:
        amount += step if upward else -step
    amount = max(amount, Decimal(0))
    return (Needed(figure, year, amount, amount - now if upward else now - amount, unit),)
