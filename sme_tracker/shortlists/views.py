"""Pages of the shortlists: which there are, a draft with its decisions, putting forward, freezing, exporting."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import ngettext
from markupsafe import escape
from werkzeug.wrappers import Response

from sme_tracker.db import transaction
from sme_tracker.enterprises.queries import find_by_code
from sme_tracker.exports.outgoing import Outgoing, send_table
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import DecisionWord
from sme_tracker.shortlists import actions, queries, sheet
from sme_tracker.shortlists.blueprint import bp, key_or_404
from sme_tracker.shortlists.changes import Against, against, draft_in_short, version_in_short
from sme_tracker.shortlists.consequences import Consequences, consequences
from sme_tracker.shortlists.differences import side_of_draft, side_of_version
from sme_tracker.shortlists.draft import Draft, draft
from sme_tracker.shortlists.drawing import criteria_of, strips
from sme_tracker.shortlists.filters import Filters, slice_of
from sme_tracker.shortlists.models import ShortlistVersion
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.saying import Reasons, Written, read_words, refusal, ticked_of
from sme_tracker.shortlists.versions import standing_versions, versions_of
from sme_tracker.shortlists.words import BASES, basis_words, why_moved
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, day_from, render, today
from sme_tracker.web.principal import may
from sme_tracker.web.words import DECISIONS, finding_words, shortlist_words


@bp.get("/shortlists")
@allowed(Permission.SHORTLIST_READ)
def shortlists() -> tuple[str, int]:
    """The shortlists there are."""
    session = current_session()
    keys = queries.shortlist_keys(session, today())
    counts = queries.put_forward_counts(session)
    return render("shortlists/index.html", keys=keys, counts=counts, versions=queries.latest(session))


@bp.get("/shortlists/<key>")
@allowed(Permission.SHORTLIST_READ)
def shortlist(key: str) -> tuple[str, int]:
    """A shortlist as it stands."""
    return _page(key_or_404(key))


@bp.post("/shortlists/<key>/decide")
@allowed(Permission.SHORTLIST_WRITE)
def decide(key: str) -> Response | tuple[str, int]:
    """Decide on one candidate by its own button, on the ticked ones, or on all that the filter shows."""
    wanted, session = key_or_404(key), current_session()
    current = draft(session, wanted, today())
    changes = _changes(current, standing_versions(session, wanted))
    shown = Filters.read(request.args).pick(current.rows, changes.changed if changes else ())
    written, reasons = read_words(current.rows, shown, tuple(DecisionWord))
    if written is None:
        return _page(wanted, 422, reasons)
    try:
        with transaction(session):
            actions.decide(session, author(), wanted, written.chosen, written.word, written.reason)
    except Refused as refused:
        return _page(wanted, 422, [refusal(refused.findings[0], written, current.rows)], written)
    said = ngettext("Decided on %(num)s enterprise", "Decided on %(num)s enterprises", len(written.chosen))
    flash(said, "ok")
    place = f"c-{written.chosen[0]}" if written.by_button else None
    return redirect(url_for("shortlists.shortlist", key=key, _anchor=place, **_asked()), 303)


@bp.post("/shortlists/<key>/add")
@allowed(Permission.SHORTLIST_WRITE)
def add(key: str) -> Response | tuple[str, int]:
    """Put an enterprise on the shortlist beside the rule."""
    wanted, session = key_or_404(key), current_session()
    found = find_by_code(session, request.form.get("code", "").strip().upper())
    if found is None:
        return _page(wanted, 422, [("code", _("There is no enterprise with this credit code."))])
    try:
        with transaction(session):
            actions.add_by_hand(session, author(), wanted, found.id, request.form.get("because", ""))
    except Refused as refused:
        return _page(wanted, 422, [("because", finding_words(refused.findings[0]))])
    return redirect(url_for("shortlists.shortlist", key=key), 303)


@bp.post("/shortlists/<key>/put-forward")
@allowed(Permission.PUT_FORWARD)
def put_forward(key: str) -> Response | tuple[str, int]:
    """Put the ticked enterprises forward on the day given, while no version is frozen yet."""
    wanted, session = key_or_404(key), current_session()
    chosen, day = _chosen(wanted), day_from(request.form.get("put_forward_on"))
    if standing_versions(session, wanted):
        return _page(wanted, 422, [("freeze", _("This list has frozen versions; freeze the next one to put forward."))])
    if day is None:
        return _page(wanted, 422, [("put_forward_on", _("Give a day as 2022-09-30."))])
    if not chosen:
        return _page(wanted, 422, [("candidates", _("Tick the enterprises first."))])
    try:
        with transaction(session):
            forwardings = [actions.Forwarding(which, wanted.title, wanted.year, day) for which in chosen]
            actions.put_forward(session, author(), forwardings)
    except Refused as refused:
        return _page(wanted, 422, [("put_forward_on", finding_words(finding)) for finding in refused.findings[:1]])
    flash(ngettext("%(num)s enterprise put forward", "%(num)s enterprises put forward", len(chosen)), "ok")
    return redirect(url_for("shortlists.shortlist", key=key), 303)


@bp.post("/shortlists/<key>/take-back")
@allowed(Permission.PUT_FORWARD)
def take_back(key: str) -> Response | tuple[str, int]:
    """Take the ticked enterprises back, with the reason."""
    wanted, session = key_or_404(key), current_session()
    chosen, reason = _chosen(wanted), request.form.get("reason", "").strip()
    if not chosen:
        return _page(wanted, 422, [("candidates", _("Tick the enterprises first."))])
    try:
        with transaction(session):
            actions.take_back(session, author(), wanted.title, wanted.year, chosen, reason)
    except Refused as refused:
        place = "reason" if refused.findings[0].code.startswith("reason.") else "candidates"
        return _page(wanted, 422, [(place, finding_words(refused.findings[0]))])
    flash(ngettext("%(num)s enterprise taken back", "%(num)s enterprises taken back", len(chosen)), "ok")
    return redirect(url_for("shortlists.shortlist", key=key), 303)


@bp.get("/shortlists/<key>/freeze")
@allowed(Permission.SHORTLIST_FREEZE)
def ask_to_freeze(key: str) -> tuple[str, int]:
    """What is still open, what freezing does to those put forward, and the question whether to freeze."""
    return _freeze_page(key_or_404(key))


@bp.post("/shortlists/<key>/freeze")
@allowed(Permission.SHORTLIST_FREEZE)
def freeze(key: str) -> Response | tuple[str, int]:
    """Freeze the shortlist as its next version, unless it takes back others by now than the page had named."""
    wanted, session = key_or_404(key), current_session()
    named = request.form.get("leaving")
    if named is not None and named != _leaving(consequences(draft(session, wanted, today()))):
        sentence = _("Meanwhile it has changed who would no longer count; look through the names below again.")
        return _freeze_page(wanted, 422, [("leaving", sentence)])
    try:
        with transaction(session):
            number = actions.freeze(session, author(), wanted).number
    except Refused as refused:
        return _page(wanted, 422, [("freeze", finding_words(refused.findings[0]))])
    flash(_("Frozen as v%(number)s", number=number), "ok")
    return redirect(url_for("shortlists.version", key=key, number=number), 303)


@bp.post("/shortlists/<key>/export")
@allowed(Permission.EXPORT)
@long_answer
def export(key: str) -> Response:
    """The shortlist as the screen shows it, as a workbook or for machines."""
    if not may(Permission.SHORTLIST_READ):
        abort(403)
    wanted, session = key_or_404(key), current_session()
    current = draft(session, wanted, today())
    ids = [row.candidate.enterprise_id for row in current.rows]
    outgoing = Outgoing(
        "shortlist",
        shortlist_words(str(wanted)),
        "csv" if request.form.get("format") == "csv" else "xlsx",
        notes=sheet.notes(current),
        filters={"key": key},
        as_of=current.as_of,
        count=len(current.rows),
    )
    rows = sheet.rows(current.rows, queries.key_figures(session, ids, wanted.year - 1))
    return send_table(session, author(), outgoing, sheet.columns(), rows)


def _asked() -> dict[str, Any]:
    """The filters and the place of the address, to come back to."""
    return {name: request.args.getlist(name) for name in request.args}


def _chosen(key: ShortlistKey) -> list[int]:
    """The ticked enterprises that stand on the list; others are not asked about."""
    return ticked_of(draft(current_session(), key, today()).rows)


def _leaving(found: Consequences) -> str:
    """Who would be taken back, as the page that names them carries it."""
    return " ".join(sorted(row.candidate.code for row in found.leaving))


def _freeze_page(key: ShortlistKey, status: int = 200, reasons: Reasons | None = None) -> tuple[str, int]:
    session = current_session()
    current = draft(session, key, today())
    found = consequences(current)
    return render(
        "shortlists/freeze.html",
        status,
        draft=current,
        found=found,
        leaving=_leaving(found),
        number=len(versions_of(session, key)) + 1,
        title=shortlist_words(str(key)),
        basis_words=basis_words,
        reasons=reasons or [],
    )


def _changes(current: Draft, versions: Sequence[ShortlistVersion]) -> Against | None:
    return against(version_in_short(versions[-1]), draft_in_short(current)) if versions else None


def _why(before: ShortlistVersion, current: Draft, changes: Against) -> dict[str, str]:
    return why_moved(current_session(), side_of_version(before), side_of_draft(current), changes.first_moved)


def _page(
    key: ShortlistKey, status: int = 200, reasons: Reasons | None = None, written: Written | None = None
) -> tuple[str, int]:
    session = current_session()
    current, versions = draft(session, key, today()), versions_of(session, key)
    standing = [version for version in versions if version.undone is None]
    changes = _changes(current, standing)
    filters = Filters.read(request.args)
    rows = filters.pick(current.rows, changes.changed if changes else ())
    page = slice_of(rows, request.args)
    editors = filters.editors(current.rows)
    ids = [row.candidate.enterprise_id for row in page.rows]
    return render(
        "shortlists/shortlist.html",
        status,
        draft=current,
        past_day=current.as_of if current.as_of < today() else None,
        decisions=list(DecisionWord),
        counts=Counter(row.decision for row in current.rows),
        said={word.value: escape(str(words)) for word, words in DECISIONS.items()},
        page=page,
        figures=queries.key_figures(session, ids, key.year - 1),
        unknown=queries.KeyFigures(),
        show=filters.show,
        chips=[editor for editor in editors if editor.is_set],
        offers=[editor for editor in editors if not editor.is_set],
        versions=versions,
        standing=standing,
        changes=changes,
        why=_why(standing[-1], current, changes) if changes else {},
        basis_words=basis_words,
        bases=BASES,
        asks=written.chosen[0] if written and written.by_button else None,
        criteria=criteria_of(current.standard.rule_set) if current.standard else {},
        strip=strips(current.standard.rule_set if current.standard else None),
        title=shortlist_words(str(key)),
        order=sheet.order(),
        reasons=reasons or [],
        ticked=[str(which) for which in written.chosen] if written else request.form.getlist("candidate"),
        typed=request.form,
        typed_word=written.word.value if written else request.form.get("decision"),
        put_forward_on=request.form.get("put_forward_on") or current.as_of.isoformat(),
    )
