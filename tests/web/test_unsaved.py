"""What was typed and could not be saved: whose it is, when it comes back, and what is never kept."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import pytest
from flask import Flask, abort, render_template, request
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy import update
from werkzeug.test import TestResponse

from sme_tracker.accounts.actions import reset_password
from sme_tracker.accounts.models import User, UserSession
from sme_tracker.app import create_app
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.enterprises import actions
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from sme_tracker.web.guard import MARK, for_everyone_signed_in
from sme_tracker.web.pages import current_session
from tests.conftest import CONFIG, Databases
from tests.enterprises.test_actions import BY, registered
from tests.html_forms import PageForm, form_to, forms_of
from tests.signing import add_user, csrf, sign_in, sign_in_as

TYPED = "乙地 <胜利> & \"大街\" '1' 号"


@pytest.fixture
def which(session: GuardedSession) -> int:
    """An enterprise."""
    return registered(session, address="甲地")


@pytest.fixture
def caseworker(client: FlaskClient, session: GuardedSession) -> User:
    """Whoever is signed in."""
    return sign_in_as(client, session, Role.CASEWORKER)


def filled_in(client: FlaskClient, place: str, /, **typed: str) -> dict[str, str]:
    """What a browser sends of the form at a place once something is typed."""
    return form_to(client.get(place), place).sent().to_dict() | typed


def way_back(refused: TestResponse) -> PageForm:
    """The form of a refusal that leads back."""
    (way,) = [form for form in forms_of(refused) if "unsaved" in form.names]
    return way


def carries(refused: TestResponse) -> bool:
    return any("unsaved" in form.names for form in forms_of(refused))


def end_sessions(session: GuardedSession, **when: Any) -> None:
    with transaction(session):
        session.execute(update(UserSession).values(when or {"ended_at": utc_now()}))


def give_role(session: GuardedSession, user: User, role: Role) -> None:
    with transaction(session):
        session.execute(update(User).where(User.id == user.id).values(role=role.value))


@pytest.mark.parametrize("when", [{}, {"seen_at": datetime(2020, 1, 1, tzinfo=UTC)}], ids=["ended", "idle"])
def test_after_signing_in_again_one_stands_at_the_form_and_nothing_is_saved_yet(
    client: FlaskClient, session: GuardedSession, which: int, when: dict[str, datetime]
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    sign_in(client, user.name, password)
    address = f"/enterprises/{which}/edit"
    sent = filled_in(client, address, address=TYPED)
    end_sessions(session, **when)
    refused = client.post(address, data=sent)
    assert refused.status_code == 401
    assert "胜利" not in refused.text
    wrong = client.post(address, data=way_back(refused).sent().to_dict() | {"name": user.name, "password": "no"})
    assert wrong.status_code == 422
    back = client.post(address, data=way_back(wrong).sent().to_dict() | {"name": user.name, "password": password})
    assert back.status_code == 200
    assert "已恢复您未保存的内容" in back.text
    form = form_to(back, address)
    assert ("address", TYPED) in form.holds()
    assert session.get_one(Enterprise, which).address == "甲地"
    assert client.post(address, data=form.sent()).status_code == 303
    session.expire_all()
    assert session.get_one(Enterprise, which).address == TYPED


@pytest.mark.usefixtures("caseworker")
def test_the_form_may_stand_on_another_page_than_its_address_and_never_on_another_host(
    client: FlaskClient, session: GuardedSession, which: int
) -> None:
    assert client.get("/nowhere").status_code == 404, "the first forms of the session are those of this page"
    address = f"/enterprises/{which}/evidence/certificates"
    sent = filled_in(client, address, name=TYPED)
    end_sessions(session)
    pages = {
        f"http://localhost/enterprises/{which}?year=2024": f"/enterprises/{which}?year=2024",
        "http://elsewhere.test/enterprises": address,
        "http://localhost//elsewhere.test/enterprises": address,
        "http://localhost/sign-in": address,
        "http://localhost/nowhere": address,
    }
    for came_from, page in pages.items():
        refused = client.post(address, data=sent, headers={"Referer": came_from})
        assert (refused.status_code, way_back(refused).action) == (401, page), came_from


@pytest.mark.usefixtures("caseworker")
def test_another_account_that_signs_in_sees_nothing_of_it(
    client: FlaskClient, session: GuardedSession, which: int
) -> None:
    other, password = add_user(session, Role.CASEWORKER)
    address = f"/enterprises/{which}/edit"
    sent = filled_in(client, address, address=TYPED)
    end_sessions(session)
    refused = client.post(address, data=sent)
    page = client.post(address, data=way_back(refused).sent().to_dict() | {"name": other.name, "password": password})
    assert page.status_code == 200
    assert "胜利" not in page.text
    assert "由其他账号填写" in page.text
    assert ("address", "甲地") in form_to(page, address).holds()


def test_a_form_of_a_session_before_comes_back_to_its_account_and_to_no_other(
    client: FlaskClient, session: GuardedSession, which: int
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    other, others = add_user(session, Role.CASEWORKER)
    address = f"/enterprises/{which}/edit"
    sign_in(client, user.name, password)
    sent = filled_in(client, address, address=TYPED)
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    sign_in(client, other.name, others)
    refused = client.post(address, data=sent)
    assert (refused.status_code, "胜利" in refused.text) == (400, False)
    assert "password" in way_back(refused).names
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    sign_in(client, user.name, password)
    refused = client.post(address, data=sent)
    assert refused.status_code == 400
    back = client.post(address, data=way_back(refused).sent())
    assert ("address", TYPED) in form_to(back, address).holds()


def test_a_new_key_of_the_server_ends_sessions_and_loses_nothing(app: Flask, session: GuardedSession) -> None:
    which = registered(session, address="甲地")
    user, password = add_user(session, Role.CASEWORKER)
    client = app.test_client()
    sign_in(client, user.name, password)
    address = f"/enterprises/{which}/edit"
    sent = filled_in(client, address, address=TYPED)
    renewed = create_app(replace(CONFIG, secret_key="another key of the server, long enough"), app.extensions["engine"])
    renewed.extensions["session_factory"] = app.extensions["session_factory"]
    browser = renewed.test_client()
    cookie = client.get_cookie("sme")
    assert cookie
    browser.set_cookie("sme", cookie.value)
    refused = browser.post(address, data=sent)
    assert (refused.status_code, "胜利" in refused.text) == (401, False)
    back = browser.post(address, data=way_back(refused).sent().to_dict() | {"name": user.name, "password": password})
    assert ("address", TYPED) in form_to(back, address).holds()


def test_nobody_knows_whose_it_is_so_it_can_be_copied_but_does_not_come_back(
    client: FlaskClient, session: GuardedSession, which: int
) -> None:
    address = f"/enterprises/{which}/edit"
    refused = client.post(address, data={"csrf_token": "forged", "address": TYPED})
    assert refused.status_code == 401
    assert not carries(refused)
    assert "&lt;胜利&gt;" in refused.text
    sign_in_as(client, session, Role.CASEWORKER)
    refused = client.post(address, data={"csrf_token": "forged", "address": TYPED})
    assert (refused.status_code, "胜利" in refused.text) == (400, False)


def test_a_role_taken_away_keeps_the_text_to_copy_and_given_again_brings_it_back(
    client: FlaskClient, session: GuardedSession, which: int, caseworker: User
) -> None:
    address = f"/enterprises/{which}/edit"
    sent = filled_in(client, address, address=TYPED)
    give_role(session, caseworker, Role.LEADER)
    for _ in range(2):
        refused = client.post(address, data=sent)
        assert refused.status_code == 403
        assert "&lt;胜利&gt;" in refused.text
        sent = way_back(refused).sent().to_dict()
    give_role(session, caseworker, Role.CASEWORKER)
    back = client.post(address, data=sent)
    assert ("address", TYPED) in form_to(back, address).holds()


@pytest.mark.usefixtures("caseworker")
def test_of_a_file_that_is_too_large_the_fields_beside_it_are_kept(
    app: Flask, client: FlaskClient, which: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 20_000)
    address = f"/enterprises/{which}/evidence/certificates"
    sent = filled_in(client, address, name=TYPED)
    for content_first in (True, False):
        file = {"file": (io.BytesIO(b"x" * 30_000), "证书.pdf")}
        data = file | sent if content_first else sent | file
        refused = client.post(address, data=data, content_type="multipart/form-data")
        assert refused.status_code == 413
        assert "文件不能保留" in refused.text
        back = client.post(address, data=way_back(refused).sent())
        assert ("name", TYPED) in form_to(back, address).holds()
        assert "文件不能保留" in back.text


@pytest.mark.parametrize("status", [400, 404, 405, 409, 422, 429])
def test_every_refusal_of_a_form_leads_back_to_it(
    fresh_app: Flask, session: GuardedSession, which: int, status: int
) -> None:
    _refuse_edits(fresh_app, lambda: abort(status))
    client, address = fresh_app.test_client(), f"/enterprises/{which}/edit"
    sign_in_as(client, session, Role.CASEWORKER)
    refused = client.post(address, data=filled_in(client, address, address=TYPED))
    assert refused.status_code == status
    back = client.post(address, data=way_back(refused).sent())
    assert ("address", TYPED) in form_to(back, address).holds()


def test_our_own_fault_leads_back_to_the_form(fresh_app: Flask, session: GuardedSession, which: int) -> None:
    def fail() -> None:
        raise RuntimeError

    _refuse_edits(fresh_app, fail)
    client, address = fresh_app.test_client(), f"/enterprises/{which}/edit"
    sign_in_as(client, session, Role.CASEWORKER)
    refused = client.post(address, data=filled_in(client, address, address=TYPED))
    assert refused.status_code == 500
    back = client.post(address, data=way_back(refused).sent())
    assert ("address", TYPED) in form_to(back, address).holds()


def _refuse_edits(app: Flask, refuse: Callable[[], object]) -> None:
    """Let a profile that is sent meet something that goes wrong."""
    view = app.view_functions["enterprises.edit"]

    @wraps(view)
    def edit(**which: int) -> Any:
        return refuse() if request.method == "POST" else view(**which)

    setattr(edit, MARK, getattr(view, MARK))
    app.view_functions["enterprises.edit"] = edit


def test_a_save_that_waited_in_vain_is_sent_again_by_one_button(databases: Databases, template_url: str) -> None:
    url = databases.create(template_url)
    engine = make_engine(url)
    app = create_app(CONFIG, engine)

    @app.route("/busy", methods=["GET", "POST"])
    @for_everyone_signed_in
    def busy() -> str:
        with transaction(current_session(), wait_ms=50):
            return render_template("errors/404.html")

    with make_session_factory(engine, CONFIG.history_key, settle)() as session:
        client = app.test_client()
        sign_in_as(client, session, Role.CASEWORKER)
        sent = {"csrf_token": csrf(client.get("/account")), "note": TYPED, "once": "o", "version": "3"}
        with transaction(session):
            refused = client.post("/busy", data=sent)
    assert refused.status_code == 503
    again = next(form for form in forms_of(refused) if "note" in form.names)
    assert (again.action, again.sent().to_dict()) == ("/busy", sent)
    assert client.post(again.action, data=again.sent()).status_code == 200
    assert carries(refused)
    engine.dispose()
    databases.drop(url)


@pytest.mark.usefixtures("caseworker")
def test_what_somebody_saved_meanwhile_is_not_overwritten_by_what_comes_back(
    client: FlaskClient, session: GuardedSession, which: int
) -> None:
    address = f"/enterprises/{which}/edit"
    sent = filled_in(client, address, address=TYPED)
    with transaction(session):
        actions.update_profiles(session, BY, {which: {"address": "丙地", "niche": "丝杠"}})
    conflict = client.post(address, data=sent)
    assert conflict.status_code == 409
    choices = form_to(conflict, address).sent().to_dict()
    assert choices.keys() >= {"clash", "mine.address"}
    end_sessions(session)
    refused = client.post(address, data=choices)
    end_sessions(session, ended_at=None)
    back = client.post(address, data={"unsaved": way_back(refused).sent()["unsaved"]})
    again = client.post(address, data=form_to(back, address).sent())
    assert again.status_code == 409
    assert "&lt;胜利&gt;" in again.text
    assert "丙地" in again.text


def test_passwords_are_never_carried(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    token = csrf(client.get("/account"))
    end_sessions(session)
    sent = {"csrf_token": token, "current": "secret-1", "new": "secret-2", "again": "secret-2"}
    refused = client.post("/account/password", data=sent)
    assert refused.status_code == 401
    assert not carries(refused)
    assert "secret" not in refused.text


@pytest.mark.usefixtures("caseworker")
@pytest.mark.parametrize("spoilt", ["old", "changed", "of another page"])
def test_only_what_the_server_sealed_for_this_form_within_a_day_comes_back(
    client: FlaskClient, session: GuardedSession, which: int, spoilt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, at = f"/enterprises/{which}/edit", "/account"
    sent = filled_in(client, address, address=TYPED)
    end_sessions(session)
    seal = way_back(client.post(address, data=sent)).sent()["unsaved"]
    end_sessions(session, ended_at=None)
    if spoilt == "old":
        late = int((utc_now() + timedelta(hours=25)).timestamp())
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: late)
    answer = client.post(
        at if spoilt == "of another page" else address, data={"unsaved": seal[:-1] if spoilt == "changed" else seal}
    )
    assert answer.status_code == 200
    assert "胜利" not in answer.text
    assert "未予恢复" in answer.text


def test_whoever_must_change_the_password_first_keeps_what_was_typed(
    client: FlaskClient, session: GuardedSession, which: int, caseworker: User
) -> None:
    address = f"/enterprises/{which}/edit"
    sent = filled_in(client, address, address=TYPED)
    password_is_from(session, caseworker, utc_now() - timedelta(days=CONFIG.password_days + 1))
    refused = client.post(address, data=sent)
    assert refused.status_code == 403
    assert 'href="/account"' in refused.text
    password_is_from(session, caseworker, utc_now())
    back = client.post(address, data=way_back(refused).sent())
    assert ("address", TYPED) in form_to(back, address).holds()


def password_is_from(session: GuardedSession, user: User, at: datetime) -> None:
    with transaction(session):
        session.execute(update(User).where(User.id == user.id).values(password_set_at=at))


def test_a_one_time_code_leads_to_the_choice_of_a_password_and_what_was_typed_waits(
    client: FlaskClient, session: GuardedSession, which: int, caseworker: User
) -> None:
    address = f"/enterprises/{which}/edit"
    sent = filled_in(client, address, address=TYPED)
    with transaction(session):
        code = reset_password(session, replace(BY, at=utc_now()), session.get_one(User, caseworker.id))
    refused = client.post(address, data=sent)
    waiting = client.post(
        address, data=way_back(refused).sent().to_dict() | {"name": caseworker.name, "password": code}
    )
    assert waiting.status_code == 403
    assert 'href="/new-password' in waiting.text
    page = client.get("/new-password")
    chosen = {"csrf_token": csrf(page), "new": "Qx7-drehbank-41", "again": "Qx7-drehbank-41"}
    assert client.post("/new-password", data=chosen).status_code == 303
    again = way_back(waiting).sent().to_dict() | {"csrf_token": csrf(client.get("/account"))}
    back = client.post(address, data=again | {"name": caseworker.name, "password": "Qx7-drehbank-41"})
    assert ("address", TYPED) in form_to(back, address).holds()


@pytest.mark.usefixtures("caseworker")
def test_a_cookie_names_what_was_saved_and_only_that(client: FlaskClient, session: GuardedSession, which: int) -> None:
    address = f"/enterprises/{which}/edit"
    refused = client.post(address, data=filled_in(client, address, founded_on="2015-02-30"))
    assert (refused.status_code, client.get_cookie("saved")) == (422, None)
    assert client.post(address, data=filled_in(client, address, address=TYPED)).status_code == 303
    cookie = client.get_cookie("saved")
    assert cookie
    assert cookie.value == address
