"""When the register was last backed up, and whether that is longer ago than it may be."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.models import StoredRuleSet
from sme_tracker.reference.models import Setting

BACKED_UP_AT = "backed_up_at"


class Overdue(NamedTuple):
    """That a backup is due: when the last was made, None if none ever was, and within how many hours one must be."""

    last: datetime | None
    hours: int


def note_backup(session: Session, at: datetime) -> None:
    """Say that a backup holds everything up to the instant."""
    session.execute(delete(Setting).where(Setting.key == BACKED_UP_AT))
    session.execute(insert(Setting).values(key=BACKED_UP_AT, value=at.isoformat()))


def overdue(session: Session, now: datetime, within: timedelta) -> Overdue | None:
    """That the last backup, or without one the beginning of the register, is longer ago than `within`; else None.

    The register began when the rule sets that ship with it came in, at its first start.
    """
    value = session.scalar(select(Setting.value).where(Setting.key == BACKED_UP_AT))
    last = datetime.fromisoformat(value) if value else None
    since = last or session.scalar(select(func.min(StoredRuleSet.created_at)))
    is_late = since is not None and now - since > within
    return Overdue(last, round(within.total_seconds() / 3600)) if is_late else None
