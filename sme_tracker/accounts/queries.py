"""Reading accounts: by name, by session, all of them."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import ExportWithheld, PasswordHash, User, UserSession
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.access import Permission, may
from sme_tracker.rules.terms import Role

RESET = "user.reset_password"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that has not been ended, with its account."""

    session_id: int
    user_id: int
    name: str
    full_name: str
    role: Role
    unit_id: int | None
    language: str | None
    shortcuts_on: bool
    created_at: datetime
    seen_at: datetime
    password_set_at: datetime
    confirmed_at: datetime | None
    slowed_until: datetime | None
    export_withheld: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """When a password was reset, and by whom (None: by the command on the server)."""

    at: datetime
    by_id: int | None
    by_name: str | None
    """What that person is called, and the account, which nobody can rename."""


def token_hash(token: str) -> str:
    """What the database keeps of a session token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def withheld_from(user_id: Any, role: Any) -> Select[int]:
    """What takes the right of export from an account with this role."""
    concerns = or_(ExportWithheld.user_id == user_id, ExportWithheld.role == role)
    return select(ExportWithheld.id).where(ExportWithheld.in_force(), concerns)


_SESSION = UserSession.metadata.tables["user_session"].c
_USER = UserSession.metadata.tables["user_account"].c
_OPEN_SESSION = (
    select(
        _SESSION.id,
        _USER.id,
        _USER.name,
        _USER.full_name,
        _USER.role,
        _USER.unit_id,
        _USER.language,
        _USER.shortcuts_on,
        _SESSION.created_at,
        _SESSION.seen_at,
        _USER.password_set_at,
        _SESSION.confirmed_at,
        _USER.slowed_until,
        exists(withheld_from(_USER.id, _USER.role)),
    )
    .where(_USER.id == _SESSION.user_id)
    .where(_SESSION.token_hash == bindparam("token_hash"), _SESSION.ended_at.is_(None), _USER.disabled_at.is_(None))
)
"""Built once, as every request asks it."""


def find_session(session: Session, token: str) -> OpenSession | None:
    """The open session of a token whose account is not disabled; limits of time are the caller's to apply."""
    row = session.connection().execute(_OPEN_SESSION, {"token_hash": token_hash(token)}).first()
    if row is None:
        return None
    session_id, user_id, name, full_name, role, *rest = row
    return OpenSession(session_id, user_id, name, full_name, Role(role), *rest)


def account_of_session(session: Session, token: str) -> int | None:
    """Whose session a token is or was, ended ones included."""
    return session.scalar(select(UserSession.user_id).where(UserSession.token_hash == token_hash(token)))


def folded(name: str) -> str:
    """A sign-in name as it is stored: full-width signs made plain, small letters, no blanks around."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def find_user(session: Session, name: str) -> User | None:
    """The account of a sign-in name."""
    return session.scalars(select(User).where(User.name == folded(name))).first()


def get_user(session: Session, user_id: int) -> User | None:
    """The account of an id, None if there is none."""
    return session.get(User, user_id)


def find_choosing(session: Session, user_id: int, code_expires_at: datetime, at: datetime) -> User | None:
    """The account that may choose a password by the code that expires then; None once that code is of no use."""
    return session.scalars(
        select(User).where(User.id == user_id, User.code_expires_at == code_expires_at, is_open(at))
    ).first()


def is_open(at: datetime) -> ColumnElement[bool]:
    """Accounts that are not disabled and whose one-time code, if they still have it, has not expired."""
    return and_(User.disabled_at.is_(None), or_(User.code_expires_at.is_(None), User.code_expires_at > at))


def all_users(session: Session) -> Sequence[User]:
    """Every account, those in use first, by name."""
    return session.scalars(select(User).order_by(User.disabled_at.is_not(None), User.role, User.name)).all()


def open_sessions(session: Session, user_id: int, begun_after: datetime, seen_after: datetime) -> Sequence[UserSession]:
    """The sessions of an account that have neither been ended nor run out, the latest used first."""
    return session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .where(UserSession.created_at >= begun_after, UserSession.seen_at >= seen_after)
        .order_by(UserSession.seen_at.desc())
    ).all()


def last_passwords(session: Session, user_id: int, how_many: int) -> Sequence[str]:
    """The hashes of the last passwords of an account, the present one among them."""
    return session.scalars(
        select(PasswordHash.hash)
        .where(PasswordHash.user_id == user_id)
        .order_by(PasswordHash.id.desc())
        .limit(how_many)
    ).all()


def resets(session: Session, user_id: int, since: datetime) -> Sequence[Reset]:
    """Who reset the password of an account since then, the latest first, as the history tells it."""
    rows = session.execute(
        select(HistoryEntry.at, HistoryEntry.user_id, User.full_name + " · " + User.name)
        .join(User, User.id == HistoryEntry.user_id, isouter=True)
        .where(HistoryEntry.action == RESET, HistoryEntry.subject_id == user_id, HistoryEntry.at > since)
        .order_by(HistoryEntry.id.desc())
    )
    return [Reset(*row) for row in rows]


def full_names(session: Session) -> dict[int, str]:
    """What people are called, by account."""
    return {row.id: row.full_name for row in session.execute(select(User.id, User.full_name))}


def withheld(session: Session) -> Sequence[ExportWithheld]:
    """From which roles and people the right of export is taken, in the order of doing so."""
    return session.scalars(select(ExportWithheld).where(ExportWithheld.in_force()).order_by(ExportWithheld.id)).all()


def may_export(session: Session, user: User) -> bool:
    """Whether an account may take lists out of the house."""
    return may(user.is_role, Permission.EXPORT) and session.scalar(withheld_from(user.id, user.role)) is None
