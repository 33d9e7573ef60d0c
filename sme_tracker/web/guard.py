"""The guard at the door: what a request may be, who gets in, and that nobody tries one record after the other.

An endpoint that carries no mark answers 403, and the login check comes before any look-up.
"""

from collections.abc import Callable
from math import ceil
from typing import TypeVar
from urllib.parse import quote
from wsgiref.types import WSGIEnvironment

from flask import Flask, Request, abort, current_app, redirect, request, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from sme_tracker.clock import utc_now
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import LARGEST_ID
from sme_tracker.web.pages import own_address
from sme_tracker.web.principal import Principal, principal

View = TypeVar("View", bound=Callable[..., object])
MARK = "_guard_mark"
PUBLIC = "public"
SIGNED_IN = "signed_in"
LONGEST_QUERY = 8_000
"""How many characters an address may carry behind its question mark."""
UNMARKED_ENDPOINTS = frozenset({"static"})
UNTIL_PASSWORD_IS_CHANGED = frozenset({"accounts.my_account", "accounts.change_password", "accounts.sign_out"})


class Asking(Request):
    """A request of which only a POST has a form; HEAD asks like GET, and is answered without the page.

    What a view writes stands behind `request.method == "GET"`, so nothing else than a POST gets there.
    """

    def __init__(self, environ: WSGIEnvironment, populate_request: bool = True, shallow: bool = False) -> None:
        super().__init__(environ, populate_request, shallow)
        if self.method == "HEAD":
            self.method = "GET"

    @property
    def want_form_data_parsed(self) -> bool:
        """Whether there is a form to read."""
        return self.method == "POST" and super().want_form_data_parsed


class RecordId(IntegerConverter):
    """A number in an address; one that no record can have leads nowhere."""

    regex = r"\d{1,10}"

    def __init__(self, map: Map) -> None:  # noqa: A002 (what the router calls it)
        super().__init__(map, max=LARGEST_ID)


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
    """Stand before every request; to be called before any page is added."""
    app.request_class = Asking
    app.url_map.converters["int"] = RecordId
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
    _slow_down(user)
    return None


def _slow_down(user: Principal) -> None:
    """Open no record to somebody who has just asked for many that he does not find; it is not looked which it is."""
    if user.slowed_until is None or not request.view_args:
        return
    wait_s = ceil((user.slowed_until - utc_now()).total_seconds())
    if wait_s > 0:
        raise TooManyRequests(retry_after=wait_s)


def refuse_endless_address() -> None:
    """Refuse an address that carries more than any page of ours puts into one."""
    if len(request.query_string) > LONGEST_QUERY:
        abort(400)


def refuse_unreadable() -> None:
    """No text field takes a NUL, and PostgreSQL cannot even store one: such a request is refused whole."""
    sent = (request.args, request.form)
    texts = (text for values in sent for pair in values.items(multi=True) for text in pair)
    if any("\0" in text for text in texts):
        abort(400)


def _ask_to_sign_in() -> Response:
    if request.method != "GET":
        abort(401)
    inside = own_address()
    is_worth_it = inside != "/" and len(quote(inside)) < LONGEST_QUERY
    return redirect(url_for("accounts.sign_in", next=inside if is_worth_it else None), 303)
