"""The tables of accounts: users, passwords they had, sessions, wrong tries, form tokens, rights taken away."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, text, true
from sqlalchemy.orm import Mapped, mapped_column

from sme_tracker.db import Base, BigId
from sme_tracker.history.facts import Recorded, one_in_force
from sme_tracker.rules.terms import Role


class User(Base):
    """An account: one person, one role, and for a district clerk one reporting unit.

    Where `code_expires_at` is set there is no password yet: the hash is that of a one-time code, which opens nothing
    but the choice of a password.
    """

    __tablename__ = "user_account"
    __table_args__ = (CheckConstraint("name = lower(name)", name="name_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    role: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("reporting_unit.id"))
    password_hash: Mapped[str]
    password_set_at: Mapped[datetime]
    code_expires_at: Mapped[datetime | None]
    slowed_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    language: Mapped[str | None]
    shortcuts_on: Mapped[bool] = mapped_column(server_default=true(), default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_role(self) -> Role:
        """The role as a term of the field."""
        return Role(self.role)


class PasswordHash(Base):
    """A password somebody had, so that it is not taken again too soon."""

    __tablename__ = "password_hash"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    hash: Mapped[str]
    set_at: Mapped[datetime]


class UserSession(Base):
    """A signed-in session on the server; the cookie holds the token, the row only its hash."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    """When the password was last given again within the session."""
    address: Mapped[str | None]
    agent: Mapped[str | None]


class WrongTries(Base):
    """How many wrong passwords were tried on an account from an address, lately; either may be any ("").

    The account is kept as a keyed hash of the name that was typed, which may be a password in the wrong field.
    """

    __tablename__ = "wrong_tries"

    name_mark: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime]
    """When counting began, or the end of the last lock."""
    locked_until: Mapped[datetime | None]


class FormToken(Base):
    """A token that was used once, so that a form sent twice is done once."""

    __tablename__ = "form_token"

    token: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    used_at: Mapped[datetime]


class ExportWithheld(Recorded, Base):
    """That a role or a person may not take lists out of the house, with the reason, until it is given back."""

    __tablename__ = "export_withheld"
    __table_args__ = (
        CheckConstraint("(role is null) <> (user_id is null)", name="role_or_person"),
        one_in_force("export_withheld", text("coalesce(role, '')"), text("coalesce(user_id, 0)")),
    )

    role: Mapped[str | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str]
