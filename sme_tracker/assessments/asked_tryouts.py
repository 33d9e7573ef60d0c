"""Try-outs people asked for: each question once, held by one worker while it is computed, kept until data change."""

import logging
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any

from sqlalchemy import CursorResult, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from sme_tracker.assessments import queries
from sme_tracker.assessments.judging import not_set_aside
from sme_tracker.assessments.models import MOST_ATTEMPTS, StoredRuleSet, TryOutRecord
from sme_tracker.assessments.tryout import Progress, Trial, TryOut, try_out
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.canonical import checksum, to_plain
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.shipped import RuleSetRefused, rule_set_from

KEPT = timedelta(days=1)
STALLED = timedelta(seconds=20)
"""After how long without a sign of life a worker is taken for dead."""
LONGEST_S = 600.0
"""How long a try-out may be computed; 100,000 enterprises need about a third of it where nothing else is done."""
MOST_OPEN = 3
"""How many try-outs of one person may wait at a time."""
log = logging.getLogger(__name__)


class LostIt(Exception):
    """Somebody else works on the try-out, or it is wanted no longer."""


class TookTooLong(Exception):
    """The try-out has had all the time it may have."""


@dataclass(frozen=True, slots=True)
class Question:
    """A rule set to be tried beside another, on the day, over the enterprises of a unit or of all."""

    row: StoredRuleSet
    other: RuleSet
    beside: StoredRuleSet
    purpose: str
    everybody: bool
    unit_id: int | None
    day: date


def ask(session: Session, by: Author, question: Question) -> int:
    """Have it tried out; who asks the same while nothing has changed gets what is there. Returns the id.

    Raises Refused for who has too many waiting already.
    """
    session.get_one(StoredRuleSet, question.row.id, with_for_update=True)  # two who press at once ask once
    session.execute(delete(TryOutRecord).where(TryOutRecord.asked_at < by.at - KEPT))
    entry_id = last_change(session)
    key = _key(question, entry_id)
    broken_off = (TryOutRecord.finished_at.is_not(None), TryOutRecord.result.is_(None))
    session.execute(delete(TryOutRecord).where(TryOutRecord.key == key, *broken_off))
    there = session.scalar(select(TryOutRecord.id).where(TryOutRecord.key == key))
    if there is not None:
        return there
    _refuse_too_many(session, by)
    asked = TryOutRecord(
        key=key,
        rule_set_id=question.row.id,
        beside_id=question.beside.id,
        table=to_plain(question.other),
        purpose=question.purpose,
        everybody=question.everybody,
        unit_id=question.unit_id,
        day=question.day,
        entry_id=entry_id,
        asked_by_id=by.user_id,
        asked_at=by.at,
    )
    session.add(asked)
    session.flush()
    return asked.id


def last_change(session: Session) -> int:
    """The last entry of the history that tells of an enterprise, 0 if there is none."""
    latest = select(HistoryEntry.id).where(HistoryEntry.enterprise_id.is_not(None)).order_by(HistoryEntry.id.desc())
    return session.scalar(latest.limit(1)) or 0


def unfinished(session: Session) -> bool:
    """Whether a try-out waits for its result."""
    return bool(session.scalar(select(TryOutRecord.id).where(TryOutRecord.finished_at.is_(None)).limit(1)))


def result_of(asked: TryOutRecord) -> TryOut | None:
    """What was found, None while it is not finished or when it broke off."""
    return TryOut.read(asked.result) if asked.result else None


def stop(session: Session, by: Author, asked: TryOutRecord) -> None:
    """End a try-out that is not finished; whoever computes it loses it."""
    if asked.finished_at is None:
        asked.finished_at, asked.failure, asked.worker = by.at, "stopped", None
        _tell(session, by, "stop_try_out", asked)


def throw_away(session: Session, by: Author, asked: TryOutRecord) -> None:
    """Delete a try-out with what it found; whoever computes it loses it."""
    _tell(session, by, "delete_try_out", asked)
    session.delete(asked)
    session.flush()


def forget(session: Session, rule_set_id: int) -> None:
    """Throw away what was found about a rule set that is thrown away."""
    session.execute(delete(TryOutRecord).where(TryOutRecord.rule_set_id == rule_set_id))


def try_next(session: GuardedSession) -> bool:
    """Compute one try-out that nobody works on; returns whether there was one."""
    worker = secrets.token_hex(8)
    which = claim(session, worker)
    if which is not None:
        compute(session, which, worker)
    return which is not None


def claim(session: GuardedSession, worker: str) -> int | None:
    """Take a try-out that nobody works on, those that never failed first; one that began too often is set aside."""
    free = _free(utc_now())
    if session.scalar(free.with_only_columns(TryOutRecord.id)) is None:
        return None
    with transaction(session):
        while asked := session.scalar(free.with_for_update(skip_locked=True)):
            if asked.attempts < MOST_ATTEMPTS:
                asked.worker, asked.beat_at, asked.done, asked.attempts = worker, utc_now(), 0, asked.attempts + 1
                return asked.id
            asked.finished_at, asked.failure = utc_now(), asked.failure or "died"
            session.flush()
    return None


