"""Adding to the history and proving it unchanged: each entry is sealed together with the one before."""

import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from sme_tracker.history.models import HistoryEntry, HistoryHead

FIRST_SEAL = "0" * 64
TOUCHED = "touched_enterprises"
ROWS_AT_ONCE = 2000
_SEALED_AS = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_ENTRIES = HistoryEntry.metadata.tables["history_entry"]
_HEAD = HistoryHead.metadata.tables["history_head"]


@dataclass(frozen=True, slots=True)
class Author:
    """Who does something, when, and through what: a form, "import 12", a command."""

    user_id: int | None
    through: str
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded of one record: `changes` maps a field to (from, to)."""

    action: str
    subject: str
    subject_id: int | None = None
    enterprise_id: int | None = None
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)


class Touch(NamedTuple):
    """What kind of record something was recorded of, and in which of its fields."""

    subject: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """An entry that is not what was sealed, or the place where one is missing."""

    entry_id: int
    reason: str


def record(session: Session, by: Author, entries: Iterable[Entry]) -> None:
    """Add the entries to the chain, in the transaction that does what they tell."""
    rows = iter(entries)
    first = next(rows, None)
    if first is None:
        return
    key = _key(session)
    entry_id, seal = session.execute(select(_HEAD.c.entry_id, _HEAD.c.seal).with_for_update()).one()
    batch: list[dict[str, Any]] = []
    touched: dict[Touch, set[int]] = session.info.setdefault(TOUCHED, defaultdict(set))
    for entry in (row for group in ([first], rows) for row in group):
        entry_id += 1
        if entry.enterprise_id is not None:
            touched[Touch(entry.subject, frozenset(entry.changes))].add(entry.enterprise_id)
        row = _row(entry_id, by, entry, seal)
        seal = row["seal"] = _seal(key, row)
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            session.execute(insert(_ENTRIES), batch)
            batch = []
    if batch:
        session.execute(insert(_ENTRIES), batch)
    session.execute(update(_HEAD).values(entry_id=entry_id, seal=seal))


def take_touched(session: Session) -> Mapping[Touch, set[int]]:
    """The enterprises of which something was recorded since the last commit, by what it was; asked again, none."""
    touched: Mapping[Touch, set[int]] = session.info.pop(TOUCHED, {})
    return touched


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """The fields of `after` that are not what they were, as (from, to)."""
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}


def broken_links(session: Session) -> Iterator[BrokenLink]:
    """Every place where the chain does not hold; nothing if the history is whole."""
    key = _key(session)
    seal, expected = FIRST_SEAL, 1
    rows = session.execute(select(_ENTRIES).order_by(_ENTRIES.c.id).execution_options(yield_per=2000))
    for found in rows.mappings():
        row = dict(found)
        if row["id"] != expected:
            yield BrokenLink(expected, "missing")
        if row["previous_seal"] != seal or not hmac.compare_digest(_seal(key, row), row["seal"]):
            yield BrokenLink(row["id"], "changed")
        seal, expected = row["seal"], row["id"] + 1
    head = session.execute(select(_HEAD.c.entry_id, _HEAD.c.seal)).one()
    if (head.entry_id, head.seal) != (expected - 1, seal):
        yield BrokenLink(expected, "cut")


def plain(value: object) -> object:
    """A value as the history keeps it: numbers, words and nothing else."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


def _row(entry_id: int, by: Author, entry: Entry, previous_seal: str) -> dict[str, Any]:
    return {
        "id": entry_id,
        "at": by.at,
        "user_id": by.user_id,
        "through": by.through,
        "address": by.address,
        "action": entry.action,
        "subject": entry.subject,
        "subject_id": entry.subject_id,
        "enterprise_id": entry.enterprise_id,
        "changes": {name: [plain(old), plain(new)] for name, (old, new) in entry.changes.items()},
        "previous_seal": previous_seal,
    }


def _seal(key: bytes, row: Mapping[str, Any]) -> str:
    sealed = {name: value for name, value in row.items() if name != "seal"}
    sealed["at"] = row["at"].timestamp()
    return hmac.digest(key, _SEALED_AS.encode(sealed).encode("utf-8", "surrogatepass"), "sha256").hex()


def _key(session: Session) -> bytes:
    key: str = session.info["history_key"]
    return key.encode()
