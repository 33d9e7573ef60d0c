"""Pages of signing in and out and of one's own account."""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import current_app, flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from sme_tracker.accounts import actions, queries, signing
from sme_tracker.accounts.blueprint import bp
from sme_tracker.accounts.browsers import short_browser
from sme_tracker.accounts.forms import FirstPasswordForm, PasswordForm, PreferencesForm, SignInForm
from sme_tracker.accounts.models import User
from sme_tracker.accounts.tries import Limits, slow_down
from sme_tracker.clock import local, utc_now
from sme_tracker.config import Config
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.history.chain import Author
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.passwords import PasswordPolicy
from sme_tracker.web.guard import for_everyone_signed_in, public
from sme_tracker.web.language import forget_choice
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, inside, render
from sme_tracker.web.principal import begin, begin_choosing, choosing, end, principal, signed_in
from sme_tracker.web.words import finding_words

RESETS_ARE_TOLD_FOR = timedelta(days=30)


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


def _limits() -> Limits:
    config = _config()
    return Limits(
        pair=config.failures_before_lock,
        address=config.address_failures_before_lock,
        account=config.failures_before_slowing,
        lock=config.lock_duration,
    )


def _policy() -> PasswordPolicy:
    config = _config()
    return PasswordPolicy(config.password_length, 3, config.passwords_remembered, config.password_days)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response | tuple[str, int]:
    """Sign in; a wrong name and a wrong password look alike. A one-time code leads to the choice of a password."""
    form = SignInForm()
    if request.method == "GET":
        if principal():
            return redirect("/", 303)
        return render("accounts/sign_in.html", form=form, limits=_limits())
    if not form.validate():
        return render("accounts/sign_in.html", 422, form=form, limits=_limits())
    answer = _try(form.name.data, form.password.data)
    if answer is None:
        form.form_errors.append(_("Account name or password is not right, or signing in is locked for now."))
        return render("accounts/sign_in.html", 422, form=form, limits=_limits())
    return answer


def _try(name: str, password: str) -> Response | None:
    """Try to sign in; None if the password is not right."""
    by = author("sign-in")
    tried, is_right = _counted(by, name, password)
    if is_right and tried.code_expires_at:
        return _accept_code(by, tried, tried.code_expires_at)
    return _enter(by, tried, tried.renewed_hash(password) if is_right else None)


def _accept_code(by: Author, tried: signing.Try, expires_at: datetime) -> Response:
    with transaction(current_session()):
        signing.accept_code(current_session(), by, tried, _limits())
    begin_choosing(tried.user_id, expires_at)
    return redirect(url_for("accounts.new_password", next=request.args.get("next")), 303)


def _enter(by: Author, tried: signing.Try, renewed_hash: str | None) -> Response | None:
    session, agent = current_session(), request.user_agent.string
    with transaction(session):
        token = signing.enter(session, by, tried, agent, renewed_hash, _limits()) if renewed_hash else None
        if token is None:
            signing.note_failure(session, by, tried.name)
        else:
            _leave(by)
    return _begin(token, tried.user_id) if token else None


def _counted(by: Author, name: str, password: str) -> tuple[signing.Try, bool]:
    """A try and whether the password is right: counted first, and only then is the password looked at."""
    session = current_session()
    with transaction(session):
        tried = signing.count_try(session, by, name, _limits())
    if tried.is_slow:
        slow_down()
    return tried, tried.succeeds(password)


def _leave(by: Author) -> None:
    """End the session somebody had in this browser before."""
    before = principal()
    if before:
        signing.sign_out(current_session(), by, before.session_id)


def _begin(token: str, user_id: int) -> Response:
    """Let somebody in, and say who reset the password lately, so that nobody takes another's place unseen."""
    begin(token)
    for told in _resets(user_id):
        flash(told, "warn")
    return redirect(inside(request.args.get("next")) or "/", 303)


def _resets(user_id: int) -> list[str]:
    """Who reset the password of an account within the last thirty days, a sentence each."""
    found = queries.resets(current_session(), user_id, utc_now() - RESETS_ARE_TOLD_FOR)
    return [
        _(
            "%(name)s reset your password on %(time)s. If you did not ask for it, tell the bureau’s auditor.",
            name=reset.by_name or _("The command on the server"),
            time=f"{local(reset.at):%Y-%m-%d %H:%M}",
        )
        for reset in found
    ]


