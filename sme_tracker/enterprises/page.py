"""What the page of an enterprise shows, made ready: ladder, years, stage, last change, history in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.standing import Timeline
from sme_tracker.reference.models import Chain, ReportingUnit
from sme_tracker.rules.counting import FAR_FUTURE, FAR_PAST, bit
from sme_tracker.rules.figures import RATIOS, BestFigures, YearlyFigures, best_figures, ratio
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Level, Source, Track
from sme_tracker.web.fields import shown_number
from sme_tracker.web.language import gettext as _
from sme_tracker.web.words import FIGURES, SOURCES, listed, step_words, track_words

YEARS_SHOWN = 5
_TENTH = Decimal("0.1")
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
class Spark:
    """A line of years on 104 × 22 pixels: its path, and where it ends."""

    path: str
    x: float
    y: float


class _Known(NamedTuple):
    """A figure or ratio of one year, and the sources it rests on."""

    value: Decimal | int
    sources: frozenset[Source]


@dataclass(frozen=True, slots=True)
class YearRow:
    """One row of the table of years."""

    name: str
    label: str
    unit: str
    cells: list[Cell]
    line: Spark | None
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
    of_years, note = [best.get(year) for year in years], cache(_named)
    return years, [_year_row(name, of_years, note) for name in SHOWN]


def spark(values: Sequence[Decimal | int | None]) -> Spark | None:
    """The line through the values, with a gap where one is not known; None where fewer than two are."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return None
    lowest = min(known)
    spread = max(known) - lowest or 1
    path, pen, x, y = "", "M", 0.0, 0.0
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = round(3 + place * 96 / (len(values) - 1), 1), round(19 - (float(value) - lowest) / spread * 16, 1)
        path, pen = f"{path}{pen}{x} {y}", "L"
    return Spark(path, x, y)


def as_figures(rows: Sequence[Any]) -> list[YearlyFigures]:
    """Recorded rows as the rules know them."""
    return [figures_of(row) for row in rows]


def figures_of(row: Any) -> YearlyFigures:
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
    """For the fields of the history that hold an id: what the id is called, looked up once however often it is told."""

    @cache
    def unit(which: int) -> str | None:
        found = session.get(ReportingUnit, which)
        return listed(found.name, found.name_en) if found else None

    @cache
    def chain(which: int) -> str | None:
        found = session.get(Chain, which)
        return listed(found.name, found.name_en) if found else None

    @cache
    def person(which: int) -> str | None:
        found = session.get(User, which)
        return found.full_name if found else None

    return {"unit_id": unit, "chain_id": chain, "owner_id": person, "officer_id": person, "user_id": person}


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


def _year_row(name: str, years: Sequence[BestFigures | None], note: Callable[[frozenset[Source]], str]) -> YearRow:
    known = [_known(name, year) for year in years]
    values = [None if found is None else found.value for found in known]
    unit = _("CNY 10,000") if name.endswith("_wan") else "%" if name.endswith("_percent") else _("people")
    return YearRow(
        name=name,
        label=str(FIGURES[name]),
        unit=unit,
        cells=[_cell(name, found, note) for found in known],
        line=spark(values),
        change=change_words(name, values[-1], values[-2]),
    )


def _known(name: str, year: BestFigures | None) -> _Known | None:
    if year is None:
        return None
    if name in RATIOS:
        computed = ratio(year, name)
        return _Known(computed.percent.quantize(_TENTH, ROUND_HALF_UP), computed.sources) if computed else None
    figure = year.figures.get(name)
    return _Known(figure.value, frozenset({figure.source})) if figure else None


def _cell(name: str, found: _Known | None, note: Callable[[frozenset[Source]], str]) -> Cell:
    if found is None:
        return Cell(None)
    text = f"{found.value:.1f}" if name in RATIOS else shown_number(found.value)
    return Cell(text, note(found.sources), len(found.sources) > 1)


def _named(sources: frozenset[Source]) -> str:
    """The sources in words, the best first."""
    return _(", ").join(str(SOURCES[source]) for source in Source if source in sources)
