"""The page of the yearly targets: the city's and the districts', their counting rules and how they came to be."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.clock import utc_now
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.reference.queries import all_units
from sme_tracker.rules.access import Permission, own_unit_only
from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.terms import Indicator
from sme_tracker.targets.actions import YEARS, TargetValue, set_targets
from sme_tracker.targets.blueprint import bp
from sme_tracker.targets.forms import Grid, TargetsForm, cell_name, read_grid
from sme_tracker.targets.queries import Place, changes_of, targets_of, years_with_targets
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.principal import may, signed_in


@bp.get("/targets")
@allowed(Permission.TARGET_READ)
def targets() -> tuple[str, int]:
    """The targets of a year; a clerk sees the city's and those of the own unit."""
    year = _year()
    current = targets_of(current_session(), year)
    return _page(year, current, {place: str(value) for place, value in current.items()})


@bp.post("/targets")
@allowed(Permission.TARGET_WRITE)
def set_year() -> Response | tuple[str, int]:
    """Set what was changed in the grid; a cell that somebody else changed meanwhile is shown with both values."""
    session, year, form = current_session(), _year(), TargetsForm()
    grid = read_grid(request.form, year, [None, *(unit.id for unit in all_units(session))])
    seen = targets_of(session, year, _read_at())
    if grid.faults or not form.validate():
        return _page(year, seen, grid.typed, grid=grid, form=form, status=422, read_at=request.form.get("read_at"))
    mine = {place: value for place, value in grid.values.items() if value != seen.get(place)}
    with transaction(session):
        current = targets_of(session, year)
        theirs = {
            place: current.get(place)
            for place, value in mine.items()
            if current.get(place) not in (seen.get(place), value)
        }
        if not theirs:
            values = [TargetValue(year, *place, value) for place, value in mine.items()]
            changed = set_targets(session, author(), values, form.reason.data)
    if theirs:
        shown = {place: str(value) for place, value in current.items()} | {place: grid.typed[place] for place in mine}
        return _page(year, current, shown, theirs=theirs, form=form, status=409)
    flash(_("%(n)s targets changed", n=changed) if changed else _("Nothing was changed"), "ok")
    return redirect(url_for("targets.targets", year=year), 303)


def _page(
    year: int,
    current: Mapping[Place, int],
    shown: Mapping[Place, str],
    *,
    grid: Grid | None = None,
    theirs: Mapping[Place, int | None] | None = None,
    form: TargetsForm | None = None,
    status: int = 200,
    read_at: str | None = None,
) -> tuple[str, int]:
    session = current_session()
    units = _visible(all_units(session))
    shares = {of: _shared_out(current, of) for of in Indicator}
    changes = [] if own_unit_only(signed_in().role) else changes_of(session, year)
    return render(
        "targets/targets.html",
        status,
        year=year,
        years=sorted({*years_with_targets(session), today().year, today().year + 1, year}),
        indicators=list(Indicator),
        units=units,
        shown=shown,
        current=current,
        shares=shares,
        faults=grid.faults if grid else {},
        theirs=theirs or {},
        cell_name=cell_name,
        editable=may(Permission.TARGET_WRITE),
        form=form or TargetsForm(formdata=None),
        read_at=read_at or utc_now().isoformat(),
        changes=changes,
        whole_city=not own_unit_only(signed_in().role),
    )


def _shared_out(current: Mapping[Place, int], of: Indicator) -> int | None:
    """What the units are given together, None if none of them is given anything."""
    given = [n for (indicator, unit), n in current.items() if indicator is of and unit is not None]
    return sum(given) if given else None


def _visible(units: Sequence[ReportingUnit]) -> list[ReportingUnit]:
    user = signed_in()
    return [unit for unit in units if not own_unit_only(user.role) or unit.id == user.unit_id]


def _year() -> int:
    year = whole_number(request.args.get("year"))
    return year if year is not None and year in YEARS else today().year


def _read_at() -> datetime | None:
    """When the page was opened; None, which is now, if it was left out or invented."""
    try:
        read = datetime.fromisoformat(request.form.get("read_at", ""))
    except ValueError:
        return None
    return read if read.tzinfo else None
