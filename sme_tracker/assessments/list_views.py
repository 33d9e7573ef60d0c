"""The lists over all enterprises: who fails one criterion only, and which empty figures block how many verdicts."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask import abort, request, url_for
from flask_babel import LazyString
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.assessments import queries
from sme_tracker.assessments.blueprint import bp, judging
from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.assessments.panel import fill_url, lack_from, lacking
from sme_tracker.assessments.rule_sets import LEVELS, Standard, standards
from sme_tracker.assessments.sentences import number, with_unit
from sme_tracker.assessments.words import UNITS, UNITS_OF_DISTANCE
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.queries import visible_to
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.terms import Title
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import said
from sme_tracker.web.pages import address, current_session, render, today
from sme_tracker.web.principal import may, signed_in
from sme_tracker.web.words import TITLES, listed

LACKING_SHOWN = 200
AT_FIRST = 10
PAGE_SIZE = 50
PLACES = ("after", "before")
DEFAULT_LEVEL = "national"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An enterprise that fails one criterion only."""

    enterprise_id: int
    code: str
    name: str
    unit: str
    value: str
    distance: str
    missing: int
    earliest_on: date | None


@dataclass(frozen=True, slots=True)
class Fails:
    """The enterprises that fail the same criterion only: how many, and those shown of them."""

    name: str
    clause: str
    total: int
    rows: Sequence[NearMiss]
    url: str


@dataclass(slots=True)
class Blocked:
    """An empty field: how many verdicts hang on it, how many on it alone, and where."""

    lack: str
    words: str
    url: str
    enterprises: int = 0
    unlocks: int = 0
    units: Counter[int | None] = field(default_factory=Counter)
    owners: Counter[int | None] = field(default_factory=Counter)


@bp.get("/verdicts/near")
@allowed(Permission.ENTERPRISE_READ)
def near_misses() -> tuple[str, int]:
    """Who fails one criterion only: the nearest of each criterion, or one criterion page by page."""
    session, standard = current_session(), standard_asked()
    visible, scope = visible_to(signed_in()), _scope(standard.level)
    counts = queries.near_counts(session, standard.level, visible, scope)
    wanted = request.args.get("criterion")
    groups, urls = [], {}
    if wanted in dict(counts):
        page = _near_page(session, standard.level, [visible, scope, VerdictRecord.near_criterion == wanted])
        urls = _near_urls(page)
        counts_shown = [(wanted, count) for criterion, count in counts if criterion == wanted]
        groups = _fails(session, standard, counts_shown, page.rows)
    elif counts:
        groups = _fails(session, standard, counts, queries.nearest(session, standard.level, visible, scope, AT_FIRST))
    return render(
        "assessments/near.html",
        groups=groups,
        total=sum(count for _criterion, count in counts),
        urls=urls,
        all_url=address({"criterion": None}, drop=PLACES) if urls else None,
        export_url=_export_url(standard.level),
        **_frame(standard, session),
    )


@bp.get("/verdicts/missing")
@allowed(Permission.ENTERPRISE_READ)
def missing_data() -> tuple[str, int]:
    """Which empty figures and lists block how many verdicts, those that unlock most first."""
    session, standard = current_session(), standard_asked()
    rows = queries.lacks_by_unit(session, standard.level, visible_to(signed_in()), _scope(standard.level))
    blocked: dict[str, Blocked] = {}
    waiting = 0
    for unit_id, owner_id, lacks, outcome, to_judge, count in rows:
        waiting += count
        names = lacks.split()
        for name in names:
            one = blocked.get(name) or blocked.setdefault(name, Blocked(name, lacking(name), address({"lack": name})))
            one.enterprises += count
            one.units[unit_id] += count
            one.owners[owner_id] += count
            if len(names) == 1 and outcome == "undecidable" and not to_judge:
                one.unlocks += count
    wanted = request.args.get("lack")
    return render(
        "assessments/missing.html",
        blocked=sorted(blocked.values(), key=lambda one: (-one.unlocks, -one.enterprises, one.lack)),
        waiting=waiting,
        wanted=wanted if wanted in blocked else None,
        wanted_words=lacking(wanted) if wanted and wanted in blocked else "",
        enterprises=_lacking(session, standard.level, wanted) if wanted and wanted in blocked else [],
        close_url=address({"lack": None}),
        unit_words=_unit_words(session),
        owner_words=_owner_words(session),
        **_frame(standard, session),
    )


