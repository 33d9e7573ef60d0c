"""Accounts of an earlier version: first passwords become one-time codes, and nobody gets in without a password."""

from datetime import timedelta

import pytest
from sqlalchemy import column as of
from sqlalchemy import insert, select, table

from sme_tracker.accounts.models import User, UserSession
from sme_tracker.accounts.passwords import hashed
from sme_tracker.accounts.queries import token_hash
from sme_tracker.app import create_app
from sme_tracker.clock import utc_now
from sme_tracker.db import UtcDateTime, make_engine, make_session_factory, migrate
from sme_tracker.settling import settle
from tests.conftest import CONFIG, Databases
from tests.signing import sign_in

FIRST = "abcdefg-hijkmno"
BEFORE = "0009"
TIMES = ("password_set_at", "first_password_expires_at", "locked_until")
TEXTS = ("name", "full_name", "role", "password_hash", "must_change", "failures", "shortcuts_on", "version")
OLD_ACCOUNT = table("user_account", of("id"), *(of(name) for name in TEXTS), *(of(name, UtcDateTime) for name in TIMES))

OLD_SESSION = table(
    "user_session", of("token_hash"), of("user_id"), *(of(n, UtcDateTime) for n in ("created_at", "seen_at"))
)


@pytest.mark.parametrize(
    ("must_change", "expires_in_days", "where_to"),
    [(True, 3, "/new-password"), (True, -1, None), (False, None, "/")],
    ids=["first password", "spent first password", "own password"],
)
def test_who_has_what_after_the_upgrade(
    databases: Databases, template_url: str, must_change: bool, expires_in_days: int | None, where_to: str | None
) -> None:
    url, now = databases.create(), utc_now()
    engine = make_engine(url)
    migrate(engine, BEFORE)
    expires_at = now + timedelta(days=expires_in_days) if expires_in_days else None
    account = {"id": 1, "name": "linxiao", "full_name": "林晓", "role": "leader", "password_hash": hashed(FIRST)}
    account |= {"must_change": must_change, "failures": 5, "shortcuts_on": True, "version": 1, "password_set_at": now}
    with engine.begin() as connection:
        moments = {"first_password_expires_at": expires_at, "locked_until": now + timedelta(minutes=15)}
        connection.execute(insert(OLD_ACCOUNT).values(**account, **moments))
        opened = {"token_hash": token_hash("old"), "user_id": 1, "created_at": now, "seen_at": now}
        connection.execute(insert(OLD_SESSION).values(opened))
    migrate(engine)

    with make_session_factory(engine, CONFIG.history_key, settle)() as session:
        assert session.scalars(select(User.code_expires_at)).one() == expires_at
        assert (session.scalars(select(UserSession.ended_at)).one() is None) is not must_change
    assert sign_in(create_app(CONFIG, engine).test_client(), "linxiao", FIRST).location == where_to
    migrate(engine, "base")
    engine.dispose()
    databases.drop(url)