@bp.route("/new-password", methods=["GET", "POST"])
@public
def new_password() -> Response | tuple[str, int]:
    """Choose a password after a one-time code was given; the code opens nothing else, and then is spent."""
    session, kept = current_session(), choosing()
    if kept is None:
        return redirect(url_for("accounts.sign_in"), 303)
    user, form = _who_chooses(kept), FirstPasswordForm()
    if request.method == "GET":
        return _new_password_page(user, form, 200)
    if not form.validate():
        return _new_password_page(user, form, 422)
    code_hash = user.password_hash
    try:
        password_hash = actions.new_password_hash(session, user, form.new.data, _policy())
    except Refused as refused:
        form.new.errors = [finding_words(finding) for finding in refused.findings]
        return _new_password_page(user, form, 422)
    with transaction(session):
        user = _who_chooses(kept)
        by = replace(author("sign-in"), user_id=user.id)
        actions.change_password(session, by, user, code_hash, password_hash)
        token = signing.begin_session(session, by, user.id, request.user_agent.string)
        _leave(author("sign-in"))
    return _begin(token, user.id)


def _who_chooses(kept: tuple[int, datetime]) -> User:
    """The account whose code was given; raises Refused when the code has been spent, replaced or has expired."""
    user = queries.find_choosing(current_session(), *kept, utc_now())
    if user is None:
        raise Refused(Finding("password.code_gone"))
    return user


def _new_password_page(user: User, form: FirstPasswordForm, status: int) -> tuple[str, int]:
    context = {"name": user.name, "full_name": user.full_name, "password_length": _config().password_length}
    return render("accounts/new_password.html", status, form=form, **context)


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
    try:
        before = _given_again(form.current.data)
        after = actions.new_password_hash(session, session.get_one(User, me.id), form.new.data, _policy())
        with transaction(session):
            user = session.get_one(User, me.id)
            actions.change_password(session, author(), user, before, after, keep_session=me.session_id)
    except Refused as refused:
        for finding in refused.findings:
            field = form.current if finding.code == "password.current_wrong" else form.new
            field.errors = [*field.errors, finding_words(finding)]
        return _my_account(form, _preferences(), 422)
    flash(_("Password changed; other sessions have ended."), "ok")
    return redirect(url_for("accounts.my_account"), 303)


def confirm(password: str) -> bool:
    """Whether it is the password of who is signed in; the session then notes that it was given again."""
    try:
        _given_again(password)
    except Refused:
        return False
    return True


def _given_again(password: str) -> str:
    """The hash of one's own password, given again; wrong ones are counted as at sign-in. Raises Refused."""
    session, me, by = current_session(), signed_in(), author("page")
    tried, is_right = _counted(by, me.name, password)
    with transaction(session):
        if is_right:
            signing.confirm(session, by, tried, me.session_id, _limits())
        else:
            signing.note_failure(session, by, me.name, "confirm.failed")
    if not is_right:
        raise Refused(Finding("password.current_wrong"))
    return tried.password_hash


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
    form, session = _preferences(request.form), current_session()
    if not form.validate():
        return _my_account(PasswordForm(formdata=None), form, 422)
    with transaction(session):
        user = session.get_one(User, signed_in().id)
        actions.choose_preferences(session, user, form.language.data or None, form.shortcuts_on.data)
    forget_choice()
    flash(_("Saved"), "ok")
    return redirect(url_for("accounts.my_account"), 303)


def _preferences(typed: MultiDict[str, str] | None = None) -> PreferencesForm:
    me = signed_in()
    return PreferencesForm(formdata=typed, data={"language": me.language or "", "shortcuts_on": me.shortcuts_on})


def _my_account(form: PasswordForm, preferences: PreferencesForm, status: int = 200) -> tuple[str, int]:
    config, now, me = _config(), utc_now(), signed_in()
    sessions = queries.open_sessions(
        current_session(),
        me.id,
        begun_after=now - config.session_limit,
        seen_after=now - config.ends_after_idle(me.role),
    )
    browsers = {one.id: short_browser(one.agent) for one in sessions}
    context = {"sessions": sessions, "browsers": browsers, "password_length": config.password_length}
    context["resets"] = _resets(me.id)
    return render("accounts/my_account.html", status, form=form, preferences=preferences, **context)
