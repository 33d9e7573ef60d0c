"""Changing accounts: creating, passwords, roles, disabling; a form's one-use token."""

import secrets
import string
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import FormToken, PasswordHash, User
from sme_tracker.accounts.passwords import hashed, matches
from sme_tracker.accounts.queries import RESET, find_user, folded, last_passwords, resets
from sme_tracker.accounts.signing import end_sessions
from sme_tracker.accounts.tries import forgive
from sme_tracker.clock import local
from sme_tracker.history.chain import Author, Entry, differences, record
from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.passwords import PasswordPolicy, check
from sme_tracker.rules.terms import Role

CODE_LASTS = timedelta(hours=24)
RESET_ALONE_EVERY = timedelta(hours=24)
"""Within this time the same administrator does not reset the same password twice."""
CODE_LENGTH = 14
LONGEST_TOKEN = 64
NAME_SIGNS = frozenset("._-")
KEPT = ("full_name", "role", "unit_id")


def create_user(
    session: Session, by: Author, name: str, role: Role, full_name: str = "", unit_id: int | None = None
) -> tuple[User, str]:
    """A new account and its one-time code, which opens nothing but the choice of a password.

    Raises Refused for a name that is taken or empty, and for a clerk without a unit or a unit without a clerk.
    """
    findings = _check_user(session, name, role, unit_id)
    if findings:
        raise Refused(*findings)
    code = _one_time_code()
    user = User(
        name=folded(name),
        full_name=full_name.strip() or name.strip(),
        role=role,
        unit_id=unit_id,
        password_hash=hashed(code),
        password_set_at=by.at,
        code_expires_at=by.at + CODE_LASTS,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:  # somebody else took the name at the same moment
        raise Refused(Finding("user.name_taken", {"name": folded(name)})) from None
    changes = {name: (None, getattr(user, name)) for name in ("name", *KEPT)}
    record(session, by, [Entry("user.create", "user", user.id, changes=changes)])
    return user, code


def change_user(session: Session, by: Author, user: User, full_name: str, role: Role, unit_id: int | None) -> None:
    """Change who somebody is; it acts on their very next request.

    Raises Refused where the last administrator would be none, and for one's own role: nobody grants rights to himself.
    """
    if user.id == by.user_id and role != user.role:
        raise Refused(Finding("user.own_role"))
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
    """Close an account; its sessions and its code are dead at once. Raises Refused for the last administrator."""
    if user.disabled_at:
        return
    if user.role == Role.ADMINISTRATOR:
        _keep_an_administrator(session, user)
    user.disabled_at = by.at
    if user.code_expires_at:
        user.code_expires_at = min(user.code_expires_at, by.at)
    end_sessions(session, by, user.id)
    record(session, by, [Entry("user.disable", "user", user.id, changes={"disabled_at": (None, by.at)})])


def enable_user(session: Session, by: Author, user: User) -> None:
    """Open a disabled account again."""
    if not user.disabled_at:
        return
    before, user.disabled_at = user.disabled_at, None
    record(session, by, [Entry("user.enable", "user", user.id, changes={"disabled_at": (before, None)})])


def reset_password(session: Session, by: Author, user: User) -> str:
    """A one-time code in the place of the password, shown once to whoever asked; sessions end, locks are lifted.

    Raises Refused for one's own password, and where the same administrator reset it within a day: taking somebody's
    place twice takes two. Who did it is told to the person from the history.
    """
    if user.id == by.user_id:
        raise Refused(Finding("user.own_reset"))
    _leave_the_second_reset_to_another(session, by, user)
    code = _one_time_code()
    _set_password(session, by, user, hashed(code))
    user.code_expires_at = by.at + CODE_LASTS
    end_sessions(session, by, user.id)
    record(session, by, [Entry(RESET, "user", user.id)])
    return code


def new_password_hash(session: Session, user: User, new: str, policy: PasswordPolicy) -> str:
    """The hash of a new password, once nothing speaks against it; raises Refused with everything that does.

    Comparing with the passwords somebody had takes its time, so it is asked before the transaction that changes it.
    """
    findings = check(new, user.name, (), policy)
    remembered = [user.password_hash, *last_passwords(session, user.id, policy.remembered)]
    if any(matches(old, new) for old in remembered):
        findings.append(Finding("password.reused"))
    if findings:
        raise Refused(*findings)
    return hashed(new)


def change_password(
    session: Session, by: Author, user: User, before: str, after: str, keep_session: int | None = None
) -> None:
    """Replace the hash of one's password or code; other sessions end. Raises Refused if it was replaced meanwhile."""
    if user.password_hash != before:
        raise Refused(Finding("password.current_wrong"))
    _set_password(session, by, user, after)
    user.code_expires_at = None
    end_sessions(session, by, user.id, keep=keep_session)
    record(session, by, [Entry("user.change_password", "user", user.id)])


def choose_preferences(session: Session, user: User, language: str | None, shortcuts_on: bool) -> None:
    """What somebody prefers for themselves: language, single-key shortcuts."""
    user.language = language
    user.shortcuts_on = shortcuts_on
    session.flush()


def use_once(session: Session, by: Author, token: str) -> bool:
    """Spend a form's one-use token; False if it has been spent, so that a form sent twice is done once.

    A form without one is done each time it is sent: it says that it saved, and must not have left that out.
    """
    if not token or len(token) > LONGEST_TOKEN or by.user_id is None:
        return True
    try:
        with session.begin_nested():
            session.execute(insert(FormToken).values(token=token, user_id=by.user_id, used_at=by.at))
    except IntegrityError:
        return False
    return True


def _set_password(session: Session, by: Author, user: User, password_hash: str) -> None:
    if user.code_expires_at is None:  # a code is no password anybody had
        session.add(PasswordHash(user_id=user.id, hash=user.password_hash, set_at=user.password_set_at))
    user.password_hash = password_hash
    user.password_set_at = by.at
    forgive(session, user.name)
    session.flush()


def _leave_the_second_reset_to_another(session: Session, by: Author, user: User) -> None:
    """Refuse to who reset this password within a day, saying who can; the command on the server always can."""
    mine = [
        reset
        for reset in resets(session, user.id, by.at - RESET_ALONE_EVERY)
        if by.user_id and reset.by_id == by.user_id
    ]
    if not mine:
        return
    others = select(func.count()).where(
        User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None), User.id.not_in((by.user_id, user.id))
    )
    code = "user.reset_again" if session.scalar(others) else "user.reset_again_alone"
    raise Refused(Finding(code, {"name": user.name, "time": f"{local(mine[0].at):%Y-%m-%d %H:%M}"}))


