"""Signing in, for tests of pages."""

import re
from itertools import count

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sme_tracker.accounts.actions import create_user
from sme_tracker.accounts.models import User
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
    """An account that need not change its password, and the password."""
    with transaction(session):
        by = Author(None, "test", utc_now())
        user, password = create_user(session, by, f"{role.value}{next(_numbers)}", role, unit_id=unit_id)
        user.must_change = False
        user.first_password_expires_at = None
    return user, password


def sign_in(client: FlaskClient, name: str, password: str) -> TestResponse:
    """Fill in the sign-in page and send it."""
    token = csrf(client.get("/sign-in"))
    return client.post("/sign-in", data={"csrf_token": token, "name": name, "password": password})


def sign_in_as(client: FlaskClient, session: GuardedSession, role: Role, unit_id: int | None = None) -> User:
    """Sign a new account of the role in."""
    user, password = add_user(session, role, unit_id)
    answer = sign_in(client, user.name, password)
    assert answer.status_code == 303, answer.text
    return user
