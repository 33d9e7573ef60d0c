"""What the bureau is called stands on every page, in either language."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sme_tracker.db import GuardedSession
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.terms import Role
from tests.signing import csrf, sign_in_as

NAMES = {"bureau_name": "吉林市工业和信息化局", "bureau_name_en": "Jilin Industry & IT Bureau"}


@pytest.fixture
def admin(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    return client


def name_bureau(client: FlaskClient, opened: dict[str, str], **values: str) -> int:
    fields = {f"opened_{name}": value for name, value in opened.items()}
    return client.post("/settings", data={"csrf_token": csrf(client.get("/settings")), **fields, **values}).status_code


def test_the_names_stand_on_every_page_in_its_language(admin: FlaskClient, session: GuardedSession) -> None:
    assert name_bureau(admin, {}, **NAMES) == 303
    assert NAMES["bureau_name"] in admin.get("/lists").text
    assert "Jilin Industry &amp; IT Bureau" in admin.get("/lists?lang=en", follow_redirects=True).text
    entry = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.changes["bureau_name"]) == ("name_bureau", [None, NAMES["bureau_name"]])


def test_a_blank_name_goes_back_to_the_built_in_one(admin: FlaskClient) -> None:
    name_bureau(admin, {}, **NAMES)
    assert name_bureau(admin, NAMES, bureau_name="", bureau_name_en="") == 303
    assert "长春市工业和信息化局" in admin.get("/lists").text


def test_an_outdated_form_changes_nothing(admin: FlaskClient) -> None:
    name_bureau(admin, {}, **NAMES)
    assert name_bureau(admin, {}, bureau_name="四平市工业和信息化局") == 409
    assert NAMES["bureau_name"] in admin.get("/lists").text
