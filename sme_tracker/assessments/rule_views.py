"""The pages of rule sets: list, text, drafts and what-if, publishing and assigning."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.accounts.models import User
from sme_tracker.assessments import drafting, queries
from sme_tracker.assessments.blueprint import bp, judging
from sme_tracker.assessments.due import waiting
from sme_tracker.assessments.models import StoredRuleSet
from sme_tracker.assessments.readings import readings
from sme_tracker.assessments.rule_sets import LEVELS, PLACE, PURPOSES, read_rule_set
from sme_tracker.assessments.tryout_views import tried_title, tried_values, try_values
from sme_tracker.assessments.words import (
    CONFIDENCES,
    JURISDICTIONS,
    OUTCOMES,
    PURPOSE_WORDS,
    SECTIONS,
    TEXT_STATES,
    UNITS,
    part_title,
    place_words,
    problem_in_part,
    problem_words,
)
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.shipped import RuleSetRefused, rule_set_from, table_of
from sme_tracker.rules.text.editing import TEXTS, Place, edited, places
from sme_tracker.rules.text.nodes import Problem
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import said
from sme_tracker.web.pages import current_session, day_from, render, today, version_from_form
from sme_tracker.web.principal import signed_in
from sme_tracker.web.words import TITLES, finding_words

Page = Response | tuple[str, int]
MOST_FILE_BYTES = 200_000
FIELDS = ("key", "purpose", "from_day", "until_day")
"""The fields of a rule set's page that a refusal may be about."""
AT = "at:"
"""What the fields of the form begin with, before the path of the value."""


