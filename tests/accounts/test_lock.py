"""Guessing passwords: counted in the database by account and address, and the answer gives nothing away."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from sme_tracker.accounts import signing, tries
from sme_tracker.accounts.actions import create_user
from sme_tracker.accounts.models import User, WrongTries
from sme_tracker.accounts.tries import SLOWED_BY_S, Limits
from sme_tracker.clock import local_today, utc_now
from sme_tracker.daily import begin_day
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from tests.conftest import CONFIG, Databases
from tests.signing import add_user, csrf, sign_in, sign_in_as

MINUTE = timedelta(minutes=1)
LIMITS = Limits(pair=5, address=30, account=50, lock=15 * MINUTE)
WRONG = "not the password"
HERE, THERE = "10.0.0.7", "10.0.0.8"


def _fail(client: FlaskClient, name: str, times: int, address: str = HERE) -> None:
    for _ in range(times):
        assert sign_in(client, name, WRONG, address).status_code == 422


def _count(session: GuardedSession, name: str, at: datetime, address: str = HERE, times: int = 1) -> signing.Try:
    """Try a wrong password so many times at that moment; the last try."""
    with transaction(session):
        return [signing.count_try(session, Author(None, "test", at, address), name, LIMITS) for _ in range(times)][-1]


def _locked_for(session: GuardedSession, name: str, at: datetime) -> timedelta:
    """How long an account is locked, after so many wrong tries as that takes."""
    _count(session, name, at, times=LIMITS.pair)
    return tries.locks(session, at)[tries.mark(session, name)][0].until - at


def test_four_wrong_passwords_do_not_lock_and_five_do(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    _fail(client, user.name, 4)
    assert sign_in(client, user.name, password, HERE).status_code == 303
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    _fail(client, user.name, 5)
    assert sign_in(client, user.name, password, HERE).status_code == 422


def test_nobody_locks_out_somebody_at_another_address(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    _fail(client, user.name, 12)
    assert sign_in(client, user.name, password, HERE).status_code == 422
    assert sign_in(client, user.name, password, THERE).status_code == 303


def test_the_address_somebody_claims_to_come_from_changes_nothing(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    for number in range(5):
        token = csrf(client.get("/sign-in"))
        typed = {"csrf_token": token, "name": user.name, "password": WRONG}
        client.post("/sign-in", data=typed, headers={"X-Forwarded-For": f"10.0.0.{number}"})
    assert sign_in(client, user.name, password).status_code == 422


def test_behind_a_trusted_proxy_the_address_it_gives_is_locked(
    app_with: Callable[..., Flask], session: GuardedSession
) -> None:
    app = app_with(proxies=1)
    user, password = add_user(session, Role.CASEWORKER)

    def try_from(address: str, given: str) -> int:
        client = app.test_client()
        typed = {"csrf_token": csrf(client.get("/sign-in")), "name": user.name, "password": given}
        return client.post("/sign-in", data=typed, headers={"X-Forwarded-For": f"6.6.6.6, {address}"}).status_code

    assert {try_from(HERE, WRONG) for _ in range(5)} == {422}
    assert try_from(HERE, password) == 422
    assert try_from(THERE, password) == 303


def test_the_lock_ends_by_itself(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    _fail(client, user.name, 5)
    with transaction(session):
        session.execute(update(WrongTries).values(locked_until=utc_now()))
    assert sign_in(client, user.name, password, HERE).status_code == 303


def test_each_further_lock_lasts_twice_as_long_up_to_a_day(session: GuardedSession) -> None:
    user, _ = add_user(session, Role.CASEWORKER)
    at, minutes = utc_now(), []
    for _ in range(9):
        lasts = _locked_for(session, user.name, at)
        assert _count(session, user.name, at + lasts - MINUTE).user_id == signing.NOBODYS
        minutes.append(lasts / MINUTE)
        at += lasts
    assert minutes == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]


def test_after_the_right_password_counting_begins_anew(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    at = utc_now() - timedelta(hours=1)
    assert _locked_for(session, user.name, at) == 15 * MINUTE
    assert sign_in(client, user.name, password, HERE).status_code == 303
    assert _locked_for(session, user.name, utc_now()) == 15 * MINUTE


def test_after_a_day_counting_begins_anew_and_a_clock_set_back_locks_nobody_out_for_long(
    session: GuardedSession,
) -> None:
    user, _ = add_user(session, Role.CASEWORKER)
    now = utc_now()
    _locked_for(session, user.name, now)
    assert _locked_for(session, user.name, now + timedelta(days=1, minutes=16)) == 15 * MINUTE
    assert _count(session, user.name, now - timedelta(days=3)).user_id == user.id


def test_wrong_passwords_while_locked_do_not_lengthen_the_lock(client: FlaskClient, session: GuardedSession) -> None:
    user, _ = add_user(session, Role.CASEWORKER)
    locked_until = select(WrongTries.locked_until, WrongTries.failures).order_by(WrongTries.name_mark)
    _fail(client, user.name, 5)
    before = session.execute(locked_until).all()
    _fail(client, user.name, 6)
    assert session.execute(locked_until).all() == before


def test_thirty_wrong_passwords_lock_an_address_for_every_account(client: FlaskClient, session: GuardedSession) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    for number in range(10):
        _fail(client, f"somebody{number}", 3)
    assert sign_in(client, user.name, password, HERE).status_code == 422
    assert sign_in(client, user.name, password, THERE).status_code == 303


def test_an_account_of_ones_own_does_not_help_to_go_on_guessing(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    own, its = add_user(session, Role.CLERK, 1)
    for number in range(10):
        _fail(client, f"somebody{number}", 3 if number else 2)
    assert sign_in(app.test_client(), own.name, its, HERE).status_code == 303
    _fail(client, "somebody else", 1)
    assert sign_in(client, user.name, password, HERE).status_code == 422


@pytest.mark.parametrize(
    ("address", "neighbour", "is_locked_too"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.9", "10.0.0.9", True),
        ("::ffff:10.0.0.9", "::ffff:10.0.0.8", False),
        ("10.0.0.9", "10.0.0.8", False),
    ],
)
def test_of_ipv6_the_network_of_one_subscriber_is_locked(
    client: FlaskClient, session: GuardedSession, address: str, neighbour: str, is_locked_too: bool
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    _fail(client, user.name, 5, address)
    assert (sign_in(client, user.name, password, neighbour).status_code == 422) is is_locked_too


@pytest.mark.parametrize("address", ["", "not an address", "fe80::1%eth0", "x" * 500])
def test_whatever_stands_for_an_address_is_counted(client: FlaskClient, session: GuardedSession, address: str) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    _fail(client, user.name, 5, address)
    assert sign_in(client, user.name, password, address).status_code == 422


@pytest.mark.parametrize("name", ["target", "nobody"])
def test_fifty_wrong_passwords_on_an_account_slow_its_answers_and_never_close_it(
    session: GuardedSession, name: str
) -> None:
    now = utc_now()
    with transaction(session):
        create_user(session, Author(None, "test", now), "target", Role.CASEWORKER)
    for number in range(10):
        assert not _count(session, name, now, f"10.1.0.{number}", times=5).is_slow
    slowed = _count(session, name, now, THERE)
    assert slowed.is_slow
    assert (slowed.user_id == signing.NOBODYS) is (name == "nobody")
    assert _count(session, name, now, "10.1.0.1").is_slow, "who is locked out waits as long"
    assert not _count(session, "somebody else", now, THERE).is_slow
    assert not _count(session, name, now + timedelta(days=1), THERE).is_slow


def test_a_slowed_account_opens_to_the_right_password_and_unknown_names_wait_alike(
    app_with: Callable[..., Flask], session: GuardedSession
) -> None:
    app = app_with(failures_before_slowing=1)
    user, password = add_user(session, Role.CASEWORKER)
    for name, given, status in ((user.name, password, 303), ("nobody", WRONG, 422)):
        _fail(app.test_client(), name, 1)
        began = time.monotonic()
        assert sign_in(app.test_client(), name, given, THERE).status_code == status
        assert time.monotonic() - began >= SLOWED_BY_S


def test_answers_that_wait_hold_two_threads_at_most() -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        for waited in [pool.submit(tries.slow_down) for _ in range(8)]:
            waited.result()
    assert time.monotonic() - began < 2 * SLOWED_BY_S


def test_the_lock_hits_nobody_else_and_leaves_a_running_session_alone(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    colleague, other_password = add_user(session, Role.CASEWORKER)
    sign_in(client, user.name, password, HERE)
    _fail(app.test_client(), user.name, 6)
    assert client.get("/account", environ_overrides={"REMOTE_ADDR": HERE}).status_code == 200
    assert sign_in(app.test_client(), colleague.name, other_password, HERE).status_code == 303


def test_unknown_wrong_locked_and_disabled_get_the_very_same_page(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    known, _ = add_user(session, Role.CASEWORKER)
    locked, right = add_user(session, Role.CASEWORKER)
    disabled, its = add_user(session, Role.CASEWORKER)
    _fail(client, locked.name, 5, "127.0.0.1")
    _fail(client, "nobody locked", 5, "127.0.0.1")
    with transaction(session):
        session.execute(update(User).where(User.id == disabled.id).values(disabled_at=utc_now()))
    typed = {"nobody": WRONG, "nobody locked": WRONG, known.name: WRONG, locked.name: right, disabled.name: its}
    pages = {_page_without(app, name, password) for name, password in typed.items()}
    assert len(pages) == 1


def _page_without(app: Flask, name: str, password: str) -> str:
    """The page a try is answered with, without what was typed and the token of the form."""
    client = app.test_client()
    answer = sign_in(client, name, password)
    assert answer.status_code == 422
    return answer.text.replace(csrf(answer), "").replace(name, "")


def test_every_try_is_in_the_history_and_nothing_typed_is_kept(client: FlaskClient, session: GuardedSession) -> None:
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
    counted = session.execute(select(WrongTries.name_mark, WrongTries.address)).all()
    kept = [str(entry.changes) for entry in entries] + [str(row) for row in counted]
    assert counted and not any("mypassword" in text.lower() for text in kept)


def test_an_old_count_is_forgotten_with_the_new_day_and_a_lock_is_not(session: GuardedSession) -> None:
    now = utc_now()
    _count(session, "long ago", now - timedelta(hours=25))
    _count(session, "lately", now - timedelta(hours=23), THERE)
    begin_day(session, local_today())
    kept = set(session.scalars(select(WrongTries.name_mark)))
    assert kept == {tries.mark(session, "lately"), tries.ANY}


def test_the_administrator_sees_who_is_locked_out_and_a_reset_lifts_it(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    user, _ = add_user(session, Role.CASEWORKER)
    _fail(app.test_client(), user.name, 5)
    for number in range(9):
        _fail(app.test_client(), f"somebody{number}", 4, THERE)
    sign_in_as(client, session, Role.ADMINISTRATOR)
    page = client.get("/users?lang=en", follow_redirects=True)
    assert f"Locked for {HERE} until" in page.text
    assert f"Nobody can sign in from {THERE} until" in page.text
    client.post(f"/users/{user.id}/reset-password", data={"csrf_token": csrf(page)})
    page = client.get("/users")
    assert HERE not in page.text
    assert THERE in page.text


def test_tries_in_parallel_cannot_outrun_the_lock(databases: Databases, template_url: str) -> None:
    url = databases.create(template_url)
    engine = make_engine(url)
    sessions = make_session_factory(engine, CONFIG.history_key, settle)
    now = utc_now()
    with sessions() as session, transaction(session):
        create_user(session, Author(None, "test", now), "target", Role.CASEWORKER)

    def looked_at(_number: int) -> bool:
        with sessions() as session:
            return _count(session, "target", now).user_id != signing.NOBODYS

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(looked_at, range(24))) == LIMITS.pair
    engine.dispose()
    databases.drop(url)
