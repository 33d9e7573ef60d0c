"""Pages of frozen versions: what was frozen, whether it proves itself, what changed; and entering the outcome."""

from collections.abc import Sequence
from datetime import date

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.accounts.queries import get_user
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.findings import Refused
from sme_tracker.shortlists import actions, queries
from sme_tracker.shortlists.blueprint import bp, key_or_404
from sme_tracker.shortlists.changes import against, version_in_short
from sme_tracker.shortlists.command import title_of
from sme_tracker.shortlists.draft import judged_draft
from sme_tracker.shortlists.drawing import criteria_of, strips
from sme_tracker.shortlists.models import ShortlistVersion
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.table_templates import templates
from sme_tracker.shortlists.versions import content_of, difference, faults, versions_of
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, day_from, render, today
from sme_tracker.web.words import finding_words

VALID_YEARS = 3


@bp.get("/shortlists/<key>/v<int:number>")
@allowed(Permission.SHORTLIST_READ)
def version(key: str, number: int) -> tuple[str, int]:
    """A frozen version with what changed since the one before."""
    session, wanted = current_session(), key_or_404(key)
    found = versions_of(session, wanted)
    one = numbered(found, number)
    short = version_in_short(one)
    who = get_user(session, one.frozen_by_id) if one.frozen_by_id else None
    return render(
        "shortlists/version.html",
        version=one,
        versions=found,
        short=short,
        strip=strips(short.rule_set),
        criteria=criteria_of(short.rule_set) if short.rule_set else {},
        frozen_by=who.full_name if who else "—",
        title=title_of(wanted),
        key=key,
        templates=templates(session),
        changes=against(version_in_short(found[number - 2]), short) if number > 1 else None,
        faults=faults(one) if "verify" in request.args else None,
    )


@bp.get("/shortlists/<key>/changes")
@allowed(Permission.SHORTLIST_READ)
def changes(key: str) -> tuple[str, int]:
    """What changed from one version to the next, item by item with its cause; the draft where no version is named."""
    session, wanted = current_session(), key_or_404(key)
    found = versions_of(session, wanted)
    asked = request.args.get("version", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 5 else len(found) + 1
    if number < 2 or number > len(found) + 1:
        abort(404)
    if number > len(found):
        draft, verdicts = judged_draft(session, wanted, today())
        after, rule_set = content_of(draft, verdicts), draft.standard.rule_set if draft.standard else None
    else:
        after, rule_set = found[number - 1].content, version_in_short(found[number - 1]).rule_set
    return render(
        "shortlists/changes.html",
        title=title_of(wanted),
        key=key,
        number=number,
        is_draft=number > len(found),
        changes=difference(found[number - 2].content, after),
        criteria=criteria_of(rule_set) if rule_set else {},
    )


@bp.route("/shortlists/<key>/result", methods=["GET", "POST"])
@allowed(Permission.RECOGNITION_WRITE)
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
@allowed(Permission.RECOGNITION_WRITE)
def undo_result(key: str) -> Response:
    """Take the whole outcome back."""
    wanted, session = key_or_404(key), current_session()
    reason = request.form.get("reason", "").strip() or _("entered by mistake")
    with transaction(session):
        actions.undo_result(session, author(), wanted, reason)
    flash(_("The outcome is taken back"), "ok")
    return redirect(url_for("shortlists.result", key=key), 303)


def numbered(versions: Sequence[ShortlistVersion], number: int) -> ShortlistVersion:
    """The version of that number, or not found."""
    return next((one for one in versions if one.number == number), None) or abort(404)


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
    if reasons or (recognised and (published_on is None or valid_until is None)):
        return None, reasons
    day = published_on or today()
    return actions.Result(form.get("document_number", ""), day, valid_until or day, recognised, refused), []


def _three_years(day: date) -> date:
    return date(day.year + VALID_YEARS, day.month, min(day.day, 28) if day.month == 2 else day.day)


def _result_page(key: ShortlistKey, status: int = 200, reasons: list[tuple[str, str]] | None = None) -> tuple[str, int]:
    return render(
        "shortlists/result.html",
        status,
        key=key,
        title=title_of(key),
        rows=queries.put_forward(current_session(), key),
        reasons=reasons or [],
        typed=request.form,
    )
