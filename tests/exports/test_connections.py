"""A list on its way out holds one connection to the database, and lets it go when it has been sent or given up."""

import gc
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from sme_tracker.app import create_app
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, make_engine, transaction
from sme_tracker.enterprises.actions import NewEnterprise, register
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from tests.conftest import CONFIG, Databases
from tests.imports.test_file import a_code
from tests.signing import csrf, sign_in_as

LISTS = {
    "/enterprises/export": Role.LEADER,
    "/history/export": Role.AUDITOR,
    "/shortlists/national-2022/export": Role.LEADER,
    "/measures/level.provincial/export": Role.LEADER,
}


@pytest.fixture(scope="module")
def pooled(databases: Databases, template_url: str) -> Iterator[Engine]:
    """A database of these tests' own with twenty enterprises, reached by a pool of connections as when serving."""
    url = databases.create(template_url)
    engine = make_engine(url)
    with _session(engine) as session, transaction(session):
        new = [NewEnterprise(a_code(number), f"长春{number}号机械有限公司") for number in range(1, 21)]
        register(session, Author(None, "test", utc_now()), new)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture(scope="module")
def browsers(pooled: Engine) -> dict[Role, FlaskClient]:
    """Somebody of each role at the application on that pool."""
    app = create_app(CONFIG, pooled)
    clients = {role: app.test_client() for role in set(LISTS.values())}
    with _session(pooled) as session:
        for role, client in clients.items():
            sign_in_as(client, session, role)
    return clients


@pytest.mark.parametrize("written", ["csv", "xlsx"])
@pytest.mark.parametrize("address", LISTS)
def test_an_export_that_is_read_leaves_no_connection_behind(
    browsers: dict[Role, FlaskClient], pooled: Engine, address: str, written: str
) -> None:
    answer = _taken(browsers, address, written)
    assert answer.data
    assert _out(pooled) == 0


@pytest.mark.parametrize("how", ["unread", "begun", "let go"])
@pytest.mark.parametrize("address", ["/enterprises/export", "/history/export"])
def test_an_export_that_is_given_up_leaves_no_connection_behind(
    browsers: dict[Role, FlaskClient], pooled: Engine, address: str, how: str
) -> None:
    answer = _taken(browsers, address, "csv")
    while how != "unread" and _out(pooled) == 0:
        next(answer.iter_encoded())
    if how == "let go":
        del answer
        gc.collect()
    else:
        answer.close()
    assert _out(pooled) == 0


def _session(engine: Engine) -> GuardedSession:
    return GuardedSession(engine, info={"history_key": CONFIG.history_key, "settle": settle})


def _taken(browsers: dict[Role, FlaskClient], address: str, written: str) -> TestResponse:
    """A list on its way out, of which nothing has been read."""
    client = browsers[LISTS[address]]
    answer = client.post(address, data={"csrf_token": csrf(client.get("/account")), "format": written})
    assert answer.status_code == 200
    return answer


def _out(engine: Engine) -> int:
    """How many connections are not in their pool."""
    return engine.pool.checkedout()  # type: ignore[attr-defined, no-any-return]
