"""The page on which an import is undone: what it says beforehand, whom it lets, and what it says afterwards."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.imports.models import Import
from sme_tracker.reference.queries import find_unit
from sme_tracker.rules.terms import Role
from tests.conftest import CONFIG
from tests.enterprises.test_statements import statements
from tests.imports.test_file import a_code
from tests.imports.test_pages import JIA, YI, send, write
from tests.signing import csrf, sign_in_as


@pytest.fixture(autouse=True)
def uploads(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own for what is uploaded."""
    monkeypatch.setitem(app.extensions, "config", replace(CONFIG, data_folder=tmp_path))


def written(client: FlaskClient, tmp_path: Path, *rows: list[object]) -> str:
    address = send(client, tmp_path, *rows).location
    write(client, address)
    return address


def statuses(session: GuardedSession) -> set[str]:
    session.expire_all()
    return set(session.scalars(select(Enterprise.status)))


def test_an_import_is_undone_with_a_reason_and_says_so_afterwards(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = written(client, tmp_path, JIA, YI)
    assert "撤销本次导入" in client.get(address).text
    page = client.get(f"{address}/undo")
    assert "撤下新建企业 2 户" in page.text
    token = {"csrf_token": csrf(page)}
    refused = client.post(f"{address}/undo", data={**token, "reason": " "})
    assert (refused.status_code, statuses(session)) == (422, {"active"})
    assert client.post(f"{address}/undo", data={**token, "reason": "区县重报"}).location == address
    assert statuses(session) == {"mistaken"}
    after = client.get(address).text
    assert "原因：区县重报" in after and "撤下新建企业 2 户" in after and "撤销本次导入" not in after
    assert "已撤销" in client.get("/import").text
    assert "甲有限公司" not in client.get("/enterprises").text
    jia = session.scalars(select(Enterprise.id).where(Enterprise.name == "甲有限公司")).one()
    assert "误录" in client.get(f"/enterprises/{jia}").text


def test_undoing_twice_says_that_it_is_undone(client: FlaskClient, session: GuardedSession, tmp_path: Path) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = written(client, tmp_path, JIA)
    sent = {"csrf_token": csrf(client.get(f"{address}/undo")), "reason": "录错"}
    client.post(f"{address}/undo", data=sent)
    again = client.post(f"{address}/undo", data=sent, follow_redirects=True)
    assert "这次导入已经撤销" in again.text
    assert client.get(f"{address}/undo").location == address


def test_after_thirty_days_nothing_offers_to_undo(client: FlaskClient, session: GuardedSession, tmp_path: Path) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = written(client, tmp_path, JIA)
    sent = {"csrf_token": csrf(client.get(f"{address}/undo")), "reason": "录错"}
    with transaction(session):
        session.execute(update(Import).values(written_at=utc_now() - timedelta(days=30, seconds=1)))
    assert "撤销本次导入" not in client.get(address).text
    assert client.get(f"{address}/undo").location == address
    assert "超过 30 天" in client.post(f"{address}/undo", data=sent, follow_redirects=True).text
    assert statuses(session) == {"active"}


def test_another_district_neither_sees_nor_undoes_an_import(
    client: FlaskClient, session: GuardedSession, app: Flask, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = written(client, tmp_path, JIA)
    other = app.test_client()
    nanguan = find_unit(session, "南关区")
    sign_in_as(other, session, Role.CLERK, nanguan.id if nanguan else None)
    assert other.get(f"{address}/undo").status_code == 404
    sent = {"csrf_token": csrf(other.get("/import")), "reason": "录错"}
    assert other.post(f"{address}/undo", data=sent).status_code == 404
    assert statuses(session) == {"active"}


def test_the_page_asks_the_database_as_often_for_many_rows_as_for_few(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    few = written(client, tmp_path, JIA)
    many = written(client, tmp_path, *([f"第{n}有限公司", a_code(n), "南关区"] for n in range(10, 60)))
    counted = []
    for address in (few, many):
        client.get(f"{address}/undo")
        counted.append(statements(session, lambda page=address: client.get(f"{page}/undo")))  # type: ignore[misc]
    assert counted[0] == counted[1]
