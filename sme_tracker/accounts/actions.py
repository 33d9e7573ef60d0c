"""Changing accounts: creating, signing in and out, passwords, roles, disabling."""

import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import FormToken, PasswordHash, User, UserSession
from sme_tracker.accounts.passwords import NOBODY, hashed, is_outdated, matches
from sme_tracker.accounts.queries import find_user, last_passwords, token_hash
from sme_tracker.history.chain import Author, Entry, differences, record
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.passwords import PasswordPolicy, check
from sme_tracker.rules.terms import Role

FIRST_PASSWORD_DAYS = 7
FIRST_PASSWORD_LENGTH = 14
SETTLED_AFTER = timedelta(minutes=1)
KEPT = ("full_name", "role", "unit_id")


@dataclass(frozen=True, slots=True)
class Lock:
    """After how many failures an account is locked, and for how long."""

    failures: int
    duration: timedelta


def create_user(
    session: Session, by: Author, name: str, role: Role, full_name: str = "", unit_id: int | None = None
) -> tuple[User, str]:
    """A new account and its first password, which works once, expires, and must be changed.

    Raises Refused for a name that is taken or empty, and for a clerk without a unit or a unit without a clerk.
    """
    findings = _check_user(session, name, role, unit_id)
    if findings:
        raise Refused(*findings)
    password = _first_password()
    user = User(
        name=name.strip().lower(),
        full_name=full_name.strip() or name.strip(),
        role=role,
        unit_id=unit_id,
        password_hash=hashed(password),
        password_set_at=by.at,
        must_change=True,
        first_password_expires_at=by.at + timedelta(days=FIRST_PASSWORD_DAYS),
    )
    session.add(user)
    session.flush()
    changes = {name: (None, getattr(user, name)) for name in ("name", *KEPT)}
    record(session, by, [Entry("user.create", "user", user.id, changes=changes)])
    return user, password


def change_user(session: Session, by: Author, user: User, full_name: str, role: Role, unit_id: int | None) -> None:
    """Change who somebody is; it acts on their very next request. The last administrator stays one."""
    if user.role == Role.ADMINISTRATOR and role is not Role.ADMINISTRATOR:
        _keep_an_administrator(session, user)
    findings = _check_unit(role, unit_id)
    if findings:
        raise Refused(*findings)
    before = {name: getattr(user, name) for name in KEPT}
    after = {"full_name": full_name.strip(), "role": role.value, "unit_id": unit_id}
    changed = differences(before, after)
    for name, value in after.items():
        setattr(user, name, value)
    if changed:
        record(session, by, [Entry("user.change", "user", user.id, changes=changed)])


def disable_user(session: Session, by: Author, user: User) -> None:
    """Close an account; its sessions are dead at once. The last administrator cannot be disabled."""
    if user.role == Role.ADMINISTRATOR:
        _keep_an_administrator(session, user)
    user.disabled_at = by.at
    end_sessions(session, by, user.id)
    record(session, by, [Entry("user.disable", "user", user.id, changes={"disabled_at": (None, by.at)})])


def enable_user(session: Session, by: Author, user: User) -> None:
    """Open a disabled account again."""
    before, user.disabled_at = user.disabled_at, None
    record(session, by, [Entry("user.enable", "user", user.id, changes={"disabled_at": (before, None)})])


def reset_password(session: Session, by: Author, user: User) -> str:
    """A new first password, shown once to whoever asked; the account's sessions end and its lock is lifted."""
    password = _first_password()
    _set_password(session, by, user, password)
    user.must_change = True
    user.first_password_expires_at = by.at + timedelta(days=FIRST_PASSWORD_DAYS)
    end_sessions(session, by, user.id)
    record(session, by, [Entry("user.reset_password", "user", user.id)])
    return password


def change_password(
    session: Session, by: Author, user: User, current: str, new: str, policy: PasswordPolicy, keep_session: int
) -> None:
    """Replace one's own password; the other sessions end. Raises Refused with everything that speaks against it."""
    if not matches(user.password_hash, current):
        raise Refused(Finding("password.current_wrong"))
    findings = check(new, user.name, (), policy)
    remembered = [user.password_hash, *last_passwords(session, user.id, policy.remembered)]
    if any(matches(old, new) for old in remembered):
        findings.append(Finding("password.reused"))
    if findings:
        raise Refused(*findings)
    _set_password(session, by, user, new)
    user.must_change = False
    user.first_password_expires_at = None
    end_sessions(session, by, user.id, keep=keep_session)
    record(session, by, [Entry("user.change_password", "user", user.id)])


