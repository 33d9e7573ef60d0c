"""The grid of a year's targets: what was typed in each cell, and what of it is no target."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask_wtf import FlaskForm

from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.terms import Indicator
from sme_tracker.rules.values.reading import compact
from sme_tracker.targets.actions import HIGHEST, TargetValue, check_target
from sme_tracker.targets.queries import Place
from sme_tracker.web.fields import TextField
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l


class TargetsForm(FlaskForm):
    """The reason of a change; the cells are read by `read_grid`."""

    reason = TextField(_l("Reason"))


@dataclass(slots=True)
class Grid:
    """The cells as typed, by place; what could be read; and the faults by the cell's name."""

    typed: dict[Place, str] = field(default_factory=dict)
    values: dict[Place, int | None] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def cell_name(place: Place) -> str:
    """How a cell is called in the form: `srdi.city` or `srdi.3`."""
    indicator, unit_id = place
    return f"{indicator.value}.{'city' if unit_id is None else unit_id}"


def read_grid(form: Mapping[str, str], year: int, unit_ids: Iterable[int | None]) -> Grid:
    """What was typed; a cell that is not in the form is left as it is."""
    grid = Grid()
    for place in [(indicator, unit_id) for unit_id in unit_ids for indicator in Indicator]:
        name = cell_name(place)
        if name in form:
            _read_cell(grid, place, name, form[name].strip(), year)
    return grid


def _read_cell(grid: Grid, place: Place, name: str, typed: str, year: int) -> None:
    grid.typed[place] = typed
    digits = compact(typed).replace(",", "")
    value = whole_number(digits)
    if (digits and value is None) or check_target(TargetValue(year, *place, value)):
        grid.faults[name] = _(
            "“%(typed)s” is no target; write a whole number up to %(most)s.", typed=typed[:20], most=HIGHEST
        )
    else:
        grid.values[place] = value
