"""Pages of the board: the overview, the rows behind each number, and what is left to set up."""

from typing import Any

from flask import Response, abort, current_app, request, url_for

from sme_tracker.dashboard import queries, sheet, shown
from sme_tracker.dashboard.asked import Asked, read_address
from sme_tracker.dashboard.blueprint import bp
from sme_tracker.dashboard.board import make_board, month_ends, trend
from sme_tracker.dashboard.measures import GOALS, MEASURES
from sme_tracker.dashboard.numbers import Numbers
from sme_tracker.dashboard.queries import Place, RowsPage, Unit
from sme_tracker.dashboard.remembered import Remembered
from sme_tracker.dashboard.set_up import set_up_tasks
from sme_tracker.dashboard.shown import Links
from sme_tracker.dashboard.summary import pace_words, summary_words
from sme_tracker.enterprises.measure import NO_UNIT, Measure
from sme_tracker.exports.outgoing import Outgoing, send_table
from sme_tracker.history.acting import author
from sme_tracker.recognitions.measures import LEVEL_TOTAL
from sme_tracker.rules.access import Permission, own_unit_only
from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.pace import days_in_year, share_elapsed
from sme_tracker.targets.queries import targets_of
from sme_tracker.web.guard import allowed
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, day_from, render, today
from sme_tracker.web.principal import may, signed_in


@bp.get("/overview")
@allowed(Permission.BOARD_READ)
def overview() -> tuple[str, int]:
    """The leader's board on a day; before anything is registered, what is left to set up."""
    session = current_session()
    units = queries.units_of_board(session)
    asked = _asked(units)
    changed_at = queries.last_change(session)
    if changed_at is None:
        return _set_up_page()
    numbers, targets = _numbers(asked), targets_of(session, asked.as_of.year, asked.query.known_at)
    board = make_board(numbers, targets, units, asked.unit)
    links = Links(asked)
    return render(
        "dashboard/overview.html",
        **_choices(asked, units),
        board=board,
        trend_goals=tuple(shown.TrendGoal(of, str(measure.label)) for of, measure in GOALS.items()),
        goal_notes=shown.GOAL_NOTES,
        level_total=LEVEL_TOTAL,
        level_words=shown.level_letters(),
        pyramid_rows=shown.pyramid_rows(board, links),
        pyramid_flow=shown.pyramid_flow(board, links),
        funnel_rows=shown.funnel_rows(board, links),
        attention_marks=shown.ATTENTION_MARKS,
        trend_goal=next(goal for goal in board.goals if goal.indicator is asked.series),
        trend_rows=shown.named_months(trend(numbers, asked.series, asked.unit)),
        summary=summary_words(board.goals),
        pace_words=pace_words,
        year=asked.as_of.year,
        pace_percent=float(share_elapsed(asked.as_of) * 100),
        days=(asked.as_of.timetuple().tm_yday, days_in_year(asked.as_of.year)),
        units=tuple(units),
        may_choose_unit=not own_unit_only(signed_in().role),
        month_ends=month_ends(asked.today),
        changed_at=changed_at,
        links=links,
    )


@bp.get("/measures/<key>")
@allowed(Permission.BOARD_READ)
def measure_rows(key: str) -> tuple[str, int]:
    """The rows behind a number: as many as the number says."""
    session, measure = current_session(), _measure(key)
    units = queries.units_of_board(session)
    asked = _asked(units)
    page = queries.page_of_rows(session, measure, asked.query, request.args.get("turn", ""), _place())
    return render(
        "dashboard/rows.html",
        measure=measure,
        page=page,
        **_choices(asked, units),
        export_url=url_for("dashboard.export_rows", key=key, **_parameters(asked)),
        urls=_paging(key, asked, page),
        opens=_opens,
    )


@bp.post("/measures/<key>/export")
@allowed(Permission.EXPORT)
@long_answer
def export_rows(key: str) -> Response:
    """The rows behind a number as a workbook or for machines, as many as the page says."""
    if not may(Permission.BOARD_READ):
        abort(403)
    session, measure = current_session(), _measure(key)
    units = queries.units_of_board(session)
    asked = _asked(units)
    outgoing = Outgoing(
        "measure",
        str(measure.label),
        "csv" if request.form.get("format") == "csv" else "xlsx",
        notes=sheet.notes(measure, asked, units),
        filters=sheet.filters(measure, asked, units),
        as_of=asked.as_of,
        count=measure.count(session, asked.query),
    )
    rows = queries.all_rows(session, measure, asked.query)
    return send_table(session, author(), outgoing, sheet.columns(measure), sheet.rows(measure, rows))


@bp.get("/set-up")
@allowed(Permission.SETTINGS_WRITE)
def set_up() -> tuple[str, int]:
    """What is left to set up, and what is done."""
    return _set_up_page()


def _set_up_page() -> tuple[str, int]:
    tasks = set_up_tasks(queries.set_up_so_far(current_session()))
    return render("dashboard/set_up.html", tasks=tasks, goals=GOALS)


def _asked(units: list[Unit]) -> Asked:
    return read_address(request.args, today(), signed_in(), {unit.id for unit in units})


def _numbers(asked: Asked) -> Numbers:
    remembered: Remembered = current_app.extensions.setdefault("boards", Remembered())
    return remembered.numbers(current_session(), asked.query)


def _choices(asked: Asked, units: list[Unit]) -> dict[str, Any]:
    """What a page says of its address."""
    unit = next((unit for unit in units if unit.id == asked.unit), None)
    return {"asked": asked, "unit": unit, "without_unit": asked.unit == NO_UNIT}


def _parameters(asked: Asked) -> dict[str, Any]:
    """The parameters of an address of the rows behind a number."""
    return asked.parameters(series=None)


def _measure(key: str) -> Measure:
    if key not in MEASURES:
        abort(404)
    return MEASURES[key]


def _opens(unit_now: int | None) -> bool:
    """Whether who is signed in may open an enterprise that belongs to the unit now."""
    user = signed_in()
    return user.may(Permission.ENTERPRISE_READ) and (not own_unit_only(user.role) or unit_now == user.unit_id)


def _place() -> Place | None:
    """The place in the list that the address names, as `2022-09-30.17`."""
    day, _dot, number = request.args.get("place", "").partition(".")
    start = day_from(day)
    enterprise_id = whole_number(number)
    return Place(start, enterprise_id) if start and enterprise_id is not None else None


def _paging(key: str, asked: Asked, page: RowsPage) -> dict[str, str | None]:
    """The addresses of the pages around this one."""
    here = {"key": key, **_parameters(asked)}

    def turn(to: str, place: Place | None = None) -> str:
        at = f"{place.day}.{place.enterprise_id}" if place else None
        return url_for("dashboard.measure_rows", **here, turn=to, place=at)

    is_first, is_last = page.before == 0, page.before + len(page.rows) >= page.total
    return {
        "first": None if is_first else url_for("dashboard.measure_rows", **here),
        "prev": None if is_first else turn("prev", page.first),
        "next": None if is_last else turn("next", page.last),
        "last": None if is_last else turn("last"),
    }
