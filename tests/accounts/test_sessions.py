"""Sessions live on the server: what ends them ends them at once, whatever a browser still holds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from sme_tracker.accounts import presence
from sme_tracker.accounts.actions import use_once
from sme_tracker.accounts.models import FormToken, User, UserSession
from sme_tracker.accounts.queries import token_hash
from sme_tracker.app import create_app
from sme_tracker.clock import local_today, utc_now
from sme_tracker.daily import begin_day
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from tests.conftest import CONFIG, Databases
from tests.signing import add_user, csrf, sign_in, sign_in_as

NEW = "Kai-Fa-Qu-2026!"


def _is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def _move_back(session: GuardedSession, user: User, **moments: datetime) -> None:
    with transaction(session):
        session.execute(update(UserSession).where(UserSession.user_id == user.id).values(**moments))


def _copied(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser that holds a copy of the cookie."""
    cookie = client.get_cookie("sme")
    assert cookie
    copy = app.test_client()
    copy.set_cookie("sme", cookie.value)
    return copy


def test_a_copied_cookie_is_dead_after_signing_out(app: Flask, client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    copy = _copied(app, client)
    assert _is_in(copy)
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    assert not _is_in(copy)


def test_signing_in_makes_a_new_session_and_what_the_browser_held_before_is_worthless(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    client.get("/sign-in")
    before = _copied(app, client)
    sign_in(client, user.name, password)
    assert _is_in(client)
    assert not _is_in(before)
    first = _copied(app, client)
    sign_in_again = client.post(
        "/sign-in", data={"csrf_token": csrf(client.get("/account")), "name": user.name, "password": password}
    )
    assert sign_in_again.status_code == 303
    assert _is_in(client)
    assert not _is_in(first)


def test_the_database_keeps_only_the_hash_of_a_long_random_token(client: FlaskClient, session: GuardedSession) -> None:
    user = sign_in_as(client, session, Role.CASEWORKER)
    with client.session_transaction() as cookie:
        token = cookie["sid"]
        assert set(cookie) <= {"sid", "csrf_token", "lang", "_flashes"}
    assert len(token) >= 43
    kept = session.scalars(select(UserSession.token_hash).where(UserSession.user_id == user.id)).all()
    assert kept == [token_hash(token)]
    assert token not in kept


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    cookie = sign_in(client, user.name, password).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert len(cookie) < 4096


@pytest.mark.parametrize(("role", "minutes"), [(Role.CASEWORKER, 30), (Role.ADMINISTRATOR, 15)])
def test_a_session_nobody_uses_runs_out(client: FlaskClient, session: GuardedSession, role: Role, minutes: int) -> None:
    user = sign_in_as(client, session, role)
    _move_back(session, user, seen_at=utc_now() - timedelta(minutes=minutes - 1))
    assert _is_in(client)
    _move_back(session, user, seen_at=utc_now() - timedelta(minutes=minutes + 1))
    assert not _is_in(client), "at most a minute late"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = utc_now()

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which sessions end."""
    clock = Clock()
    monkeypatch.setattr(presence, "utc_now", clock)
    return clock


@pytest.fixture
def hurried(app_with: Callable[..., Flask], session: GuardedSession) -> FlaskClient:
    """Somebody signed in at a register where a session ends that was not used for a minute."""
    client = app_with(idle_limit=timedelta(minutes=1)).test_client()
    sign_in_as(client, session, Role.CASEWORKER)
    return client


@pytest.mark.parametrize("pauses", [[59] * 5, [14, 59, 14, 59], [15.1, 59, 1, 59], [30, 30, 30, 30], [1, 1, 59, 59]])
def test_a_session_in_use_never_ends_by_the_limit_for_those_that_are_not(
    hurried: FlaskClient, clock: Clock, pauses: list[float]
) -> None:
    for pause in pauses:
        clock.move(pause)
        assert _is_in(hurried)
    clock.move(76)
    assert not _is_in(hurried)


def test_pages_that_ask_for_themselves_are_no_use(hurried: FlaskClient, clock: Clock) -> None:
    for _ in range(3):
        clock.move(24)
        hurried.get("/account?by_itself=1")
    clock.move(4)
    assert not _is_in(hurried)


def test_use_counts_though_somebody_else_is_writing_all_the_time(
    databases: Databases, template_url: str, clock: Clock
) -> None:
    url = databases.create(template_url)
    engine = make_engine(url)
    app = create_app(replace(CONFIG, idle_limit=timedelta(minutes=1)), engine)
    client, sessions = app.test_client(), make_session_factory(engine, CONFIG.history_key, settle)
    with sessions() as session:
        sign_in_as(client, session, Role.CASEWORKER)
    with sessions() as importing, transaction(importing):
        for _ in range(4):
            clock.move(50)
            assert _is_in(client)
    clock.move(50)
    assert _is_in(client)
    engine.dispose()
    databases.drop(url)


def test_a_session_ends_after_ten_hours_however_busy(client: FlaskClient, session: GuardedSession) -> None:
    user = sign_in_as(client, session, Role.CASEWORKER)
    _move_back(session, user, created_at=utc_now() - timedelta(hours=10, seconds=1))
    assert not _is_in(client)


def test_use_is_noted_once_a_minute(client: FlaskClient, session: GuardedSession) -> None:
    user = sign_in_as(client, session, Role.CASEWORKER)
    seen = select(UserSession.seen_at).where(UserSession.user_id == user.id)
    lately = utc_now() - timedelta(seconds=50)
    _move_back(session, user, seen_at=lately)
    client.get("/account")
    assert session.scalar(seen) == lately
    earlier = utc_now() - timedelta(seconds=70)
    _move_back(session, user, seen_at=earlier)
    client.get("/account")
    assert session.scalar(seen) > earlier


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    elsewhere = app.test_client()
    sign_in(client, user.name, password)
    sign_in(elsewhere, user.name, password)
    typed = {"csrf_token": csrf(client.get("/account")), "current": password, "new": NEW, "again": NEW}
    assert client.post("/account/password", data=typed).status_code == 303
    assert _is_in(client)
    assert not _is_in(elsewhere)


def test_one_signs_out_everywhere_else(app: Flask, client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    elsewhere = app.test_client()
    sign_in(client, user.name, password)
    sign_in(elsewhere, user.name, password)
    page = client.get("/account?lang=en", follow_redirects=True)
    assert "Sign out everywhere else" in page.text
    client.post("/account/sessions/end", data={"csrf_token": csrf(page)})
    assert _is_in(client)
    assert not _is_in(elsewhere)


def test_sessions_that_ran_out_are_not_shown_as_signed_in(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    sign_in(app.test_client(), user.name, password)
    _move_back(session, user, seen_at=utc_now() - timedelta(hours=2))
    sign_in(client, user.name, password)
    assert "Sign out everywhere else" not in client.get("/account?lang=en", follow_redirects=True).text


def test_a_new_day_forgets_sessions_and_tokens_of_long_ago_but_not_who_signed_in(
    client: FlaskClient, session: GuardedSession
) -> None:
    user = sign_in_as(client, session, Role.CASEWORKER)
    now, by = utc_now(), Author(user.id, "form", utc_now())
    _move_back(session, user, seen_at=now - timedelta(days=31))
    with transaction(session):
        assert use_once(session, replace(by, at=now - timedelta(days=31)), "long ago")
        assert use_once(session, by, "just now")
    begin_day(session, local_today())
    assert not session.scalars(select(UserSession)).all()
    assert list(session.scalars(select(FormToken.token))) == ["just now"]
    assert "sign_in" in session.scalars(select(HistoryEntry.action).where(HistoryEntry.user_id == user.id)).all()
