"""Adding to the history and proving it unchanged: each entry is sealed together with the one before."""

import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from json.encoder import encode_basestring
from typing import Any, NamedTuple, Self

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sme_tracker.bulk import insert_rows
from sme_tracker.db import NOTED
from sme_tracker.history.models import HistoryEntry, HistoryHead

FIRST_SEAL = "0" * 64
TOUCHED = "touched_enterprises"
ROWS_AT_ONCE = 2000
_SEALED_AS = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_ENTRIES = HistoryEntry.metadata.tables["history_entry"]
_HEAD = HistoryHead.metadata.tables["history_head"]
_OWN = ("id", "action", "subject", "subject_id", "enterprise_id", "changes", "previous_seal", "seal")
"""The columns in which the entries of one author differ."""
About = tuple[str, str, int | None, int | None]
# Put together once, as every save adds to the chain.
_LAST = select(_HEAD.c.entry_id, _HEAD.c.seal).with_for_update()
_MOVE_HEAD = update(_HEAD).values(entry_id=bindparam("last_id"), seal=bindparam("last_seal"))


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
    batch = list(islice(rows, ROWS_AT_ONCE))
    if not batch:
        return
    key = _key(session)
    entry_id, seal = session.execute(_LAST).one()
    touched: dict[Touch, set[int]] = session.info.setdefault(NOTED, {}).setdefault(TOUCHED, defaultdict(set))
    same = {"at": by.at, "user_id": by.user_id, "through": by.through, "address": by.address}
    who = _Who.of(same)
    while batch:
        sealed = []
        for entry in batch:
            entry_id += 1
            told = {name: f"{_json(name)}:[{_json(old)},{_json(new)}]" for name, (old, new) in entry.changes.items()}
            about = (entry.action, entry.subject, entry.subject_id, entry.enterprise_id)
            in_order = ",".join([told[name] for name in sorted(told)])
            previous, seal = seal, _seal(key, entry_id, who, about, f"{{{in_order}}}", seal)
            sealed.append((entry_id, *about, _storable(f"{{{','.join(told.values())}}}"), previous, seal))
        for entry in batch:
            if entry.enterprise_id is not None:
                touched[Touch(entry.subject, frozenset(entry.changes))].add(entry.enterprise_id)
        insert_rows(session, _ENTRIES, _OWN, sealed, same, as_they_are=("changes",))
        batch = list(islice(rows, ROWS_AT_ONCE))
    session.execute(_MOVE_HEAD, {"last_id": entry_id, "last_seal": seal})


def take_touched(session: Session) -> Mapping[Touch, set[int]]:
    """The enterprises of which the transaction recorded something, by what it was; asked again, none."""
    touched: Mapping[Touch, set[int]] = session.info.get(NOTED, {}).pop(TOUCHED, {})
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
        if row["previous_seal"] != seal or not hmac.compare_digest(_sealed_again(key, row), row["seal"]):
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


class _Who(NamedTuple):
    """Who did something, when and through what, as it is sealed."""

    address: str
    at: str
    through: str
    user_id: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        at = repr(row["at"].timestamp())
        return cls(_json(row["address"]), at, _json(row["through"]), _json(row["user_id"]))


def _sealed_again(key: bytes, row: Mapping[str, Any]) -> str:
    """The seal that an entry as it is kept must have."""
    about = (row["action"], row["subject"], row["subject_id"], row["enterprise_id"])
    changes = _SEALED_AS.encode(row["changes"])
    return _seal(key, row["id"], _Who.of(row), about, changes, row["previous_seal"])


def _seal(key: bytes, entry_id: int, who: _Who, about: About, changes: str, previous: str) -> str:
    """The seal of an entry: over its fields as JSON in exactly one way, in the order of their names."""
    action, subject, subject_id, enterprise_id = map(_json, about)
    sealed = (
        f'{{"action":{action},"address":{who.address},"at":{who.at},"changes":{changes}'
        f',"enterprise_id":{enterprise_id},"id":{entry_id},"previous_seal":{_json(previous)},"subject":{subject}'
        f',"subject_id":{subject_id},"through":{who.through},"user_id":{who.user_id}}}'
    )
    return hmac.digest(key, sealed.encode("utf-8", "surrogatepass"), "sha256").hex()


def _json(value: object) -> str:
    """A value as the history keeps it, written as JSON; nothing, texts and whole numbers are most of it."""
    if value is None:
        return "null"
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is int:
        return str(value)
    return _SEALED_AS.encode(plain(value))


def _storable(text: str) -> str:
    """JSON as both databases take it: halves of characters, which a person can send, only as escapes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(json.loads(text))
    return text


def _key(session: Session) -> bytes:
    key: str = session.info["history_key"]
    return key.encode()
