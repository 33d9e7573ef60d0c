"""Pages of signing in and out and of one's own account."""

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.accounts import actions, queries, signing
from sme_tracker.accounts.blueprint import bp
from sme_tracker.accounts.browsers import short_browser
from sme_tracker.accounts.forms import PasswordForm, PreferencesForm, SignInForm
from sme_tracker.accounts.models import User
from sme_tracker.clock import utc_now
from sme_tracker.config import Config
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.passwords import PasswordPolicy
from sme_tracker.web.guard import for_everyone_signed_in, public
from sme_tracker.web.language import forget_choice
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, inside, render
from sme_tracker.web.principal import begin, end, principal, signed_in
from sme_tracker.web.words import finding_words


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


def _lock() -> signing.Lock:
    config = _config()
    return signing.Lock(config.failures_before_lock, config.lock_duration)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response | tuple[str, int]:
    """Sign in; a wrong name and a wrong password look alike."""
    form = SignInForm()
    if request.method == "GET":
        if principal():
            return redirect("/", 303)
        return render("accounts/sign_in.html", form=form, lock=_lock())
    if not form.validate():
        return render("accounts/sign_in.html", 422, form=form, lock=_lock())
    token = _try(form.name.data, form.password.data)
    if token is None:
        form.form_errors.append(_("Account name or password is not right, or the account is locked for now."))
        return render("accounts/sign_in.html", 422, form=form, lock=_lock())
    begin(token)
    return redirect(inside(request.args.get("next")) or "/", 303)


def _try(name: str, password: str) -> str | None:
    """Try to sign in: counted first, then the password is looked at, and only then somebody enters or does not."""
    session, by = current_session(), author("sign-in")
    with transaction(session):
        tried = signing.count_try(session, by.at, name, _lock())
    renewed = tried.renewed_hash(password) if tried.succeeds(password) else None
    before = principal()
    with transaction(session):
        token = signing.enter(session, by, tried, request.user_agent.string, renewed) if renewed else None
        if token is None:
            signing.note_failure(session, by, tried)
        elif before:
            signing.sign_out(session, by, before.session_id)
    return token


@bp.post("/sign-out")
@for_everyone_signed_in
def sign_out() -> Response:
    """End the session, here and on the server."""
    session = current_session()
    with transaction(session):
        signing.sign_out(session, author("sign-out"), signed_in().session_id)
    end()
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/account")
@for_everyone_signed_in
def my_account() -> tuple[str, int]:
    """One's own account: password, preferences, sessions."""
    return _my_account(PasswordForm(formdata=None), _preferences())


@bp.post("/account/password")
@for_everyone_signed_in
def change_password() -> Response | tuple[str, int]:
    """Change one's own password."""
    form, session, me = PasswordForm(), current_session(), signed_in()
    if not form.validate():
        return _my_account(form, _preferences(), 422)
    config = _config()
    policy = PasswordPolicy(config.password_length, 3, config.passwords_remembered, config.password_days)
    try:
        user = session.get_one(User, me.id)
        before = user.password_hash
        after = actions.new_password_hash(session, user, form.current.data, form.new.data, policy)
        with transaction(session):
            actions.change_password(session, author(), user, before, after, keep_session=me.session_id)
    except Refused as refused:
        for finding in refused.findings:
            field = form.current if finding.code == "password.current_wrong" else form.new
            field.errors = [*field.errors, finding_words(finding)]
        return _my_account(form, _preferences(), 422)
    flash(_("Password changed; other sessions have ended."), "ok")
    return redirect(url_for("accounts.my_account"), 303)


@bp.post("/account/sessions/end")
@for_everyone_signed_in
def end_other_sessions() -> Response:
    """End one's own sessions elsewhere."""
    session, me = current_session(), signed_in()
    with transaction(session):
        signing.end_other_sessions(session, author(), me.id, keep=me.session_id)
    flash(_("Signed out everywhere else"), "ok")
    return redirect(url_for("accounts.my_account"), 303)


@bp.post("/account/preferences")
@for_everyone_signed_in
def change_preferences() -> Response | tuple[str, int]:
    """Change what one prefers."""
    form, session = PreferencesForm(), current_session()
    if not form.validate():
        return _my_account(PasswordForm(formdata=None), form, 422)
    with transaction(session):
        user = session.get_one(User, signed_in().id)
        actions.choose_preferences(session, user, form.language.data or None, form.shortcuts_on.data)
    forget_choice()
    flash(_("Saved"), "ok")
    return redirect(url_for("accounts.my_account"), 303)


def _preferences() -> PreferencesForm:
    me = signed_in()
    return PreferencesForm(formdata=None, data={"language": me.language or "", "shortcuts_on": me.shortcuts_on})


def _my_account(form: PasswordForm, preferences: PreferencesForm, status: int = 200) -> tuple[str, int]:
    config, now, me = _config(), utc_now(), signed_in()
    sessions = queries.open_sessions(
        current_session(), me.id, begun_after=now - config.session_limit, seen_after=now - config.idle_limit_of(me.role)
    )
    browsers = {one.id: short_browser(one.agent) for one in sessions}
    context = {"sessions": sessions, "browsers": browsers, "password_length": config.password_length}
    return render("accounts/my_account.html", status, form=form, preferences=preferences, **context)
