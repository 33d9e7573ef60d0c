"""Try-outs people asked for: each question once, held by one worker while it is computed, kept until data change."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from sme_tracker.assessments import queries
from sme_tracker.assessments.models import StoredRuleSet, TryOutRecord
from sme_tracker.assessments.rule_sets import read_rule_set
from sme_tracker.assessments.tryout import Trial, TryOut, try_out
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.canonical import checksum, to_plain
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.shipped import rule_set_from

KEPT = timedelta(days=1)
STALLED = timedelta(seconds=20)
"""After how long without a sign of life a worker is taken for dead."""


class LostIt(Exception):
    """Somebody else works on the try-out, or it is wanted no longer."""


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
    """Have it tried out; who asks the same while nothing has changed gets what is there. Returns the id."""
    session.get_one(StoredRuleSet, question.row.id, with_for_update=True)  # two who press at once ask once
    session.execute(delete(TryOutRecord).where(TryOutRecord.asked_at < by.at - KEPT))
    entry_id = last_change(session)
    key = _key(question, entry_id)
    broken_off = (TryOutRecord.finished_at.is_not(None), TryOutRecord.result.is_(None))
    session.execute(delete(TryOutRecord).where(TryOutRecord.key == key, *broken_off))
    there = session.scalar(select(TryOutRecord.id).where(TryOutRecord.key == key))
    if there is not None:
        return there
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


def forget(session: Session, rule_set_id: int) -> None:
    """Throw away what was found about a rule set that is thrown away."""
    session.execute(delete(TryOutRecord).where(TryOutRecord.rule_set_id == rule_set_id))


def try_next(session: GuardedSession) -> bool:
    """Compute one try-out that nobody works on; returns whether there was one."""
    worker = secrets.token_hex(8)
    with transaction(session):
        asked = _claim(session, worker, utc_now())
    if asked is None:
        return False
    which = asked.id
    try:
        found = try_out(session, _trial(session, asked), _watch(session, which, worker))
    except LostIt:
        return True
    except Exception:
        session.rollback()
        _note(session, which, worker, finished_at=utc_now())
        raise
    _note(session, which, worker, finished_at=utc_now(), result=found.kept())
    return True


def _claim(session: Session, worker: str, now: datetime) -> TryOutRecord | None:
    free = or_(TryOutRecord.beat_at.is_(None), TryOutRecord.beat_at < now - STALLED)
    asked = session.scalar(
        select(TryOutRecord)
        .where(TryOutRecord.finished_at.is_(None), free)
        .order_by(TryOutRecord.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if asked is not None:
        asked.worker, asked.beat_at, asked.done = worker, now, 0
    return asked


def _trial(session: Session, asked: TryOutRecord) -> Trial:
    beside = session.get_one(StoredRuleSet, asked.beside_id)
    who = queries.candidates("innovative" if asked.everybody else beside.level)
    if asked.unit_id is not None:
        who &= Enterprise.unit_id == asked.unit_id
    return Trial(read_rule_set(beside), rule_set_from(asked.table), asked.purpose, who, asked.day)


def _watch(session: GuardedSession, which: int, worker: str) -> Any:
    def progress(done: int, total: int) -> None:
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
