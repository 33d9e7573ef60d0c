"""Guessing passwords: counted in the database, locked for a time, and the answer gives nothing away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from sme_tracker.accounts import signing
from sme_tracker.accounts.actions import create_user
from sme_tracker.accounts.models import User
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.terms import Role
from tests.conftest import CONFIG, Databases
from tests.signing import add_user, csrf, sign_in

LOCK = signing.Lock(failures=5, duration=timedelta(minutes=15))
WRONG = "not the password"


def _fail(client: FlaskClient, name: str, times: int) -> None:
    for _ in range(times):
        assert sign_in(client, name, WRONG).status_code == 422


def test_four_wrong_passwords_do_not_lock_and_five_do(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    _fail(client, user.name, 4)
    assert sign_in(client, user.name, password).status_code == 303
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    _fail(client, user.name, 5)
    assert sign_in(client, user.name, password).status_code == 422


def test_the_address_somebody_claims_to_come_from_changes_nothing(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    for number in range(5):
        token = csrf(client.get("/sign-in"))
        typed = {"csrf_token": token, "name": user.name, "password": WRONG}
        client.post("/sign-in", data=typed, headers={"X-Forwarded-For": f"10.0.0.{number}"})
    assert sign_in(client, user.name, password).status_code == 422


def test_the_lock_ends_by_itself(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    _fail(client, user.name, 5)
    with transaction(session):
        session.execute(update(User).where(User.id == user.id).values(locked_until=utc_now()))
    assert sign_in(client, user.name, password).status_code == 303


def test_wrong_passwords_while_locked_do_not_lengthen_the_lock(client: FlaskClient, session: GuardedSession) -> None:
    user, _ = add_user(session, Role.CASEWORKER)
    locked_until = select(User.locked_until).where(User.id == user.id)
    _fail(client, user.name, 5)
    before = session.scalar(locked_until)
    _fail(client, user.name, 6)
    assert session.scalar(locked_until) == before


def test_the_lock_hits_nobody_else_and_leaves_a_running_session_alone(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    colleague, other_password = add_user(session, Role.CASEWORKER)
    sign_in(client, user.name, password)
    _fail(app.test_client(), user.name, 6)
    assert client.get("/account").status_code == 200
    assert sign_in(app.test_client(), colleague.name, other_password).status_code == 303


def test_unknown_wrong_locked_and_disabled_get_the_very_same_page(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    known, _ = add_user(session, Role.CASEWORKER)
    locked, right = add_user(session, Role.CASEWORKER)
    disabled, its = add_user(session, Role.CASEWORKER)
    _fail(client, locked.name, 5)
    with transaction(session):
        session.execute(update(User).where(User.id == disabled.id).values(disabled_at=utc_now()))
    tries = {"nobody": WRONG, known.name: WRONG, locked.name: right, disabled.name: its}
    pages = {_page_without(app, name, password) for name, password in tries.items()}
    assert len(pages) == 1


def _page_without(app: Flask, name: str, password: str) -> str:
    """The page a try is answered with, without what was typed and the token of the form."""
    client = app.test_client()
    token = csrf(client.get("/sign-in"))
    answer = client.post("/sign-in", data={"csrf_token": token, "name": name, "password": password})
    assert answer.status_code == 422
    return answer.text.replace(csrf(answer), "").replace(name, "")


def test_every_try_is_in_the_history_and_no_typed_password_is(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    sign_in(client, "MyPassword2026!", WRONG)
    sign_in(client, user.name, WRONG)
    sign_in(client, user.name, password)
    entries = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(3)).all()
    told = [(entry.action, entry.subject_id, entry.address) for entry in entries]
    assert told == [
        ("sign_in", user.id, "127.0.0.1"),
        ("sign_in.failed", user.id, "127.0.0.1"),
        ("sign_in.failed", None, "127.0.0.1"),
    ]
    assert not any("mypassword" in str(entry.changes).lower() for entry in entries)


def test_tries_in_parallel_cannot_outrun_the_lock(databases: Databases, template_url: str) -> None:
    url = databases.create(template_url)
    engine = make_engine(url)
    sessions = make_session_factory(engine, CONFIG.history_key)
    now = utc_now()
    with sessions() as session, transaction(session):
        create_user(session, Author(None, "test", now), "target", Role.CASEWORKER)

    def looked_at(_number: int) -> bool:
        return _count_try(sessions(), now).user_id is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(looked_at, range(24))) == LOCK.failures
    engine.dispose()
    databases.drop(url)


def _count_try(session: GuardedSession, at: datetime) -> signing.Try:
    with session, transaction(session):
        return signing.count_try(session, at, "target", LOCK)
