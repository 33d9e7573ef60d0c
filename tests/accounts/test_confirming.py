"""What binds the bureau or gives rights asks for the password again, and then does what was asked for."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from sme_tracker.accounts.models import User, UserSession
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.access import Permission
from sme_tracker.rules.terms import Role
from sme_tracker.web.guard import allowed
from tests.signing import add_user, csrf, sign_in

HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
ACTION = re.compile(r'<form class="form[^>]*action="([^"]*)" id="confirm"')
PASSWORD = "confirm_password"


class Administrator:
    """An administrator who has signed in, and the password."""

    def __init__(self, client: FlaskClient, session: GuardedSession) -> None:
        self.user, self.password = add_user(session, Role.ADMINISTRATOR)
        sign_in(client, self.user.name, self.password)


@pytest.fixture
def me(client: FlaskClient, session: GuardedSession) -> Administrator:
    """Somebody signed in who has not given the password again."""
    return Administrator(client, session)


def _typed(client: FlaskClient, **more: str) -> dict[str, str]:
    kept = {"csrf_token": csrf(client.get("/users/new")), "name": "linxiao", "full_name": "林 & <晓>", "unit_id": ""}
    return {**kept, "role": "leader", **more}


def _answered(client: FlaskClient, page: TestResponse, password: str) -> TestResponse:
    """Send the page that asks, as a browser does: all hidden fields, in their order, and the password."""
    assert page.status_code == 401, page.text
    form = page.text.split('id="confirm"')[1].split("</form>")[0]
    fields = [(unescape(name), unescape(value)) for name, value in HIDDEN.findall(form)]
    found = ACTION.search(page.text)
    assert found
    body = urlencode([*fields, (PASSWORD, password)])
    return client.post(unescape(found[1]), data=body, content_type="application/x-www-form-urlencoded")


def _is_there(session: GuardedSession) -> bool:
    return bool(session.scalar(select(func.count()).where(User.name == "linxiao")))


def test_nothing_is_done_until_the_password_is_given_again_and_then_exactly_what_was_asked_for(
    client: FlaskClient, session: GuardedSession, me: Administrator
) -> None:
    page = client.post("/users/new", data=_typed(client))
    assert not _is_there(session)
    answer = _answered(client, page, me.password)
    assert answer.status_code == 200
    assert session.scalar(select(User.full_name).where(User.name == "linxiao")) == "林 & <晓>"
    assert client.post("/users/new", data=_typed(client, name="zhouying")).status_code == 200, "it holds for a while"


def test_every_field_goes_through_as_it_was_typed(fresh_app: Flask, session: GuardedSession) -> None:
    taken: list[tuple[str, str]] = []

    @fresh_app.post("/everything")
    @allowed(Permission.ACCOUNT_WRITE)
    def everything() -> str:
        taken.extend(pair for pair in request.form.items(multi=True) if pair[0] in ("tick", "text", "看"))
        taken.extend(request.args.items(multi=True))
        return "done"

    client = fresh_app.test_client()
    me = Administrator(client, session)
    sent = [("tick", "1"), ("tick", "2"), ("text", '\r\n two "lines" \r\n<b>&amp;</b> '), ("看", "到 ½")]
    body = urlencode([("csrf_token", csrf(client.get("/account"))), *sent])
    kind = "application/x-www-form-urlencoded"
    page = client.post("/everything?day=2022-09-30&day=x%26y", data=body, content_type=kind)
    assert taken == []
    assert _answered(client, page, "wrong").status_code == 401
    assert taken == []
    assert (
        _answered(
            client, client.post("/everything?day=2022-09-30&day=x%26y", data=body, content_type=kind), me.password
        ).text
        == "done"
    )
    assert sorted(taken) == sorted([*sent, ("day", "2022-09-30"), ("day", "x&y")])


def test_after_a_wrong_password_the_page_asks_again_and_keeps_what_was_typed(
    client: FlaskClient, session: GuardedSession, me: Administrator
) -> None:
    wrong = _answered(client, client.post("/users/new", data=_typed(client)), "wrong")
    assert "密码不正确" in wrong.text
    assert "wrong" not in wrong.text.replace('"wrong', "")
    assert not _is_there(session)
    assert _answered(client, wrong, me.password).status_code == 200
    assert _is_there(session)


def test_a_wrong_password_is_counted_like_one_at_sign_in_and_the_session_is_left_alone(
    app: Flask, client: FlaskClient, session: GuardedSession, me: Administrator
) -> None:
    page = client.post("/users/new", data=_typed(client))
    for _ in range(5):
        page = _answered(client, page, "wrong")
    assert _answered(client, page, me.password).status_code == 401
    assert sign_in(app.test_client(), me.user.name, me.password).status_code == 422
    assert client.get("/users").status_code == 200
    assert not _is_there(session)


def test_it_holds_for_five_minutes(client: FlaskClient, session: GuardedSession, me: Administrator) -> None:
    _answered(client, client.post("/users/new", data=_typed(client, name="zhouying")), me.password)
    for ago, status in ((timedelta(minutes=4, seconds=50), 200), (timedelta(minutes=5, seconds=1), 401)):
        with transaction(session):
            session.execute(update(UserSession).values(confirmed_at=utc_now() - ago))
        typed = _typed(client, name=f"somebody{status}")
        assert client.post("/users/new", data=typed).status_code == status


def test_it_belongs_to_the_session_and_ends_with_it(
    app: Flask, client: FlaskClient, session: GuardedSession, me: Administrator
) -> None:
    _answered(client, client.post("/users/new", data=_typed(client, name="zhouying")), me.password)
    elsewhere = app.test_client()
    sign_in(elsewhere, me.user.name, me.password)
    assert elsewhere.post("/users/new", data=_typed(elsewhere)).status_code == 401
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    sign_in(client, me.user.name, me.password)
    assert client.post("/users/new", data=_typed(client)).status_code == 401


def test_without_the_token_of_the_session_no_password_is_looked_at(
    client: FlaskClient, session: GuardedSession, me: Administrator
) -> None:
    for _ in range(6):
        assert (
            client.post("/users/new", data={**_typed(client), "csrf_token": "x", PASSWORD: "wrong"}).status_code == 400
        )
    assert client.post("/users/new", data=_typed(client, **{PASSWORD: me.password})).status_code == 200


def test_who_may_not_do_it_is_not_asked(app: Flask, session: GuardedSession) -> None:
    client = app.test_client()
    user, password = add_user(session, Role.AUDITOR)
    sign_in(client, user.name, password)
    typed = {"csrf_token": csrf(client.get("/account")), PASSWORD: password}
    assert client.post("/users/new", data=typed).status_code == 403
    assert session.scalar(select(func.max(UserSession.confirmed_at)).where(UserSession.user_id == user.id)) is None


def test_it_is_in_the_history_and_the_password_is_nowhere(
    client: FlaskClient, session: GuardedSession, me: Administrator, caplog: pytest.LogCaptureFixture
) -> None:
    page = _answered(client, client.post("/users/new", data=_typed(client)), "Wr0ng-and-long")
    assert me.password not in _answered(client, page, me.password).text
    mine = select(HistoryEntry).where(HistoryEntry.user_id == me.user.id).order_by(HistoryEntry.id)
    entries = session.scalars(mine).all()
    assert [entry.action for entry in entries] == ["sign_in", "confirm.failed", "confirm", "user.create"]
    for secret in (me.password, "Wr0ng-and-long"):
        assert secret not in caplog.text
        assert not any(secret in str(entry.changes) for entry in entries)


def test_one_can_think_better_of_it(client: FlaskClient, me: Administrator) -> None:
    typed = _typed(client)
    for came_from, back in (
        ("http://localhost/users/new?x=1", "/users/new?x=1"),
        ("http://elsewhere.example//evil.example", "/"),
        ("", "/"),
    ):
        page = client.post("/users/new", data=typed, headers={"Referer": came_from} if came_from else {})
        assert f'<a class="btn quiet" href="{back}">' in page.text
        assert f'<a class="btn quiet" href="{back}">' in _answered(client, page, "").text
