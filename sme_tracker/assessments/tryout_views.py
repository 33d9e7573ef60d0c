"""The page of a try-out: how far it has come, then what the values would change, by unit and by name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask import Response, abort, current_app, make_response, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from sme_tracker.assessments import asked_tryouts, queries
from sme_tracker.assessments.asked_tryouts import Question, last_change, result_of
from sme_tracker.assessments.blueprint import bp
from sme_tracker.assessments.models import StoredRuleSet, TryOutRecord
from sme_tracker.assessments.rule_sets import read_rule_set, standards
from sme_tracker.assessments.set_aside import count_set_aside, failure_words
from sme_tracker.assessments.tryout import Move, TryOut, Turn
from sme_tracker.assessments.words import (
    OUTCOMES,
    PURPOSE_WORDS,
    UNITS,
    part_title,
    place_words,
    problem_in_part,
)
from sme_tracker.db import transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.acting import author
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.access import Permission, own_unit_only
from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.shipped import RuleSetRefused, rule_set_from
from sme_tracker.rules.terms import Level
from sme_tracker.rules.text.editing import places
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.language import said
from sme_tracker.web.pages import BY_ITSELF, address, current_session, render, today
from sme_tracker.web.principal import may, signed_in
from sme_tracker.web.words import LEVELS, finding_words, listed

AGAIN_S = 2
"""After how long an unfinished page asks for itself again."""
NAMES_SHOWN = 100
SHOWN = {"enter": _l("Would enter"), "leave": _l("Would leave"), "other": _l("Other changes")}
NO_UNIT = "none"
NAMES = frozenset({"zh", "en", "clause", "document", "confidence"})
"""The texts of a rule set, which judge nobody."""


class Changed(NamedTuple):
    """A value that is tried in the place of another."""

    part: str
    name: str
    before: object
    after: object
    unit: str


class Named(NamedTuple):
    """An enterprise that would move."""

    move: Move
    code: str
    name: str


@bp.get("/rule-sets/<key>/try-outs/<int:try_out_id>")
@allowed(Permission.RULES_READ)
def one_try_out(key: str, try_out_id: int) -> Response:
    """How far a try-out has come, or what it found."""
    return _page(asked_or_404(key, try_out_id))


@bp.post("/rule-sets/<key>/try-outs/<int:try_out_id>/again")
@allowed(Permission.RULES_READ)
def try_again(key: str, try_out_id: int) -> AnyResponse:
    """Try the same values out on what is recorded now."""
    asked = asked_or_404(key, try_out_id)
    try:
        other = rule_set_from(asked.table)
        return try_values(_row(asked.rule_set_id), other, asked.purpose, everybody=asked.everybody)
    except RuleSetRefused as refused:
        reasons = [problem_in_part(asked.table, each) for each in refused.problems]
    except Refused as refused:
        reasons = [finding_words(each) for each in refused.findings]
    return _page(asked_or_404(key, try_out_id), reasons)


def may_end(asked: TryOutRecord) -> bool:
    """Whether the user may stop or delete a try-out: who asked for it may, and who decides on standards."""
    return asked.asked_by_id == signed_in().id or may(Permission.RULES_PUBLISH)


def _page(asked: TryOutRecord, reasons: Sequence[str] = ()) -> Response:
    row, beside = _row(asked.rule_set_id), _row(asked.beside_id)
    same_shape = _same_shape(beside.table, asked.table)
    frame: dict[str, Any] = {
        "asked": asked,
        "row": row,
        "title": tried_title(row),
        "beside_title": tried_title(beside),
        "beside_itself": row.id == beside.id,
        "same_shape": same_shape,
        "changed": list(_changed(beside.table if same_shape else row.table, asked.table)),
        "values_url": _values_url(row, asked),
        "purpose_words": PURPOSE_WORDS,
        "of_unit": unit_words().get(asked.unit_id, "") if asked.unit_id else "",
        "may_end": may_end(asked),
        "reasons": reasons,
    }
    if asked.finished_at is None:
        current_app.extensions["background"].start()
        page = make_response(render("assessments/try_out_progress.html", 422 if reasons else 200, **frame))
        page.headers["Refresh"] = f"{AGAIN_S}; url={address({BY_ITSELF: 1})}"
        return page
    return make_response(_result_page(asked, frame))


def try_values(row: StoredRuleSet, other: RuleSet, purpose: str, *, everybody: bool) -> AnyResponse:
    """Have a rule set tried out beside the one that applies, and lead to its page. Raises Refused for too many."""
    session, user = current_session(), signed_in()
    current = standards(session).on(today(), row.level, purpose)
    with transaction(session):
        row = _row(row.id)
        beside = _row(current.rule_set_id) if current and row.is_draft else row
        unit_id = (user.unit_id or 0) if own_unit_only(user.role) else None
        question = Question(row, other, beside, purpose, everybody, unit_id, today())
        key, asked_id = row.key, asked_tryouts.ask(session, author(), question)
    return redirect(url_for("assessments.one_try_out", key=key, try_out_id=asked_id), 303)


def asked_or_404(key: str, try_out_id: int) -> TryOutRecord:
    """A try-out over the enterprises the user sees."""
    session, user = current_session(), signed_in()
    asked = session.get(TryOutRecord, try_out_id)
    of_others = own_unit_only(user.role) and asked is not None and asked.unit_id != (user.unit_id or 0)
    if asked is None or of_others or _row(asked.rule_set_id).key != key:
        abort(404)
    return asked


def tried_values(row: StoredRuleSet) -> dict[str, str]:
    """The values of the try-out the address names, to go on from them; none if it names none."""
    tried = whole_number(request.args.get("tried"))
    if tried is None:
        return {}
    asked = asked_or_404(row.key, tried)
    return {place.path: str(place.value) for place in places(asked.table)}


def tried_title(row: StoredRuleSet) -> str:
    """What a rule set is called."""
    found = read_rule_set(row)
    return said(found.zh, found.en)


def chosen_moves(found: TryOut) -> list[Move]:
    """Who would move as the address asks: who enters first, then who leaves."""
    shown, unit = request.args.get("show"), request.args.get("unit")
    chosen = [
        move
        for move in found.moves
        if (shown not in SHOWN or kind_of(move.turn) == shown)
        and (unit is None or str(move.turn.unit_id or NO_UNIT) == unit)
    ]
    kinds = list(SHOWN)
    return sorted(chosen, key=lambda move: (kinds.index(kind_of(move.turn)), move.turn.unit_id or 0))


def kind_of(turn: Turn) -> str:
    """Whether it enters, leaves or changes otherwise."""
    return "enter" if turn.enters else "leave" if turn.leaves else "other"


def named(moves: Sequence[Move]) -> Iterator[Named]:
    """Enterprises that would move with their codes and names."""
    columns = (Enterprise.id, Enterprise.code, Enterprise.name)
    ids = [move.enterprise_id for move in moves]
    rows = current_session().execute(select(*columns).where(Enterprise.id.in_(ids)))
    known = {row.id: row for row in rows}
    for move in moves:
        if row := known.get(move.enterprise_id):
            yield Named(move, row.code, row.name)


def unit_words() -> dict[int | None, str]:
    """What the reporting units are called, in their order; None is those without."""
    units = current_session().scalars(select(ReportingUnit).order_by(ReportingUnit.sort))
    return {unit.id: listed(unit.short_name, unit.name_en) or "" for unit in units} | {None: _("No unit yet")}


def _result_page(asked: TryOutRecord, frame: Mapping[str, Any]) -> tuple[str, int]:
    found = result_of(asked)
    moves = chosen_moves(found) if found else []
    last = max(1, -(-len(moves) // NAMES_SHOWN))
    page = min(max(1, whole_number(request.args.get("page")) or 1), last)
    first = (page - 1) * NAMES_SHOWN
    steps = {"first": 1, "prev": page - 1} if page > 1 else {}
    steps |= {"next": page + 1, "last": last} if page < last else {}
    return render(
        "assessments/try_out.html",
        422 if frame["reasons"] else 200,
        found=found,
        why_not=failure_words(current_session(), asked),
        aside=count_set_aside(current_session()) if found else 0,
        is_old=asked.entry_id != last_change(current_session()) or asked.day != today(),
        by_unit=_in_order(found.by(lambda turn: turn.unit_id), unit_words()) if found else [],
        by_level=_in_order(found.by(lambda turn: turn.level), {level.value: LEVELS[level] for level in Level})
        if found and asked.everybody
        else [],
        kinds=[(kind, word, _count(found, kind), address({"show": kind, "page": None})) for kind, word in SHOWN.items()]
        if found
        else [],
        every_url=address({"show": None, "page": None}),
        shown=request.args.get("show"),
        unit_url=lambda unit, kind: address({"unit": unit or NO_UNIT, "show": kind, "page": None}) + "#moves",
        unit_chosen=request.args.get("unit"),
        without_unit_url=address({"unit": None, "page": None}),
        rows=list(named(moves[first : first + NAMES_SHOWN])),
        first=first + 1,
        total=len(moves),
        pages={name: address({"page": number}) + "#moves" for name, number in steps.items()},
        outcome_words=OUTCOMES,
        unit_words=unit_words(),
        export_url=_export_url(frame["row"].key, asked.id),
        **frame,
    )


def _in_order(effects: Mapping[int | None, Any], words: Mapping[Any, object]) -> list[tuple[int | None, object, Any]]:
    return [(which, word, effects[which]) for which, word in words.items() if which in effects]


def _count(found: TryOut, kind: str) -> int:
    return sum(kind_of(move.turn) == kind for move in found.moves)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Changed]:
    """Where two texts of the same shape differ in a number or a day."""
    was = {place.path: place.value for place in places(before)}
    for place in places(after):
        if place.field not in NAMES and str(was[place.path]) != str(place.value):
            unit = str(UNITS[place.unit]) if place.unit in UNITS else ""
            name = place_words(place.about, place.field)
            yield Changed(part_title(after, place.path), name, was[place.path], place.value, unit)


def _same_shape(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two texts have the same criteria with the same bounds, so that each value has its counterpart."""
    keys = [[part["key"] for part in text["criteria"]] for text in (one, other)]
    paths = [[place.path for place in places(text)] for text in (one, other)]
    return keys[0] == keys[1] and paths[0] == paths[1]


def _values_url(row: StoredRuleSet, asked: TryOutRecord) -> str:
    edits = row.is_draft and may(Permission.RULES_DRAFT)
    return url_for("assessments.edit_rule_set" if edits else "assessments.what_if", key=row.key, tried=asked.id)


def _export_url(key: str, try_out_id: int) -> str | None:
    """Where the names are taken out, if that room is open."""
    if not may(Permission.EXPORT):
        return None
    show, unit = request.args.get("show"), request.args.get("unit")
    return url_for("assessments.export_try_out", key=key, try_out_id=try_out_id, show=show, unit=unit)


def _row(rule_set_id: int) -> StoredRuleSet:
    return queries.get_rule_set(current_session(), rule_set_id)
