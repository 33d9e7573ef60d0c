"""The chain of the history: what is sealed, how it is kept, and that what was sealed long ago still holds."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select, update

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import FIRST_SEAL, Author, Entry, broken_links, record
from sme_tracker.history.models import HistoryEntry, HistoryHead

BY = Author(None, "import 3", datetime(2026, 3, 1, 8, 30, 0, 250_000, tzinfo=UTC), "10.0.0.8")
REGISTERED = Entry(
    "register",
    "enterprise",
    12,
    12,
    {
        "name": (None, '长春"启衡"精密\n有限公司'),
        "code": (None, "91220101MA0000001X"),
        "registered_capital_wan": (None, Decimal("1200.50")),
        "founded_on": (None, date(2010, 5, 1)),
        "is_branch": (True, False),
        "half_a_character": ("\ud800", None),
        "fields": (["a"], {"b": 1}),
    },
)
SEALED_BY_THE_FIRST_VERSION = "6f0fd0c324ba78037073293b7eea4c794c096a5c9bda053b0d96c9169890d7db"


def begin_anew(session: GuardedSession) -> None:
    """A history without entries, whose key is known."""
    session.info["history_key"] = "key"
    session.execute(update(HistoryHead).values(entry_id=0, seal=FIRST_SEAL))


def test_an_entry_is_sealed_as_it_always_was(session: GuardedSession) -> None:
    with transaction(session):
        begin_anew(session)
        record(session, BY, [REGISTERED])
    kept = session.scalars(select(HistoryEntry)).one()
    assert kept.seal == SEALED_BY_THE_FIRST_VERSION
    assert list(kept.changes) == list(REGISTERED.changes), "the fields stand in the order in which they were told"
    assert kept.changes["name"] == [None, '长春"启衡"精密\n有限公司']
    assert kept.changes["half_a_character"] == ["\ud800", None]
    assert list(broken_links(session)) == []
