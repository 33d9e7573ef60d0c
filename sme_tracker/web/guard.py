"""The guard at the door: an endpoint that carries no mark answers 403, and the login check comes before any look-up."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.rules.access import Permission
from sme_tracker.web.principal import principal

View = TypeVar("View", bound=Callable[..., object])
MARK = "_guard_mark"
PUBLIC = "public"
SIGNED_IN = "signed_in"
UNMARKED_ENDPOINTS = frozenset({"static"})
UNTIL_PASSWORD_IS_CHANGED = frozenset({"accounts.my_account", "accounts.change_password", "accounts.sign_out"})


def allowed(permission: Permission) -> Callable[[View], View]:
    """Mark a view: only accounts with the permission get in."""
    return _marked(permission)


def public(view: View) -> View:
    """Mark a view that answers without a session."""
    return _marked(PUBLIC)(view)


def for_everyone_signed_in(view: View) -> View:
    """Mark a view that every account may use."""
    return _marked(SIGNED_IN)(view)


def mark_of(app: Flask, endpoint: str) -> Permission | str | None:
    """The mark of an endpoint, None if it carries none."""
    return getattr(app.view_functions[endpoint], MARK, None)


def install(app: Flask) -> None:
    """Stand before every request."""
    app.before_request(_check)


def _marked(mark: Permission | str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        setattr(view, MARK, mark)
        return view

    return decorate


def _check() -> Response | None:
    endpoint = request.endpoint
    if endpoint in UNMARKED_ENDPOINTS:
        return None
    mark = mark_of(current_app, endpoint) if endpoint else None
    if mark == PUBLIC:
        return None
    user = principal()
    if user is None:
        return _ask_to_sign_in()
    if endpoint is None:
        return None  # not found, or the wrong method: the router answers
    if user.must_change and endpoint not in UNTIL_PASSWORD_IS_CHANGED:
        return redirect(url_for("accounts.my_account"), 303)
    if mark != SIGNED_IN and not (isinstance(mark, Permission) and user.may(mark)):
        abort(403)
    return None


def refuse_unreadable() -> None:
    """No text field takes a NUL, and PostgreSQL cannot even store one: such a request is refused whole."""
    sent = (request.args, request.form)
    texts = (text for values in sent for pair in values.items(multi=True) for text in pair)
    if "\0" in request.path or any("\0" in text for text in texts):
        abort(400)


def _ask_to_sign_in() -> Response:
    if request.method not in ("GET", "HEAD"):
        abort(401)
    inside = request.full_path.rstrip("?")
    return redirect(url_for("accounts.sign_in", next=None if inside == "/" else inside), 303)
