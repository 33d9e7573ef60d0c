"""A cache that comes to say something else of the same facts has another version, so that databases are rebuilt."""

import hashlib
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Select, select

from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.clock import utc_now
from sme_tracker.dashboard.models import BoardShare, BoardTotal
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, migrate
from sme_tracker.difference_words import COLUMNS
from sme_tracker.enterprises.models import Enterprise, SearchPair, StandingSpan, Tally
from sme_tracker.history.chain import Author
from sme_tracker.rebuilding import CACHES, rebuild
from sme_tracker.rules.terms import Track
from sme_tracker.settling import settle
from tools.release_fixture import FOLDER, HISTORY_KEY, unpack

FACTS = FOLDER / "0.1.0-0009.sql.xz"
"""The database whose facts are asked of; what its caches say is made anew."""
SAID = {
    "standing": (1, "95a89e47e549f4e1"),
    "columns": (2, "920bf05aaeb8c8a7"),
    "tally": (1, "595e4cd42b7cd3aa"),
    "pairs": (2, "174b381cf7bdf67f"),
    "verdicts": (1, "ff7a13345dd16aa7"),
    "board": (1, "669383d96ceaaad9"),
}
"""The version of each kind of cache, and what it says of these facts, as a digest."""


def _all_but(table: Any, *left_out: str) -> Select[Any]:
    return select(*(column for column in table.__table__.c if column.name not in left_out))


def rows_of(kind: str) -> Select[Any]:
    """What a kind of cache says, without who made it when."""
    if kind == "standing":
        return _all_but(StandingSpan, "id", "recorded_at", "retired_at").where(StandingSpan.retired_at.is_(None))
    if kind == "columns":
        return select(Enterprise.id, *(Enterprise.__table__.c[name] for name in (*COLUMNS, *Track)))
    if kind == "verdicts":
        return _all_but(VerdictRecord, "judged_on", "judged_at")
    if kind == "board":
        shares = select(BoardShare.enterprise_id, BoardShare.counts)
        return shares.union_all(select(BoardTotal.id - 1, BoardTotal.counts))
    return _all_but({"tally": Tally, "pairs": SearchPair}[kind])


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What this version's caches say of the facts."""
    file = tmp_path_factory.mktemp("facts") / "tracker.sqlite"
    unpack(FACTS, file)
    engine = make_engine(f"sqlite:///{file}")
    migrate(engine)
    with make_session_factory(engine, HISTORY_KEY, settle)() as session:
        rebuild(session, Author(None, "test", utc_now()), date.max)
        found = {kind: (CACHES[kind].version, digest(session, kind)) for kind in CACHES}
    engine.dispose()
    return found


def digest(session: GuardedSession, kind: str) -> str:
    rows = sorted(repr(tuple(row)) for row in session.execute(rows_of(kind)))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


@pytest.mark.parametrize("kind", CACHES)
def test_what_a_cache_says_of_known_facts_changes_only_with_its_version(
    said: dict[str, tuple[int, str]], kind: str
) -> None:
    assert said[kind] == SAID[kind], f"raise the version of “{kind}” beside its definition and note both here"
