"""Pages of the administrator: the accounts of the bureau."""

from collections.abc import Callable

from flask import abort, current_app, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from sme_tracker.accounts import actions, queries, tries
from sme_tracker.accounts.blueprint import bp
from sme_tracker.accounts.forms import UserForm
from sme_tracker.accounts.models import User
from sme_tracker.clock import utc_now
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.history.chain import Author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Role
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, render, version_from_form
from sme_tracker.web.words import ROLES, finding_words

FIELD_OF = {
    "user.name_missing": "name",
    "user.name_signs": "name",
    "user.name_taken": "name",
    "user.clerk_needs_unit": "unit_id",
    "user.unit_only_for_clerk": "unit_id",
    "user.last_administrator": "role",
    "user.own_role": "role",
}


@bp.get("/users")
@allowed(Permission.ACCOUNT_READ)
def users() -> tuple[str, int]:
    """All accounts."""
    session = current_session()
    found, locks = queries.all_users(session), tries.locks(session, utc_now())
    of_user = {user.id: locks.get(tries.mark(session, user.name), ()) for user in found} if locks else {}
    return render("accounts/users.html", users=found, units=_units(), locks=of_user, addresses=locks.get(tries.ANY, ()))


@bp.route("/users/new", methods=["GET", "POST"])
@allowed(Permission.ACCOUNT_WRITE)
def new_user() -> Response | tuple[str, int]:
    """A new account; its one-time code is shown once."""
    form = _form(UserForm())
    if request.method == "GET":
        return render("accounts/user.html", form=form, user=None)
    session = current_session()
    if not form.validate():
        return render("accounts/user.html", 422, form=form, user=None)
    try:
        with transaction(session):
            user, code = actions.create_user(
                session, author(), form.name.data, Role(form.role.data), form.full_name.data, form.unit_id.data
            )
            name, expires_at = user.name, user.code_expires_at
    except Refused as refused:
        return _refused(form, refused, None)
    return render("accounts/one_time_code.html", name=name, code=code, expires_at=expires_at)


@bp.route("/users/<int:user_id>", methods=["GET", "POST"])
@allowed(Permission.ACCOUNT_WRITE)
def user(user_id: int) -> Response | tuple[str, int]:
    """Change who somebody is."""
    session = current_session()
    found = _get(user_id)
    form = _form(UserForm(obj=found))
    if request.method == "GET":
        return render("accounts/user.html", form=form, user=found)
    if not form.validate():
        return render("accounts/user.html", 422, form=form, user=found)
    try:
        with transaction(session):
            found = _get(user_id)
            if found.version != version_from_form():
                return _stale(form, found)
            actions.change_user(session, author(), found, form.full_name.data, Role(form.role.data), form.unit_id.data)
    except Refused as refused:
        return _refused(form, refused, found)
    flash(_("Saved"), "ok")
    return redirect(url_for("accounts.users"), 303)


@bp.post("/users/<int:user_id>/reset-password")
@allowed(Permission.ACCOUNT_WRITE)
def reset_password(user_id: int) -> Response | tuple[str, int]:
    """A one-time code in the place of somebody's password, shown once."""
    session = current_session()
    try:
        with transaction(session):
            found = _get(user_id)
            code = actions.reset_password(session, author(), found)
            name, expires_at = found.name, found.code_expires_at
    except Refused as refused:
        flash(finding_words(refused.findings[0]), "bad")
        return redirect(url_for("accounts.users"), 303)
    return render("accounts/one_time_code.html", name=name, code=code, expires_at=expires_at)


@bp.post("/users/<int:user_id>/disable")
@allowed(Permission.ACCOUNT_WRITE)
def disable_user(user_id: int) -> Response:
    """Close an account."""
    return _switch(user_id, actions.disable_user)


@bp.post("/users/<int:user_id>/enable")
@allowed(Permission.ACCOUNT_WRITE)
def enable_user(user_id: int) -> Response:
    """Open an account again."""
    return _switch(user_id, actions.enable_user)


def _switch(user_id: int, action: Callable[[Session, Author, User], None]) -> Response:
    session = current_session()
    try:
        with transaction(session):
            action(session, author(), _get(user_id))
    except Refused as refused:
        flash(finding_words(refused.findings[0]), "bad")
    else:
        flash(_("Saved"), "ok")
    return redirect(url_for("accounts.users"), 303)


def _get(user_id: int) -> User:
    found = queries.get_user(current_session(), user_id)
    return found or abort(404)


def _form(form: UserForm) -> UserForm:
    choices = [SelectChoice("", _("No unit"))]
    form.unit_id.choices = choices + [SelectChoice(str(unit_id), name) for unit_id, name in _units().items()]
    return form


def _units() -> dict[int, str]:
    """The reporting units by id, as the storey above hands them in."""
    names: dict[int, str] = current_app.extensions["unit_names"](current_session())
    return names


def _stale(form: UserForm, found: User) -> tuple[str, int]:
    """Somebody saved meanwhile: nothing is written, what was typed stays, and each field says what is there now."""
    there = {
        "full_name": (found.full_name, found.full_name),
        "role": (found.role, ROLES[found.is_role]),
        "unit_id": (found.unit_id, _units().get(found.unit_id or 0, _("No unit"))),
    }
    form.form_errors.append(_("Somebody changed this account meanwhile; saving again replaces what is there now."))
    for name, (value, words) in there.items():
        if form[name].data != value:
            form[name].errors = [*form[name].errors, _("There now: %(value)s", value=words)]
    return render("accounts/user.html", 409, form=form, user=found)


def _refused(form: UserForm, refused: Refused, found: User | None) -> tuple[str, int]:
    for finding in refused.findings:
        field = form[FIELD_OF.get(finding.code, "name")]
        field.errors = [*field.errors, finding_words(finding)]
    return render("accounts/user.html", 422, form=form, user=found)
