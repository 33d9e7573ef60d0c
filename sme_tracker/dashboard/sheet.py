"""The rows behind a number as a sheet: its columns, its rows, and what the notes say of it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sme_tracker.dashboard.asked import Asked
from sme_tracker.dashboard.queries import Unit
from sme_tracker.enterprises.measure import NO_UNIT, Measure
from sme_tracker.sheets.writing import Column, Row
from sme_tracker.web.language import gettext as _
from sme_tracker.web.words import listed


def columns(measure: Measure) -> list[Column]:
    """The columns of the page, in its order."""
    always = [
        Column("name", _("Name"), "text", 34),
        Column("code", _("Credit code"), "text", 22),
        Column("unit", _("District on that day"), "text", 16),
    ]
    return [*always, Column("day", str(measure.day_label), "date", 14)] if measure.day_label else always


def rows(measure: Measure, found: Iterable[Any]) -> Iterator[Row]:
    """The rows of the page, all of them."""
    without = _("No district yet")
    for row in found:
        always = (row.name, row.code, listed(row.unit, row.unit_en) or without)
        yield (*always, row.day) if measure.day_label else always


def notes(measure: Measure, asked: Asked, units: Sequence[Unit]) -> list[tuple[str, str]]:
    """How the rows are counted, for whom, and as known when."""
    told = [(_("Counting rule"), str(measure.definition)), (_("District"), _where(asked, units))]
    return [*told, (_("As known on"), asked.known_on.isoformat())] if asked.known_on else told


def filters(measure: Measure, asked: Asked, units: Sequence[Unit]) -> dict[str, str]:
    """What the register of exports says of it: which number, of where, as known when."""
    told = {"measure": str(measure.label), "unit": _where(asked, units)}
    return told | {"known": asked.known_on.isoformat()} if asked.known_on else told


def _where(asked: Asked, units: Sequence[Unit]) -> str:
    unit = next((unit for unit in units if unit.id == asked.unit), None)
    if unit:
        return listed(unit.name, unit.name_en) or ""
    return _("No district yet") if asked.unit == NO_UNIT else _("Whole city")
