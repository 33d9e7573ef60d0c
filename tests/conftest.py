"""Fixtures of every test: both databases, a session that leaves nothing behind, and a browser."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine

from sme_tracker.app import create_app
from sme_tracker.config import Config
from sme_tracker.db import GuardedSession, make_engine, migrate
from sme_tracker.settling import settle
from tests.provision import NotProvided, chromium, postgresql
from tests.provision.sqlite import Folder
from tools import npm, words

CONFIG = Config(
    data_folder=Path("unused"),
    database_url="",
    secret_key="a key that only the tests know, long enough",
    history_key="another key that only the tests know, too",
    testing=True,
)
Databases = Folder | postgresql.Server


def pytest_configure() -> None:
    """Translate anew, and let the browser's driver run where the system lacks a library of its own node."""
    words.compile_words()
    node = npm.packaged_node()
    if node:
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Where databases of each kind are made; a test that asks for one runs on both."""
    made = Folder(tmp_path_factory.mktemp("databases")) if request.param == "sqlite" else _postgresql()
    yield made
    made.close()


def _postgresql() -> postgresql.Server:
    try:
        return postgresql.start()
    except NotProvided as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def template_url(databases: Databases) -> Iterator[str]:
    """A database as a new installation has it; it is only copied."""
    url = databases.create()
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def database_url(databases: Databases, template_url: str) -> Iterator[str]:
    """The database that tests share, after each test again as a new installation has it."""
    url = databases.create(template_url)
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """The engine of the shared database."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[GuardedSession]:
    """A session whose commits are undone after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        with _guarded(connection) as session:
            yield session
        outer.rollback()


def _guarded(connection: Connection) -> GuardedSession:
    return GuardedSession(
        connection, join_transaction_mode="create_savepoint", info={"history_key": CONFIG.history_key, "settle": settle}
    )


@pytest.fixture(scope="session")
def built_app(engine: Engine) -> Flask:
    """The application, built once for each database: its templates are compiled once."""
    return create_app(CONFIG, engine)


@pytest.fixture
def app(built_app: Flask, session: GuardedSession) -> Flask:
    """The application on the test's own connection: what its pages commit is undone after the test."""
    return _on_connection_of(session, built_app)


@pytest.fixture
def fresh_app(engine: Engine, session: GuardedSession) -> Flask:
    """An application of the test's own, to which it may add pages before the first request."""
    return _on_connection_of(session, create_app(CONFIG, engine))


@pytest.fixture
def app_with(engine: Engine, session: GuardedSession) -> Callable[..., Flask]:
    """Makes an application with settings of the test's own."""
    return lambda **settings: _on_connection_of(session, create_app(replace(CONFIG, **settings), engine))


def _on_connection_of(session: GuardedSession, app: Flask) -> Flask:
    connection = session.connection()
    app.extensions["session_factory"] = lambda: _guarded(connection)
    app.extensions.pop("rolled_to", None)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a browser."""
    return app.test_client()


@pytest.fixture(scope="session")
def base_url() -> str | None:
    """The address that pages are opened at; the browser plugin's own fixture is of a kind that pytest warns of."""
    return None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the browser."""
    try:
        found = chromium.find()
    except NotProvided as error:
        pytest.fail(str(error), pytrace=False)
    return {
        **browser_type_launch_args,
        "executable_path": found.program,
        "env": found.environment,
        "args": chromium.FLAGS,
    }
