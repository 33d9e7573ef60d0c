"""Passwords: what is refused, how they are kept, and that guessing the current one is counted."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from sme_tracker.accounts.models import User
from sme_tracker.accounts.passwords import hashed, is_outdated, matches
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.rules.terms import Role
from tests.signing import add_user, csrf, sign_in

GOOD = ("Kai-Fa-Qu-2026!", "Jing-Yue-Tan-27?", "Nong-An-Xian-28#", "De-Hui-Shi-2029+")


def _change(client: FlaskClient, current: str, new: str, again: str | None = None) -> TestResponse:
    typed = {"csrf_token": csrf(client.get("/account")), "current": current, "new": new, "again": again or new}
    return client.post("/account/password", data=typed)


def test_passwords_are_kept_as_argon2id_with_the_parameters_inside() -> None:
    kept = hashed("长春 a long sentence as a password")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches(kept, "长春 a long sentence as a password")
    assert not is_outdated(kept)


def test_passwords_are_compared_exactly_however_long() -> None:
    long = "x" * 100
    assert not matches(hashed(long), long[:72])
    assert not matches(hashed("Abc"), "abc")
    assert not matches(hashed("abc"), "abc ")


def test_a_weaker_hash_is_made_anew_at_sign_in(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(password)
    with transaction(session):
        session.execute(update(User).where(User.id == user.id).values(password_hash=weak))
    assert sign_in(client, user.name, password).status_code == 303
    kept = session.scalar(select(User.password_hash).where(User.id == user.id))
    assert kept != weak
    assert not is_outdated(kept)


@pytest.mark.parametrize("new", ["Kfq-2026!", "alllowercaseletters", "Password-2026!", "Aa1!Aa1!Aa1!"])
def test_weak_passwords_are_refused(client: FlaskClient, session: GuardedSession, new: str) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    sign_in(client, user.name, password)
    assert _change(client, password, new).status_code == 422


def test_the_current_password_is_needed_and_both_entries_must_agree(
    client: FlaskClient, session: GuardedSession
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    sign_in(client, user.name, password)
    assert _change(client, "wrong", GOOD[0]).status_code == 422
    assert _change(client, password, GOOD[0], GOOD[1]).status_code == 422
    assert _change(client, password, GOOD[0]).status_code == 303


def test_none_of_the_last_passwords_is_taken_again(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    sign_in(client, user.name, password)
    for current, new in zip((password, *GOOD), GOOD, strict=False):
        assert _change(client, current, new).status_code == 303
    assert _change(client, GOOD[-1], GOOD[0]).status_code == 422
    assert _change(client, GOOD[-1], GOOD[-1]).status_code == 422


def test_an_old_password_must_be_changed_before_anything_else(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.ADMINISTRATOR)
    with transaction(session):
        long_ago = utc_now() - timedelta(days=91)
        session.execute(update(User).where(User.id == user.id).values(password_set_at=long_ago))
    sign_in(client, user.name, password)
    assert client.get("/users").location == "/account"
    assert _change(client, password, GOOD[0]).status_code == 303
    assert client.get("/users").status_code == 200


def test_guessing_the_current_password_in_an_open_session_is_counted_too(
    client: FlaskClient, session: GuardedSession
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    sign_in(client, user.name, password)
    for _ in range(5):
        assert _change(client, "wrong", GOOD[0]).status_code == 422
    assert _change(client, password, GOOD[0]).status_code == 422
    assert client.get("/account").status_code == 200


def test_one_wrong_current_password_and_then_the_right_one_is_no_harm(
    client: FlaskClient, session: GuardedSession
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    sign_in(client, user.name, password)
    for _ in range(6):
        assert _change(client, "wrong", GOOD[0]).status_code == 422
        assert _change(client, password, "weak").status_code == 422
    assert _change(client, password, GOOD[0]).status_code == 303
