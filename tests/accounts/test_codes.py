"""One-time codes: what stands in the place of a password until its person has chosen one, and who is told."""

import re
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from sme_tracker.accounts import actions
from sme_tracker.accounts.actions import create_user, reset_password
from sme_tracker.accounts.models import User, UserSession
from sme_tracker.clock import local, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Role
from tests.signing import add_user, csrf, sign_in, sign_in_as

NEW, OTHER = "Kai-Fa-Qu-2026!", "Jing-Yue-Tan-27?"
SHOWN = re.compile(r'<output id="one-time-code"[^>]*>([^<]+)<')


def _code(answer: TestResponse) -> str:
    """The code that a page shows."""
    found = SHOWN.search(answer.text)
    assert found, answer.text
    return found[1]


def _new_account(client: FlaskClient, name: str) -> str:
    typed = {"csrf_token": csrf(client.get("/users/new")), "name": name, "full_name": "林晓", "role": "leader"}
    return _code(client.post("/users/new", data=typed | {"unit_id": ""}))


def _reset(client: FlaskClient, user: User) -> TestResponse:
    return client.post(f"/users/{user.id}/reset-password", data={"csrf_token": csrf(client.get("/users"))})


def _choose(client: FlaskClient, new: str, again: str | None = None) -> TestResponse:
    typed = {"csrf_token": csrf(client.get("/new-password")), "new": new, "again": again or new}
    return client.post("/new-password", data=typed)


def _reset_at(session: GuardedSession, by: User, user: User, at: datetime) -> str:
    with transaction(session):
        return reset_password(session, Author(by.id, "form", at), user)


