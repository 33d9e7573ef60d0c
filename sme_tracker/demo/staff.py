"""The people of the demo bureau, with one password that is made for this database and shown by the command."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from sme_tracker.accounts.actions import create_user
from sme_tracker.accounts.models import User
from sme_tracker.accounts.passwords import hashed
from sme_tracker.clock import utc_now
from sme_tracker.history.chain import Author
from sme_tracker.reference.queries import find_unit
from sme_tracker.rules.terms import Role


@dataclass(frozen=True)
class Post:
    """A post of the bureau and who holds it."""

    name: str
    full_name: str
    role: Role
    unit: str | None = None


STAFF = (
    Post("gaoyuan", "高远", Role.LEADER),
    Post("linxiao", "林晓", Role.CASEWORKER),
    Post("zhouying", "周颖", Role.CASEWORKER),
    Post("sunbowen", "孙博文", Role.CASEWORKER),
    Post("qikai", "汽开区经办", Role.CLERK, "QK"),
    Post("xinqu", "长春新区经办", Role.CLERK, "CCXQ"),
    Post("admin", "系统管理员", Role.ADMINISTRATOR),
    Post("auditor", "审计员", Role.AUDITOR),
)


def hire(session: Session, password: str, at: datetime) -> Sequence[User]:
    """Open the accounts of the demo bureau; unlike everybody else they have a password from the start."""
    by = Author(None, "demo", at)
    password_hash = hashed(password)
    users = []
    for post in STAFF:
        unit = find_unit(session, post.unit) if post.unit else None
        user, _code = create_user(session, by, post.name, post.role, post.full_name, unit.id if unit else None)
        user.password_hash = password_hash
        user.password_set_at = utc_now()
        user.code_expires_at = None
        users.append(user)
    session.flush()
    return users
