"""Pages of the shortlists: which there are, a draft with its decisions, putting forward, freezing, exporting."""

from datetime import date

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from sme_tracker.db import transaction
from sme_tracker.enterprises.queries import find_by_code
from sme_tracker.exchange.outgoing import Outgoing, send_table
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import DecisionWord
from sme_tracker.shortlists import actions, queries, sheet
from sme_tracker.shortlists.blueprint import bp
from sme_tracker.shortlists.command import title_of
from sme_tracker.shortlists.draft import Draft, draft
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.versions import content_of, difference, versions_of
from sme_tracker.web.guard import allowed
from sme_tracker.web.pages import current_session, day_from, render, today
from sme_tracker.web.principal import may
from sme_tracker.web.words import finding_words

Reasons = list[tuple[str, str]]
SHOWN = ("all", *(word.value for word in DecisionWord), "none")


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
    return _page(_key(key))


@bp.post("/shortlists/<key>/decide")
@allowed(Permission.SHORTLIST_WRITE)
def decide(key: str) -> Response | tuple[str, int]:
    """Decide on the ticked candidates at once."""
    wanted, session = _key(key), current_session()
    chosen, reason = _chosen(wanted), request.form.get("reason", "")
    word = request.form.get("decision", "")
    if not chosen:
        return _page(wanted, 422, [("candidates", _("Tick the enterprises first."))])
    if word not in {one.value for one in DecisionWord}:
        return _page(wanted, 422, [("decision", _("Choose recommended, undecided or not recommended."))])
    try:
        with transaction(session):
            actions.decide(session, author(), wanted, chosen, DecisionWord(word), reason)
    except Refused as refused:
        return _page(wanted, 422, [("reason", finding_words(refused.findings[0]))])
    flash(ngettext("Decided on %(num)s enterprise", "Decided on %(num)s enterprises", len(chosen)), "ok")
    return redirect(url_for("shortlists.shortlist", key=key, show=request.args.get("show")), 303)


@bp.post("/shortlists/<key>/add")
@allowed(Permission.SHORTLIST_WRITE)
def add(key: str) -> Response | tuple[str, int]:
    """Put an enterprise on the shortlist beside the rule."""
    wanted, session = _key(key), current_session()
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
    wanted, session = _key(key), current_session()
    chosen, day = _chosen(wanted), day_from(request.form.get("put_forward_on"))
    if versions_of(session, wanted):
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
    wanted, session = _key(key), current_session()
    chosen, reason = _chosen(wanted), request.form.get("reason", "").strip()
    if not reason or not chosen:
        sentence = _("Give the reason for taking back.") if chosen else _("Tick the enterprises first.")
        return _page(wanted, 422, [("reason" if chosen else "candidates", sentence)])
    with transaction(session):
        actions.take_back(session, author(), wanted.title, wanted.year, chosen, reason)
    flash(ngettext("%(num)s enterprise taken back", "%(num)s enterprises taken back", len(chosen)), "ok")
    return redirect(url_for("shortlists.shortlist", key=key), 303)


@bp.get("/shortlists/<key>/freeze")
@allowed(Permission.SHORTLIST_FREEZE)
def ask_to_freeze(key: str) -> tuple[str, int]:
    """What is still open, and the question whether to freeze."""
    wanted, session = _key(key), current_session()
    current, earlier = draft(session, wanted, today()), versions_of(session, wanted)
    return render("shortlists/freeze.html", draft=current, number=len(earlier) + 1, title=title_of(wanted))


@bp.post("/shortlists/<key>/freeze")
@allowed(Permission.SHORTLIST_FREEZE)
def freeze(key: str) -> Response | tuple[str, int]:
    """Freeze the shortlist as its next version."""
    wanted, session = _key(key), current_session()
    try:
        with transaction(session):
            number = actions.freeze(session, author(), wanted).number
    except Refused as refused:
        return _page(wanted, 422, [("freeze", finding_words(refused.findings[0]))])
    flash(_("Frozen as v%(number)s", number=number), "ok")
    return redirect(url_for("shortlists.version", key=key, number=number), 303)


@bp.post("/shortlists/<key>/export")
@allowed(Permission.EXPORT)
def export(key: str) -> Response:
    """The shortlist as the screen shows it, as a workbook or for machines."""
    if not may(Permission.SHORTLIST_READ):
        abort(403)
    wanted, session = _key(key), current_session()
    current = draft(session, wanted, today())
    outgoing = Outgoing(
        "shortlist",
        title_of(wanted),
        "csv" if request.form.get("format") == "csv" else "xlsx",
        notes=sheet.notes(current),
        filters={"key": key},
        as_of=current.as_of,
        count=len(current.rows),
    )
    return send_table(session, author(), outgoing, sheet.columns(), sheet.rows(current.rows))


def _key(written: str) -> ShortlistKey:
    return ShortlistKey.read(written) or abort(404)


def _chosen(key: ShortlistKey) -> list[int]:
    """The ticked enterprises that stand on the list; others are not asked about."""
    ticked = {int(value) for value in request.form.getlist("candidate") if value.isdecimal() and len(value) < 10}
    on_list = [row.candidate.enterprise_id for row in draft(current_session(), key, today()).rows]
    return [which for which in on_list if which in ticked]


def _page(key: ShortlistKey, status: int = 200, reasons: Reasons | None = None) -> tuple[str, int]:
    session = current_session()
    current, versions = draft(session, key, today()), versions_of(session, key)
    show = request.args.get("show", "all")
    return render(
        "shortlists/shortlist.html",
        status,
        draft=current,
        rows=[row for row in current.rows if _is_shown(row.decided.decision if row.decided else None, show)],
        show=show if show in SHOWN else "all",
        decisions=list(DecisionWord),
        versions=versions,
        changes=difference(versions[-1].content, content_of(current)) if versions else None,
        title=title_of(key),
        order=sheet.order(),
        reasons=reasons or [],
        ticked=request.form.getlist("candidate"),
        typed=request.form,
        put_forward_on=request.form.get("put_forward_on") or _day(current),
    )


def _is_shown(decision: DecisionWord | None, show: str) -> bool:
    if show not in SHOWN or show == "all":
        return True
    return decision is None if show == "none" else decision == show


def _day(current: Draft) -> str:
    day: date = current.as_of
    return day.isoformat()
