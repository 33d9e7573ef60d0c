"""Every door of the house: which mark it carries, who gets in, and that a POST without a token does nothing."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from sme_tracker.app import create_app
from sme_tracker.db import GuardedSession, make_engine
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.access import ASKS_PASSWORD, Permission, may
from sme_tracker.rules.terms import Role
from sme_tracker.web.confirming import asks_password
from sme_tracker.web.guard import PUBLIC, SIGNED_IN, mark_of
from tests.conftest import CONFIG
from tests.signing import add_user, csrf, sign_in, sign_in_as

OPEN_TO_ALL = {"static", "health", "accounts.sign_in", "accounts.new_password"}
NOBODY_HAS = "999999"


def _doors(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every rule but the static files' with each of its methods."""
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            if rule.endpoint != "static":
                yield rule, method


def _address(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        values = {name: _value(rule, name) for name in rule.arguments - set(rule.defaults or ())}
        built = app.url_map.bind("localhost").build(rule.endpoint, values, method=min(rule.methods))
    return str(built).removeprefix("http://localhost")


def _value(rule: Rule, name: str) -> object:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return int(NOBODY_HAS) if isinstance(converter, IntegerConverter) else NOBODY_HAS


@pytest.fixture(scope="module")
def house() -> Flask:
    """The application without a database, to ask for its doors."""
    return create_app(CONFIG, make_engine("sqlite:///nowhere.sqlite"))


def test_every_door_carries_a_mark(house: Flask) -> None:
    unmarked = {rule.endpoint for rule, _ in _doors(house) if mark_of(house, rule.endpoint) is None}
    assert unmarked == set()


def test_only_signing_in_choosing_a_password_static_files_and_health_are_open_to_all(house: Flask) -> None:
    assert {rule.endpoint for rule, _ in _doors(house) if mark_of(house, rule.endpoint) == PUBLIC} <= OPEN_TO_ALL


def test_a_door_without_a_mark_is_closed_to_everybody(fresh_app: Flask, session: GuardedSession) -> None:
    @fresh_app.route("/unmarked", methods=["GET", "POST"])
    def unmarked() -> str:
        return "in"

    assert fresh_app.test_client().get("/unmarked").status_code == 303
    for role in (Role.ADMINISTRATOR, Role.CASEWORKER):
        client = fresh_app.test_client()
        sign_in_as(client, session, role)
        assert client.get("/unmarked").status_code == 403


def test_without_a_session_every_page_asks_to_sign_in_before_anything_is_looked_up(
    app: Flask, client: FlaskClient
) -> None:
    for rule, method in _doors(app):
        if rule.endpoint in OPEN_TO_ALL:
            continue
        answer = client.open(_address(app, rule), method=method)
        if method == "GET":
            assert answer.status_code == 303, rule
            assert answer.location.startswith("/sign-in"), rule
        else:
            assert answer.status_code == 401, rule
    assert client.get("/nowhere").location.startswith("/sign-in")


@pytest.mark.parametrize("role", list(Role))
def test_the_role_decides_at_every_door(app: Flask, client: FlaskClient, session: GuardedSession, role: Role) -> None:
    unit_id = session.query(ReportingUnit.id).first()[0] if role is Role.CLERK else None
    sign_in_as(client, session, role, unit_id)
    for rule, method in _doors(app):
        mark = mark_of(app, rule.endpoint)
        if method != "GET" or mark == PUBLIC:
            continue
        status = client.get(_address(app, rule)).status_code
        if mark == SIGNED_IN or (isinstance(mark, Permission) and may(role, mark)):
            assert status != 403, (rule, status)
            assert status < 500, (rule, status)
        else:
            assert status == 403, (rule, status)


@pytest.mark.parametrize("role", list(Role))
def test_no_post_does_anything_without_the_token_of_this_session(
    app: Flask, client: FlaskClient, session: GuardedSession, role: Role
) -> None:
    unit_id = session.query(ReportingUnit.id).first()[0] if role is Role.CLERK else None
    sign_in_as(client, session, role, unit_id)
    for rule, method in _doors(app):
        if method == "GET":
            continue
        assert client.open(_address(app, rule), method=method).status_code in (400, 403), rule
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_what_binds_the_bureau_or_gives_rights_asks_for_the_password_again(
    app: Flask, client: FlaskClient, session: GuardedSession, role: Role
) -> None:
    unit_id = session.query(ReportingUnit.id).first()[0] if role is Role.CLERK else None
    user, password = add_user(session, role, unit_id)
    assert sign_in(client, user.name, password).status_code == 303
    token = csrf(client.get("/account"))
    for rule, method in _doors(app):
        mark = mark_of(app, rule.endpoint)
        if method == "GET" or not isinstance(mark, Permission) or not may(role, mark):
            continue
        asks = client.open(_address(app, rule), method=method, data={"csrf_token": token}).status_code == 401
        assert asks is (mark in ASKS_PASSWORD), rule


@pytest.mark.parametrize(
    "endpoint",
    [
        *("accounts.new_user", "accounts.user", "accounts.reset_password", "accounts.disable_user"),
        *("accounts.enable_user", "shortlists.freeze"),
        *("assessments.publish_rule_set", "assessments.assign_rule_set", "assessments.withdraw_assignment"),
    ],
)
def test_freezing_publishing_and_accounts_are_among_it(house: Flask, endpoint: str) -> None:
    assert asks_password(house, endpoint)


@pytest.mark.parametrize("role", list(Role))
def test_a_form_of_a_door_the_role_lacks_is_refused_even_with_the_token(
    app: Flask, client: FlaskClient, session: GuardedSession, role: Role
) -> None:
    unit_id = session.query(ReportingUnit.id).first()[0] if role is Role.CLERK else None
    sign_in_as(client, session, role, unit_id)
    token = csrf(client.get("/account"))
    for rule, method in _doors(app):
        mark = mark_of(app, rule.endpoint)
        if method == "GET" or not isinstance(mark, Permission) or may(role, mark):
            continue
        assert client.open(_address(app, rule), method=method, data={"csrf_token": token}).status_code == 403, rule