def sign_in(session: Session, by: Author, name: str, password: str, agent: str, lock: Lock) -> str | None:
    """The token of a new session, None if name and password do not let anybody in, whatever the reason.

    Failures are counted in one statement, so that parallel tries count too; a locked account is not even checked
    against the right password. A first password works once.
    """
    user = find_user(session, name)
    right = matches(user.password_hash if user else NOBODY, password)
    if user is None or not right or not _may_enter(user, by.at):
        _count_failure(session, by, user, name, right, lock)
        return None
    if is_outdated(user.password_hash):
        user.password_hash = hashed(password)
    token = secrets.token_urlsafe(32)
    values = {"token_hash": token_hash(token), "user_id": user.id, "created_at": by.at, "seen_at": by.at}
    session.execute(insert(UserSession).values(**values, address=by.address, agent=agent[:200]))
    spent = {"first_password_expires_at": by.at} if user.must_change else {}
    session.execute(update(User).where(User.id == user.id).values(failures=0, locked_until=None, **spent))
    record(session, Author(user.id, by.through, by.at, by.address), [Entry("sign_in", "user", user.id)])
    return token


def sign_out(session: Session, by: Author, session_id: int) -> None:
    """End a session on the server: a copied cookie is dead."""
    session.execute(
        update(UserSession).where(UserSession.id == session_id, UserSession.ended_at.is_(None)).values(ended_at=by.at)
    )
    record(session, by, [Entry("sign_out", "user", by.user_id)])


def end_sessions(session: Session, by: Author, user_id: int, keep: int | None = None) -> None:
    """End all open sessions of an account but the one to keep."""
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), UserSession.id != (keep or 0))
        .values(ended_at=by.at)
    )


def note_seen(session: Session, session_id: int, at: datetime) -> None:
    """Note that a session was used; the only thing reading a page writes."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=at))


def choose_preferences(session: Session, user: User, language: str | None, shortcuts_on: bool) -> None:
    """What somebody prefers for themselves: language, single-key shortcuts."""
    user.language = language
    user.shortcuts_on = shortcuts_on
    session.flush()


def use_once(session: Session, by: Author, token: str) -> bool:
    """Spend a form's one-use token; False if it has been spent, so that a form sent twice is done once."""
    if not token or len(token) > 64 or by.user_id is None:
        return False
    try:
        with session.begin_nested():
            session.execute(insert(FormToken).values(token=token, user_id=by.user_id, used_at=by.at))
    except IntegrityError:
        return False
    return True


def _may_enter(user: User, at: datetime) -> bool:
    locked = user.locked_until is not None and at < user.locked_until
    expired = user.first_password_expires_at is not None and at >= user.first_password_expires_at
    return not (locked or expired or user.disabled_at)


def _count_failure(session: Session, by: Author, user: User | None, name: str, right: bool, lock: Lock) -> None:
    if user is not None and not right:
        reached = User.failures + 1 >= lock.failures
        session.execute(
            update(User)
            .where(User.id == user.id)
            .values(
                failures=case((reached, 0), else_=User.failures + 1),
                locked_until=case((reached, by.at + lock.duration), else_=User.locked_until),
            )
            .execution_options(synchronize_session=False)
        )
    entry = Entry("sign_in.failed", "user", user.id if user else None, changes={"name": (None, name[:60])})
    record(session, by, [entry])


def _set_password(session: Session, by: Author, user: User, password: str) -> None:
    session.add(PasswordHash(user_id=user.id, hash=user.password_hash, set_at=user.password_set_at))
    user.password_hash = hashed(password)
    user.password_set_at = by.at
    user.failures = 0
    user.locked_until = None
    session.flush()


def _first_password() -> str:
    alphabet = [c for c in string.ascii_letters + string.digits if c not in "0O1lI"]
    parts = [secrets.choice(alphabet) for _ in range(FIRST_PASSWORD_LENGTH)]
    return "".join(parts[:7]) + "-" + "".join(parts[7:])


def _check_user(session: Session, name: str, role: Role, unit_id: int | None) -> Sequence[Finding]:
    findings = _check_unit(role, unit_id)
    if not name.strip() or len(name) > 60:
        findings.append(Finding("user.name_missing"))
    elif find_user(session, name):
        findings.append(Finding("user.name_taken", {"name": name.strip().lower()}))
    return findings


def _check_unit(role: Role, unit_id: int | None) -> list[Finding]:
    if role is Role.CLERK and unit_id is None:
        return [Finding("user.clerk_needs_unit")]
    if role is not Role.CLERK and unit_id is not None:
        return [Finding("user.unit_only_for_clerk")]
    return []


def _keep_an_administrator(session: Session, user: User) -> None:
    others = select(func.count()).where(User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None), User.id != user.id)
    if not session.scalar(others):
        raise Refused(Finding("user.last_administrator"))
