"""What binds the bureau or gives rights asks for the password again: an open screen is not enough for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from flask import Flask, current_app, request

from sme_tracker.clock import utc_now
from sme_tracker.rules.access import ASKS_PASSWORD
from sme_tracker.web.guard import mark_of
from sme_tracker.web.pages import inside, own_address, page_before, render
from sme_tracker.web.principal import principal

View = TypeVar("View", bound=Callable[..., object])
_WHEN = "_asks_password_when"
VALID_FOR = timedelta(minutes=5)
PASSWORD = "confirm_password"  # noqa: S105 (the name of a field)
CAME_FROM = "confirm_came_from"
OWN_FIELDS = frozenset({PASSWORD, CAME_FROM, "csrf_token"})


def install(app: Flask, confirm: Callable[[str], bool]) -> None:
    """Stand behind the guard; `confirm` says whether a password is that of who is signed in, and notes it."""

    @app.before_request
    def ask() -> tuple[str, int] | None:
        if not _must_ask():
            return None
        password = request.form.get(PASSWORD)
        if password is not None and confirm(password):
            return None  # and what was asked for is done, with all that was typed
        return _page(is_wrong=password is not None)


def asking_password_when(holds: Callable[[], bool]) -> Callable[[View], View]:
    """Mark a view: what is sent to it asks for the password again where this holds."""

    def decorate(view: View) -> View:
        setattr(view, _WHEN, holds)
        return view

    return decorate


def asks_password(app: Flask, endpoint: str) -> bool:
    """Whether what is sent to an endpoint is only done by who has given the password again."""
    return mark_of(app, endpoint) in ASKS_PASSWORD


def _must_ask() -> bool:
    user = principal()
    if request.method != "POST" or user is None or request.endpoint is None:
        return False
    when: Callable[[], bool] | None = getattr(current_app.view_functions[request.endpoint], _WHEN, None)
    if not asks_password(current_app, request.endpoint) and not (when and when()):
        return False
    return user.confirmed_at is None or abs(utc_now() - user.confirmed_at) > VALID_FOR


def _sends_a_file(app: Flask, endpoint: str) -> bool:
    """Whether the answer is a file, after which the page is still there."""
    return hasattr(app.view_functions[endpoint], _WHEN)


def _page(*, is_wrong: bool) -> tuple[str, int]:
    """The question, with everything that was sent carried along; 401, as nothing has been done yet."""
    typed = [pair for pair in request.form.items(multi=True) if pair[0] not in OWN_FIELDS]
    return render(
        "accounts/confirm.html",
        401,
        typed=typed,
        is_wrong=is_wrong,
        address=own_address(),
        sends_a_file=_sends_a_file(current_app, request.endpoint or ""),
        came_from=inside(request.form.get(CAME_FROM)) or page_before() or "/",
        minutes=VALID_FOR.seconds // 60,
        names={"password": PASSWORD, "came_from": CAME_FROM},
    )
