"""What somebody did at once: an act is known by its instant, which all that it wrote and retired carries."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sme_tracker.history.facts import portions
from sme_tracker.history.models import HistoryEntry, of_instant

_ENTRIES = HistoryEntry.metadata.tables["history_entry"]
_COLUMNS = [_ENTRIES.c[name] for name in ("action", "subject_id", "enterprise_id", "changes", "at", "user_id")]
_LOOKS = ("show_contact", "download_file", "denied", "not_found")
"""What somebody does to an enterprise without building on anything."""
Place = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Act:
    """Everything that was done at the instant through the same thing, as "import 12".

    `undone` are the ways through which later acts were done and undone again, so that nothing is built on by them.
    """

    at: datetime
    through: str
    undone: frozenset[str] = frozenset()


class Deed(NamedTuple):
    """What an entry of the history tells of an enterprise."""

    action: str
    subject_id: int | None
    enterprise_id: int
    changes: Mapping[str, Any]
    at: datetime
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Left:
    """What undoing an act leaves as it is now, as somebody built on it since; `place` says of which year or title.

    `name` is the field as the history calls it; its values are those of before the act, by the act, and now.
    """

    enterprise_id: int
    name: str
    was: object
    written: object
    now: object
    place: Place = field(default_factory=dict)
    at: datetime | None = None
    by_id: int | None = None


def enterprises_of(session: Session, act: Act) -> list[int]:
    """The ids of the enterprises that an act did something to."""
    mine = select(_ENTRIES.c.enterprise_id).where(_ENTRIES.c.at == act.at, _ENTRIES.c.through == act.through)
    return sorted(session.scalars(mine.where(_ENTRIES.c.enterprise_id.is_not(None)).distinct()))


def deeds_of(session: Session, act: Act, enterprise_ids: Collection[int]) -> Iterator[Deed]:
    """What an act did to the enterprises, in its order."""
    mine = select(*_COLUMNS).where(of_instant(_ENTRIES.c.at, act.at), _ENTRIES.c.through == act.through)
    return _deeds(session, mine, enterprise_ids)


def deeds_since(session: Session, act: Act, enterprise_ids: Collection[int]) -> dict[int, list[Deed]]:
    """What was done to enterprises after the act, in order; looking at them and what was undone again is not told."""
    last = select(func.max(_ENTRIES.c.id)).where(_ENTRIES.c.at == act.at, _ENTRIES.c.through == act.through)
    later = select(*_COLUMNS).where(
        _ENTRIES.c.id > last.scalar_subquery(),
        _ENTRIES.c.action.not_in(_LOOKS),
        _ENTRIES.c.through.not_in(act.undone),
    )
    found: dict[int, list[Deed]] = defaultdict(list)
    for deed in _deeds(session, later, enterprise_ids):
        found[deed.enterprise_id].append(deed)
    return found


def _deeds(session: Session, wanted: Any, enterprise_ids: Collection[int]) -> Iterator[Deed]:
    for ids in portions(enterprise_ids):
        of_these = wanted.where(_ENTRIES.c.enterprise_id.in_(ids)).order_by(_ENTRIES.c.id)
        yield from map(Deed._make, session.execute(of_these))
