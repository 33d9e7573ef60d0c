"""Making anew what is derived from the facts: everything that `check` compares with them, while people work.

Each kind of cache has a number beside its definition, which is raised when it comes to say something else of the same
facts. A database remembers the numbers its caches were made by; where one differs, `rebuild_outdated` makes the kind
anew. Each portion is a transaction of its own and changes only what is wrong, so it may be killed and begun again.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from functools import partial
from typing import NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from sme_tracker.assessments import judging as verdicts
from sme_tracker.assessments.due import enterprises, judge_portion, judge_waiting, mark_due
from sme_tracker.bulk import Progress, in_portions
from sme_tracker.clock import utc_now
from sme_tracker.dashboard import kept as board
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import audit, caches, search, standing
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.pipeline import audit as pipeline
from sme_tracker.recognitions import audit as recognitions
from sme_tracker.reference.models import Setting
from sme_tracker.web.language import speaking
from sme_tracker.web.words import CACHES as WORDS

PAIRS_AT_ONCE = 5_000
"""The pairs of so many enterprises are read at once."""
DIMENSIONS: Sequence[audit.DimensionsOf] = (audit.dimensions, recognitions.dimensions, pipeline.dimensions)
"""All that is told of where enterprises stand."""
Making = Callable[[GuardedSession, date, Progress], int]
Watch = Callable[[str], AbstractContextManager[Progress]]
"""Who looks on, told which kind of cache is being made anew."""


class Cache(NamedTuple):
    """A kind of cache: the number of its meaning, the kinds that it is made of, and how it is made anew.

    `rebuild` returns how many rows were wrong; it is told today, for caches that were never rolled to a day.
    """

    version: int
    made_of: Collection[str]
    rebuild: Making


def label(kind: str) -> str:
    """What an operator is told of a kind that is being made anew, in both languages."""
    with speaking("zh"):
        return f"重建{WORDS[kind]} · rebuilding: {kind}"


def nobody_watches(_kind: str) -> AbstractContextManager[Progress]:
    """Nobody is told how far the work is."""
    return nullcontext(lambda _done, _all: None)


def rebuild(session: GuardedSession, by: Author, today: date, watch: Watch = nobody_watches) -> dict[str, int]:
    """Make every cache what the facts say; returns how many rows of each kind were wrong."""
    return _make_anew(session, by, today, watch, {kind: cache.rebuild for kind, cache in CACHES.items()})


def rebuild_outdated(session: GuardedSession, by: Author, today: date, watch: Watch = nobody_watches) -> dict[str, int]:
    """The same for the kinds that were made by another version; many verdicts are left to be judged beside the server.

    Returns how many rows of each of these kinds were wrong.
    """
    watch = watch if enterprises(session) else nobody_watches
    how = {kind: _let_be_judged if kind == "verdicts" else CACHES[kind].rebuild for kind in outdated(session)}
    return _make_anew(session, by, today, watch, how)


def outdated(session: Session) -> list[str]:
    """The kinds of cache that were made by another version, and those made of them, in the order of making."""
    rows = session.execute(select(Setting).where(Setting.key.in_(map(_setting, CACHES)))).scalars()
    made_by = {row.key: row.value for row in rows}
    found: list[str] = []
    for kind, cache in CACHES.items():
        if made_by.get(_setting(kind)) != str(cache.version) or set(cache.made_of) & set(found):
            found.append(kind)
    return found


def _make_anew(
    session: GuardedSession, by: Author, today: date, watch: Watch, how: Mapping[str, Making]
) -> dict[str, int]:
    """Make kinds of cache anew, each in its way and noted when it is done; returns how many rows of each were wrong."""
    found = {}
    for kind, make in how.items():
        with watch(kind) as progress:
            found[kind] = make(session, today, progress)
        _remember(session, kind)
    _tell(session, by, found)
    return found


def _day(session: Session, today: date) -> date:
    """The day of which the caches speak: that which they were last rolled to."""
    return standing.rolled_to(session) or today


def _everybody(session: GuardedSession, work: Callable[[Sequence[int]], int], progress: Progress) -> int:
    """Work on all enterprises, a portion at a time; returns how many of them were wrong."""
    wrong = 0

    def portion(after: int, most: int) -> Sequence[int]:
        nonlocal wrong
        next_ones = select(Enterprise.id).where(Enterprise.id > after).order_by(Enterprise.id).limit(most)
        ids = session.scalars(next_ones).all()
        wrong += work(ids)
        return ids

    in_portions(session, portion, enterprises(session), progress)
    return wrong


def _these(session: GuardedSession, ids: Sequence[int], work: Callable[[Sequence[int]], None], done: Progress) -> None:
    """Work on the enterprises named, a portion at a time."""

    def portion(after: int, most: int) -> Sequence[int]:
        some = ids[after : after + most]
        work(some)
        return range(after + 1, after + 1 + len(some))

    in_portions(session, portion, len(ids), done)


def _standing(session: GuardedSession, _today: date, progress: Progress) -> int:
    def work(ids: Sequence[int]) -> int:
        of_each = [dimensions(session, ids) for dimensions in DIMENSIONS]
        told = {which: {name: spans for of in of_each for name, spans in of[which].items()} for which in ids}
        return standing.rebuild(session, told, utc_now())

    return _everybody(session, work, progress)


def _columns(session: GuardedSession, today: date, progress: Progress) -> int:
    def work(ids: Sequence[int]) -> int:
        wrong = audit.rebuild_columns(session, ids, _day(session, today))
        mark_due(session, _day(session, today), wrong)  # verdicts rest on some of the columns
        return len(wrong)

    return _everybody(session, work, progress)


def _tally(session: GuardedSession, _today: date, progress: Progress) -> int:
    with transaction(session):
        wrong = len(list(audit.tally_differences(session)))
        if wrong:
            standing.rebuild_tally(session)
    progress(1, 1)
    return wrong


def _pairs(session: GuardedSession, _today: date, progress: Progress) -> int:
    wrong = [found.enterprise_id or 0 for found in audit.pair_differences(session)]
    for begin in range(0, len(wrong), PAIRS_AT_ONCE):
        kept = search.pairs_of(session, wrong[begin : begin + PAIRS_AT_ONCE])
        _these(session, list(kept), partial(_pairs_of, session, kept), lambda _done, _all: None)
        progress(begin + len(kept), len(wrong))
    return len(wrong)


def _pairs_of(session: Session, kept: Mapping[int, Collection[str]], some: Sequence[int]) -> None:
    search.rebuild_pairs(session, {which: kept[which] for which in some})


def _verdicts(session: GuardedSession, today: date, progress: Progress) -> int:
    wrong = _everybody(session, lambda ids: verdicts.rejudge(session, ids, _day(session, today)), progress)
    judge_waiting(session, _day(session, today))
    return wrong


def _let_be_judged(session: GuardedSession, today: date, progress: Progress) -> int:
    """Make all verdicts due and judge the first, as wherever many are due; the number of wrong ones is not known."""

    def work(ids: Sequence[int]) -> int:
        mark_due(session, _day(session, today), ids)
        return 0

    _everybody(session, work, progress)
    with transaction(session):
        judge_portion(session, _day(session, today))
    return 0


def _board(session: GuardedSession, today: date, progress: Progress) -> int:
    wrong = len(list(board.differences(session)))
    if not wrong:
        return 0
    with transaction(session):
        day = board.day_kept(session) or today
        board.set_aside(session)
    left = board.recount(session, day)

    def work(some: Sequence[int]) -> None:
        nonlocal left
        left = left and board.keep_part(session, left, len(some))

    _these(session, list(left.shares) if left else [], work, progress)
    with transaction(session):
        board.keep(session, left)
    return wrong


def _remember(session: GuardedSession, kind: str) -> None:
    """Note by which version a kind of cache was made."""
    with transaction(session):
        session.execute(delete(Setting).where(Setting.key == _setting(kind)))
        session.execute(insert(Setting).values(key=_setting(kind), value=str(CACHES[kind].version)))


def _tell(session: GuardedSession, by: Author, found: Mapping[str, int]) -> None:
    """Tell the history what was wrong, if anything."""
    changes = {kind: (None, number) for kind, number in found.items() if number}
    if changes:
        with transaction(session):
            record(session, by, [Entry("rebuild", "database", changes=changes)])


def _setting(kind: str) -> str:
    return f"cache {kind}"


CACHES = {
    "standing": Cache(standing.VERSION, (), _standing),
    "columns": Cache(caches.VERSION, ("standing",), _columns),
    "tally": Cache(standing.TALLY_VERSION, ("columns",), _tally),
    "pairs": Cache(search.VERSION, ("columns",), _pairs),
    "verdicts": Cache(verdicts.VERSION, (), _verdicts),
    "board": Cache(board.VERSION, ("standing", "columns"), _board),
}
"""Every kind of cache, in the order in which they are made of one another."""