def near_groups(session: Session, standard: Standard) -> list[Fails]:
    """Everybody who fails one criterion only by the criterion, the one most fail first, as the address asks."""
    visible, scope = visible_to(signed_in()), _scope(standard.level)
    counts = queries.near_counts(session, standard.level, visible, scope)
    return _fails(session, standard, counts, queries.nearest(session, standard.level, visible, scope))


def _near_page(session: Session, level: str, conditions: Sequence[ColumnElement[bool]]) -> queries.NearPage:
    after, before = (whole_number(request.args.get(name)) for name in PLACES)
    return queries.near_page(session, level, conditions, PAGE_SIZE, after=after, before=before)


def _near_urls(page: queries.NearPage) -> dict[str, str | None]:
    return {
        "first": address({}, drop=PLACES) if page.earlier else None,
        "prev": address({"before": page.rows[0].id}, drop=PLACES) if page.earlier and page.rows else None,
        "next": address({"after": page.rows[-1].id}, drop=PLACES) if page.later and page.rows else None,
        "last": None,
    }


def _export_url(level: str) -> str | None:
    """Where the list is taken out, if that room is open."""
    if not may(Permission.EXPORT):
        return None
    scope, unit = request.args.get("scope"), request.args.get("unit")
    return url_for("assessments.export_near_misses", level=level, scope=scope, unit=unit)


def standard_asked() -> Standard:
    """The standard for new applications at the level in the address; what there is none for is not found."""
    level = request.args.get("level", DEFAULT_LEVEL)
    found = standards(current_session()).on(today(), level, "new") if level in LEVELS else None
    return found or abort(404)


def _scope(level: str) -> ColumnElement[bool]:
    chosen = queries.candidates("innovative" if request.args.get("scope") == "all" else level)
    unit = whole_number(request.args.get("unit"))
    return chosen & (Enterprise.unit_id == unit if unit is not None else true())


def _frame(standard: Standard, session: Session) -> dict[str, Any]:
    """What both lists show around their rows."""
    found = standards(session)
    return {
        "standard": standard,
        "title": said(standard.rule_set.zh, standard.rule_set.en),
        "judging": judging(session, found),
        "levels": [
            (TITLES[Title(level)], address({"level": level, "lack": None}), level == standard.level)
            for level in LEVELS
            if (one := found.on(today(), level, "new")) and one.judges
        ],
        "everybody": request.args.get("scope") == "all",
        "everybody_url": address({"scope": "all"}),
        "candidates_url": address({"scope": None}),
    }


def _fails(session: Session, standard: Standard, counts: Sequence[tuple[str, int]], rows: Sequence[Any]) -> list[Fails]:
    units, criteria = _unit_words(session), {each.key: each for each in standard.rule_set.criteria}
    by_criterion: dict[str, list[NearMiss]] = defaultdict(list)
    for row in rows:
        by_criterion[row.near_criterion or ""].append(_near_miss(row, units.get(row.unit_id, "—")))
    return [
        Fails(
            said(known.zh, known.en) if (known := criteria.get(criterion)) else criterion,
            known.clause if known else "",
            count,
            by_criterion[criterion],
            address({"criterion": criterion}, drop=PLACES),
        )
        for criterion, count in counts
    ]


def _near_miss(row: Any, unit: str) -> NearMiss:
    value, _blank, measure = (row.near_value or "").partition(" ")
    return NearMiss(
        row.id,
        row.code,
        row.name,
        unit,
        _measured(value, measure, UNITS),
        _measured((row.near_distance or "").lstrip("-"), measure, UNITS_OF_DISTANCE),
        len(row.missing.split()),
        row.earliest_on,
    )


def _measured(amount: str, unit: str, units: Mapping[str, LazyString]) -> str:
    if not amount:
        return "—"
    return with_unit(Decimal(amount), unit, units) if unit else number(Decimal(amount))


def _lacking(session: Session, level: str, lack: str) -> list[tuple[Enterprise, int, str]]:
    rows = queries.lacking(session, level, lack, visible_to(signed_in()), _scope(level), LACKING_SHOWN)
    return [
        (enterprise, len(verdict.lacks.split()) - 1, fill_url(enterprise.id, lack_from(lack)))
        for verdict, enterprise in rows
    ]


def _unit_words(session: Session) -> dict[int | None, str]:
    units = session.scalars(select(ReportingUnit).order_by(ReportingUnit.sort))
    return {None: "—"} | {unit.id: listed(unit.short_name, unit.name_en) or "" for unit in units}


def _owner_words(session: Session) -> dict[int | None, str]:
    found: dict[int | None, str] = defaultdict(lambda: "—")
    found.update({user.id: user.full_name for user in session.scalars(select(User))})
    return found