def _one_time_code() -> str:
    alphabet = [c for c in string.ascii_letters + string.digits if c not in "0O1lI"]
    parts = [secrets.choice(alphabet) for _ in range(CODE_LENGTH)]
    return "".join(parts[:7]) + "-" + "".join(parts[7:])


def _check_user(session: Session, name: str, role: Role, unit_id: int | None) -> Sequence[Finding]:
    findings = _check_unit(role, unit_id)
    plain = folded(name)
    if not 0 < len(plain) <= LONGEST["account"]:
        findings.append(Finding("user.name_missing"))
    elif not all(sign.isalnum() or sign in NAME_SIGNS for sign in plain):
        findings.append(Finding("user.name_signs"))
    elif find_user(session, name):
        findings.append(Finding("user.name_taken", {"name": plain}))
    return findings


def _check_unit(role: Role, unit_id: int | None) -> list[Finding]:
    if role is Role.CLERK and unit_id is None:
        return [Finding("user.clerk_needs_unit")]
    if role is not Role.CLERK and unit_id is not None:
        return [Finding("user.unit_only_for_clerk")]
    return []


def _keep_an_administrator(session: Session, user: User) -> None:
    """Refuse if there is no other; the rows are locked, so that two do not take leave at the same moment."""
    administrators = select(User.id).where(User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None))
    if set(session.scalars(administrators.with_for_update())) <= {user.id}:
        raise Refused(Finding("user.last_administrator"))
