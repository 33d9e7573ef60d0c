"""Pages that register an enterprise and edit its profile, with the page where two people's changes meet."""

import secrets
from collections.abc import Sequence

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from sme_tracker.accounts.actions import use_once
from sme_tracker.db import transaction
from sme_tracker.enterprises import actions, merging, previews, profiles, queries
from sme_tracker.enterprises.blueprint import address_of, bp, enterprise_or_404
from sme_tracker.enterprises.caches import yearly_figures
from sme_tracker.enterprises.forms import NewForm, ProfileForm
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.acting import author
from sme_tracker.history.chain import plain
from sme_tracker.rules import credit_code
from sme_tracker.rules.access import Permission, own_unit_only
from sme_tracker.rules.credit_code import CHECK_CHARACTER
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.records import check_profile
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, render, today, version_from_form
from sme_tracker.web.principal import signed_in

Page = Response | tuple[str, int]


@bp.route("/enterprises/new", methods=["GET", "POST"])
@allowed(Permission.ENTERPRISE_CREATE)
def new() -> Page:
    """Register an enterprise."""
    form = NewForm()
    profiles.dress(form, current_session(), today())
    if request.method == "GET":
        return _new_page(form, 200)
    if not form.validate():
        return _new_page(form, 422)
    try:
        enterprise_id = _register(form)
    except Refused as refused:
        return _not_registered(form, refused)
    flash(_("The enterprise has been registered."), "ok")
    return redirect(address_of(enterprise_id), 303)


def _register(form: NewForm) -> int:
    session, user, by = current_session(), signed_in(), author()
    code = credit_code.normalise(form.code.data or "")
    unit_id = user.unit_id if own_unit_only(user.role) else form.unit_id.data
    enterprise = actions.NewEnterprise(
        code, form.name.data or "", unit_id, form.code_as_printed.data, profiles.typed(form)
    )
    with transaction(session):
        if not use_once(session, by, request.form.get("once", "")):
            already = queries.find_by_code(session, code)
            if already is not None and _visible(already.id):
                return already.id
        return actions.register(session, by, [enterprise])[0]


def _not_registered(form: NewForm, refused: Refused) -> Page:
    """The form again, each reason at its field; a code that is taken leads to its holder if the user sees it."""
    holders = [
        finding.parameters["enterprise_id"] for finding in refused.findings if finding.code == "credit_code.taken"
    ]
    reasons = profiles.put(form, refused.findings)
    suggestion = next((found.parameters.get("suggestion") for found in refused.findings), None)
    may_confirm = any(found.code == CHECK_CHARACTER for found in refused.findings)
    holder = _visible(holders[0]) if holders and isinstance(holders[0], int) else None
    return _new_page(form, 422, reasons, suggestion=suggestion, may_confirm=may_confirm, holder=holder)


def _visible(enterprise_id: int) -> Enterprise | None:
    try:
        return queries.get_enterprise(current_session(), enterprise_id, signed_in())
    except queries.NotVisible:
        return None


def _new_page(form: NewForm, status: int, reasons: list[str] | None = None, **more: object) -> tuple[str, int]:
    similar = queries.similar_names(current_session(), form.name.data, signed_in()) if form.name.data else ()
    return render(
        "enterprises/new.html",
        status,
        form=form,
        reasons=reasons or [],
        similar=similar,
        once=request.form.get("once") or secrets.token_urlsafe(24),
        own_unit=own_unit_only(signed_in().role),
        **{"holder": None, "suggestion": None, "may_confirm": False} | more,
    )


@bp.route("/enterprises/<int:enterprise_id>/edit", methods=["GET", "POST"])
@allowed(Permission.ENTERPRISE_WRITE)
def edit(enterprise_id: int) -> Page:
    """Change the profile of an enterprise, or see what the change would bring."""
    one = enterprise_or_404(enterprise_id)
    if request.method == "GET":
        form = ProfileForm(obj=one)
        profiles.dress(form, current_session(), today(), one)
        return _edit_page(form, one, 200, one.version)
    form = ProfileForm(formdata=merging.with_choices(request.form, profiles.TYPED), obj=one)
    profiles.dress(form, current_session(), today(), one)
    return _check(form, one) if "check" in request.form else _save(form, one)


def _check(form: ProfileForm, one: Enterprise) -> Page:
    """The form as it is, with the verdicts that would change; alone if only they are asked for."""
    form.validate()
    reasons = profiles.put(form, check_profile(_readable(form), today()))
    if request.form["check"] == "part":
        return render("enterprises/_preview.html", preview=_preview(form, one))
    return _edit_page(form, one, 422 if form.errors else 200, version_from_form(), reasons)


def _save(form: ProfileForm, one: Enterprise) -> Page:
    session, version, which = current_session(), version_from_form(), one.id
    if not form.validate():
        return _edit_page(form, one, 422, version)
    values = profiles.typed(form, one)
    if merging.unchosen(request.form):
        return _conflict_page(form, one, merging.opened_version(request.form))
    try:
        with transaction(session):
            changed = actions.change_profile(session, author(), which, version, values)
    except actions.Stale:
        return _conflict_page(form, enterprise_or_404(which), version)
    except Refused as refused:
        return _edit_page(form, enterprise_or_404(which), 422, version, profiles.put(form, refused.findings))
    flash(_("Saved.") if changed else _("Nothing was different, so nothing was saved."), "ok")
    return redirect(address_of(which), 303)


def _edit_page(
    form: ProfileForm, one: Enterprise, status: int, version: int, reasons: Sequence[str] = ()
) -> tuple[str, int]:
    return render(
        "enterprises/edit.html",
        status,
        form=form,
        enterprise=one,
        version=version,
        reasons=reasons,
        preview=_preview(form, one) if request.method == "POST" else None,
    )


def _preview(form: ProfileForm, one: Enterprise) -> previews.Previewed:
    figures = yearly_figures(current_session(), [one.id])[one.id]
    return previews.previewed(form, one, previews.as_saved(one, figures, _readable(form)))


def _readable(form: ProfileForm) -> dict[str, object]:
    """What was sent in the fields nothing is wrong with."""
    return {name: value for name, value in profiles.sent_fields(form).items() if not form[name].errors}


def _conflict_page(form: ProfileForm, one: Enterprise, version: int) -> tuple[str, int]:
    session, theirs = current_session(), profiles.as_recorded(one)
    mine = theirs | {name: plain(value) for name, value in profiles.sent_fields(form).items()}
    found = merging.clashes(profiles.opened(session, one, version), theirs, mine)
    saver = merging.Saver(*(queries.last_update(session, one.id) or (None, None)))
    meeting = merging.Meeting(found, one.version, version, saver, profiles.in_words(form))
    return merging.conflict_page(form, one, meeting)
