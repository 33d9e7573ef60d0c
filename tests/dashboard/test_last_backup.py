"""The administrator is warned when the last backup is older than it may be, and nobody else."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from sme_tracker.assessments.models import StoredRuleSet
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import local, utc_now
from sme_tracker.dashboard.last_backup import note_backup
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.rules.terms import Role
from tests.signing import sign_in_as

NEVER = "台账还没有备份过。"
LATE = "已超过 26 小时"
PAGES = ("/set-up", "/users")


def installed(session: GuardedSession, hours_ago: float) -> None:
    """Let the register have been started first so long ago."""
    with transaction(session):
        load_shipped(session, utc_now())
        session.execute(update(StoredRuleSet).values(created_at=utc_now() - timedelta(hours=hours_ago)))


def backed_up(session: GuardedSession, hours_ago: float) -> datetime:
    at = utc_now() - timedelta(hours=hours_ago)
    with transaction(session):
        note_backup(session, at)
    return at


@pytest.mark.parametrize("page", PAGES)
def test_a_new_register_is_not_nagged_and_an_older_one_without_any_backup_is(
    client: FlaskClient, session: GuardedSession, page: str
) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    installed(session, 25)
    assert NEVER not in client.get(page).text
    installed(session, 27)
    assert NEVER in client.get(page).text


@pytest.mark.parametrize("page", PAGES)
def test_a_backup_that_is_too_old_is_named_with_its_time(
    client: FlaskClient, session: GuardedSession, page: str
) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    installed(session, 1000)
    backed_up(session, 25)
    assert LATE not in client.get(page).text and NEVER not in client.get(page).text
    at = backed_up(session, 27)
    assert f"最近一次备份是 {local(at):%Y-%m-%d %H:%M}，{LATE}" in client.get(page).text
    backed_up(session, 0)
    assert LATE not in client.get(page).text


def test_nobody_else_is_warned(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.AUDITOR)
    installed(session, 1000)
    page = client.get("/users")
    assert page.status_code == 200
    assert NEVER not in page.text
