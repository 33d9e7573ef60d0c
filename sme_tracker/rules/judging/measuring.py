"""Reading yearly quantities and spans of years from the facts: ratios and growth over complete fiscal years."""

from collections.abc import Callable
from datetime import date
from decimal import Context, Decimal
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from sme_tracker.rules.criteria import Elapsed, Over, Yearly
from sme_tracker.rules.facts import QUANTITIES
from sme_tracker.rules.judging.situation import ONE_DAY, Situation, full_years, years_later
from sme_tracker.rules.verdicts import Lack, Proof, SourceOfYear, Value

HUNDRED = Decimal(100)
# Quotients are rounded to 12 places before they are compared: far finer than any figure, coarse enough that a
# mean of 3.33… and 6.66… is 5 and not a hair below it.
EXACT = Context(prec=50)
PLACES = Decimal("1e-12")


class Measured(NamedTuple):
    """What a measure gave: its values, why one is unknown, and the most it could be once fields are filled."""

    values: tuple[Value, ...]
    lacks: tuple[Lack, ...] = ()
    sources: tuple[SourceOfYear, ...] = ()
    proofs: tuple[Proof, ...] = ()
    evidence_until: date | None = None
    unclear: bool = False
    possible: Decimal | None = None
    expired: bool = False


Measuring: TypeAlias = Callable[[Situation], Measured]
YearReader: TypeAlias = Callable[[Situation, int, "Trail"], Decimal | None]


class Trail:
    """What reading figures came across: the empty ones, and the sources of the others."""

    __slots__ = ("lacks", "sources")

    def __init__(self) -> None:
        self.lacks: list[Lack] = []
        self.sources: list[SourceOfYear] = []

    def read(self, situation: Situation, figure: str, year: int) -> Decimal | None:
        """The figure of a year, noting its source, or noting that it is empty."""
        known = situation.facts.figures.get((figure, year))
        if known is None:
            self.lacks.append(Lack(figure, year))
            return None
        source = (year, known.source)
        if source not in self.sources:
            self.sources.append(SourceOfYear(*source))
        return known.value

    def measured(self, *values: Value) -> Measured:
        """The values with what was come across."""
        return Measured(values, tuple(self.lacks), tuple(self.sources))


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """A ratio in per cent."""
    return EXACT.quantize(EXACT.divide(part * HUNDRED, whole), PLACES)


def growth_percent(before: Decimal, after: Decimal, years: int = 1) -> Decimal:
    """The yearly growth rate in per cent, compound over several years; `before` is above zero, `after` not below it."""
    factor = EXACT.divide(after, before)
    if years == 2:
        factor = EXACT.sqrt(factor)
    elif years > 2:
        factor = EXACT.power(factor, EXACT.divide(Decimal(1), Decimal(years)))
    return EXACT.quantize((factor - 1) * HUNDRED, PLACES)


def reading_years(measure: Yearly) -> Measuring:
    """The reader of a yearly quantity. The years end with the last complete fiscal year."""
    read = _of_year(measure.figure)
    years = measure.span
    match measure.over:
        case Over.LAST_YEAR:
            return lambda situation: _single(read, situation)
        case Over.EACH_YEAR | Over.ANY_YEAR:
            return lambda situation: _separate(read, years, situation)
        case Over.SUM:
            return _joined(read, years - 1, _sum)
        case Over.MEAN:
            return _joined(read, years - 1, _mean)
        case Over.MEAN_GROWTH:
            return _joined(read, years, _mean_growth)
        case _:
            return _joined(read, years, _compound_growth)


def _of_year(figure: str) -> YearReader:
    _, numerator, denominator = QUANTITIES[figure]
    if not denominator:
        return lambda situation, year, trail: trail.read(situation, numerator, year)

    def ratio(situation: Situation, year: int, trail: Trail) -> Decimal | None:
        part = trail.read(situation, numerator, year)
        whole = trail.read(situation, denominator, year)
        if part is None or whole is None or whole <= 0:
            return None
        return percent(part, whole)

    return ratio


def _single(read: YearReader, situation: Situation) -> Measured:
    trail = Trail()
    year = situation.last_year
    return trail.measured(Value(read(situation, year, trail), year))


def _separate(read: YearReader, years: int, situation: Situation) -> Measured:
    trail = Trail()
    last = situation.last_year
    return trail.measured(*(Value(read(situation, year, trail), year) for year in range(last - years + 1, last + 1)))


def _joined(read: YearReader, back: int, join: Callable[[list[Decimal]], Decimal | None]) -> Measuring:
    def measured(situation: Situation) -> Measured:
        trail = Trail()
        last = situation.last_year
        amounts = [read(situation, year, trail) for year in range(last - back, last + 1)]
        known = [amount for amount in amounts if amount is not None]
        joined = join(known) if len(known) == len(amounts) else None
        return trail.measured(Value(joined, last))

    return measured


def _sum(amounts: list[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _mean(amounts: list[Decimal]) -> Decimal:
    return EXACT.quantize(_sum(amounts) / len(amounts), PLACES)


def _mean_growth(amounts: list[Decimal]) -> Decimal | None:
    if any(amount <= 0 for amount in amounts[:-1]):
        return None
    rates = [EXACT.divide(after - before, before) for before, after in pairwise(amounts)]
    return EXACT.quantize(_sum(rates) * HUNDRED / len(rates), PLACES)


def _compound_growth(amounts: list[Decimal]) -> Decimal | None:
    first, last = amounts[0], amounts[-1]
    return growth_percent(first, last, len(amounts) - 1) if first > 0 and last >= 0 else None


def reading_elapsed(measure: Elapsed) -> Measuring:
    """The reader of full years since a date, up to the close of the day or of the last complete fiscal year."""
    since_fact = measure.since

    def measured(situation: Situation) -> Measured:
        since: date | None = getattr(situation.facts, since_fact)
        if since is None:
            return Measured((Value(None),), (Lack(since_fact),))
        if measure.at_year_end:
            return Measured((Value(Decimal(max(full_years(since, year_close(situation.last_year)), 0))),))
        until = situation.day + ONE_DAY
        years = full_years(since, until)
        situation.turns_on(years_later(since, years + 1) - ONE_DAY)
        return Measured((Value(Decimal(max(years, 0))),))

    return measured


def year_close(year: int) -> date:
    """The close of a fiscal year, that is the first day after it."""
    return date(year + 1, 1, 1)
