"""What every request meets: tokens, hosts, headers, redirects, rubbish, languages."""

import io
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from sme_tracker.app import create_app
from sme_tracker.db import GuardedSession, make_engine
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.terms import Role
from tests.conftest import CONFIG
from tests.signing import add_user, csrf, sign_in_as


def test_making_the_application_touches_no_database() -> None:
    create_app(CONFIG, make_engine("postgresql://nobody@127.0.0.1:1/nowhere"))


@pytest.mark.parametrize("token", [None, "", "invented"])
def test_signing_in_needs_the_token_of_this_browser(
    app: Flask, client: FlaskClient, session: GuardedSession, token: str | None
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    foreign = csrf(app.test_client().get("/sign-in"))
    typed = {"name": user.name, "password": password}
    for sent in ({}, {"csrf_token": token}, {"csrf_token": foreign}):
        kept = {name: value for name, value in sent.items() if value is not None}
        assert client.post("/sign-in", data=typed | kept).status_code == 400
    assert client.get("/account").status_code == 303


def test_a_token_from_before_signing_in_is_worthless_after(client: FlaskClient, session: GuardedSession) -> None:
    token = csrf(client.get("/sign-in"))
    sign_in_as(client, session, Role.CASEWORKER)
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 400
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/account?x=1", "/account?x=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("\\\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
    ],
)
def test_after_signing_in_one_stays_on_the_site(
    client: FlaskClient, session: GuardedSession, target: str, leads_to: str
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    typed = {"csrf_token": csrf(client.get("/sign-in")), "name": user.name, "password": password}
    assert client.post("/sign-in", query_string={"next": target}, data=typed).location == leads_to


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "///evil.example", "/%5Cevil.example"])
def test_changing_the_language_stays_on_the_site(client: FlaskClient, path: str) -> None:
    location = client.get(path, query_string={"lang": "en"}).location or "/"
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example"}, {"Host": "a b"}])
def test_a_foreign_host_is_refused_and_never_repeated(client: FlaskClient, headers: dict[str, str]) -> None:
    for path in ("/", "/sign-in", "/static/app.js", "/healthz", "/nowhere"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 400
        assert "evil" not in answer.text + str(answer.headers)


def test_a_forwarded_host_changes_nothing(client: FlaskClient) -> None:
    answer = client.get("/account", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert answer.status_code == 303
    assert "evil" not in str(answer.headers)


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/account", "/static/app.js"])
def test_every_answer_says_where_content_may_come_from(client: FlaskClient, path: str) -> None:
    headers = client.get(path, buffered=True).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    for named in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert named in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert ("no-store" in headers["Cache-Control"]) == (path != "/static/app.js")
    assert "Strict-Transport-Security" not in headers


def test_under_https_the_cookie_is_bound_to_the_host_and_browsers_are_told_to_stay(
    database_url: str, session: GuardedSession
) -> None:
    app = create_app(replace(CONFIG, https=True), make_engine(database_url))
    app.extensions["session_factory"] = lambda: session
    answer = app.test_client().get("/sign-in", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sme=")
    assert "Secure" in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_static_files_are_linked_with_a_version_and_kept_long(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    assert "/static/tokens.css?v=" in page
    assert "immutable" in client.get("/static/tokens.css?v=1", buffered=True).headers["Cache-Control"]


def test_rubbish_is_answered_calmly(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    token = csrf(client.get("/account"))
    for path in (
        "/users/%00",
        "/%ff%fe",
        "/users/-1",
        "/users/1e9",
        "/users?x=%00",
        "/../../etc/passwd",
        "/users/%2e%2e",
    ):
        assert 400 <= client.get(path).status_code < 500, path
    assert client.open("/users", method="BREW").status_code == 405
    typed = {"csrf_token": token, "name": "a\0b", "full_name": "x", "role": "leader", "unit_id": ""}
    assert client.post("/users/new", data=typed).status_code == 400
    assert client.post("/users/new", data=b"\xff\x00" * 50, content_type="multipart/form-data").status_code == 400
    client.set_cookie("sme", "rubbish.é")
    assert client.get("/users").status_code == 303


def test_a_post_only_page_does_nothing_on_get_and_head(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    for method in ("GET", "HEAD"):
        assert client.open("/sign-out", method=method).status_code == 405
    assert client.get("/account").status_code == 200


def test_a_request_over_the_limit_gets_a_page(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = client.post("/sign-in", data={"name": "x" * 2000})
    assert answer.status_code == 413
    assert "<h1>" in answer.text


def test_a_refusal_is_in_the_history(client: FlaskClient, session: GuardedSession) -> None:
    user = sign_in_as(client, session, Role.LEADER)
    assert client.get("/users").status_code == 403
    entry = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.user_id, entry.changes["path"]) == ("denied", user.id, [None, "/users"])


def test_the_language_is_the_one_chosen_then_the_accounts_then_the_browsers_then_chinese(
    client: FlaskClient, session: GuardedSession
) -> None:
    def spoken(header: str | None = None) -> bool:
        page = client.get("/account", headers={"Accept-Language": header} if header else {}, follow_redirects=True)
        return "zh" if '<html lang="zh-CN"' in page.text else "en"

    assert spoken() == "zh"
    assert spoken("fr,en;q=0.5") == "en"
    assert spoken("zh-TW,en;q=0.9") == "zh"
    sign_in_as(client, session, Role.CASEWORKER)
    chosen = {"csrf_token": csrf(client.get("/account")), "language": "en"}
    client.post("/account/preferences", data=chosen)
    assert spoken("zh-CN") == "en"
    client.get("/account?lang=zh")
    assert spoken("en") == "zh"
    client.post("/account/preferences", data=chosen | {"csrf_token": csrf(client.get("/account"))})
    assert spoken("zh-CN") == "en"


def test_a_text_beside_a_file_is_refused_by_its_field_and_comes_back(
    client: FlaskClient, session: GuardedSession
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    token = csrf(client.get("/enterprises/new"))
    nothing_chosen = FileStorage(io.BytesIO(), filename="")
    boundary, body = encode_multipart({"csrf_token": token, "name": "长" * 200_000, "file": nothing_chosen})
    refused = client.post("/enterprises/new", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert refused.status_code == 422
    assert "长" * 1_000 in refused.text
