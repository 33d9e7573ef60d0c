"""What the history makes of records that are changed in place: its last word on each of their fields."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.history.chain import plain
from sme_tracker.history.models import HistoryEntry


class ToldOtherwise(NamedTuple):
    """A field of a record in which it is not what was made of it; no field where the whole record is gone."""

    record: str
    field: str | None
    stored: object
    told: object


def last_told(session: Session, subject: str, actions: Sequence[str]) -> dict[int, dict[str, Any]]:
    """By record, the last value that entries of the actions gave each field."""
    entries = select(HistoryEntry.subject_id, HistoryEntry.changes).where(
        HistoryEntry.subject == subject, HistoryEntry.action.in_(actions)
    )
    told: dict[int, dict[str, Any]] = defaultdict(dict)
    for record_id, changes in session.execute(entries.order_by(HistoryEntry.id)):
        told[record_id] |= {field: after for field, (_before, after) in changes.items()}
    return told


def told_otherwise(name: str, record: object | None, told: dict[str, Any]) -> Iterator[ToldOtherwise]:
    """Where a record, None if it is gone, is not what was told of it; `name` is what it is called."""
    if record is None:
        yield ToldOtherwise(name, None, None, None)
        return
    for field, after in told.items():
        stored = plain(getattr(record, field))
        if stored != after:
            yield ToldOtherwise(name, field, stored, after)
