"""Who is signed in, for the length of a request; the only module that knows flask_login."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Request, session
from flask_login import LoginManager, UserMixin, current_user

from sme_tracker.rules.access import Permission
from sme_tracker.rules.access import may as role_may
from sme_tracker.rules.terms import Role

SESSION_TOKEN = "sid"  # noqa: S105 (the name of a cookie's field)
CHOOSING = "choosing"


@dataclass(frozen=True)
class Principal(UserMixin):
    """The account somebody is signed in with: what pages and queries may know of it."""

    id: int
    name: str
    full_name: str
    role: Role
    unit_id: int | None
    language: str | None
    must_change: bool
    session_id: int
    shortcuts_on: bool = True
    confirmed_at: datetime | None = None
    """When the password was last given again within this session."""
    slowed_until: datetime | None = None
    withheld: frozenset[Permission] = frozenset()
    """What was taken from the account or its role."""

    def may(self, permission: Permission | str) -> bool:
        """Whether the account's role has the permission, and nobody took it away."""
        return Permission(permission) not in self.withheld and role_may(self.role, Permission(permission))


def install(app: Flask, find: Callable[[str], Principal | None]) -> None:
    """Let `find` say who a session token belongs to, on every request anew."""
    manager = LoginManager(app)
    manager.session_protection = None  # sessions live in the database; address and browser may change

    @manager.request_loader
    def load(_request: Request) -> Principal | None:
        token = session.get(SESSION_TOKEN)
        return find(token) if isinstance(token, str) else None


def principal() -> Principal | None:
    """Who is signed in, None if nobody is."""
    user = current_user._get_current_object()
    return user if isinstance(user, Principal) else None


def signed_in() -> Principal:
    """Who is signed in; only for pages behind the guard."""
    user = principal()
    assert user is not None, "the guard lets nobody in who is not signed in"  # noqa: S101
    return user


def may(permission: Permission | str) -> bool:
    """Whether whoever is signed in has the permission."""
    user = principal()
    return user is not None and user.may(permission)


def begin(token: str) -> None:
    """Start a signed-in session; what the browser's cookie held before is worthless from now on."""
    language = session.get("lang")
    session.clear()
    session[SESSION_TOKEN] = token
    if language:
        session["lang"] = language


def begin_choosing(user_id: int, code_expires_at: datetime) -> None:
    """Remember in the browser whose one-time code was given, until a password is chosen; it opens nothing else."""
    session[CHOOSING] = (user_id, code_expires_at.isoformat())


def choosing() -> tuple[int, datetime] | None:
    """Whose code was given, and when it expires, which tells it from any other of the same account."""
    kept = session.get(CHOOSING)
    return (kept[0], datetime.fromisoformat(kept[1])) if kept else None


def end() -> None:
    """Forget the session in the browser; ending it on the server is the caller's."""
    language = session.get("lang")
    session.clear()
    if language:
        session["lang"] = language
