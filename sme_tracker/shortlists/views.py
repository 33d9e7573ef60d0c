"""Pages of the shortlists: which there are, who stands on one, putting forward, exporting."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from sme_tracker.db import transaction
from sme_tracker.exchange.outgoing import Outgoing, send_table
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.findings import Refused
from sme_tracker.shortlists import actions, queries, sheet
from sme_tracker.shortlists.blueprint import bp
from sme_tracker.shortlists.command import title_of
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.web.guard import allowed
from sme_tracker.web.pages import current_session, day_from, render, today
from sme_tracker.web.principal import may
from sme_tracker.web.words import TITLES, finding_words


@bp.get("/shortlists")
@allowed(Permission.SHORTLIST_READ)
def shortlists() -> tuple[str, int]:
    """The shortlists there are."""
    keys = queries.shortlist_keys(current_session(), today())
    return render(
        "shortlists/index.html", keys=keys, titles=TITLES, counts=queries.put_forward_counts(current_session())
    )


@bp.get("/shortlists/<key>")
@allowed(Permission.SHORTLIST_READ)
def shortlist(key: str) -> tuple[str, int]:
    """One shortlist."""
    return _page(_key(key))


@bp.post("/shortlists/<key>/put-forward")
@allowed(Permission.PUT_FORWARD)
def put_forward(key: str) -> Response | tuple[str, int]:
    """Put the ticked enterprises forward on the day given."""
    wanted, session = _key(key), current_session()
    day = day_from(request.form.get("put_forward_on"))
    chosen = _chosen(wanted)
    reasons = []
    if day is None:
        reasons.append(("put_forward_on", _("Give a day as 2022-09-30.")))
    if not chosen:
        reasons.append(("candidates", _("Tick the enterprises first.")))
    if day is None or reasons:
        return _page(wanted, 422, reasons)
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


@bp.post("/shortlists/<key>/export")
@allowed(Permission.EXPORT)
def export(key: str) -> Response:
    """The shortlist as the screen shows it, as a workbook or for machines."""
    if not may(Permission.SHORTLIST_READ):
        abort(403)
    wanted, session, form = _key(key), current_session(), request.form.get("format")
    found = queries.candidates(session, wanted, today())
    outgoing = Outgoing(
        "shortlist",
        title_of(wanted),
        "csv" if form == "csv" else "xlsx",
        notes=[(_("Order"), sheet.order())],
        filters={"key": key},
        as_of=wanted.as_of(today()),
        count=len(found),
    )
    return send_table(session, author(), outgoing, sheet.columns(), sheet.rows(found))


def _key(written: str) -> ShortlistKey:
    return ShortlistKey.read(written) or abort(404)


def _chosen(key: ShortlistKey) -> list[int]:
    """The ticked enterprises that stand on the list; others are not asked about."""
    ticked = {int(value) for value in request.form.getlist("candidate") if value.isdecimal() and len(value) < 10}
    return [c.enterprise_id for c in queries.candidates(current_session(), key, today()) if c.enterprise_id in ticked]


def _page(key: ShortlistKey, status: int = 200, reasons: list[tuple[str, str]] | None = None) -> tuple[str, int]:
    found = queries.candidates(current_session(), key, today())
    return render(
        "shortlists/shortlist.html",
        status,
        key=key,
        as_of=key.as_of(today()),
        candidates=found,
        columns=sheet.columns(),
        rows=list(sheet.rows(found)),
        forward=sum(c.put_forward_on is not None for c in found),
        reasons=reasons or [],
        ticked=request.form.getlist("candidate"),
        reason=request.form.get("reason", ""),
        put_forward_on=request.form.get("put_forward_on") or key.as_of(today()).isoformat(),
    )
