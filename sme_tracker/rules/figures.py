"""An enterprise's yearly figures: the best source of each, and the ratios that are computed from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from operator import attrgetter

from sme_tracker.rules.terms import Source


@dataclass(frozen=True, slots=True)
class YearlyFigures:
    """The figures of one fiscal year from one source; money in 万元, None is not known and not zero."""

    fiscal_year: int
    source: Source
    revenue_wan: Decimal | None = None
    main_revenue_wan: Decimal | None = None
    rd_expense_wan: Decimal | None = None
    assets_wan: Decimal | None = None
    liabilities_wan: Decimal | None = None
    net_profit_wan: Decimal | None = None
    total_profit_wan: Decimal | None = None
    tax_wan: Decimal | None = None
    staff: int | None = None
    rd_staff: int | None = None


FIGURES = tuple(field.name for field in fields(YearlyFigures) if field.name not in {"fiscal_year", "source"})
"""The names of the figures, in the order of the form."""

RATIOS = {
    "main_revenue_share_percent": ("main_revenue_wan", "revenue_wan"),
    "rd_intensity_percent": ("rd_expense_wan", "revenue_wan"),
    "debt_ratio_percent": ("liabilities_wan", "assets_wan"),
    "rd_staff_share_percent": ("rd_staff", "staff"),
    "net_margin_percent": ("net_profit_wan", "revenue_wan"),
}
"""The ratios within a year: name, numerator, denominator."""

_PROFITS = frozenset({"net_profit_wan", "total_profit_wan"})
MAY_BE_NEGATIVE = _PROFITS | {name for name, (numerator, _whole) in RATIOS.items() if numerator in _PROFITS}
"""The figures and ratios that are below zero where there is a loss."""


@dataclass(frozen=True, slots=True)
class Sourced:
    """A figure and the source it is taken from."""

    value: Decimal | int
    source: Source


@dataclass(frozen=True, slots=True)
class BestFigures:
    """The best known figures of a fiscal year by name; a name that is not there is not known."""

    fiscal_year: int
    figures: Mapping[str, Sourced]

    def value(self, name: str) -> Decimal | int | None:
        """The figure of that name, None if not known."""
        known = self.figures.get(name)
        return known.value if known else None

    def knows(self, names: Iterable[str]) -> bool:
        """Whether all the figures of these names are known."""
        return all(name in self.figures for name in names)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A computed ratio in per cent, unrounded, and the sources its figures come from."""

    percent: Decimal
    sources: frozenset[Source]

    @property
    def mixes_sources(self) -> bool:
        """Whether its figures come from different sources, which the reader must be told."""
        return len(self.sources) > 1


def best_figures(rows: Iterable[YearlyFigures]) -> dict[int, BestFigures]:
    """The best figures of each fiscal year, the years ascending.

    Figure by figure the audit report goes before the platform and the platform before the enterprise's own word;
    what a source does not say is taken from the next.
    """
    by_year: dict[int, dict[str, Sourced]] = {}
    for row in sorted(rows, key=lambda row: (row.fiscal_year, _RANK[row.source])):
        best = by_year.setdefault(row.fiscal_year, {})
        for name, value in zip(FIGURES, _VALUES(row), strict=True):
            if value is not None and name not in best:
                best[name] = Sourced(value, row.source)
    return {year: BestFigures(year, figures) for year, figures in by_year.items()}


def ratio(year: BestFigures, name: str) -> Ratio | None:
    """The ratio of that name within the year, None if a figure is not known or the denominator is not positive.

    Raises KeyError for a name that is not in `RATIOS`.
    """
    above, below = RATIOS[name]
    return _percent(year.figures.get(above), year.figures.get(below))


def growth(year: BestFigures, previous: BestFigures | None, name: str = "revenue_wan") -> Ratio | None:
    """The growth of a figure over the previous fiscal year, in per cent.

    None if either is not known, the previous one is not positive, or the years do not follow each other.
    """
    if previous is None or previous.fiscal_year != year.fiscal_year - 1:
        return None
    grown = _percent(year.figures.get(name), previous.figures.get(name))
    return Ratio(grown.percent - 100, grown.sources) if grown else None


def latest_complete_year(years: Iterable[BestFigures], needed: Sequence[str], today: date) -> BestFigures | None:
    """The latest fiscal year that has ended and has all the figures needed, None if there is none."""
    complete = [year for year in years if year.fiscal_year < today.year and year.knows(needed)]
    return max(complete, key=lambda year: year.fiscal_year, default=None)


def _percent(above: Sourced | None, below: Sourced | None) -> Ratio | None:
    if above is None or below is None or below.value <= 0:
        return None
    return Ratio(100 * Decimal(above.value) / Decimal(below.value), frozenset({above.source, below.source}))


_VALUES = attrgetter(*FIGURES)
_RANK = {source: rank for rank, source in enumerate(Source)}
