"""Signing in, for tests of pages."""

import re
from itertools import count

from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from sme_tracker.accounts.actions import create_user
from sme_tracker.accounts.models import User, UserSession
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import Role

_numbers = count(1)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def csrf(page: TestResponse) -> str:
    """The token of the first form on a page."""
    found = _TOKEN.search(page.text)
    assert found, "the page has no form"
    return found[1]


def add_user(session: GuardedSession, role: Role, unit_id: int | None = None) -> tuple[User, str]:
    """An account that has a password, and the password."""
    with transaction(session):
        by = Author(None, "test", utc_now())
        user, password = create_user(session, by, f"{role.value}{next(_numbers)}", role, unit_id=unit_id)
        user.code_expires_at = None
    return user, password


def sign_in(client: FlaskClient, name: str, password: str, address: str = "127.0.0.1") -> TestResponse:
    """Fill in the sign-in page and send it, from an address."""
    typed = {"csrf_token": csrf(client.get("/sign-in")), "name": name, "password": password}
    return client.post("/sign-in", data=typed, environ_overrides={"REMOTE_ADDR": address})


def confirm(session: GuardedSession, user: User) -> None:
    """Let somebody who is signed in have given the password again just now, as freezing and the like ask for."""
    with transaction(session):
        session.execute(update(UserSession).where(UserSession.user_id == user.id).values(confirmed_at=utc_now()))


def sign_in_as(client: FlaskClient, session: GuardedSession, role: Role, unit_id: int | None = None) -> User:
    """Sign a new account of the role in; the password was given again, too."""
    user, password = add_user(session, role, unit_id)
    answer = sign_in(client, user.name, password)
    assert answer.status_code == 303, answer.text
    confirm(session, user)
    return user