def compute(session: GuardedSession, which: int, worker: str, seconds: float = LONGEST_S) -> None:
    """Compute the try-out its worker holds and note what was found, or why nothing was."""
    try:
        found = try_out(session, _trial(session, which), _watch(session, which, worker, seconds))
        _note(session, which, worker, finished_at=utc_now(), result=found.kept(), failure=None, error=None)
    except LostIt:
        return
    except TookTooLong:
        break_off(session, which, worker, "time")
    except MemoryError:
        break_off(session, which, worker, "memory")
    except RuleSetRefused:
        break_off(session, which, worker, "rules")
    except Exception as error:
        log.exception("try-out %s", which)
        break_off(session, which, worker, "error", type(error).__name__)


def break_off(session: GuardedSession, which: int, worker: str, failure: str, error: str | None = None) -> None:
    """Note why a try-out ended; it begins anew only after an error or a death, and not the third time."""
    held = (TryOutRecord.id == which, TryOutRecord.worker == worker, TryOutRecord.finished_at.is_(None))
    with transaction(session):
        asked = session.scalar(select(TryOutRecord).where(*held))
        if asked is None:
            return
        asked.failure, asked.error, asked.worker, asked.beat_at = failure, error, None, None
        if failure not in ("error", "died") or asked.attempts >= MOST_ATTEMPTS:
            asked.finished_at = utc_now()


def beat(session: GuardedSession, which: int, worker: str) -> bool:
    """Give a sign of life for the try-out; returns whether the worker still holds it."""
    try:
        _note(session, which, worker, beat_at=utc_now())
    except LostIt:
        return False
    return True


def is_held(session: Session, which: int, worker: str) -> bool:
    """Whether the worker still holds the try-out: it is neither finished nor stopped, deleted or taken by another."""
    mine = (TryOutRecord.id == which, TryOutRecord.worker == worker, TryOutRecord.finished_at.is_(None))
    return session.scalar(select(TryOutRecord.id).where(*mine)) is not None


def _refuse_too_many(session: Session, by: Author) -> None:
    own = select(func.count(TryOutRecord.id)).where(
        TryOutRecord.asked_by_id == by.user_id, TryOutRecord.finished_at.is_(None)
    )
    if by.user_id is not None and (session.scalar(own) or 0) >= MOST_OPEN:
        raise Refused(Finding("try_out.too_many", {"most": MOST_OPEN}))


def _free(now: datetime) -> Select[TryOutRecord]:
    """The next that nobody works on."""
    free = or_(TryOutRecord.beat_at.is_(None), TryOutRecord.beat_at < now - STALLED)
    unfinished_ones = select(TryOutRecord).where(TryOutRecord.finished_at.is_(None), free)
    return unfinished_ones.order_by(TryOutRecord.attempts, TryOutRecord.id).limit(1)


def _trial(session: Session, which: int) -> Trial:
    """What is to be tried. Raises RuleSetRefused if either rule set cannot be judged by, LostIt if it was deleted."""
    asked = session.get(TryOutRecord, which)
    if asked is None:
        raise LostIt
    beside = session.get_one(StoredRuleSet, asked.beside_id)
    who = queries.candidates("innovative" if asked.everybody else beside.level) & not_set_aside()
    if asked.unit_id is not None:
        who &= Enterprise.unit_id == asked.unit_id
    return Trial(rule_set_from(beside.table), rule_set_from(asked.table), asked.purpose, who, asked.day)


def _watch(session: GuardedSession, which: int, worker: str, seconds: float) -> Progress:
    until = monotonic() + seconds

    def progress(done: int, total: int) -> None:
        if monotonic() >= until:
            raise TookTooLong
        _note(session, which, worker, done=done, total=total, beat_at=utc_now())

    return progress


def _note(session: GuardedSession, which: int, worker: str, **values: Any) -> None:
    """Note how far it is; raises LostIt when it is this worker's no longer."""
    with transaction(session):
        mine = update(TryOutRecord).where(TryOutRecord.id == which, TryOutRecord.worker == worker).values(values)
        found = session.execute(mine, execution_options={"synchronize_session": False})
        if isinstance(found, CursorResult) and found.rowcount == 0:
            raise LostIt


def _key(question: Question, entry_id: int) -> str:
    digests = (question.row.id, checksum(question.other), question.beside.digest)
    who = (question.purpose, question.everybody, question.unit_id, question.day, entry_id)
    return sha256(repr((*digests, *who)).encode()).hexdigest()


def _tell(session: Session, by: Author, action: str, asked: TryOutRecord) -> None:
    row = session.get_one(StoredRuleSet, asked.rule_set_id)
    told: dict[str, tuple[object, object]] = {"rule_set": (row.key, row.key), "try_out": (asked.id, None)}
    chain.record(session, by, [Entry(action, "rule_set", row.id, None, told)])
