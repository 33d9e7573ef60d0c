"""A database that other processes of the product may open, and a bureau in which something can be tried out."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from sme_tracker.db import GuardedSession, make_engine
from sme_tracker.rules.terms import Role
from tests.assessments.bureau import provincial, with_rules
from tests.conftest import Databases
from tests.signing import sign_in_as


@pytest.fixture
def own_engine(databases: Databases, template_url: str) -> Iterator[Engine]:
    """A database of the test's own."""
    url = databases.create(template_url)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def caseworker(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    """A caseworker's browser, at a bureau with one eligible enterprise."""
    with_rules(session)
    provincial(session)
    sign_in_as(client, session, Role.CASEWORKER)
    return client
