"""A database that other processes of the product may open."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from sme_tracker.db import make_engine
from tests.conftest import Databases


@pytest.fixture
def own_engine(databases: Databases, template_url: str) -> Iterator[Engine]:
    """A database of the test's own."""
    url = databases.create(template_url)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)
