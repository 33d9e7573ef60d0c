"""A database with people, enterprises and their files, to be backed up."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from sme_tracker.accounts.actions import create_user
from sme_tracker.accounts.models import UserSession
from sme_tracker.config import Config
from sme_tracker.db import make_engine, make_session_factory, migrate, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from tests.backup.made import BY, CODES, hand_in, made
from tests.conftest import CONFIG, Databases


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings with a data folder of the test's own."""
    return replace(CONFIG, data_folder=tmp_path)


@pytest.fixture
def own(databases: Databases, template_url: str) -> Iterator[Engine]:
    """A database of the test's own, with people and enterprises in it."""
    url = databases.create(template_url)
    engine = make_engine(url)
    _fill(engine)
    yield engine
    engine.dispose()
    databases.drop(url)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Such a database on SQLite for all tests that only look on while something is refused."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('untouched') / 'tracker.sqlite'}")
    migrate(engine)
    _fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def packed(untouched: Engine, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of it, with files."""
    config = replace(CONFIG, data_folder=tmp_path_factory.mktemp("packed"))
    hand_in(config, untouched)
    return made(config, untouched).read_bytes()


@pytest.fixture
def file(config: Config, packed: bytes) -> Path:
    """That backup in the data folder, to be spoilt."""
    path = config.data_folder / "backup.zip"
    path.write_bytes(packed)
    return path


def _fill(engine: Engine) -> None:
    with make_session_factory(engine, CONFIG.history_key, settle)() as session, transaction(session):
        user, _ = create_user(session, BY, "linxiao", Role.CASEWORKER, "林晓")
        rows = [
            enterprises.NewEnterprise(code, f"长春{n}号有限公司", code_as_printed=True) for n, code in enumerate(CODES)
        ]
        enterprises.register(session, BY, rows)
        session.add(UserSession(token_hash="x", user_id=user.id, created_at=BY.at, seen_at=BY.at))
