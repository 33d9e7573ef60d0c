"""Signing in and out: tries that are counted before anybody looks at the password, sessions that begin and end."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import FormToken, User, UserSession
from sme_tracker.accounts.passwords import NOBODY, hashed, is_outdated, matches
from sme_tracker.accounts.queries import folded, token_hash
from sme_tracker.history.chain import Author, Entry, record

LONGEST_AGENT = 200
KEPT_FOR = timedelta(days=30)
"""How long sessions are kept after they were last used, and one-use tokens after they were spent."""


@dataclass(frozen=True, slots=True)
class Lock:
    """After how many failures an account is locked, and for how long."""

    failures: int
    duration: timedelta


@dataclass(frozen=True, slots=True)
class Try:
    """A counted try to sign in; where nobody may enter, it is held against a password that nobody has."""

    name: str
    user_id: int | None
    password_hash: str

    def succeeds(self, password: str) -> bool:
        """Whether the password is right. It takes its time, so it is asked outside of a transaction."""
        return matches(self.password_hash, password) and self.user_id is not None

    def renewed_hash(self, password: str) -> str:
        """The hash to keep from now on: made anew where the old one has weaker parameters than today's."""
        return hashed(password) if is_outdated(self.password_hash) else self.password_hash


def count_try(session: Session, at: datetime, name: str, lock: Lock) -> Try:
    """Count a try as failed before its password is looked at, so that tries in parallel cannot outrun the lock.

    The last try before the lock is still looked at; if it is right, entering lifts the lock again.
    """
    reached = User.failures + 1 >= lock.failures
    unlocked = or_(User.locked_until.is_(None), User.locked_until <= at)
    found = session.execute(
        update(User)
        .where(User.name == folded(name), unlocked, _is_open(at))
        .values(
            failures=case((reached, 0), else_=User.failures + 1),
            locked_until=case((reached, at + lock.duration), else_=None),
        )
        .returning(User.id, User.password_hash)
        .execution_options(synchronize_session=False)
    ).first()
    return Try(name, *found) if found else Try(name, None, NOBODY)


def enter(session: Session, by: Author, tried: Try, agent: str, password_hash: str) -> str | None:
    """The token of a new session; None if the account was closed or its password replaced meanwhile."""
    spent = case((User.must_change, by.at), else_=User.first_password_expires_at)
    entered = session.execute(
        update(User)
        .where(User.id == tried.user_id, User.password_hash == tried.password_hash, _is_open(by.at))
        .values(failures=0, locked_until=None, first_password_expires_at=spent, password_hash=password_hash)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if entered is None:
        return None
    token = secrets.token_urlsafe(32)
    seen = {"token_hash": token_hash(token), "user_id": entered, "created_at": by.at, "seen_at": by.at}
    session.execute(insert(UserSession).values(**seen, address=by.address, agent=agent[:LONGEST_AGENT]))
    record(session, Author(entered, by.through, by.at, by.address), [Entry("sign_in", "user", entered)])
    return token


def note_failure(session: Session, by: Author, tried: Try) -> None:
    """Record that somebody was not let in. A name nobody has is not kept: it may be a password in the wrong field."""
    user_id = session.scalar(select(User.id).where(User.name == folded(tried.name)))
    record(session, by, [Entry("sign_in.failed", "user", user_id)])


def note_seen(session: Session, session_id: int, at: datetime) -> None:
    """Note that a session was used; the only thing reading a page writes."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=at))


def sign_out(session: Session, by: Author, session_id: int) -> None:
    """End a session on the server: a copied cookie is dead."""
    session.execute(
        update(UserSession).where(UserSession.id == session_id, UserSession.ended_at.is_(None)).values(ended_at=by.at)
    )
    record(session, by, [Entry("sign_out", "user", by.user_id)])


def end_sessions(session: Session, by: Author, user_id: int, keep: int | None = None) -> None:
    """End all open sessions of an account but the one to keep; what it belongs to records it."""
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), UserSession.id != (keep or 0))
        .values(ended_at=by.at)
    )


def end_other_sessions(session: Session, by: Author, user_id: int, keep: int) -> None:
    """End one's own sessions elsewhere."""
    end_sessions(session, by, user_id, keep)
    record(session, by, [Entry("user.end_sessions", "user", user_id)])


def forget_old_sessions(session: Session, at: datetime) -> None:
    """Delete sessions and one-use tokens that have long been of no use; who signed in when stays in the history."""
    session.execute(delete(UserSession).where(UserSession.seen_at < at - KEPT_FOR))
    session.execute(delete(FormToken).where(FormToken.used_at < at - KEPT_FOR))


def _is_open(at: datetime) -> ColumnElement[bool]:
    """Accounts that are not disabled and whose first password, if they still have it, is neither used nor too old."""
    fresh = or_(User.first_password_expires_at.is_(None), User.first_password_expires_at > at)
    return and_(User.disabled_at.is_(None), fresh)
