"""The lists over all enterprises: who fails one criterion only, and which empty figures block how many verdicts."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from flask import abort, current_app, request, url_for
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.assessments import queries
from sme_tracker.assessments.blueprint import bp
from sme_tracker.assessments.due import enterprises, waiting
from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.assessments.panel import fill_url, lack_from, lacking, said
from sme_tracker.assessments.rule_sets import LEVELS, Standard, Standards, standards
from sme_tracker.assessments.sentences import number
from sme_tracker.assessments.words import UNITS, UNITS_OF_DISTANCE
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.queries import visible_to
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.access import Permission
from sme_tracker.rules.terms import Title
from sme_tracker.web.guard import allowed
from sme_tracker.web.pages import address, current_session, render, today
from sme_tracker.web.principal import may, signed_in
from sme_tracker.web.words import TITLES, listed

LACKING_SHOWN = 200
DEFAULT_LEVEL = "national"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An enterprise that fails one criterion only."""

    enterprise: Enterprise
    verdict: VerdictRecord
    unit: str
    value: str
    distance: str


@dataclass(frozen=True, slots=True)
class Fails:
    """The enterprises that fail the same criterion only."""

    name: str
    clause: str
    rows: Sequence[NearMiss]


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
    """Who fails one criterion only, grouped by it."""
    session, standard = current_session(), standard_asked()
    groups = near_groups(session, standard)
    return render(
        "assessments/near.html",
        groups=groups,
        total=sum(len(group.rows) for group in groups),
        export_url=_export_url(standard.level),
        most=queries.NEAR_SHOWN,
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


def judging(session: Session, found: Standards | None = None) -> tuple[int, int] | None:
    """How many of all enterprises are judged while that goes on, None when nothing waits; keeps it going."""
    left = waiting(session, today(), found)
    if not left:
        return None
    current_app.extensions["background"].start()
    everybody = enterprises(session)
    return everybody - left, everybody


def near_groups(session: Session, standard: Standard) -> list[Fails]:
    """Who fails one criterion only by the criterion, the one most fail first, as the address asks."""
    rows = queries.near_misses(session, standard.level, visible_to(signed_in()), _scope(standard.level))
    units = _unit_words(session)
    groups = [
        _fails(standard, criterion or "", list(found), units)
        for criterion, found in groupby(rows, key=lambda row: row[0].near_criterion)
    ]
    return sorted(groups, key=lambda group: -len(group.rows))


def _export_url(level: str) -> str | None:
    """Where the list is taken out, if that room is open."""
    if not may(Permission.EXPORT) or "exchange.export_near_misses" not in current_app.view_functions:
        return None
    scope, unit = request.args.get("scope"), request.args.get("unit")
    return url_for("exchange.export_near_misses", level=level, scope=scope, unit=unit)


def standard_asked() -> Standard:
    """The standard for new applications at the level in the address; what there is none for is not found."""
    level = request.args.get("level", DEFAULT_LEVEL)
    found = standards(current_session()).on(today(), level, "new") if level in LEVELS else None
    return found or abort(404)


def _scope(level: str) -> ColumnElement[bool]:
    chosen = queries.candidates("innovative" if request.args.get("scope") == "all" else level)
    unit = request.args.get("unit", "")
    return chosen & (Enterprise.unit_id == int(unit) if unit.isdecimal() and len(unit) < 10 else true())


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


def _fails(
    standard: Standard,
    criterion: str,
    rows: Sequence[tuple[VerdictRecord, Enterprise]],
    units: Mapping[int | None, str],
) -> Fails:
    known = next((each for each in standard.rule_set.criteria if each.key == criterion), None)
    return Fails(
        said(known.zh, known.en) if known else criterion,
        known.clause if known else "",
        [
            NearMiss(enterprise, verdict, units.get(enterprise.unit_id, "—"), *_amounts(verdict))
            for verdict, enterprise in sorted(rows, key=lambda row: _short(row[0]))
        ],
    )


def _amounts(verdict: VerdictRecord) -> tuple[str, str]:
    value, _blank, unit = (verdict.near_value or "").partition(" ")
    return _with_unit(value, unit, UNITS), _with_unit(verdict.near_distance or "", unit, UNITS_OF_DISTANCE)


def _with_unit(amount: str, unit: str, units: Mapping[str, object]) -> str:
    if not amount:
        return "—"
    return f"{number(abs(Decimal(amount)))} {units[unit] if unit else ''}".strip()


def _short(verdict: VerdictRecord) -> Decimal:
    return abs(Decimal(verdict.near_distance or 0))


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
