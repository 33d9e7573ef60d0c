"""When enterprises are judged: a few right where something is recorded of them, many afterwards a portion at a time.

What is due needs no list of its own: a verdict has the day from which it holds no longer, and who has none is due.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from functools import partial

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from sme_tracker.assessments.facts import may_turn
from sme_tracker.assessments.judging import judge_enterprises, not_set_aside
from sme_tracker.assessments.models import JudgingFailure, VerdictRecord
from sme_tracker.assessments.rule_sets import PURPOSES, Standards, applying, standards
from sme_tracker.bulk import Progress, in_portions
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import take_touched
from sme_tracker.history.facts import AT_ONCE, portions

AS_IT_IS = {"synchronize_session": False}
MANY = AT_ONCE
"""More than so many enterprises are not judged by whoever records something of them in one save."""


def mark_due(session: Session, day: date, enterprise_ids: Collection[int] | None = None) -> None:
    """Let the verdicts of some enterprises, or of all, hold until the day only; what was set aside is tried again."""
    later = or_(VerdictRecord.changes_on.is_(None), VerdictRecord.changes_on > day)
    statement = update(VerdictRecord).where(later).values(changes_on=day)
    again = delete(JudgingFailure)
    if enterprise_ids is None:
        session.execute(statement, execution_options=AS_IT_IS)
        session.execute(again, execution_options=AS_IT_IS)
        return
    for ids in portions(enterprise_ids):
        session.execute(statement.where(VerdictRecord.enterprise_id.in_(ids)), execution_options=AS_IT_IS)
        session.execute(again.where(JudgingFailure.enterprise_id.in_(ids)), execution_options=AS_IT_IS)


def waiting(session: Session, today: date, found: Standards | None = None) -> int:
    """How many enterprises have verdicts that are due; judging them makes it none."""
    overdue = _overdue(session, today)
    levels = Counter(each.level for each in applying(found or standards(session), today))
    level = next((level for level, purposes in levels.items() if purposes == len(PURPOSES)), None)
    if level is None:  # then there are enterprises for whom no standard is meant
        return overdue
    everybody = _to_judge(session)
    judged = session.scalar(select(func.count()).where(VerdictRecord.level == level)) or 0
    return min(everybody, overdue + everybody - judged)


def due_enterprises(session: Session, today: date) -> set[int]:
    """The ids of the enterprises whose verdicts are due."""
    return set(session.scalars(select(Enterprise.id).where(_is_due(session, today))))


def enterprises(session: Session) -> int:
    """How many enterprises there are to judge."""
    return session.scalar(select(func.count()).select_from(Enterprise)) or 0


def _to_judge(session: Session) -> int:
    """How many there are but those set aside, who have no verdict."""
    aside = select(func.count()).select_from(JudgingFailure).where(JudgingFailure.is_set_aside()).scalar_subquery()
    return session.scalar(select(func.count() - aside).select_from(Enterprise)) or 0


def judge_portion(session: Session, today: date, after: int = 0, most: int = AT_ONCE) -> Sequence[int]:
    """Judge the next enterprises that are due whose ids come after one, in the surrounding transaction.

    Those that somebody else is saving or judging are left to them.
    """
    due = (
        select(Enterprise.id)
        .where(Enterprise.id > after, _is_due(session, today))
        .order_by(Enterprise.id)
        .limit(most)
        .with_for_update(skip_locked=True, key_share=True)
    )
    ids = session.scalars(due).all()
    judge_enterprises(session, ids, today, utc_now())
    return ids


def judge_due(session: Session, today: date) -> int:
    """Judge all that is due in the surrounding transaction; returns how many enterprises."""
    judged = 0
    ids: Sequence[int] = [0]
    while ids := judge_portion(session, today, ids[-1]):
        judged += len(ids)
    return judged


def judge_waiting(session: GuardedSession, today: date, progress: Progress = lambda _done, _all: None) -> int:
    """Judge all that is due in small transactions between which others may write; returns how many enterprises."""
    return in_portions(session, partial(judge_portion, session, today), waiting(session, today), progress)


def judge_recorded(session: GuardedSession) -> None:
    """Judge those of whom the transaction recorded what may turn a verdict, or let them be due if they are many."""
    touched = take_touched(session)
    turned = {which for touch, ids in touched.items() if may_turn(touch.subject, touch.fields) for which in ids}
    if not turned:
        return
    session.flush()
    if len(turned) > MANY:
        mark_due(session, local_today(), turned)
    else:
        judge_enterprises(session, turned, local_today(), utc_now())


def _overdue(session: Session, today: date) -> int:
    by_date = VerdictRecord.changes_on <= today
    if not session.scalar(select(exists().where(by_date))):  # which is the rule, and the index answers it at once
        return 0
    return session.scalar(select(func.count(VerdictRecord.enterprise_id.distinct())).where(by_date)) or 0


def _is_due(session: Session, today: date) -> ColumnElement[bool]:
    own = VerdictRecord.enterprise_id == Enterprise.id
    by_date = exists().where(own, VerdictRecord.changes_on <= today)
    if not any(applying(standards(session), today)):
        return by_date
    return or_(by_date, and_(~exists().where(own), not_set_aside()))
