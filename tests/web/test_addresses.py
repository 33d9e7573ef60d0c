"""What an address may lead to, and the days it may name."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from sme_tracker.web.pages import day_from, inside
from tests.signing import add_user, csrf, sign_in_as


@pytest.mark.parametrize("target", ["/enterprises", "/enterprises?q=a%20b", "/enterprises?q=机械#top"])
def test_an_address_of_this_site_is_one(target: str) -> None:
    assert inside(target) == target


@pytest.mark.parametrize("sign", ["\r", "\n", "\r\nX-Evil:1", "\t", "\x00", "\x0b", "\x1f", "\x7f", "\u2028"])
def test_no_address_with_a_control_character_leads_anywhere(sign: str) -> None:
    assert inside(f"/enterprises{sign}") is None


@pytest.mark.parametrize("sign", ["%0d%0aX-Evil:1", "%0d", "%0a", "%09", "%1f"])
def test_signing_in_with_such_a_way_back_leads_home(client: FlaskClient, session: GuardedSession, sign: str) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    typed = {"csrf_token": csrf(client.get("/sign-in")), "name": user.name, "password": password}
    answer = client.post(f"/sign-in?next=/enterprises{sign}", data=typed)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "X-Evil" not in answer.headers


def test_the_language_changes_at_an_address_with_control_characters(app: Flask) -> None:
    answer = app.test_client().get("/enterprises%0d%0aX-Evil:1?lang=en")
    assert answer.status_code < 500
    assert "X-Evil" not in answer.headers


def test_an_address_without_end_is_refused(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    assert client.get(f"/enterprises?q={'x' * 9_000}").status_code == 400


@pytest.mark.parametrize(
    "written", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31", "2022-02-30", "x", "", None]
)
def test_a_day_beyond_all_records_is_none(written: str | None) -> None:
    assert day_from(written) is None
