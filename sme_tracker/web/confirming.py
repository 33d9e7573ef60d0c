"""What binds the bureau or gives rights asks for the password again: an open screen is not enough for it."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask, current_app, request

from sme_tracker.clock import utc_now
from sme_tracker.rules.access import ASKS_PASSWORD
from sme_tracker.web.guard import mark_of
from sme_tracker.web.pages import inside, own_address, page_before, render
from sme_tracker.web.principal import principal

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


def asks_password(app: Flask, endpoint: str) -> bool:
    """Whether what is sent to an endpoint is only done by who has given the password again."""
    return mark_of(app, endpoint) in ASKS_PASSWORD


def _must_ask() -> bool:
    user = principal()
    if request.method != "POST" or user is None or request.endpoint is None:
        return False
    if not asks_password(current_app, request.endpoint):
        return False
    return user.confirmed_at is None or abs(utc_now() - user.confirmed_at) > VALID_FOR


def _page(*, is_wrong: bool) -> tuple[str, int]:
    """The question, with everything that was sent carried along; 401, as nothing has been done yet."""
    typed = [pair for pair in request.form.items(multi=True) if pair[0] not in OWN_FIELDS]
    return render(
        "accounts/confirm.html",
        401,
        typed=typed,
        is_wrong=is_wrong,
        address=own_address(),
        came_from=inside(request.form.get(CAME_FROM)) or page_before() or "/",
        minutes=VALID_FOR.seconds // 60,
        names={"password": PASSWORD, "came_from": CAME_FROM},
    )
