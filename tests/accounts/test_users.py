"""Accounts of the bureau: who may be made what, and that it acts at once."""

import re
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sme_tracker.accounts import actions
from sme_tracker.accounts.models import User
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from tests.conftest import CONFIG, Databases
from tests.signing import add_user, csrf, sign_in, sign_in_as


def _page(client: FlaskClient, user: User) -> str:
    return csrf(client.get(f"/users/{user.id}"))


def _fields(client: FlaskClient, user: User, **changed: object) -> dict[str, object]:
    kept = {"name": user.name, "full_name": user.full_name, "role": user.role, "unit_id": user.unit_id or ""}
    return {"csrf_token": _page(client, user), "version": user.version, **kept, **changed}


def _post(client: FlaskClient, path: str) -> int:
    return client.post(path, data={"csrf_token": csrf(client.get("/users"))}).status_code


def test_taking_a_role_away_acts_on_the_very_next_request(
    app: Flask, client: FlaskClient, session: GuardedSession
) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    theirs = app.test_client()
    other = sign_in_as(theirs, session, Role.ADMINISTRATOR)
    assert theirs.get("/users").status_code == 200
    assert client.post(f"/users/{other.id}", data=_fields(client, other, role="leader")).status_code == 303
    assert theirs.get("/users").status_code == 403


@pytest.mark.parametrize("what", ["disable", "reset-password"])
def test_disabling_and_resetting_end_every_session_at_once(
    app: Flask, client: FlaskClient, session: GuardedSession, what: str
) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    theirs = app.test_client()
    other = sign_in_as(theirs, session, Role.LEADER)
    _post(client, f"/users/{other.id}/{what}")
    assert theirs.get("/account").status_code == 303


