"""Signing in with the first password, and what must follow."""

from flask.testing import FlaskClient

from sme_tracker.accounts.actions import create_user
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import Role
from tests.signing import csrf, sign_in

NEW = "Kai-Fa-Qu-2026!"


def test_somebody_signs_in_with_the_first_password_and_must_change_it(
    client: FlaskClient, session: GuardedSession
) -> None:
    with transaction(session):
        _, first = create_user(session, Author(None, "test", utc_now()), "linxiao", Role.CASEWORKER)
    assert sign_in(client, "linxiao", first).status_code == 303
    assert client.get("/").location == "/account"

    typed = {"csrf_token": csrf(client.get("/account")), "current": first, "new": NEW, "again": NEW}
    assert client.post("/account/password", data=typed).status_code == 303
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})

    assert sign_in(client, "linxiao", first).status_code == 422
    assert sign_in(client, "linxiao", NEW).status_code == 303
