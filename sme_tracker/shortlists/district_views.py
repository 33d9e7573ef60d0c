"""Pages of a district's clerk: the lists that are open, and the district's word on its own candidates."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import DecisionWord
from sme_tracker.shortlists import actions, queries
from sme_tracker.shortlists.blueprint import bp
from sme_tracker.shortlists.draft import Draft, Row, draft
from sme_tracker.shortlists.drawing import strips
from sme_tracker.shortlists.filters import Filters, slice_of
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.saying import Reasons, Written, read_words, refusal
from sme_tracker.shortlists.words import basis_words
from sme_tracker.web.guard import allowed
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.principal import signed_in
from sme_tracker.web.words import shortlist_words

WORDS = (DecisionWord.RECOMMENDED, DecisionWord.NOT_RECOMMENDED)


@bp.get("/district-lists")
@allowed(Permission.DISTRICT_RECOMMEND)
def district_lists() -> tuple[str, int]:
    """The lists of this year with how far the own district is."""
    session = current_session()
    keys = [key for key in queries.shortlist_keys(session, today()) if key.is_current(today())]
    lists = [(key, shortlist_words(str(key)), *_progress(_own(key).rows), _is_open(key)) for key in keys]
    return render("shortlists/district_lists.html", lists=lists)


@bp.get("/district-lists/<key>")
@allowed(Permission.DISTRICT_RECOMMEND)
def district_list(key: str) -> tuple[str, int]:
    """The own district's candidates of a list."""
    return _page(_key(key))


@bp.post("/district-lists/<key>/recommend")
@allowed(Permission.DISTRICT_RECOMMEND)
def recommend(key: str) -> Response | tuple[str, int]:
    """Record the district's word on one candidate by its own button, on the ticked ones, or on all shown."""
    wanted, session = _key(key), current_session()
    unit_id = signed_in().unit_id
    rows = _own(wanted).rows
    written, reasons = read_words(rows, _filters().pick(rows, ()), WORDS)
    if written is None or unit_id is None:
        return _page(wanted, 422, reasons)
    try:
        with transaction(session):
            actions.recommend(session, author(), wanted, unit_id, written.chosen, written.word, written.reason)
    except Refused as refused:
        return _page(wanted, 422, [refusal(refused.findings[0], written, rows)], written)
    said = ngettext("Recorded for %(num)s enterprise", "Recorded for %(num)s enterprises", len(written.chosen))
    flash(said, "ok")
    place = f"c-{written.chosen[0]}" if written.by_button else None
    asked: dict[str, Any] = {name: request.args.getlist(name) for name in request.args}
    return redirect(url_for("shortlists.district_list", key=key, _anchor=place, **asked), 303)


def _key(written: str) -> ShortlistKey:
    """A list of this year that is there."""
    key = ShortlistKey.read(written)
    if key is None or not key.is_current(today()) or key not in queries.shortlist_keys(current_session(), today()):
        abort(404)
    return key


def _own(key: ShortlistKey) -> Draft:
    """The list with the candidates of the own unit only."""
    unit_id = signed_in().unit_id
    current = draft(current_session(), key, today())
    return replace(current, rows=[row for row in current.rows if unit_id and row.candidate.unit_id == unit_id])


def _filters() -> Filters:
    return Filters.read(request.args, of_decisions=False)


def _is_open(key: ShortlistKey) -> bool:
    return queries.is_open_to_districts(current_session(), key, today())


def _progress(rows: Sequence[Row]) -> tuple[int, int]:
    return len(rows), sum(row.district is not None for row in rows)


def _page(
    key: ShortlistKey, status: int = 200, reasons: Reasons | None = None, written: Written | None = None
) -> tuple[str, int]:
    current = _own(key)
    filters = _filters()
    page = slice_of(filters.pick(current.rows, ()), request.args)
    editors = filters.editors(current.rows, of_units=False)
    ids = [row.candidate.enterprise_id for row in page.rows]
    return render(
        "shortlists/district.html",
        status,
        draft=current,
        page=page,
        figures=queries.key_figures(current_session(), ids, key.year - 1),
        unknown=queries.KeyFigures(),
        chips=[editor for editor in editors if editor.is_set],
        offers=[editor for editor in editors if not editor.is_set],
        counts={word: sum(row.district_word is word for row in current.rows) for word in WORDS},
        is_open=_is_open(key),
        decisions=WORDS,
        put_forward=sum(row.candidate.put_forward_on is not None for row in current.rows),
        basis_words=basis_words,
        asks=written.chosen[0] if written and written.by_button else None,
        strip=strips(current.standard.rule_set if current.standard else None),
        title=shortlist_words(str(key)),
        reasons=reasons or [],
        ticked=[str(which) for which in written.chosen] if written else request.form.getlist("candidate"),
        typed=request.form,
        typed_word=written.word.value if written else request.form.get("decision"),
    )
