"""Signing in and out: tries that are counted before anybody looks at the password, sessions that begin and end."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from sme_tracker.accounts import tries
from sme_tracker.accounts.models import FormToken, User, UserSession
from sme_tracker.accounts.passwords import NOBODY, hashed, is_outdated, matches
from sme_tracker.accounts.queries import folded, is_open, token_hash
from sme_tracker.accounts.tries import Limits
from sme_tracker.history.chain import Author, Entry, record

LONGEST_AGENT = 200
NOBODYS = 0
"""The account of a try that cannot succeed."""
KEPT_FOR = timedelta(days=30)
"""How long sessions are kept after they were last used, and one-use tokens after they were spent."""


@dataclass(frozen=True, slots=True)
class Try:
    """A counted try to give a password; where nobody may enter, it is held against a password that nobody has."""

    name: str
    is_slow: bool
    user_id: int = NOBODYS
    password_hash: str = NOBODY
    code_expires_at: datetime | None = None
    """Set where the account has a one-time code in the place of a password."""

    def succeeds(self, password: str) -> bool:
        """Whether the password is right. It takes its time, so it is asked outside of a transaction."""
        return matches(self.password_hash, password) and self.user_id != NOBODYS

    def renewed_hash(self, password: str) -> str:
        """The hash to keep from now on: made anew where the old one has weaker parameters than today's."""
        return hashed(password) if is_outdated(self.password_hash) else self.password_hash


def count_try(session: Session, by: Author, name: str, limits: Limits) -> Try:
    """Count a try as wrong before its password is looked at; who is locked out is not looked at at all."""
    counted = tries.count(session, by.at, name, by.address, limits)
    account = select(User.id, User.password_hash, User.code_expires_at)
    found = session.execute(account.where(User.name == folded(name), is_open(by.at))).first()
    return Try(name, counted.is_slow, *found) if found and counted.is_open else Try(name, counted.is_slow)


def enter(session: Session, by: Author, tried: Try, agent: str, password_hash: str, limits: Limits) -> str | None:
    """The token of a new session; None if the account was closed or its password replaced meanwhile."""
    entered = session.execute(
        update(User)
        .where(User.id == tried.user_id, User.password_hash == tried.password_hash, is_open(by.at))
        .values(password_hash=password_hash)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if entered is None:
        return None
    tries.take_back(session, by.at, tried.name, by.address, limits)
    return begin_session(session, by, entered, agent)


def begin_session(session: Session, by: Author, user_id: int, agent: str) -> str:
    """The token of a new session of the account."""
    token = secrets.token_urlsafe(32)
    seen = {"token_hash": token_hash(token), "user_id": user_id, "created_at": by.at, "seen_at": by.at}
    session.execute(insert(UserSession).values(**seen, address=by.address, agent=agent[:LONGEST_AGENT]))
    record(session, Author(user_id, by.through, by.at, by.address), [Entry("sign_in", "user", user_id)])
    return token


def accept_code(session: Session, by: Author, tried: Try, limits: Limits) -> None:
    """The one-time code was right: it begins no session, its person goes on to choose a password."""
    tries.take_back(session, by.at, tried.name, by.address, limits)
    record(session, by, [Entry("sign_in.code", "user", tried.user_id)])


def confirm(session: Session, by: Author, tried: Try, session_id: int, limits: Limits) -> None:
    """The password was given again within a session, which notes it."""
    tries.take_back(session, by.at, tried.name, by.address, limits)
    session.execute(update(UserSession).where(UserSession.id == session_id).values(confirmed_at=by.at))
    record(session, by, [Entry("confirm", "user", by.user_id)])


def note_failure(session: Session, by: Author, name: str, action: str = "sign_in.failed") -> None:
    """Record that a password was wrong. A name nobody has is not kept: it may be a password in the wrong field."""
    user_id = session.scalar(select(User.id).where(User.name == folded(name)))
    record(session, by, [Entry(action, "user", user_id)])


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


def forget_old(session: Session, at: datetime) -> None:
    """Delete sessions, one-use tokens and wrong tries that are of no use; who signed in when stays in the history."""
    session.execute(delete(UserSession).where(UserSession.seen_at < at - KEPT_FOR))
    session.execute(delete(FormToken).where(FormToken.used_at < at - KEPT_FOR))
    tries.forget(session, at)
