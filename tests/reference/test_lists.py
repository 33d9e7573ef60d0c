"""An administrator keeps the lists: adds, changes, closes from a day; two who save at once are told."""

import secrets
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from sme_tracker.db import GuardedSession
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.models import Batch, Chain, ReportingUnit
from sme_tracker.rules.terms import Role
from tests.signing import csrf, sign_in_as

NEW_UNIT = {"code": "BH", "name": "长春北湖科技开发区", "short_name": "北湖", "kind": "zone", "name_en": "Beihu Zone"}


@pytest.fixture
def admin(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    return client


def send(client: FlaskClient, address: str, values: dict[str, str], **more: str) -> TestResponse:
    """Fill in the form at the address as a page just opened has it, and send it."""
    once = {"once": secrets.token_urlsafe(24)} if address.endswith("/new") else {}
    return client.post(address, data={"csrf_token": csrf(client.get(address)), **once, **values, **more})


def chain(session: GuardedSession) -> Chain:
    return session.scalars(select(Chain).where(Chain.code == "AUTO").execution_options(populate_existing=True)).one()


def last_entry(session: GuardedSession) -> HistoryEntry:
    return session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()


@pytest.mark.parametrize("key", ["units", "industries", "chains", "batches"])
def test_every_list_is_shown(admin: FlaskClient, key: str) -> None:
    assert admin.get(f"/lists/{key}", follow_redirects=True).status_code == 200


def test_a_new_unit_stands_last_in_the_list_and_in_the_history(admin: FlaskClient, session: GuardedSession) -> None:
    assert send(admin, "/lists/units/new", NEW_UNIT).status_code == 303
    unit = session.scalars(select(ReportingUnit).order_by(ReportingUnit.sort.desc())).first()
    assert unit is not None
    assert (unit.code, unit.short_name) == ("BH", "北湖")
    assert "北湖" in admin.get("/lists").text
    entry = last_entry(session)
    assert (entry.action, entry.subject_id) == ("add_reporting_unit", unit.id)
    assert entry.changes["name"] == [None, "长春北湖科技开发区"]


def test_a_form_sent_twice_adds_one_item(admin: FlaskClient, session: GuardedSession) -> None:
    once = secrets.token_urlsafe(24)
    for _time in range(2):
        assert send(admin, "/lists/units/new", NEW_UNIT, once=once).status_code == 303
    assert len(session.scalars(select(ReportingUnit).where(ReportingUnit.code == "BH")).all()) == 1


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("code", "NG", "已有相同代码的条目。"),
    ("short_name", "南关区", "已有相同简称的县区（开发区）。"),
    ("name", " ", "请填写。"),
])  # fmt: skip
def test_what_cannot_be_added_is_said_at_its_field(admin: FlaskClient, field: str, value: str, sentence: str) -> None:
    answer = send(admin, "/lists/units/new", NEW_UNIT, **{field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Beihu Zone" in answer.text


def test_an_industry_needs_a_code_of_the_standard(admin: FlaskClient) -> None:
    wrong = send(admin, "/lists/industries/new", {"code": "36", "name": "汽车"})
    assert wrong.status_code == 422
    assert "C3670" in wrong.text
    assert send(admin, "/lists/industries/new", {"code": "C3670", "name": "汽车零部件"}).status_code == 303


def test_a_batch_knows_its_title_and_year(admin: FlaskClient, session: GuardedSession) -> None:
    values = {"code": "N4", "name": "第四批", "title": "national", "year": "2022", "published_on": "2022-09-01"}
    assert send(admin, "/lists/batches/new", values, year="1922").status_code == 422
    assert send(admin, "/lists/batches/new", values).status_code == 303
    assert session.scalars(select(Batch)).one().published_on == date(2022, 9, 1)


def test_an_item_is_closed_from_a_day_and_stays_on_record(admin: FlaskClient, session: GuardedSession) -> None:
    kept = chain(session)
    values = {"version": str(kept.version), "name": kept.name, "closed_from": "2026-01-01", "code": "OTHER"}
    assert send(admin, f"/lists/chains/{kept.id}", values).status_code == 303
    closed = chain(session)
    assert (closed.closed_from, closed.code) == (date(2026, 1, 1), "AUTO")
    assert not closed.is_open(date(2026, 1, 1))
    assert "2026-01-01 起已停用" in admin.get("/lists/chains").text
    assert last_entry(session).changes["closed_from"] == [None, "2026-01-01"]


def test_an_outdated_form_changes_nothing_and_keeps_what_was_typed(admin: FlaskClient, session: GuardedSession) -> None:
    kept = chain(session)
    stale = {"version": str(kept.version), "name": "汽车及零部件"}
    assert send(admin, f"/lists/chains/{kept.id}", stale, name="汽车").status_code == 303
    answer = send(admin, f"/lists/chains/{kept.id}", stale)
    assert answer.status_code == 409
    assert "名称现为“汽车”" in answer.text
    assert "汽车及零部件" in answer.text
    assert chain(session).name == "汽车"


@pytest.mark.parametrize("version", ["", "99999999999999999999", "-1", "x"])
def test_the_version_cannot_be_left_out_or_invented(admin: FlaskClient, session: GuardedSession, version: str) -> None:
    kept = chain(session)
    answer = send(admin, f"/lists/chains/{kept.id}", {"version": version, "name": "汽车"})
    assert answer.status_code == 409
    assert chain(session).name == "汽车零部件"


def test_an_unknown_item_or_list_is_not_found(admin: FlaskClient) -> None:
    for address in ("/lists/chains/4711", f"/lists/chains/{2**70}", "/lists/nothing"):
        assert admin.get(address).status_code == 404


def test_a_caseworker_reads_the_lists_and_changes_nothing(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get("/lists")
    assert page.status_code == 200
    assert "/lists/units/new" not in page.text
    assert client.get("/lists/units/new").status_code == 403
    assert client.get("/settings").status_code == 403
