"""The cells of the list: a template draws each kind once, and the values of the rows are put into what it drew."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from flask import get_template_attribute
from markupsafe import Markup, escape

from sme_tracker.clock import local
from sme_tracker.enterprises.blueprint import bp
from sme_tracker.enterprises.columns import Column, Words
from sme_tracker.enterprises.search import found_at
from sme_tracker.rules.terms import Level

DRAWN_BY = "enterprises/_cells.html"
GAP = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in what was drawn where a value of the row goes."""

EXPIRES_SOON_DAYS = 90

Cell = Callable[[Any], str]
"""Draws one cell of a row."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What cells depend on beside their row: the language and its words, the list's address, the search, the day."""

    spoken: str
    words: Words
    path: str
    typed: str
    today: date


def drawn_rows(
    rows: Iterable[Any], columns: Iterable[Column], told: Mapping[str, Mapping[int, str]], drawing: Drawing
) -> Markup:
    """The rows with these columns; `told` has the cells of other features, by column and enterprise."""
    cells = [_told(told[column.key], drawing) if column.told else CELLS[column.key](drawing) for column in columns]
    drawn = [f"<tr data-row>{''.join([cell(row) for cell in cells])}</tr>" for row in rows]
    return Markup("\n".join(drawn))  # noqa: S704 (every value in it was escaped when it was put in)


@bp.app_template_filter("figure")
def figure(value: Decimal) -> str:
    """A figure of a table: thousands apart, two decimals, so that a column stays aligned."""
    return f"{value:,.2f}"


def _local_day(moment: datetime) -> str:
    return local(moment).date().isoformat()


@lru_cache(maxsize=4096)
def _whole(_spoken: str, macro: str, *values: Any) -> str:
    """A cell that many rows repeat."""
    return str(get_template_attribute(DRAWN_BY, macro)(*values))


@lru_cache(maxsize=256)
def _pieces(spoken: str, macro: str, *values: Any) -> tuple[str, ...]:
    """What stands around the gaps of a cell."""
    return tuple(_whole(spoken, macro, *values).split(GAP))


def _filled(pieces: tuple[str, ...], values: Iterable[object]) -> str:
    parts = [pieces[0]]
    for value, after in zip(values, pieces[1:], strict=True):
        parts += (escape(value), after)
    return "".join(parts)


def _told(cells: Mapping[int, str], drawing: Drawing) -> Cell:
    nothing = _whole(drawing.spoken, "empty", "first")
    return lambda row: cells.get(row.which, nothing)


def _name(drawing: Drawing) -> Cell:
    def cell(row: Any) -> str:
        name, hit = row.name, found_at(row.name, drawing.typed) if drawing.typed else None
        pieces = _pieces(drawing.spoken, "name", GAP, bool(row.opens), hit is not None, bool(row.is_branch))
        address = [f"{drawing.path}/{row.which}"] if row.opens else []
        parts = [name[: hit[0]], name[hit[0] : hit[1]], name[hit[1] :]] if hit else [name]
        return _filled(pieces, [name, *address, *parts])

    return cell


def _text(
    source: str, classes: str, shown: Callable[[Any], object] = str, *, macro: str = "short"
) -> Callable[[Drawing], Cell]:
    """A cell that holds the value itself."""
    read = attrgetter(source)

    def make(drawing: Drawing) -> Cell:
        pieces, nothing = _pieces(drawing.spoken, macro, classes, GAP), _whole(drawing.spoken, "empty", classes)

        def cell(row: Any) -> str:
            value = read(row)
            return nothing if value in (None, "") else str.join(escape(shown(value)), pieces)

        return cell

    return make


def _said(source: str, words: Callable[[Words], Callable[[Any], str]]) -> Callable[[Drawing], Cell]:
    """A cell that holds what the value is called."""
    read = attrgetter(source)

    def make(drawing: Drawing) -> Cell:
        spoken, said = drawing.spoken, words(drawing.words)
        return lambda row: _whole(spoken, "long", "hide", said(read(row)))

    return make


def _counted(source: str, *, of_year: bool = False) -> Callable[[Drawing], Cell]:
    """A cell that holds a yearly figure, missing or kept from the reader where there is none."""
    read = attrgetter(source)

    def make(drawing: Drawing) -> Cell:
        def cell(row: Any) -> str:
            value, year = read(row), row.figures_year if of_year else None
            if value is None:
                return _whole(drawing.spoken, "missing", year, bool(row.opens))
            return str.join(figure(value), _pieces(drawing.spoken, "counted", year, GAP))

        return cell

    return make


def _level(drawing: Drawing) -> Cell:
    return lambda row: _whole(drawing.spoken, "level", Level(row.level).key if row.level else None)


def _unit(drawing: Drawing) -> Cell:
    return lambda row: _whole(drawing.spoken, "unit", drawing.words.units[row.unit_id], row.unit_id is None)


def _step(drawing: Drawing) -> Cell:
    return lambda row: _whole(drawing.spoken, "step", drawing.words.steps[row.step])


def _valid_until(drawing: Drawing) -> Cell:
    def cell(row: Any) -> str:
        until = row.level_until
        if until is None:
            return _whole(drawing.spoken, "empty", "first nowrap")
        left = (until - drawing.today).days
        return _whole(drawing.spoken, "until", until, left if left <= EXPIRES_SOON_DAYS else None)

    return cell


CELLS: Mapping[str, Callable[[Drawing], Cell]] = {
    "name": _name,
    "code": _text("code", "code hide"),
    "level": _level,
    "unit": _unit,
    "chain": _said("chain_id", lambda words: words.chains.__getitem__),
    "step": _step,
    "revenue": _counted("revenue_wan", of_year=True),
    "rd": _counted("rd_intensity_percent"),
    "valid_until": _valid_until,
    "owner": _said("owner_id", lambda words: words.owners.__getitem__),
    "updated": _text("updated_at", "aside nowrap", _local_day),
    "industry": _said("industry_code", lambda words: words.industry),
    "size": _said("size_class", lambda words: words.sizes.__getitem__),
    "status": _said("status", lambda words: words.statuses.__getitem__),
    "figures_year": _text("figures_year", "num hide"),
    "product": _text("main_product", "hide", macro="long"),
    "niche": _text("niche", "hide", macro="long"),
    "founded": _text("founded_on", "hide nowrap"),
    "region": _text("registered_region", "hide"),
    "representative": _text("legal_representative", "hide"),
    "capital": _text("registered_capital_wan", "num hide", figure),
}
"""How the cells of each column are drawn, by its key."""
