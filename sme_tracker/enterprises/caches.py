"""What the row of an enterprise says of its names and yearly figures, computed from the facts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from sme_tracker.enterprises.models import EnterpriseName, YearlyFigure
from sme_tracker.enterprises.search import search_fields
from sme_tracker.rules.counting import DatedFact, Span, facts_in_force, value_on
from sme_tracker.rules.figures import FIGURES, YearlyFigures, best_figures, latest_complete_year, ratio
from sme_tracker.rules.names import name_key
from sme_tracker.rules.size_class import figures_needed, size_class
from sme_tracker.rules.terms import Source

VERSION = 2
"""Of what the columns say of the same facts; whoever changes that raises it, and databases are rebuilt."""
FIGURES_CACHE = ("figures_year", "revenue_wan", "rd_intensity_percent", "size_class")
"""The columns of an enterprise that follow from its figures."""

_HUNDREDTH = Decimal("0.01")
CACHED_FROM = ("revenue_wan", "rd_expense_wan", "assets_wan", "staff")
"""The figures from which the columns of `figures_cache` follow."""


def name_spans(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[Span[str]]]:
    """The names of each enterprise over all time, as known now."""
    facts: dict[int, list[DatedFact[str]]] = defaultdict(list)
    rows = session.execute(
        select(EnterpriseName.enterprise_id, EnterpriseName.from_day, EnterpriseName.name)
        .where(EnterpriseName.enterprise_id.in_(enterprise_ids), EnterpriseName.in_force())
        .order_by(EnterpriseName.id)
    )
    for enterprise_id, from_day, name in rows:
        facts[enterprise_id].append(DatedFact(from_day, name))
    return {enterprise_id: facts_in_force(found) for enterprise_id, found in facts.items()}


def name_cache(code: str, spans: Iterable[Span[str]], today: date) -> tuple[dict[str, Any], list[str]]:
    """The columns that follow from the names, and the pairs the enterprise is found by."""
    named = list(spans)
    name = value_on(named, today) or named[-1].value
    names = list(dict.fromkeys([name, *(span.value for span in reversed(named))]))
    search_text, code_reversed, pairs = search_fields(code, names)
    columns = {"name": name, "name_key": name_key(name), "search_text": search_text, "code_reversed": code_reversed}
    return columns, pairs


def yearly_figures(
    session: Session, enterprise_ids: Collection[int], names: Sequence[str] = FIGURES
) -> dict[int, list[YearlyFigures]]:
    """The yearly figures of each enterprise, year by year and source by source, as known now; of all or some names."""
    rows = session.execute(_figures_named(tuple(names)), {"ids": list(enterprise_ids)})
    found: dict[int, list[YearlyFigures]] = defaultdict(list)
    for enterprise_id, fiscal_year, source, *values in rows:
        known = dict(zip(names, values, strict=True))
        found[enterprise_id].append(YearlyFigures(fiscal_year, Source(source), **known))
    return found


def figures_cache(figures: Iterable[YearlyFigures], industry_code: str | None) -> dict[str, Any]:
    """The columns that follow from the figures: the latest year with a revenue, and the size class.

    Only years that have ended are recorded, so nothing of this changes by date alone.
    """
    years = best_figures(figures)
    latest = latest_complete_year(years.values(), ["revenue_wan"], date.max)
    intensity = ratio(latest, "rd_intensity_percent") if latest else None
    return {
        "figures_year": latest.fiscal_year if latest else None,
        "revenue_wan": latest.value("revenue_wan") if latest else None,
        "rd_intensity_percent": intensity.percent.quantize(_HUNDREDTH, ROUND_HALF_UP) if intensity else None,
        "size_class": _size_class(years.values(), industry_code),
    }


@cache
def _figures_named(names: tuple[str, ...]) -> Select[Any]:
    """Put together once, as that takes longer than answering for one enterprise."""
    return (
        select(YearlyFigure.enterprise_id, YearlyFigure.fiscal_year, YearlyFigure.source)
        .add_columns(*(getattr(YearlyFigure, name) for name in names))
        .where(YearlyFigure.enterprise_id.in_(bindparam("ids", expanding=True)), YearlyFigure.in_force())
        .order_by(YearlyFigure.fiscal_year)
    )


def _size_class(years: Iterable[Any], industry_code: str | None) -> str | None:
    needed = figures_needed(industry_code or "")
    year = latest_complete_year(years, needed, date.max) if needed else None
    if year is None or industry_code is None:
        return None
    staff = year.value("staff")
    revenue, assets = (_amount(year.value(name)) for name in ("revenue_wan", "assets_wan"))
    return size_class(industry_code, None if staff is None else int(staff), revenue, assets)


def _amount(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
