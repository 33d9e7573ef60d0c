"""What the health page says: whether the database answers, under the machine's own names too, and never for long."""

import socket
from dataclasses import replace
from time import monotonic

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from sme_tracker.app import create_app
from sme_tracker.db import make_engine
from sme_tracker.web.health import ASKED_FOR_S
from tests.conftest import CONFIG


@pytest.fixture
def named(engine: Engine) -> FlaskClient:
    """Asks a register that is reached under a name of its own."""
    return create_app(replace(CONFIG, trusted_hosts=("register.example",)), engine).test_client()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "[::1]", "[::1]:8000", "register.example"]
)
def test_the_machine_itself_may_always_ask(named: FlaskClient, host: str) -> None:
    answer = named.get("/healthz", headers={"Host": host})
    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.parametrize("host", ["evil.example", "[::1].evil.example", "[::2]", "[::1]:x", "127.0.0.1.evil.example"])
def test_nobody_else_may_ask_under_another_name(named: FlaskClient, host: str) -> None:
    assert named.get("/healthz", headers={"Host": host}).status_code == 400


def test_a_database_that_is_gone_is_said_plainly(client: FlaskClient) -> None:
    url = "postgresql://someone:hunter2@127.0.0.1:1/nowhere"
    answer = create_app(CONFIG, make_engine(url)).test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.text == "数据库没有应答 · the database does not answer\n"
    assert client.get("/healthz").status_code == 200


def test_a_database_that_is_silent_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://someone@127.0.0.1:{silent.getsockname()[1]}/nowhere"
        asking = create_app(CONFIG, make_engine(url)).test_client()
        begun = monotonic()
        assert [asking.get("/healthz").status_code for _time in range(2)] == [503, 503]
        assert monotonic() - begun < 2 * ASKED_FOR_S + 1


def test_asking_takes_no_session_and_says_nothing_more(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert "Set-Cookie" not in answer.headers
    assert answer.mimetype == "text/plain"
