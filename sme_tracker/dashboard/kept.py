"""The board of the day as kept in the database: the city's numbers, and each enterprise's share in them.

What is kept is stamped with its day and with the last entry of the history that it counts. Every save tells the
history which enterprise it was about, so a reader counts only those anew of which something was recorded since:
their shares are taken away and what the measures say of them now is added. Nothing needs to be kept by whoever saves.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from sme_tracker.dashboard.models import BoardShare, BoardTotal
from sme_tracker.dashboard.numbers import Counted, Numbers, count, read_numbers
from sme_tracker.dashboard.queries import COUNTABLE
from sme_tracker.enterprises.audit import Difference
from sme_tracker.enterprises.measure import MeasureQuery
from sme_tracker.history.facts import portions
from sme_tracker.history.models import HistoryEntry, HistoryHead

VERSION = 1
"""Of what the numbers say of the same facts; whoever changes that raises it, and databases are rebuilt."""
MANY_ENTRIES = 50
"""Entries not yet counted in, after which whoever saved counts them for the readers."""
MANY_CHANGES = 20_000
"""Changes from which on counting the whole city anew is less work than the changed enterprises alone."""
NEVER = date.min
"""The day of a board that was not counted yet; nobody reads it."""
_TOTAL = BoardTotal.metadata.tables["board_total"]
_SHARE = BoardShare.metadata.tables["board_share"]
_ENTRY = HistoryEntry.metadata.tables["history_entry"]
_HEAD = HistoryHead.metadata.tables["history_head"]
_CHANGED = select(_ENTRY.c.enterprise_id).where(_ENTRY.c.id > bindparam("since"), COUNTABLE)
"""The enterprises of which something was recorded after the entry `since`."""
_STATE = (
    select(_TOTAL.c.entry_id, _ENTRY.c.enterprise_id, _SHARE.c.counts)
    .select_from(_TOTAL)
    .outerjoin(_ENTRY, and_(_ENTRY.c.id > _TOTAL.c.entry_id, COUNTABLE))
    .outerjoin(_SHARE, _SHARE.c.enterprise_id == _ENTRY.c.enterprise_id)
    .where(_TOTAL.c.day == bindparam("day"))
    .order_by(_ENTRY.c.id)
    .limit(MANY_CHANGES + 1)
)
"""Which total is kept of the day, and every enterprise that changed since with its share, all in one glance."""
_COUNTS = select(_TOTAL.c.counts).where(_TOTAL.c.day == bindparam("day"), _TOTAL.c.entry_id == bindparam("entry_id"))
_LATEST = select(_HEAD.c.entry_id).scalar_subquery()
_BEHIND = select(_LATEST - _TOTAL.c.entry_id).where(_TOTAL.c.day == bindparam("day"))
Share = list[list[Any]]


@dataclass(frozen=True, slots=True)
class State:
    """What is kept of a day, and the old shares of the enterprises of which something was recorded since."""

    day: date
    entry_id: int
    changed: Mapping[int, Share | None]


@dataclass(frozen=True, slots=True)
class Recount:
    """What is to be kept in the place of an earlier board, unless somebody else was faster; only shares that differ."""

    instead_of: tuple[date, int]
    day: date
    entry_id: int
    total: Share
    shares: Mapping[int, Share]


def numbers_of(session: Session, asked: MeasureQuery) -> Numbers:
    """The numbers asked for: from what is kept, where it is of that day, otherwise from the facts."""
    state = _state_of(session, asked)
    return (_numbers_from(session, asked, state) if state else None) or read_numbers(session, asked)


def _state_of(session: Session, asked: MeasureQuery) -> State | None:
    """What is kept for the question; None if that is another day, or so much was recorded since that it is no help."""
    if asked.known_at is not None:
        return None
    rows = session.execute(_STATE, {"day": asked.as_of}).all()
    if not rows or len(rows) > MANY_CHANGES:
        return None
    changed = {row.enterprise_id: row.counts for row in rows if row.enterprise_id is not None}
    return State(asked.as_of, rows[0].entry_id, changed)


def _numbers_from(session: Session, asked: MeasureQuery, state: State) -> Numbers | None:
    """The numbers of the day from what is kept; None if somebody has kept another board since."""
    total = session.scalar(_COUNTS, {"day": state.day, "entry_id": state.entry_id})
    if total is None:
        return None
    numbers = Numbers(asked)
    for key, unit, number in total:
        numbers.by_key[key][unit] = number
    numbers.take_away(_counted(row for share in state.changed.values() for row in share or ()))
    numbers.add(count(session, replace(asked, among=_CHANGED), {"since": state.entry_id}))
    return numbers


def has_fallen_behind(session: Session, day: date) -> bool:
    """Whether so much was recorded since that the board of the day should be counted anew for its readers."""
    behind = session.scalar(_BEHIND, {"day": day})
    return behind is not None and behind > MANY_ENTRIES


def recount(session: Session, day: date) -> Recount | None:
    """The board of the day with all that is recorded, for `keep`; None if that is what is kept already."""
    known = session.execute(select(_TOTAL.c.day, _TOTAL.c.entry_id, _TOTAL.c.counts)).one()
    head = session.scalars(select(_HEAD.c.entry_id)).one()
    if (known.day, known.entry_id) == (day, head):
        return None
    since = known.entry_id if known.day == day and head - known.entry_id <= MANY_CHANGES else None
    before, now = _stored(session, since), _shares(session, day, since)
    numbers = Numbers(MeasureQuery(day.year, day))
    if since is not None:
        numbers.add(_counted(known.counts))
        numbers.take_away(_counted(_rows(before)))
    numbers.add(_counted(_rows(now)))
    differing = {which: now.get(which, []) for which in before.keys() | now.keys()}
    differing = {which: share for which, share in differing.items() if share != before.get(which)}
    return Recount((known.day, known.entry_id), day, head, _listed(numbers), differing)


def keep(session: Session, counted: Recount | None) -> None:
    """Keep what was counted; a board that somebody else has kept since it was counted stays."""
    if counted is None:
        return
    day, entry_id = counted.instead_of
    replaced = session.connection().execute(
        update(_TOTAL)
        .where(_TOTAL.c.day == day, _TOTAL.c.entry_id == entry_id)
        .values(day=counted.day, entry_id=counted.entry_id, counts=counted.total)
    )
    if not replaced.rowcount:
        return
    for ids in portions(counted.shares):
        _put(session, {which: counted.shares[which] for which in ids})


def set_aside(session: Session) -> None:
    """Let nobody read what is kept, while it is made anew in several transactions; then the facts are counted."""
    session.execute(delete(_TOTAL))
    session.execute(insert(_TOTAL).values(id=1, day=NEVER, entry_id=0, counts=[]))


def keep_part(session: Session, counted: Recount, most: int) -> Recount | None:
    """Keep some of the shares of a board counted after another was set aside; returns what is left to keep.

    None if somebody else has kept a board since: then that one stays.
    """
    day, entry_id = counted.instead_of
    here = and_(_TOTAL.c.day == day, _TOTAL.c.entry_id == entry_id)
    if not session.connection().execute(update(_TOTAL).where(here).values(entry_id=entry_id - 1)).rowcount:
        return None
    rest = iter(counted.shares.items())
    _put(session, dict(islice(rest, most)))
    return replace(counted, instead_of=(day, entry_id - 1), shares=dict(rest))


def differences(session: Session) -> Iterator[Difference]:
    """Where what is kept is not what the facts say, but for enterprises of which something was recorded since."""
    known = session.execute(select(_TOTAL.c.day, _TOTAL.c.entry_id, _TOTAL.c.counts)).one_or_none()
    if known is None:
        yield Difference("board_total", None, None, [])
    if known is None or known.day == NEVER:
        return
    stored, computed = _stored(session), _shares(session, known.day)
    changed = set(session.scalars(_CHANGED, {"since": known.entry_id}))
    for which in sorted((stored.keys() | computed.keys()) - changed):
        if stored.get(which) != computed.get(which):
            yield Difference("board_share", which, stored.get(which), computed.get(which))
    numbers = Numbers(MeasureQuery(known.day.year, known.day))
    numbers.add(_counted(_rows(stored)))
    if known.counts != _listed(numbers):
        yield Difference("board_total", None, known.counts, _listed(numbers))


def day_kept(session: Session) -> date | None:
    """The day of the board that is kept, None if there is none."""
    return session.scalar(select(_TOTAL.c.day).where(_TOTAL.c.day != NEVER))


def _put(session: Session, shares: Mapping[int, Share]) -> None:
    """Let these shares stand in the place of those kept of their enterprises; one that adds nothing is no row."""
    session.execute(delete(_SHARE).where(_SHARE.c.enterprise_id.in_(shares)))
    rows = [{"enterprise_id": which, "counts": share} for which, share in shares.items() if share]
    if rows:
        session.execute(insert(_SHARE), rows)


def _stored(session: Session, since: int | None = None) -> dict[int, Share]:
    """What is kept of each enterprise, or of those alone that changed since the entry."""
    shares = select(_SHARE.c.enterprise_id, _SHARE.c.counts)
    changed = {} if since is None else {"since": since}
    found = session.execute(shares.where(_SHARE.c.enterprise_id.in_(_CHANGED)) if changed else shares, changed)
    return {row.enterprise_id: row.counts for row in found}


def _shares(session: Session, day: date, since: int | None = None) -> dict[int, Share]:
    """What each enterprise, or each that changed since the entry, adds to the board of the day by the facts."""
    changed = {} if since is None else {"since": since}
    asked = MeasureQuery(day.year, day, among=_CHANGED if changed else None)
    numbers: dict[int, Numbers] = defaultdict(lambda: Numbers(asked))
    for one in count(session, asked, changed, each=True):
        numbers[one.enterprise_id or 0].add((one,))
    return {which: share for which, found in numbers.items() if (share := _listed(found))}


def _rows(shares: Mapping[int, Share]) -> Iterator[list[Any]]:
    return (row for share in shares.values() for row in share)


def _counted(rows: Iterable[list[Any]]) -> Iterator[Counted]:
    return (Counted(key, unit, number) for key, unit, number in rows)


def _listed(numbers: Numbers) -> Share:
    """The numbers that are not nothing, in one order."""
    found = ([key, unit, n] for key, counts in numbers.by_key.items() for unit, n in counts.items() if n)
    return sorted(found, key=lambda row: (row[0], row[1] or 0))
