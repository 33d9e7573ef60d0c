"""What the demo command does before it serves: make the bureau on an empty database, and say how to sign in."""

import secrets
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.assessments.due import judge_waiting
from sme_tracker.bulk import undisturbed
from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.demo.fill import Progress, fill
from sme_tracker.demo.staff import STAFF
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.reference.models import Setting


class NotADemo(Exception):
    """The database holds real records; the demo bureau is only ever made on an empty one."""


def prepare(session: GuardedSession, today: date, progress: Progress) -> bool:
    """Make the demo bureau unless it is there already; returns whether it was made. Raises NotADemo."""
    if password_of(session):
        return False
    if _count(session, Enterprise) or _count(session, User):
        raise NotADemo
    with undisturbed():
        with transaction(session):
            fill(session, today, f"Chang-{secrets.token_hex(4)}", progress)
        judge_waiting(session, local_today())
    return True


def password_of(session: Session) -> str | None:
    """The password of the demo accounts, None in a database that is no demo."""
    return session.scalar(select(Setting.value).where(Setting.key == "demo_password"))


def accounts(session: Session) -> list[str]:
    """A line for each demo account: role, name, password."""
    password = password_of(session)
    return [f"  {post.name:<10} {password}  {post.full_name} · {post.role.value}" for post in STAFF]


def _count(session: Session, table: type[Enterprise] | type[User]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0
