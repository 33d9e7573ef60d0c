"""What the page of an enterprise shows, made ready: ladder, years, stage, last change, history in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.enterprises.models import Enterprise, YearlyFigure
from sme_tracker.enterprises.standing import Timeline
from sme_tracker.reference.models import Chain, ReportingUnit
from sme_tracker.rules.counting import FAR_FUTURE, FAR_PAST, bit
from sme_tracker.rules.figures import RATIOS, BestFigures, Ratio, YearlyFigures, best_figures, ratio
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Level, Source, Track
from sme_tracker.web.fields import shown_number
from sme_tracker.web.words import FIGURES, SOURCES, listed, step_words, track_words

YEARS_SHOWN = 5
SHOWN = (
    "revenue_wan",
    "main_revenue_wan",
    "main_revenue_share_percent",
    "rd_expense_wan",
    "rd_intensity_percent",
    "assets_wan",
    "liabilities_wan",
    "debt_ratio_percent",
    "net_profit_wan",
    "total_profit_wan",
    "tax_wan",
    "staff",
    "rd_staff",
)
"""The rows of the table of years, in its order."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one year, ready to show, with where it comes from; None where it is not known."""

    text: str | None
    note: str | None = None
    mixes: bool = False


@dataclass(frozen=True, slots=True)
class YearRow:
    """One row of the table of years."""

    name: str
    label: str
    unit: str
    cells: list[Cell]
    line: list[float | None]
    change: str | None

    @property
    def mixed(self) -> bool:
        """Whether a ratio of any year is computed from figures of different sources."""
        return any(cell.mixes for cell in self.cells)


def ladder_steps(timeline: Timeline, planned: Mapping[Level, int], today: date) -> list[dict[str, Any]]:
    """The three levels as steps: held now and since when, planned for which year, or neither."""
    levels = (Level.MUNICIPAL, Level.PROVINCIAL, Level.NATIONAL)
    return [_ladder_step(level, timeline, planned.get(level), today) for level in levels]


def stage_words(enterprise: Enterprise) -> str | None:
    """The furthest track with an open case, its step and how far that is: 规改股 · 中介进场 3/5."""
    if enterprise.stage is None:
        return None
    step = getattr(enterprise, enterprise.stage)
    known = track(Track(enterprise.stage))
    column = next((one.column for one in known.steps if one.code == step), None)
    far = f" {column}/{len(known.columns)}" if column else ""
    return f"{track_words(enterprise.stage)} · {step_words(enterprise.stage, step)}{far}"


def year_rows(figures: Sequence[YearlyFigures], last_year: int) -> tuple[list[int], list[YearRow]]:
    """The years shown and the rows of figures and ratios; the change is of the last year against the one before."""
    best = best_figures(figures)
    last = max(best, default=last_year)
    years = list(range(last - YEARS_SHOWN + 1, last + 1))
    return years, [_year_row(name, [best.get(year) for year in years]) for name in SHOWN]


def as_figures(rows: Sequence[YearlyFigure]) -> list[YearlyFigures]:
    """Recorded rows as the rules know them."""
    return [figures_of(row) for row in rows]


def figures_of(row: YearlyFigure) -> YearlyFigures:
    """A recorded row as the rules know it."""
    names = [name for name in YearlyFigures.__dataclass_fields__ if name != "source"]
    return YearlyFigures(source=Source(row.source), **{name: getattr(row, name) for name in names})


def change_words(name: str, now: Decimal | int | None, before: Decimal | int | None) -> str | None:
    """How much a figure changed: in per cent for amounts, as a difference for people and ratios."""
    if now is None or before is None:
        return None
    if name.endswith("_wan"):
        return signed((Decimal(now) - before) * 100 / before) + "%" if before > 0 else None
    return signed(Decimal(now) - before)


def signed(number: Decimal) -> str:
    """A rounded number with its sign: +7.7, −1.4."""
    rounded = number.quantize(Decimal("0.1"), ROUND_HALF_UP)
    whole = rounded.to_integral_value()
    text = shown_number(abs(whole if rounded == whole else rounded))
    return ("+" if rounded > 0 else "−" if rounded < 0 else "±") + text


def names_of_ids(session: Session) -> dict[str, Callable[[int], str | None]]:
    """For the fields of the history that hold an id: what the id is called."""

    def unit(which: int) -> str | None:
        found = session.get(ReportingUnit, which)
        return listed(found.name, found.name_en) if found else None

    def chain(which: int) -> str | None:
        found = session.get(Chain, which)
        return listed(found.name, found.name_en) if found else None

    def person(which: int) -> str | None:
        found = session.get(User, which)
        return found.full_name if found else None

    return {"unit_id": unit, "chain_id": chain, "owner_id": person, "officer_id": person}


def _ladder_step(level: Level, timeline: Timeline, planned: int | None, today: date) -> dict[str, Any]:
    held = [span for span in timeline if span.value.holds & bit(level)]
    now = next((place for place, span in enumerate(held) if span.from_day <= today < span.until_day), None)
    if now is None:
        if planned:
            return {"code": level.key, "state": "planned", "when": planned, "note": _("application planned")}
        was = [span for span in held if span.until_day <= today]
        note = _("until %(day)s", day=was[-1].until_day - timedelta(days=1)) if was else ""
        return {"code": level.key, "state": "open", "when": "", "note": note}
    first, last = _run(held, now)
    when = "" if first.from_day == FAR_PAST else f"{first.from_day:%Y-%m}"
    until = last.until_day
    note = _("until further notice") if until == FAR_FUTURE else _("until %(day)s", day=until - timedelta(days=1))
    return {"code": level.key, "state": "held", "when": when, "note": note}


def _run(held: Timeline, place: int) -> tuple[Any, Any]:
    """The first and last of the spans that touch each other around the place."""
    first = last = place
    while first > 0 and held[first - 1].until_day == held[first].from_day:
        first -= 1
    while last + 1 < len(held) and held[last].until_day == held[last + 1].from_day:
        last += 1
    return held[first], held[last]


def _year_row(name: str, years: Sequence[BestFigures | None]) -> YearRow:
    ratios = [ratio(year, name) if year and name in RATIOS else None for year in years]
    values = [_value(name, year, computed) for year, computed in zip(years, ratios, strict=True)]
    cells = [_cell(name, year, computed) for year, computed in zip(years, ratios, strict=True)]
    line = [None if value is None else float(value) for value in values]
    unit = _("CNY 10,000") if name.endswith("_wan") else "%" if name.endswith("_percent") else _("people")
    return YearRow(name, str(FIGURES[name]), unit, cells, line, change_words(name, values[-1], values[-2]))


def _value(name: str, year: BestFigures | None, computed: Ratio | None) -> Decimal | int | None:
    if name in RATIOS:
        return computed.percent.quantize(Decimal("0.1"), ROUND_HALF_UP) if computed else None
    return year.value(name) if year else None


def _cell(name: str, year: BestFigures | None, computed: Ratio | None) -> Cell:
    value = _value(name, year, computed)
    if value is None or year is None:
        return Cell(None)
    text = f"{value:.1f}" if name in RATIOS else shown_number(value)
    sources = sorted(computed.sources, key=list(Source).index) if computed else [year.figures[name].source]
    note = _(", ").join(str(SOURCES[source]) for source in sources)
    return Cell(text, note, computed is not None and computed.mixes_sources)
