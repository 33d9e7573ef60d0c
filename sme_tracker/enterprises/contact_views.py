"""Pages that add, change, remove and show contacts."""

import secrets
from collections.abc import Sequence

from flask import abort, flash, redirect, request
from werkzeug.wrappers import Response

from sme_tracker.accounts.actions import use_once
from sme_tracker.db import transaction
from sme_tracker.enterprises import actions, queries
from sme_tracker.enterprises.blueprint import address_of, bp, enterprise_or_404
from sme_tracker.enterprises.forms import ContactForm
from sme_tracker.enterprises.models import Contact, Enterprise
from sme_tracker.enterprises.views import show
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, render, version_from_form

Page = Response | tuple[str, int]


@bp.route("/enterprises/<int:enterprise_id>/contacts/new", methods=["GET", "POST"])
@allowed(Permission.CONTACT_SHOW)
def new_contact(enterprise_id: int) -> Page:
    """Add a contact."""
    one, form, session = enterprise_or_404(enterprise_id), ContactForm(), current_session()
    if request.method == "GET":
        return _page(form, one, None)
    if not form.validate():
        return _page(form, one, None, 422)
    by = author()
    with transaction(session):
        if use_once(session, by, request.form.get("once", "")):
            actions.add_contacts(session, by, [_typed(form, enterprise_id)])
    flash(_("Saved."), "ok")
    return redirect(address_of(enterprise_id), 303)


@bp.route("/enterprises/<int:enterprise_id>/contacts/<int:contact_id>", methods=["GET", "POST"])
@allowed(Permission.CONTACT_SHOW)
def edit_contact(enterprise_id: int, contact_id: int) -> Page:
    """Change a contact; the number is typed anew or left as it is."""
    one, session = enterprise_or_404(enterprise_id), current_session()
    contact = _contact_or_404(enterprise_id, contact_id)
    form = ContactForm(data={"name": contact.name, "position": contact.position})
    if request.method == "GET":
        return _page(form, one, contact)
    if not form.validate():
        return _page(form, one, contact, 422)
    version = version_from_form()
    try:
        with transaction(session):
            contact = _contact_or_404(enterprise_id, contact_id)
            typed = _typed(form, enterprise_id, contact.phone)
            actions.change_contact(session, author(), contact, version, typed)
    except actions.Stale:
        reasons = [_("Somebody saved this contact meanwhile; look again and save anew.")]
        return _page(form, enterprise_or_404(enterprise_id), _contact_or_404(enterprise_id, contact_id), 409, reasons)
    flash(_("Saved."), "ok")
    return redirect(address_of(enterprise_id), 303)


@bp.post("/enterprises/<int:enterprise_id>/contacts/<int:contact_id>/remove")
@allowed(Permission.CONTACT_SHOW)
def remove_contact(enterprise_id: int, contact_id: int) -> Page:
    """Remove a contact."""
    enterprise_or_404(enterprise_id)
    session, version = current_session(), version_from_form()
    try:
        with transaction(session):
            actions.remove_contact(session, author(), _contact_or_404(enterprise_id, contact_id), version)
    except actions.Stale:
        abort(409)
    flash(_("The contact has been removed."), "ok")
    return redirect(address_of(enterprise_id), 303)


@bp.post("/enterprises/<int:enterprise_id>/contacts/<int:contact_id>/show")
@allowed(Permission.CONTACT_SHOW)
def show_contact(enterprise_id: int, contact_id: int) -> Page:
    """Show the full number of a contact once; the history tells who looked."""
    enterprise_or_404(enterprise_id)
    session = current_session()
    with transaction(session):
        actions.record_shown(session, author(), _contact_or_404(enterprise_id, contact_id))
    return show(enterprise_or_404(enterprise_id), shown_contact=_contact_or_404(enterprise_id, contact_id))


def _contact_or_404(enterprise_id: int, contact_id: int) -> Contact:
    try:
        return queries.get_contact(current_session(), enterprise_id, contact_id)
    except queries.NotVisible:
        abort(404)


def _typed(form: ContactForm, enterprise_id: int, phone: str | None = None) -> actions.NewContact:
    return actions.NewContact(enterprise_id, form.name.data or "", form.position.data, form.phone.data or phone)


def _page(
    form: ContactForm, one: Enterprise, contact: Contact | None, status: int = 200, reasons: Sequence[str] = ()
) -> tuple[str, int]:
    once = None if contact else request.form.get("once") or secrets.token_urlsafe(24)
    return render(
        "enterprises/contact.html", status, form=form, enterprise=one, contact=contact, reasons=reasons, once=once
    )