def test_enabling_lets_somebody_in_again(app: Flask, client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    other, password = add_user(session, Role.LEADER)
    _post(client, f"/users/{other.id}/disable")
    assert sign_in(app.test_client(), other.name, password).status_code == 422
    _post(client, f"/users/{other.id}/enable")
    assert sign_in(app.test_client(), other.name, password).status_code == 303


def test_the_last_administrator_cannot_be_disabled(client: FlaskClient, session: GuardedSession) -> None:
    me = sign_in_as(client, session, Role.ADMINISTRATOR)
    _post(client, f"/users/{me.id}/disable")
    assert client.get("/users").status_code == 200


def test_nobody_grants_a_role_to_himself(client: FlaskClient, session: GuardedSession) -> None:
    me = sign_in_as(client, session, Role.ADMINISTRATOR)
    add_user(session, Role.ADMINISTRATOR)
    assert client.post(f"/users/{me.id}", data=_fields(client, me, role="caseworker")).status_code == 422
    assert client.get("/users").status_code == 200


def test_no_field_that_the_form_does_not_show_is_taken(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    other, _ = add_user(session, Role.LEADER)
    before = other.password_hash
    sent = _fields(client, other, full_name="高远", name="admin", password_hash="x", code_expires_at="2030-01-01")
    assert client.post(f"/users/{other.id}", data=sent).status_code == 303
    session.refresh(other)
    assert (other.full_name, other.password_hash, other.code_expires_at) == ("高远", before, None)
    assert other.name != "admin"


def test_a_clerk_needs_a_unit_and_nobody_else_has_one(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    unit_id = session.scalar(select(ReportingUnit.id).limit(1))
    other, _ = add_user(session, Role.LEADER)
    for refused in ({"role": "clerk"}, {"unit_id": unit_id}, {"role": "emperor"}, {"role": "clerk", "unit_id": 99999}):
        assert client.post(f"/users/{other.id}", data=_fields(client, other, **refused)).status_code == 422
    kept = _fields(client, other, role="clerk", unit_id=unit_id)
    assert client.post(f"/users/{other.id}", data=kept).status_code == 303


def test_a_stale_form_changes_nothing_and_keeps_what_was_typed(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    other, _ = add_user(session, Role.LEADER)
    opened = _fields(client, other, full_name="typed in the second window")
    client.post(f"/users/{other.id}", data=_fields(client, other, full_name="saved in the first window"))
    answer = client.post(f"/users/{other.id}", data=opened)
    assert answer.status_code == 409
    assert 'value="typed in the second window"' in answer.text
    assert "saved in the first window" in answer.text
    session.refresh(other)
    assert other.full_name == "saved in the first window"


@pytest.mark.parametrize("version", ["", "0", "-1", "99999999999999999999", "x", "²"])
def test_a_version_cannot_be_left_out_invented_or_overflowed(
    client: FlaskClient, session: GuardedSession, version: str
) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    other, _ = add_user(session, Role.LEADER)
    assert client.post(f"/users/{other.id}", data=_fields(client, other, version=version)).status_code == 409


def test_a_new_account_has_no_role_until_one_is_chosen(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    page = client.get("/users/new")
    roles = page.text.split('id="role"')[1].split("</select>")[0]
    assert "selected" not in roles
    assert re.findall(r'<option value="([^"]*)"', roles) == ["", *Role], "a browser shows the first, which is none"
    typed = {"csrf_token": csrf(page), "name": "linxiao", "full_name": "林晓", "role": "", "unit_id": ""}
    answer = client.post("/users/new", data=typed)
    assert answer.status_code == 422
    assert 'value="linxiao"' in answer.text
    assert session.scalar(select(func.count()).where(User.name == "linxiao")) == 0


@pytest.mark.parametrize("name", ["", "  ", "a b", "a<b>", "x" * 61, "=cmd"])
def test_odd_account_names_are_refused(client: FlaskClient, session: GuardedSession, name: str) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    typed = {"csrf_token": csrf(client.get("/users/new")), "name": name, "full_name": "x", "role": "leader"}
    assert client.post("/users/new", data=typed | {"unit_id": ""}).status_code == 422


def test_a_name_is_taken_once_however_it_is_written(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    for name, status in (("林晓", 200), ("LinXiao", 200), (" linxiao ", 422), ("ｌｉｎｘｉａｏ", 422)):
        typed = {"csrf_token": csrf(client.get("/users/new")), "name": name, "full_name": "林晓", "role": "leader"}
        assert client.post("/users/new", data=typed | {"unit_id": ""}).status_code == status


def test_every_change_of_an_account_is_in_the_history(client: FlaskClient, session: GuardedSession) -> None:
    me = sign_in_as(client, session, Role.ADMINISTRATOR)
    other, _ = add_user(session, Role.LEADER)
    client.post(f"/users/{other.id}", data=_fields(client, other, full_name="高远"))
    _post(client, f"/users/{other.id}/reset-password")
    _post(client, f"/users/{other.id}/disable")
    _post(client, f"/users/{other.id}/disable")
    entries = session.scalars(
        select(HistoryEntry).where(HistoryEntry.subject_id == other.id, HistoryEntry.user_id == me.id)
    ).all()
    assert [entry.action for entry in entries] == ["user.change", "user.reset_password", "user.disable"]
    assert entries[0].changes == {"full_name": [other.name, "高远"]}
    assert not any("argon2" in str(entry.changes) for entry in entries)


def test_the_auditor_reads_accounts_and_changes_none(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.AUDITOR)
    other, _ = add_user(session, Role.LEADER)
    assert client.get("/users").status_code == 200
    token = csrf(client.get("/account"))
    assert client.get("/users/new").status_code == 403
    assert client.post(f"/users/{other.id}/disable", data={"csrf_token": token}).status_code == 403


def test_an_account_that_is_not_there_is_404_whatever_its_number(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    for number in (0, 999_999, 2**31, 2**63, 10**30):
        assert client.get(f"/users/{number}").status_code == 404


def test_two_last_administrators_cannot_leave_at_the_same_moment(databases: Databases, template_url: str) -> None:
    url = databases.create(template_url)
    engine = make_engine(url)
    sessions = make_session_factory(engine, CONFIG.history_key, settle)
    by = Author(None, "test", utc_now())
    with sessions() as session, transaction(session):
        both = [actions.create_user(session, by, name, Role.ADMINISTRATOR)[0].id for name in ("one", "other")]
    start = Barrier(2)

    def leave(user_id: int) -> None:
        with sessions() as session:
            start.wait()
            try:
                with transaction(session):
                    actions.disable_user(session, by, session.get_one(User, user_id))
            except Refused:
                pass

    threads = [Thread(target=leave, args=(user_id,)) for user_id in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(User).where(User.disabled_at.is_(None))) == 1
    engine.dispose()
    databases.drop(url)
