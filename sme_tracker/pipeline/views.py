"""Pages of the pipeline as a whole: the three tracks by column and step, and the cases behind each number."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, current_app, request, url_for
from sqlalchemy import select

from sme_tracker.clock import end_of_day
from sme_tracker.enterprises.measure import NO_UNIT, Measure, MeasureQuery, UnitChoice
from sme_tracker.pipeline.blueprint import bp
from sme_tracker.pipeline.goals import COMPLETED
from sme_tracker.pipeline.measures import (
    AT_STEP,
    CASE_MEASURES,
    COLUMNS,
    OPEN_CASES,
    REACHED,
    STALLED,
    STALLED_IN,
    count_cases,
    list_cases,
    median_days,
)
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.access import Permission, own_unit_only
from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Track
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, day_from, render, today
from sme_tracker.web.principal import signed_in
from sme_tracker.web.words import column_words, listed, step_words

AT_ONCE = 50
GOAL_ROWS = "dashboard.measure_rows"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the day, what was known when, the unit."""

    as_of: date
    known_on: date | None
    unit: UnitChoice

    @property
    def query(self) -> MeasureQuery:
        """The same as the measures are asked."""
        known_at = end_of_day(self.known_on) if self.known_on else None
        return MeasureQuery(self.as_of.year, self.as_of, known_at, self.unit)

    @property
    def address(self) -> dict[str, Any]:
        """The same as an address carries it; what goes without saying is left out."""
        day = None if self.as_of == today() else self.as_of
        chosen = {"as_of": day, "known": self.known_on, "unit": self.unit}
        return {name: value for name, value in chosen.items() if value is not None}

    def counts_unit(self, unit_id: int | None) -> bool:
        """Whether what belongs to the unit is asked for."""
        return self.unit is None or unit_id == (None if self.unit == NO_UNIT else self.unit)


@bp.get("/pipeline")
@allowed(Permission.ENTERPRISE_READ)
def board() -> tuple[str, int]:
    """The three tracks: how far the cases of the year have come, and at which step the open ones stand."""
    units = _units()
    asked = _asked(units)
    counts, medians = _counts(asked), median_days(current_session(), asked.query)
    return render(
        "pipeline/board.html",
        asked=asked,
        units=units,
        may_choose_unit=not own_unit_only(signed_in().role),
        today=today(),
        tracks=[
            {
                "track": of,
                "open": counts[OPEN_CASES[of].key],
                "open_url": _cases_url(OPEN_CASES[of], asked),
                "stalled": counts[STALLED[of].key],
                "stalled_url": _cases_url(STALLED[of], asked),
                "columns": _columns(of, asked, counts, medians),
                "steps": _steps(of, asked, counts),
            }
            for of in Track
        ],
    )


@bp.get("/pipeline/cases/<key>")
@allowed(Permission.ENTERPRISE_READ)
def cases(key: str) -> tuple[str, int]:
    """The cases behind a number, the longest at their step first."""
    measure = CASE_MEASURES.get(key) or abort(404)
    session, units = current_session(), _units()
    asked = _asked(units)
    total = measure.count(session, asked.query)
    pages = max(1, -(-total // AT_ONCE))
    page = min(max(whole_number(request.args.get("page")) or 1, 1), pages)
    rows = list_cases(session, asked.query, measure, signed_in(), (page - 1) * AT_ONCE, AT_ONCE)

    def turned(to: int) -> str:
        return _cases_url(measure, asked, page=to if to > 1 else None)

    return render(
        "pipeline/cases.html",
        measure=measure,
        asked=asked,
        units=units,
        total=total,
        rows=rows,
        first=(page - 1) * AT_ONCE + 1,
        urls={
            "first": turned(1) if page > 1 else None,
            "prev": turned(page - 1) if page > 1 else None,
            "next": turned(page + 1) if page < pages else None,
            "last": turned(pages) if page < pages else None,
        },
        board_url=url_for(".board", **asked.address),
    )


def _asked(units: dict[int, str]) -> Asked:
    """What the address asks for; a clerk gets the own unit whatever it says."""
    as_of, known_on = day_from(request.args.get("as_of")), day_from(request.args.get("known"))
    user, written = signed_in(), request.args.get("unit", "")
    unit: UnitChoice = None
    if own_unit_only(user.role):
        unit = user.unit_id or 0
    elif written == NO_UNIT:
        unit = NO_UNIT
    elif (number := whole_number(written)) in units:
        unit = number
    day = min(as_of, today()) if as_of else today()
    return Asked(day, known_on if known_on and known_on < today() else None, unit)


def _units() -> dict[int, str]:
    """The reporting units by id, in their order."""
    session = current_session()
    units = session.scalars(select(ReportingUnit).order_by(ReportingUnit.sort))
    return {unit.id: listed(unit.short_name, unit.name_en) or unit.code for unit in units}


def _counts(asked: Asked) -> Counter[str]:
    """Every number of the page by its measure's key, those of cases from one question."""
    session = current_session()
    counts: Counter[str] = Counter()
    for found in count_cases(session, asked.query):
        if not asked.counts_unit(found.unit_id):
            continue
        measures: list[Measure] = [REACHED[found.track, at] for at in COLUMNS if at <= found.furthest]
        if found.is_open:
            measures += [OPEN_CASES[found.track], AT_STEP[found.track, found.step]]
        if found.is_stalled:
            measures += [STALLED[found.track], STALLED_IN[found.track, found.furthest]]
        for measure in measures:
            counts[measure.key] += found.cases
    for measure in COMPLETED.values():
        counts[measure.key] = measure.count(session, asked.query)
    return counts


def _columns(
    of: Track, asked: Asked, counts: Counter[str], medians: dict[tuple[Track, int], int]
) -> list[dict[str, object]]:
    """The five columns as the funnel draws them."""
    columns: list[dict[str, object]] = [
        {
            "label": column_words(of, at),
            "count": counts[REACHED[of, at].key],
            "url": _cases_url(REACHED[of, at], asked),
            "median_days": medians.get((of, at)),
            "stalled": counts[STALLED_IN[of, at].key],
            "stalled_url": _cases_url(STALLED_IN[of, at], asked),
        }
        for at in COLUMNS
    ]
    goal = COMPLETED[of]
    is_there = GOAL_ROWS in current_app.view_functions
    url = url_for(GOAL_ROWS, key=goal.key, **asked.address) if is_there else None
    done = {"label": _("%(column)s this year", column=column_words(of, 5)), "count": counts[goal.key], "url": url}
    return [*columns, done]


def _steps(of: Track, asked: Asked, counts: Counter[str]) -> list[list[dict[str, object]]]:
    """For each column its steps, with the open cases that stand there."""
    return [
        [
            {
                "words": step_words(of, step.code),
                "count": counts[AT_STEP[of, step.code].key],
                "url": _cases_url(AT_STEP[of, step.code], asked),
            }
            for step in track(of).steps
            if step.column == at
        ]
        for at in COLUMNS
    ]


def _cases_url(measure: Measure, asked: Asked, **more: Any) -> str:
    return url_for(".cases", key=measure.key, **asked.address, **more)
