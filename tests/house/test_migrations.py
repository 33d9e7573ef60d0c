"""The schema: built from nothing, taken back to nothing, and equal to the models, on both databases."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from sme_tracker.db import make_engine, migrate
from sme_tracker.folders import migrations_folder
from tests.conftest import Databases


@pytest.fixture
def empty(databases: Databases) -> Iterator[Engine]:
    """An engine on a database without any table."""
    url = databases.create()
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


def _settings(**attributes: Any) -> Config:
    settings = Config(attributes=attributes)
    settings.set_main_option("script_location", str(migrations_folder()))
    return settings


def _tables(engine: Engine) -> set[str]:
    return {table for table in inspect(engine).get_table_names() if table != "alembic_version"}


# SQLite cannot tell of an index on an expression; PostgreSQL can, and there it is compared.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_models_equal_the_migrated_schema(empty: Engine) -> None:
    migrate(empty)
    with empty.connect() as connection:
        command.check(_settings(connection=connection))


def test_the_schema_can_be_taken_back_to_nothing_and_built_again(empty: Engine) -> None:
    migrate(empty)
    built = _tables(empty)
    migrate(empty, "base")
    assert _tables(empty) == set()
    migrate(empty)
    assert _tables(empty) == built


def test_the_migrations_form_one_numbered_line() -> None:
    revisions = list(ScriptDirectory.from_config(_settings()).walk_revisions())
    assert [revision.revision for revision in reversed(revisions)] == [
        f"{number:04}" for number in range(1, len(revisions) + 1)
    ]


def test_no_migration_depends_on_code_that_may_change() -> None:
    files = (migrations_folder() / "versions").glob("*.py")
    offenders = [path.name for path in files if re.search(r"\bsme_tracker\b", path.read_text(encoding="utf-8"))]
    assert offenders == []