@dataclass(frozen=True, slots=True)
class Row:
    """A value of a rule set as it is shown, or in the form that edits it."""

    place: Place
    value: str
    problems: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The value as it is read: thousands apart."""
        return f"{self.place.value:,}" if isinstance(self.place.value, int) else self.place.value


@dataclass(frozen=True, slots=True)
class Part:
    """A criterion, gate, direct pass or indicator with its values; the set itself has no section."""

    title: str
    section: str
    rows: list[Row]

    @property
    def numbers(self) -> list[Row]:
        """The thresholds and bands."""
        return [row for row in self.rows if row.place.field not in TEXTS]

    @property
    def texts(self) -> list[Row]:
        """The clause, how sure it is, and the names."""
        return [row for row in self.rows if row.place.field in TEXTS]

    @property
    def clause(self) -> str:
        """Where it stands in the document."""
        return next((row.value for row in self.rows if row.place.field == "clause"), "")

    @property
    def confidence(self) -> str:
        """How sure the text is, by its code."""
        return next((row.value for row in self.rows if row.place.field == "confidence"), "")

    @property
    def is_wrong(self) -> bool:
        """Whether a name or a clause is refused."""
        return any(row.problems for row in self.texts)


@bp.get("/rule-sets")
@allowed(Permission.RULES_READ)
def rule_sets() -> Page:
    """Every rule set, and when it applies."""
    return _list_page()


@bp.get("/rule-sets/<key>")
@allowed(Permission.RULES_READ)
def rule_set(key: str) -> Page:
    """One rule set with every clause, threshold and how sure its text is."""
    return _page(_row_or_404(key))


@bp.post("/rule-sets/<key>/copy")
@allowed(Permission.RULES_DRAFT)
def copy_rule_set(key: str) -> Page:
    """Begin a draft as a copy."""
    new_key = request.form.get("key", "").strip()

    def write(row: StoredRuleSet) -> None:
        drafting.copy_to_draft(current_session(), author(), row, new_key)

    return _write(key, write, lambda: url_for("assessments.edit_rule_set", key=new_key))


@bp.post("/rule-sets/from-file")
@allowed(Permission.RULES_DRAFT)
def rule_set_from_file() -> Page:
    """Begin a draft from a file in the shipped format."""
    session, uploaded = current_session(), request.files.get("file")
    body = uploaded.stream.read(MOST_FILE_BYTES + 1) if uploaded else b""
    table: Mapping[str, Any] = {}
    try:
        if not body:
            return _list_page(422, [_("Choose a file first.")])
        if len(body) > MOST_FILE_BYTES:
            raise RuleSetRefused((Problem("", "rules.file_too_large", {"most_kb": MOST_FILE_BYTES // 1000}),))
        table = table_of(body.decode("utf-8", "replace"))
        with transaction(session):
            key = drafting.draft_from_file(session, author(), table).key
    except RuleSetRefused as refused:
        return _list_page(422, [_at(each, table) for each in refused.problems])
    except Refused as refused:
        return _list_page(422, [finding_words(finding) for finding in refused.findings])
    flash(_("The draft is there."), "ok")
    return redirect(url_for("assessments.rule_set", key=key), 303)


@bp.route("/rule-sets/<key>/edit", methods=["GET", "POST"])
@allowed(Permission.RULES_DRAFT)
def edit_rule_set(key: str) -> Page:
    """Edit the values of a draft, or try them out before saving."""
    row = _row_or_404(key)
    if not row.is_draft:
        abort(404)
    if request.method == "GET":
        return _form_page(row, values=tried_values(row))
    if request.form.get("do") == "try":
        return _tried(row)
    session, values = current_session(), _values()
    try:
        with transaction(session):
            fresh = _row_or_404(key)
            drafting.change_draft(session, author(), fresh, version_from_form(), edited(fresh.table, values))
    except RuleSetRefused as refused:
        return _form_page(_row_or_404(key), 422, values, refused.problems)
    except drafting.Stale:
        return _form_page(_row_or_404(key), 409, values, stale=True)
    flash(_("Saved."), "ok")
    return redirect(url_for("assessments.rule_set", key=key), 303)


@bp.route("/rule-sets/<key>/what-if", methods=["GET", "POST"])
@allowed(Permission.RULES_READ)
def what_if(key: str) -> Page:
    """Try other values out without saving anything."""
    row = _row_or_404(key)
    return _form_page(row, values=tried_values(row)) if request.method == "GET" else _tried(row)


@bp.post("/rule-sets/<key>/publish")
@allowed(Permission.RULES_PUBLISH)
def publish_rule_set(key: str) -> Page:
    """Publish a draft for good."""
    return _write(key, lambda row: drafting.publish(current_session(), author(), row), lambda: _address(key))


@bp.post("/rule-sets/<key>/delete")
@allowed(Permission.RULES_DRAFT)
def delete_rule_set(key: str) -> Page:
    """Throw a draft away."""

    def write(row: StoredRuleSet) -> None:
        drafting.delete_draft(current_session(), author(), row)

    return _write(key, write, lambda: url_for("assessments.rule_sets"))


@bp.post("/rule-sets/<key>/assign")
@allowed(Permission.RULES_PUBLISH)
def assign_rule_set(key: str) -> Page:
    """Let a published rule set apply from a day on."""
    from_day = day_from(request.form.get("from_day"))
    if from_day is None:
        return _page(_row_or_404(key), 422, {"from_day": _("Say from which day it applies.")})

    def write(row: StoredRuleSet) -> None:
        new = drafting.NewAssignment(
            row.id,
            request.form.get("purpose", ""),
            read_rule_set(row).jurisdiction,
            from_day,
            day_from(request.form.get("until_day")),
            ends_current="ends_current" in request.form,
        )
        drafting.assign(current_session(), author(), new)

    return _write(key, write, lambda: _address(key))


@bp.post("/rule-sets/<key>/assignments/<int:assignment_id>/withdraw")
@allowed(Permission.RULES_PUBLISH)
def withdraw_assignment(key: str, assignment_id: int) -> Page:
    """Withdraw an assignment made by mistake."""

    def write(_row: StoredRuleSet) -> None:
        drafting.withdraw_assignment(current_session(), author(), assignment_id, request.form.get("reason", ""))

    return _write(key, write, lambda: _address(key))


def _list_page(status: int = 200, reasons: Sequence[str | tuple[str, str]] = ()) -> Page:
    session = current_session()
    rows = queries.rule_sets(session)
    return render(
        "assessments/rule_sets.html",
        status,
        reasons=reasons,
        levels=[
            (level, [(row, read_rule_set(row)) for row in rows if row.level == level])
            for level in LEVELS
            if any(row.level == level for row in rows)
        ],
        assignments=queries.assignments_of(session),
        **_words(),
    )


def _write(key: str, write: Callable[[StoredRuleSet], None], then: Callable[[], str]) -> Page:
    _row_or_404(key)
    try:
        with transaction(current_session()):
            write(_row_or_404(key))
    except Refused as refused:
        return _page(_row_or_404(key), 422, {_field(found): finding_words(found) for found in refused.findings})
    except RuleSetRefused as refused:
        row = _row_or_404(key)
        return _page(row, 422, {each.path: problem_in_part(row.table, each) for each in refused.problems})
    if waiting(current_session(), today()):
        current_app.extensions["background"].start()
    flash(_("Saved."), "ok")
    return redirect(then(), 303)


def _field(found: Finding) -> str:
    """The field of the page that a finding is about, if it is about one."""
    return found.code.partition(".")[0]


def _page(row: StoredRuleSet, status: int = 200, wrong: Mapping[str, str] = MappingProxyType({})) -> Page:
    session, found = current_session(), read_rule_set(row)
    assignments = queries.assignments_of(session)
    people = {user_id: session.get(User, user_id) for user_id in (row.created_by_id, row.published_by_id) if user_id}
    return render(
        "assessments/rule_set.html",
        status,
        row=row,
        rule_set=found,
        title=said(found.zh, found.en),
        readings=dict.fromkeys(SECTIONS, ()) if found.faults else readings(found),
        faults=[problem_in_part(row.table, each) for each in found.faults],
        assignments=assignments.get(row.id, []),
        counts=queries.outcome_counts(session, row.id),
        judging=judging(session) if assignments.get(row.id) else None,
        people={user_id: user.full_name for user_id, user in people.items() if user},
        is_author=row.created_by_id == signed_in().id,
        reasons=[(name, said) if name in FIELDS else said for name, said in wrong.items()],
        wrong=wrong,
        typed=request.form,
        **_words(),
    )


def _form_page(
    row: StoredRuleSet,
    status: int = 200,
    values: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    *,
    stale: bool = False,
    refused: Sequence[str] = (),
) -> Page:
    may_save = request.endpoint == "assessments.edit_rule_set"
    parts = [part for part in _parts(row, values or {}, problems) if may_save or part.numbers]
    found = read_rule_set(row)
    return render(
        "assessments/rule_form.html",
        status,
        row=row,
        title=tried_title(row),
        parts=parts,
        reasons=[*refused, *(_at(each, row.table, _place_of(each, row)) for each in problems)],
        may_save=may_save,
        purposes=found.purposes,
        purpose=_purpose(found),
        everybody="everybody" in request.form,
        stale=stale,
        **_words(),
    )


def _tried(row: StoredRuleSet) -> Page:
    """What the values of the form would do beside the standard that applies; the form again where they cannot be."""
    values = _values()
    try:
        other = rule_set_from(edited(row.table, values))
        return try_values(row, other, _purpose(other), everybody="everybody" in request.form)
    except RuleSetRefused as refused:
        return _form_page(row, 422, values, refused.problems)
    except Refused as refused:
        return _form_page(row, 422, values, refused=[finding_words(each) for each in refused.findings])


def _parts(row: StoredRuleSet, values: Mapping[str, str], problems: Sequence[Problem]) -> list[Part]:
    """The values of a rule set by the criterion, gate or indicator they belong to."""
    wrong: dict[str, list[str]] = {}
    for problem in problems:
        wrong.setdefault(_place_of(problem, row) or "", []).append(problem_words(problem))
    parts: dict[str, Part] = {}
    for place in places(row.table):
        top = place.path.partition(".")[0]
        section = top.partition("[")[0]
        of = section if "[" in top else ""
        part = parts.setdefault(top if of else "", Part(part_title(row.table, place.path), of, []))
        if section != "groups":
            part.rows.append(Row(place, values.get(place.path, str(place.value)), wrong.get(place.path, [])))
    return [part for part in parts.values() if part.rows]


def _place_of(problem: Problem, row: StoredRuleSet) -> str | None:
    """The field a problem is shown at: its own, or the first number of the band or condition it is about."""
    known = [place for place in places(row.table) if place.is_number or place.path == problem.path]
    paths = [place.path for place in known]
    within = (path for path in paths if path.startswith((f"{problem.path}.", f"{problem.path}[")))
    return problem.path if problem.path in paths else next(within, None)


def _values() -> dict[str, str]:
    return {name[len(AT) :]: value for name, value in request.form.items() if name.startswith(AT)}


def _purpose(rule_set: RuleSet) -> str:
    asked = request.form.get("purpose", "")
    return asked if asked in rule_set.purposes else rule_set.purposes[0]


def _at(problem: Problem, table: Mapping[str, Any], field: str | None = None) -> str | tuple[str, str]:
    """What is wrong and where: with the field of the form that holds it, or with the path in the file."""
    if field:
        return AT + field, problem_in_part(table, problem)
    return f"{problem.path}: {problem_in_part(table, problem)}" if problem.path else problem_words(problem)


def _words() -> dict[str, Any]:
    return {
        "level_words": TITLES,
        "purpose_words": PURPOSE_WORDS,
        "purposes_all": PURPOSES,
        "confidence_words": CONFIDENCES,
        "text_words": TEXT_STATES,
        "outcome_words": OUTCOMES,
        "unit_of": UNITS,
        "said": said,
        "place_words": place_words,
        "jurisdictions": JURISDICTIONS,
        "sections": SECTIONS,
        "place": PLACE,
    }


def _row_or_404(key: str) -> StoredRuleSet:
    return queries.find_rule_set(current_session(), key) or abort(404)


def _address(key: str) -> str:
    return url_for("assessments.rule_set", key=key)
