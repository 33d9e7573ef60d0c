"""Asking for records one after the other: what is not there and what is another district's look alike, and are kept."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from sme_tracker.accounts import misses
from sme_tracker.accounts.models import User
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.terms import Role
from tests.assessments.bureau import BY, code
from tests.signing import add_user, csrf, sign_in

NOBODYS = 999_999


@pytest.fixture
def firms(session: GuardedSession) -> tuple[int, int]:
    """An enterprise of the first unit and one of the second."""
    units = session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.sort).limit(2))
    with transaction(session):
        new = [
            enterprises.NewEnterprise(code(number), f"长春第{number}机械有限公司", unit)
            for number, unit in enumerate(units, start=1)
        ]
        own, foreign = enterprises.register(session, BY, new)
    return own, foreign


@pytest.fixture
def clerk(app: Flask, session: GuardedSession) -> tuple[User, FlaskClient, FlaskClient]:
    """A clerk of the first unit in two browsers."""
    unit_id = session.scalar(select(ReportingUnit.id).order_by(ReportingUnit.sort).limit(1))
    user, password = add_user(session, Role.CLERK, unit_id)
    browsers = app.test_client(), app.test_client()
    for browser in browsers:
        assert sign_in(browser, user.name, password).status_code == 303
    return user, *browsers


def test_what_is_anothers_and_what_is_nobodys_look_alike_and_both_are_kept(
    session: GuardedSession, firms: tuple[int, int], clerk: tuple[User, FlaskClient, FlaskClient]
) -> None:
    user, browser, _other = clerk
    pages = [browser.get(f"/enterprises/{which}/edit?from=list") for which in (firms[1], NOBODYS)]
    assert [page.status_code for page in pages] == [404, 404]
    alike = [
        page.text.replace(csrf(page), "").replace(f"/{which}/", "//")
        for page, which in zip(pages, (firms[1], NOBODYS), strict=True)
    ]
    assert alike[0] == alike[1]
    kept = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(2)).all()
    assert [(entry.action, entry.user_id) for entry in kept] == [("not_found", user.id)] * 2
    asked = f"/enterprises/{firms[1]}/edit?from=list"
    assert kept[1].changes == {"path": [None, asked], "method": [None, "GET"]}


def test_many_within_a_short_time_close_every_record_in_every_browser_and_keep_lists_open(
    session: GuardedSession, firms: tuple[int, int], clerk: tuple[User, FlaskClient, FlaskClient]
) -> None:
    user, browser, other = clerk
    own, foreign = firms
    for which in range(misses.MOST - 1):
        assert browser.get(f"/enterprises/{NOBODYS + which}").status_code == 404
    assert other.get(f"/enterprises/{own}").status_code == 200
    assert browser.get(f"/enterprises/{foreign}").status_code == 404
    for which in (own, foreign, NOBODYS):
        refused = other.get(f"/enterprises/{which}")
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= misses.WITHIN.total_seconds()
        assert "请 5 分钟后再继续" in refused.text
    assert other.get("/enterprises").status_code == 200
    kept = select(func.count()).where(HistoryEntry.user_id == user.id)
    assert session.scalar(kept.where(HistoryEntry.action == "not_found")) == misses.MOST
    assert session.scalar(kept.where(HistoryEntry.action == "slowed")) == 1


def test_after_a_while_records_open_again(
    session: GuardedSession, firms: tuple[int, int], clerk: tuple[User, FlaskClient, FlaskClient]
) -> None:
    user, browser, _other = clerk
    for until, status in ((utc_now() + timedelta(minutes=1), 429), (utc_now() - timedelta(seconds=1), 200)):
        with transaction(session):
            session.execute(update(User).where(User.id == user.id).values(slowed_until=until))
        assert browser.get(f"/enterprises/{firms[0]}").status_code == status


def test_a_number_no_record_can_have_and_a_page_that_is_none_are_not_counted(
    session: GuardedSession, clerk: tuple[User, FlaskClient, FlaskClient]
) -> None:
    _user, browser, _other = clerk
    for address in (f"/enterprises/{10**30}", "/nowhere"):
        assert browser.get(address).status_code == 404
    assert session.scalar(select(func.count()).where(HistoryEntry.action == "not_found")) == 0
