"""Signing in and out."""

import re

from flask.testing import FlaskClient

from sme_tracker.accounts.actions import create_user
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import Role


def _token(page: bytes) -> str:
    found = re.search(rb'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1].decode()


def test_somebody_signs_in_with_the_first_password_and_must_change_it(client: FlaskClient, session: GuardedSession):
    with transaction(session):
        _, password = create_user(session, Author(None, "test", utc_now()), "linxiao", Role.CASEWORKER)
    page = client.get("/sign-in")
    assert page.status_code == 200, page.text
    answer = client.post("/sign-in", data={"csrf_token": _token(page.data), "name": "linxiao", "password": password})
    assert answer.status_code == 303, answer.text
    assert client.get("/").location == "/account"
    page = client.get("/account")
    assert page.status_code == 200
    new = "Kai-Fa-Qu-2026!"
    answer = client.post(
        "/account/password",
        data={"csrf_token": _token(page.data), "current": password, "new": new, "again": new},
    )
    assert answer.status_code == 303, answer.text
    assert client.post("/sign-out", data={"csrf_token": _token(page.data)}).status_code == 303
    assert client.get("/account").status_code == 303