def test_a_code_leads_straight_to_the_choice_of_a_password_and_then_is_spent(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    with transaction(session):
        _, code = create_user(session, Author(None, "test", utc_now()), "linxiao", Role.CASEWORKER)
    assert sign_in(client, "linxiao", code).location == "/new-password"
    assert _choose(client, NEW).location == "/"
    assert client.get("/account").status_code == 200
    elsewhere = app.test_client()
    assert sign_in(elsewhere, "linxiao", code).status_code == 422
    assert sign_in(elsewhere, "linxiao", NEW).location == "/"


def test_a_code_opens_no_page_and_begins_no_session(app: Flask, client: FlaskClient, session: GuardedSession) -> None:
    user, _ = add_user(session, Role.LEADER)
    sign_in_as(app.test_client(), session, Role.ADMINISTRATOR)
    code = _reset_at(session, add_user(session, Role.ADMINISTRATOR)[0], user, utc_now())
    assert sign_in(client, user.name, code).location == "/new-password"
    for page in ("/", "/account", "/overview", "/users"):
        assert client.get(page).location.startswith("/sign-in"), page
    token = csrf(client.get("/new-password"))
    assert client.post("/account/preferences", data={"csrf_token": token, "language": "en"}).status_code == 401
    assert not session.scalars(select(UserSession).where(UserSession.user_id == user.id)).all()


def test_after_choosing_one_goes_on_to_where_one_wanted(client: FlaskClient, session: GuardedSession) -> None:
    with transaction(session):
        _, code = create_user(session, Author(None, "test", utc_now()), "linxiao", Role.CASEWORKER)
    typed = {"csrf_token": csrf(client.get("/sign-in")), "name": "linxiao", "password": code}
    choice = client.post("/sign-in?next=/enterprises", data=typed).location
    typed = {"csrf_token": csrf(client.get(choice)), "new": NEW, "again": NEW}
    assert client.post(choice, data=typed).location == "/enterprises"


def test_without_a_code_there_is_nothing_to_choose(client: FlaskClient, session: GuardedSession) -> None:
    assert client.get("/new-password").location == "/sign-in"
    token = csrf(client.get("/sign-in"))
    typed = {"csrf_token": token, "new": NEW, "again": NEW}
    assert client.post("/new-password", data=typed).location == "/sign-in"


@pytest.mark.parametrize("new", ["Kfq-2026!", "alllowercaseletters", "Password-2026!", "the code", "the one before"])
def test_what_is_chosen_is_held_against_the_profile_and_the_code_is_not_spent_by_it(
    client: FlaskClient, session: GuardedSession, new: str
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    code = _reset_at(session, add_user(session, Role.ADMINISTRATOR)[0], user, utc_now())
    sign_in(client, user.name, code)
    assert _choose(client, {"the code": code, "the one before": password}.get(new, new)).status_code == 422
    assert _choose(client, NEW, OTHER).status_code == 422
    assert _choose(client, NEW).status_code == 303


def test_a_code_is_kept_as_a_hash_and_is_no_password_somebody_had(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    code = _reset_at(session, add_user(session, Role.ADMINISTRATOR)[0], user, utc_now())
    assert user.password_hash.startswith("$argon2id$")
    assert sign_in(client, user.name, password).status_code == 422, "the password before is dead"
    sign_in(client, user.name, code)
    _choose(client, NEW)
    later = (NEW, OTHER, "Nong-An-Xian-28#", "De-Hui-Shi-2029+")
    for before, new in pairwise(later):
        assert _change(client, before, new).status_code == 303
    assert _change(client, later[-1], password).status_code == 422, "the fifth last, not counting the code"


def _change(client: FlaskClient, current: str, new: str) -> TestResponse:
    typed = {"csrf_token": csrf(client.get("/account")), "current": current, "new": new, "again": new}
    return client.post("/account/password", data=typed)


def test_guessing_a_code_is_counted_like_guessing_a_password(client: FlaskClient, session: GuardedSession) -> None:
    with transaction(session):
        _, code = create_user(session, Author(None, "test", utc_now()), "linxiao", Role.CASEWORKER)
    for _ in range(5):
        assert sign_in(client, "linxiao", "AAAAAAA-AAAAAAA").status_code == 422
    assert sign_in(client, "linxiao", code).status_code == 422


def test_a_code_is_shown_once_and_expires_after_a_day(app: Flask, client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    code = _new_account(client, "gaoyuan")
    assert code not in client.get("/users").text
    expires_at = session.scalar(select(User.code_expires_at).where(User.name == "gaoyuan"))
    assert abs(expires_at - utc_now() - timedelta(hours=24)) < timedelta(minutes=1)
    with transaction(session):
        session.execute(update(User).where(User.name == "gaoyuan").values(code_expires_at=utc_now()))
    assert sign_in(app.test_client(), "gaoyuan", code).status_code == 422


@pytest.mark.parametrize("killed", ["another reset", "disabling", "time", "use"])
def test_a_code_that_was_given_and_then_dies_chooses_nothing(
    app: Flask, client: FlaskClient, session: GuardedSession, killed: str
) -> None:
    administrator, user = add_user(session, Role.ADMINISTRATOR)[0], add_user(session, Role.LEADER)[0]
    code = _reset_at(session, administrator, user, utc_now())
    sign_in(client, user.name, code)
    form = {"csrf_token": csrf(client.get("/new-password")), "new": NEW, "again": NEW}
    with transaction(session):
        if killed == "another reset":
            reset_password(session, Author(None, "command", utc_now()), user)
        elif killed == "disabling":
            actions.disable_user(session, Author(None, "test", utc_now()), user)
        elif killed == "time":
            user.code_expires_at = utc_now()
    if killed == "use":
        quicker = app.test_client()
        sign_in(quicker, user.name, code)
        assert _choose(quicker, OTHER).status_code == 303
    answer = client.post("/new-password", data=form)
    assert answer.status_code == 422
    assert client.get("/account").status_code == 303
    assert sign_in(app.test_client(), user.name, code).status_code == 422
    assert sign_in(app.test_client(), user.name, NEW).status_code == 422


def test_enabling_an_account_again_does_not_revive_its_code(client: FlaskClient, session: GuardedSession) -> None:
    by = Author(None, "test", utc_now())
    with transaction(session):
        user, code = create_user(session, by, "linxiao", Role.CASEWORKER)
        actions.disable_user(session, by, user)
        actions.enable_user(session, by, user)
    assert sign_in(client, "linxiao", code).status_code == 422


def test_whose_password_was_reset_is_told_by_whom_and_when_for_thirty_days(
    client: FlaskClient, session: GuardedSession
) -> None:
    user, password = add_user(session, Role.LEADER)
    administrator, at = add_user(session, Role.ADMINISTRATOR)[0], utc_now() - timedelta(days=29)
    with transaction(session):
        administrator.full_name, told = "王管理", f"王管理 · {administrator.name}"
    before = user.password_hash
    _reset_at(session, administrator, user, at)
    with transaction(session):
        user.password_hash, user.code_expires_at = before, None
    for _ in range(2):
        assert sign_in(client, user.name, password).status_code == 303
        assert told in client.get("/overview").text
        assert told not in client.get("/overview").text
        client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    sign_in(client, user.name, password)
    account = client.get("/account?lang=en", follow_redirects=True).text
    assert f"{told} reset your password on {local(at):%Y-%m-%d %H:%M}" in account


def test_a_reset_of_long_ago_is_no_longer_told(client: FlaskClient, session: GuardedSession) -> None:
    user, _ = add_user(session, Role.LEADER)
    administrator, at = add_user(session, Role.ADMINISTRATOR)[0], utc_now() - timedelta(days=30, minutes=1)
    _reset_at(session, administrator, user, at)
    with transaction(session):
        user.code_expires_at = utc_now() + timedelta(hours=1)
    sign_in(client, user.name, "wrong")
    sign_in_as(client, session, Role.LEADER)
    assert "重置了您的密码" not in client.get("/account").text


def test_the_same_administrator_does_not_reset_twice_within_a_day(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    user, _ = add_user(session, Role.LEADER)
    code = _code(_reset(client, user))
    assert _reset(client, user).location == "/users"
    alone = client.get("/users").text
    assert f"sme-tracker reset-password {user.name}" in alone

    theirs = app.test_client()
    sign_in_as(theirs, session, Role.ADMINISTRATOR)
    assert _reset(client, user).location == "/users"
    assert "另一名管理员" in client.get("/users").text
    other_code = _code(_reset(theirs, user))
    assert _reset(client, user).location == "/users", "a reset by another does not let the first do it again"
    assert sign_in(app.test_client(), user.name, code).status_code == 422
    assert sign_in(app.test_client(), user.name, other_code).status_code == 303


def test_after_a_day_the_same_administrator_may_and_the_command_may_always(session: GuardedSession) -> None:
    administrator, user = add_user(session, Role.ADMINISTRATOR)[0], add_user(session, Role.LEADER)[0]
    now = utc_now()
    _reset_at(session, administrator, user, now - timedelta(hours=25))
    _reset_at(session, administrator, user, now - timedelta(minutes=2))
    with pytest.raises(Refused):
        _reset_at(session, administrator, user, now)
    with transaction(session):
        assert reset_password(session, Author(None, "command reset-password", now), user)


def test_an_administrator_changes_his_own_password_under_my_account_only(
    client: FlaskClient, session: GuardedSession
) -> None:
    me = sign_in_as(client, session, Role.ADMINISTRATOR)
    assert f"/users/{me.id}/reset-password" not in client.get("/users").text
    assert _reset(client, me).location == "/users"
    assert "我的账号" in client.get("/users").text
    assert client.get("/account").status_code == 200


def test_the_history_tells_all_of_it_and_neither_code_nor_password(
    app: Flask, client: FlaskClient, session: GuardedSession, caplog: pytest.LogCaptureFixture
) -> None:
    administrator, user = sign_in_as(client, session, Role.ADMINISTRATOR), add_user(session, Role.LEADER)[0]
    code = _code(_reset(client, user))
    theirs = app.test_client()
    sign_in(theirs, user.name, "wrong one")
    sign_in(theirs, user.name, code)
    _choose(theirs, NEW)
    told = select(HistoryEntry).where(HistoryEntry.subject_id == user.id).order_by(HistoryEntry.id)
    entries = session.scalars(told).all()
    assert [(entry.action, entry.user_id) for entry in entries][1:] == [
        ("user.reset_password", administrator.id),
        ("sign_in.failed", None),
        ("sign_in.code", None),
        ("user.change_password", user.id),
        ("sign_in", user.id),
    ]
    for secret in (code, NEW, "wrong one"):
        assert secret not in caplog.text
        assert not any(secret in str(entry.changes) for entry in session.scalars(select(HistoryEntry)))


def test_a_reset_ends_every_session(client: FlaskClient, session: GuardedSession) -> None:
    user = sign_in_as(client, session, Role.LEADER)
    _reset_at(session, add_user(session, Role.ADMINISTRATOR)[0], user, utc_now())
    assert client.get("/account").status_code == 303


def test_choosing_ends_the_session_that_the_browser_had(client: FlaskClient, session: GuardedSession) -> None:
    before = sign_in_as(client, session, Role.CASEWORKER)
    user, _ = add_user(session, Role.LEADER)
    code = _reset_at(session, add_user(session, Role.ADMINISTRATOR)[0], user, utc_now())
    typed = {"csrf_token": csrf(client.get("/account")), "name": user.name, "password": code}
    assert client.post("/sign-in", data=typed).location == "/new-password"
    _choose(client, NEW)
    assert session.scalar(select(UserSession.ended_at).where(UserSession.user_id == before.id))
    assert user.name in client.get("/account").text
