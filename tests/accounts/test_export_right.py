"""The right to take lists out of the house: taken from a role or a person, given back, and never given to others."""

from pathlib import Path

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from sme_tracker.accounts import exporting
from sme_tracker.accounts.models import ExportWithheld, User
from sme_tracker.accounts.queries import may_export
from sme_tracker.checking import check
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.additions import Additions
from sme_tracker.enterprises.export_command import ExportOrder, run
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Role
from sme_tracker.web.language import speaking
from tests.enterprises.test_actions import first_unit, registered
from tests.signing import add_user, csrf, sign_in_as

BY = Author(None, "test", utc_now())


def taken_from(session: GuardedSession, role: Role | None = None, user: User | None = None) -> int:
    with transaction(session):
        exporting.withhold(session, Author(None, "test", utc_now()), role, user, "外发名单未经审批")
    return session.scalars(select(ExportWithheld.id).order_by(ExportWithheld.id.desc())).first() or 0


def export(client: FlaskClient) -> TestResponse:
    token = csrf(client.get("/enterprises"))
    return client.post("/enterprises/export", data={"csrf_token": token, "format": "csv"})


@pytest.mark.parametrize("of", ["role", "person"])
def test_whoever_it_is_taken_from_sees_no_button_and_sends_in_vain(
    client: FlaskClient, session: GuardedSession, of: str
) -> None:
    registered(session)
    user = sign_in_as(client, session, Role.CASEWORKER)
    assert export(client).status_code == 200
    which = taken_from(session, Role.CASEWORKER) if of == "role" else taken_from(session, user=user)
    page = client.get("/enterprises")
    assert page.status_code == 200 and "/enterprises/export" not in page.text
    assert export(client).status_code == 403
    with transaction(session):
        exporting.give_back(session, Author(None, "test", utc_now()), which, "已审批")
    assert "/enterprises/export" in client.get("/enterprises").text
    assert export(client).status_code == 200
    assert check(session, local_today()).by_kind == {}


def test_others_keep_it(client: FlaskClient, session: GuardedSession, app: Flask) -> None:
    registered(session)
    taken_from(session, Role.CLERK)
    taken_from(session, user=add_user(session, Role.LEADER)[0])
    sign_in_as(client, session, Role.LEADER)
    assert export(client).status_code == 200


def test_the_command_knows_it_too(session: GuardedSession, tmp_path: Path) -> None:
    user, _password = add_user(session, Role.LEADER)
    assert may_export(session, user)
    taken_from(session, user=user)
    assert not may_export(session, user)
    order = ExportOrder(tmp_path / "a.csv", user.name)
    with speaking("zh"), pytest.raises(click.ClickException, match="没有导出权限"):
        run(session, BY, order, Additions(), local_today())


@pytest.mark.parametrize(
    ("case", "code"),
    [("no reason", "reason.missing"), ("never had it", "export_right.not_held"), ("twice", "export_right.taken")],
)
def test_what_cannot_be_taken_says_why(session: GuardedSession, case: str, code: str) -> None:
    role = Role.ADMINISTRATOR if case == "never had it" else Role.LEADER
    if case == "twice":
        taken_from(session, role)
    with pytest.raises(Refused) as refused, transaction(session):
        exporting.withhold(session, BY, role, None, "" if case == "no reason" else "外发")
    assert [finding.code for finding in refused.value.findings] == [code]


def test_an_administrator_takes_and_gives_it_on_the_page_with_reasons_that_stand_in_the_history(
    client: FlaskClient, session: GuardedSession
) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    page = client.get("/users/export-right")
    assert "全体县区经办" in page.text and "role.administrator" not in page.text and "role.auditor" not in page.text
    sent = {"csrf_token": csrf(page), "whose": "role.clerk", "reason": "外发名单未经审批"}
    assert client.post("/users/export-right", data={**sent, "reason": ""}).status_code == 422
    assert client.post("/users/export-right", data={**sent, "whose": "role.auditor"}).status_code == 422
    assert client.post("/users/export-right", data=sent).status_code == 303
    page = client.get("/users/export-right").text
    assert "全体县区经办" in page and "外发名单未经审批" in page
    which = session.scalars(select(ExportWithheld.id)).one()
    address = f"/users/export-right/{which}/give-back"
    client.post(address, data={"csrf_token": sent["csrf_token"], "reason": " "})
    assert session.scalars(select(ExportWithheld.retired_at)).one() is None
    client.post(address, data={"csrf_token": sent["csrf_token"], "reason": "已整改"})
    told = session.execute(
        select(HistoryEntry.action, HistoryEntry.changes["reason"]).where(HistoryEntry.subject == "export_right")
    ).all()
    assert [tuple(one) for one in told] == [
        ("export.withhold", [None, "外发名单未经审批"]),
        ("export.give_back", [None, "已整改"]),
    ]
    assert "没有收回" in client.get("/users/export-right").text


@pytest.mark.parametrize("role", [Role.CLERK, Role.CASEWORKER, Role.LEADER, Role.AUDITOR])
def test_nobody_else_takes_or_gives_it(client: FlaskClient, session: GuardedSession, role: Role) -> None:
    which = taken_from(session, Role.CLERK)
    sign_in_as(client, session, role, first_unit(session) if role is Role.CLERK else None)
    sent = {"csrf_token": csrf(client.get("/account")), "whose": "role.leader", "reason": "x"}
    assert client.get("/users/export-right").status_code == 403
    assert client.post("/users/export-right", data=sent).status_code == 403
    assert client.post(f"/users/export-right/{which}/give-back", data=sent).status_code == 403
