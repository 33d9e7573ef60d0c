"""Pages of frozen versions: what was frozen, whether it proves itself, what changed; and entering the outcome."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.accounts.queries import get_user
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import LONGEST, check_text
from sme_tracker.rules.findings import Refused
from sme_tracker.shortlists import actions, queries
from sme_tracker.shortlists.blueprint import bp, key_or_404, numbered
from sme_tracker.shortlists.changes import Against, against, version_in_short
from sme_tracker.shortlists.differences import Side, side_of_draft, side_of_version, turned
from sme_tracker.shortlists.draft import draft
from sme_tracker.shortlists.drawing import criteria_of, strips
from sme_tracker.shortlists.models import ShortlistVersion
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.saying import Reasons
from sme_tracker.shortlists.table_templates import templates
from sme_tracker.shortlists.undoing import built_on, what_undoing_does
from sme_tracker.shortlists.versions import faults, versions_of
from sme_tracker.shortlists.words import cause_words, decision_words, finding_side, names_of, remark_words, why_moved
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, day_from, render, today
from sme_tracker.web.principal import may
from sme_tracker.web.words import finding_words, listed, shortlist_words

VALID_YEARS = 3
DRAFT = "draft"
Pair = tuple[ShortlistVersion, ShortlistVersion | None]
"""Two versions to be compared; None is the draft."""


@bp.get("/shortlists/<key>/v<int:number>")
@allowed(Permission.SHORTLIST_READ)
@long_answer
def version(key: str, number: int) -> tuple[str, int]:
    """A frozen version with what changed since the one before."""
    return version_page(key_or_404(key), number)


@bp.post("/shortlists/<key>/v<int:number>/undo")
@allowed(Permission.SHORTLIST_FREEZE)
def undo_freeze(key: str, number: int) -> Response | tuple[str, int]:
    """Undo that a version was frozen, with the reason."""
    wanted, session = key_or_404(key), current_session()
    one = numbered(versions_of(session, wanted), number)
    try:
        with transaction(session):
            actions.undo_freeze(session, author(), one, request.form.get("reason", ""))
    except Refused as refused:
        reasons = [("reason" if each.code == "reason.missing" else "undo", each) for each in refused.findings]
        return version_page(wanted, number, 422, [(at, finding_words(each)) for at, each in reasons])
    flash(_("Freezing v%(number)s is undone", number=number), "ok")
    return redirect(url_for("shortlists.version", key=key, number=number), 303)


@bp.get("/shortlists/<key>/changes")
@allowed(Permission.SHORTLIST_READ)
@long_answer
def changes(key: str) -> tuple[str, int]:
    """What changed between two versions, item by item with its cause; `to` left out is the draft."""
    session, wanted = current_session(), key_or_404(key)
    found = versions_of(session, wanted)
    pair, sentence = _pair(found, wanted)
    if pair is None:
        return _changes_page(wanted, found, sentence=sentence)
    before, after = (_side(each, wanted) for each in pair)
    short = against(before.short, after.short)
    return _changes_page(
        wanted,
        found,
        pair=pair,
        changes=short,
        why=why_moved(session, before, after, [*short.entered, *short.left]),
        before=before.short.candidates,
        after=after.short.candidates,
        turned=turned(session, before, after),
        criteria=names_of(before.short.rule_set) | names_of(after.short.rule_set),
    )


@bp.route("/shortlists/<key>/result", methods=["GET", "POST"])
@allowed(Permission.SHORTLIST_WRITE)
def result(key: str) -> Response | tuple[str, int]:
    """Enter what the province or the ministry decided on those put forward, in one step."""
    wanted, session = key_or_404(key), current_session()
    if request.method == "GET":
        return _result_page(wanted)
    written, reasons = _written_result(wanted)
    if written is None:
        return _result_page(wanted, 422, reasons)
    try:
        with transaction(session):
            actions.enter_result(session, author(), wanted, written)
    except Refused as refused:
        return _result_page(wanted, 422, [("form", finding_words(finding)) for finding in refused.findings])
    flash(_("The outcome is entered: %(count)s recognised", count=len(written.recognised)), "ok")
    return redirect(url_for("shortlists.result", key=key), 303)


@bp.post("/shortlists/<key>/result/undo")
@allowed(Permission.SHORTLIST_WRITE)
def undo_result(key: str) -> Response | tuple[str, int]:
    """Take the whole outcome back."""
    wanted, session = key_or_404(key), current_session()
    reason = request.form.get("reason", "").strip() or _("entered by mistake")
    try:
        with transaction(session):
            actions.undo_result(session, author(), wanted, reason)
    except Refused as refused:
        return _result_page(wanted, 422, [("reason", finding_words(refused.findings[0]))])
    flash(_("The outcome is taken back"), "ok")
    return redirect(url_for("shortlists.result", key=key), 303)


def previous(versions: Sequence[ShortlistVersion], number: int) -> ShortlistVersion | None:
    """The last version before the number whose freezing was not undone."""
    return next((one for one in reversed(versions) if one.number < number and one.undone is None), None)


def version_page(key: ShortlistKey, number: int, status: int = 200, reasons: Reasons | None = None) -> tuple[str, int]:
    """A frozen version, with what speaks against what was asked of it."""
    session = current_session()
    found = versions_of(session, key)
    one = numbered(found, number)
    short, before = version_in_short(one), previous(found, number)
    changes = against(version_in_short(before), short) if before else None
    return render(
        "shortlists/version.html",
        status,
        version=one,
        versions=found,
        before=before,
        short=short,
        strip=strips(short.rule_set),
        criteria=criteria_of(short.rule_set) if short.rule_set else {},
        frozen_by=_name(one.frozen_by_id),
        undone_by=_name(one.undone.undone_by_id) if one.undone else None,
        title=shortlist_words(str(key)),
        key=str(key),
        templates=templates(session),
        changes=changes,
        why=_why(before, one, changes) if before and changes else {},
        remark_words=remark_words,
        built=[finding_words(each) for each in built_on(session, one)] if may(Permission.SHORTLIST_FREEZE) else [],
        undoing=what_undoing_does(session, one),
        faults=faults(one) if "verify" in request.args else None,
        reasons=reasons or [],
        typed=request.form,
    )


def _written_result(key: ShortlistKey) -> tuple[actions.Result | None, list[tuple[str, str]]]:
    form, reasons = request.form, []
    published_on = day_from(form.get("published_on"))
    valid_until = day_from(form.get("valid_until")) or (_three_years(published_on) if published_on else None)
    waiting = [row.enterprise_id for row in queries.put_forward(current_session(), key) if row.outcome is None]
    recognised = [which for which in waiting if form.get(f"outcome-{which}") == "recognised"]
    refused = [
        (which, form.get(f"reason-{which}", "")) for which in waiting if form.get(f"outcome-{which}") == "refused"
    ]
    if not recognised and not refused:
        reasons.append(("form", _("Choose an outcome for at least one enterprise.")))
    if recognised and published_on is None:
        reasons.append(("published_on", _("Give a day as 2022-09-30.")))
    reasons += [(f"reason-{which}", _("A refusal needs its reason.")) for which, why in refused if not why.strip()]
    reasons += _unreadable(form, [f"reason-{which}" for which, _why in refused])
    if reasons or (recognised and (published_on is None or valid_until is None)):
        return None, reasons
    day = published_on or today()
    return actions.Result(form.get("document_number", ""), day, valid_until or day, recognised, refused), []


def _unreadable(form: Mapping[str, str], reasons: Sequence[str]) -> list[tuple[str, str]]:
    """What is too long or cannot be seen in the texts of the form, each at its field."""
    texts = [("document_number", "document_number", LONGEST["document_number"])]
    texts += [(name, "reason", LONGEST["reason"]) for name in reasons]
    return [
        (name, finding_words(finding))
        for name, kind, longest in texts
        for finding in check_text(kind, form.get(name), longest)
    ]


def _three_years(day: date) -> date:
    return date(day.year + VALID_YEARS, day.month, min(day.day, 28) if day.month == 2 else day.day)


def _silent_units(key: ShortlistKey) -> list[str] | None:
    """The units that have not said of all their candidates, each with how many; None where the list is closed."""
    if not queries.is_open_to_districts(current_session(), key, today()):
        return None
    rows = [row.candidate for row in draft(current_session(), key, today()).rows if row.district is None]
    units = Counter(listed(each.unit, each.unit_en) for each in rows)
    return [f"{name} {number}" for name, number in units.most_common() if name]


def _result_page(key: ShortlistKey, status: int = 200, reasons: list[tuple[str, str]] | None = None) -> tuple[str, int]:
    return render(
        "shortlists/result.html",
        status,
        key=key,
        title=shortlist_words(str(key)),
        rows=queries.put_forward(current_session(), key),
        silent=_silent_units(key),
        reasons=reasons or [],
        typed=request.form,
    )


def _why(before: ShortlistVersion, after: ShortlistVersion, changes: Against) -> dict[str, str]:
    sides = side_of_version(before), side_of_version(after)
    return why_moved(current_session(), *sides, changes.first_moved)


def _name(user_id: int | None) -> str:
    found = get_user(current_session(), user_id) if user_id else None
    return found.full_name if found else "—"


def _pair(versions: Sequence[ShortlistVersion], key: ShortlistKey) -> tuple[Pair | None, str]:
    """The two versions the address asks for (None: the draft), or what is wrong with the question.

    The older links name only the later one (`version`), to be compared with the one before.
    """
    asked = request.args
    to = asked.get("to") or asked.get("version") or DRAFT
    after = None if to == DRAFT else _of_number(versions, to)
    if after is None and to != DRAFT:
        return None, _("There is no version “%(number)s” of this list.", number=to)
    since = asked.get("from") or _number_before(versions, after)
    before = _of_number(versions, since)
    if before is None:
        if since:
            return None, _("There is no version “%(number)s” of this list.", number=since)
        return None, _("There is no earlier version to compare with.")
    if after is not None and before.number >= after.number:
        return None, _("Choose an earlier version on the left than on the right.")
    return (before, after), ""


def _of_number(versions: Sequence[ShortlistVersion], written: str) -> ShortlistVersion | None:
    return next((one for one in versions if str(one.number) == written), None)


def _number_before(versions: Sequence[ShortlistVersion], after: ShortlistVersion | None) -> str:
    found = previous(versions, after.number if after else len(versions) + 1)
    return str(found.number) if found else ""


def _side(version: ShortlistVersion | None, key: ShortlistKey) -> Side:
    return side_of_version(version) if version else side_of_draft(draft(current_session(), key, today()))


def _changes_page(
    key: ShortlistKey, versions: Sequence[ShortlistVersion], *, sentence: str = "", **found: object
) -> tuple[str, int]:
    return render(
        "shortlists/changes.html",
        422 if sentence else 200,
        title=shortlist_words(str(key)),
        key=str(key),
        versions=versions,
        sentence=sentence,
        asked=request.args,
        decision_words=decision_words,
        finding_side=finding_side,
        cause_words=cause_words,
        **({"pair": None, "changes": None} | found),
    )
