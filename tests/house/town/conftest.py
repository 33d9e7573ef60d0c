"""The town whose doors are tried, made once for each database, and what people of each role find in it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from sme_tracker.db import GuardedSession, make_engine
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from tests.conftest import CONFIG, Databases
from tests.house.town.pages import Form, Seen, Visitor, follow_every_link
from tests.house.town.town import Town, town
from tests.signing import add_user, sign_in

Enter = Callable[[Role], Visitor]
Look = Callable[[Role], Seen]


@pytest.fixture(scope="package")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of the town lie."""
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="package")
def made(databases: Databases, template_url: str, data_folder: Path) -> Iterator[tuple[Engine, Town]]:
    """A database with the town in it."""
    url = databases.create(template_url)
    engine = make_engine(url)
    with GuardedSession(engine, info={"history_key": CONFIG.history_key, "settle": settle}) as session:
        there = town(session, data_folder)
    yield engine, there
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def engine(made: tuple[Engine, Town]) -> Engine:
    """The engine of the town's database."""
    return made[0]


@pytest.fixture
def there(made: tuple[Engine, Town]) -> Town:
    """The town."""
    return made[1]


@pytest.fixture
def app(made: tuple[Engine, Town], fresh_app: Flask, data_folder: Path) -> Flask:
    """The application, with the files of the town."""
    fresh_app.extensions["config"] = replace(CONFIG, data_folder=data_folder)
    return fresh_app


@pytest.fixture
def enter(app: Flask, session: GuardedSession, there: Town) -> Enter:
    """Signs somebody of a role in, in two browsers; the clerk is of the own district."""

    def enter(role: Role) -> Visitor:
        user, password = add_user(session, role, there.own_unit if role is Role.CLERK else None)
        client = app.test_client()
        for each in (app.test_client(), client):
            assert sign_in(each, user.name, password).status_code == 303
        return Visitor(client)

    return enter


_seen: dict[tuple[str, Role], Seen] = {}


@pytest.fixture
def seen(app: Flask, engine: Engine, enter: Enter, there: Town) -> Look:
    """What somebody of a role comes upon who follows every link; looked up once."""

    def seen(role: Role) -> Seen:
        place = (str(engine.url), role)
        if place not in _seen:
            _seen[place] = follow_every_link(app, enter(role), ["/", *there.unlinked])
        return _seen[place]

    return seen


@pytest.fixture
def forms(seen: Look) -> list[Form]:
    """Every form that is posted, as each of its buttons sends it, with the role that came upon it."""
    found: dict[object, Form] = {}
    for role in (Role.CASEWORKER, Role.LEADER, Role.ADMINISTRATOR, Role.AUDITOR, Role.CLERK):
        for form in seen(role).forms:
            if form.method == "post":
                for sent in form.sendings():
                    sent.role = role
                    found.setdefault((sent.address, *((one.name, one.value) for one in sent.inputs[1:])), sent)
    return list(found.values())
