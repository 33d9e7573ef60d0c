"""Pages of the administrator: the lists of units, industries, chains and batches, and the bureau's name."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.accounts.actions import use_once
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.reference import actions, queries
from sme_tracker.reference.blueprint import bp
from sme_tracker.reference.forms import BatchForm, BureauForm, ChainForm, IndustryForm, ItemForm, UnitForm
from sme_tracker.reference.models import Batch, Chain, Industry, ReportingUnit
from sme_tracker.rules.access import Permission
from sme_tracker.rules.findings import Refused
from sme_tracker.web.fields import sent
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.pages import current_session, render, today, version_from_form
from sme_tracker.web.words import finding_words

Page = Response | tuple[str, int]
NOT_STORED = frozenset({"csrf_token"})


@dataclass(frozen=True)
class KeptList:
    """A list: its table, its form, and its words."""

    key: str
    table: type[Any]
    form: type[ItemForm]
    label: Any
    new: Any


LISTS = {
    kept.key: kept
    for kept in (
        KeptList("units", ReportingUnit, UnitForm, _l("Reporting units"), _l("New reporting unit")),
        KeptList("industries", Industry, IndustryForm, _l("Industries"), _l("New industry")),
        KeptList("chains", Chain, ChainForm, _l("Industrial chains"), _l("New chain")),
        KeptList("batches", Batch, BatchForm, _l("Batches"), _l("New batch")),
    )
}
ANY_LIST = f"<any({', '.join(LISTS)}):key>"


@bp.get("/lists")
@allowed(Permission.REFERENCE_READ)
def lists() -> Page:
    """The lists, the first of them open."""
    return one_list(next(iter(LISTS)))


@bp.get(f"/lists/{ANY_LIST}")
@allowed(Permission.REFERENCE_READ)
def one_list(key: str) -> Page:
    """One list."""
    kept = LISTS[key]
    items = queries.all_items(current_session(), kept.table)
    return render("reference/list.html", kept=kept, lists=LISTS.values(), items=items, today=today())


@bp.route(f"/lists/{ANY_LIST}/new", methods=["GET", "POST"])
@allowed(Permission.REFERENCE_WRITE)
def new_item(key: str) -> Page:
    """Add an item."""
    kept, form, session = LISTS[key], LISTS[key].form(), current_session()
    if request.method == "GET":
        return _item_page(kept, form, 200)
    if not form.validate():
        return _item_page(kept, form, 422)
    by = author()
    try:
        with transaction(session):
            if use_once(session, by, request.form.get("once", "")):
                actions.add_item(session, by, kept.table, _as_stored(form.data))
    except Refused as refused:
        return _refused(kept, form, refused, None)
    flash(_("Saved"), "ok")
    return redirect(url_for(".one_list", key=key), 303)


@bp.route(f"/lists/{ANY_LIST}/<int:item_id>", methods=["GET", "POST"])
@allowed(Permission.REFERENCE_WRITE)
def item(key: str, item_id: int) -> Page:
    """Change an item, or close it from a day on."""
    kept, session = LISTS[key], current_session()
    found = _get(kept, item_id)
    form = kept.form(obj=found)
    if request.method == "GET":
        return _item_page(kept, form, 200, found)
    form.code.data = found.code
    if not form.validate():
        return _item_page(kept, form, 422, found)
    try:
        with transaction(session):
            found = _get(kept, item_id)
            stale = found.version != version_from_form()
            if not stale:
                actions.change_item(session, author(), found, _as_stored(sent(form)))
    except Refused as refused:
        return _refused(kept, form, refused, _get(kept, item_id))
    if stale:
        return _item_page(kept, form, 409, found, _saved_meanwhile(form, found))
    flash(_("Saved"), "ok")
    return redirect(url_for(".one_list", key=key), 303)


@bp.route("/settings", methods=["GET", "POST"])
@allowed(Permission.SETTINGS_WRITE)
def settings() -> Page:
    """What the bureau is called."""
    session = current_session()
    stored = queries.bureau_names(session)
    form = BureauForm(data=stored)
    if request.method == "GET":
        return _settings_page(form, stored, 200)
    if not form.validate():
        return _settings_page(form, stored, 422)
    with transaction(session):
        stored = queries.bureau_names(session)
        typed = {name: value for name, value in sent(form).items() if name in stored}
        stale = any(request.form.get(f"opened_{name}", "") != (stored[name] or "") for name in typed)
        if not stale:
            actions.name_bureau(session, author(), stored | typed)
    if stale:
        reasons = [_("Somebody saved other names meanwhile; check yours and save again.")]
        return _settings_page(form, stored, 409, reasons)
    flash(_("Saved"), "ok")
    return redirect(url_for(".settings"), 303)


def _get(kept: KeptList, item_id: int) -> actions.Item:
    found: actions.Item | None = current_session().get(kept.table, item_id)
    return found or abort(404)


def _as_stored(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as the list stores it; a name in English may be blank."""
    blank = {"name_en": ""} if not typed.get("name_en", "") else {}
    return {name: blank.get(name, value) for name, value in typed.items() if name not in NOT_STORED}


def _item_page(
    kept: KeptList, form: ItemForm, status: int, found: actions.Item | None = None, reasons: Sequence[str] = ()
) -> Page:
    once = None if found else secrets.token_urlsafe(24)
    return render(
        "reference/item.html",
        status,
        kept=kept,
        lists=LISTS.values(),
        form=form,
        item=found,
        reasons=reasons,
        once=once,
    )


def _refused(kept: KeptList, form: ItemForm, refused: Refused, found: actions.Item | None) -> Page:
    for finding in refused.findings:
        field = form.short_name if finding.code == "listed.short_name_taken" else form.code
        field.errors = [*field.errors, finding_words(finding)]
    return _item_page(kept, form, 422, found)


def _saved_meanwhile(form: ItemForm, found: actions.Item) -> list[str]:
    """What somebody else saved since the form was opened, field by field where it differs from what was typed."""
    typed = _as_stored(sent(form))
    theirs = [
        _("%(field)s is now “%(value)s”.", field=form[name].label.text, value=getattr(found, name) or "")
        for name in typed
        if getattr(found, name) != typed[name]
    ]
    return [_("Somebody saved this item meanwhile; check what you typed and save again."), *theirs]


def _settings_page(
    form: BureauForm, stored: Mapping[str, str | None], status: int, reasons: Sequence[str] = ()
) -> Page:
    return render("reference/settings.html", status, lists=LISTS.values(), form=form, stored=stored, reasons=reasons)
