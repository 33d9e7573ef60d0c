"""The page on which an administrator takes the right of export away, and gives it back."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from sme_tracker.accounts import exporting, queries
from sme_tracker.accounts.blueprint import bp
from sme_tracker.accounts.forms import WithholdForm
from sme_tracker.accounts.models import User
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Role
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, render
from sme_tracker.web.words import ROLES, finding_words


@bp.get("/users/export-right")
@allowed(Permission.ACCOUNT_WRITE)
def export_right() -> tuple[str, int]:
    """From whom the right of export is taken, and a form that takes it."""
    return _page(_form())


@bp.post("/users/export-right")
@allowed(Permission.ACCOUNT_WRITE)
def withhold_export() -> Response | tuple[str, int]:
    """Take the right of export from a role or a person."""
    form, session = _form(), current_session()
    if not form.validate():
        return _page(form, 422)
    kind, _dot, key = form.whose.data.partition(".")
    try:
        with transaction(session):
            role = Role(key) if kind == "role" else None
            user = queries.get_user(session, int(key)) if kind == "user" else None
            exporting.withhold(session, author(), role, user, form.reason.data or "")
    except Refused as refused:
        form.whose.errors = [str(finding_words(finding)) for finding in refused.findings]
        return _page(form, 422)
    flash(_("Saved"), "ok")
    return redirect(url_for(".export_right"), 303)


@bp.post("/users/export-right/<int:withheld_id>/give-back")
@allowed(Permission.ACCOUNT_WRITE)
def give_export_back(withheld_id: int) -> Response:
    """Give the right of export back, with the reason."""
    session = current_session()
    try:
        with transaction(session):
            exporting.give_back(session, author(), withheld_id, request.form.get("reason", ""))
    except Refused as refused:
        flash(" ".join(str(finding_words(finding)) for finding in refused.findings), "bad")
    else:
        flash(_("Saved"), "ok")
    return redirect(url_for(".export_right"), 303)


def _form() -> WithholdForm:
    form = WithholdForm()
    roles = [
        SelectChoice(f"role.{role.value}", _("Everybody: %(role)s", role=ROLES[role])) for role in exporting.HOLDERS
    ]
    people = [SelectChoice(f"user.{one.id}", f"{one.full_name} ({one.name})") for one in _holders()]
    form.whose.choices = [SelectChoice("", _("choose …")), *roles, *people]
    return form


def _holders() -> list[User]:
    """The accounts in use whose role has the right."""
    everybody = queries.all_users(current_session())
    return [user for user in everybody if user.is_role in exporting.HOLDERS and not user.disabled_at]


def _page(form: WithholdForm, status: int = 200) -> tuple[str, int]:
    session = current_session()
    names = queries.full_names(session)
    return render("accounts/export_right.html", status, form=form, withheld=queries.withheld(session), names=names)
