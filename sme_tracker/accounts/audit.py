"""Whether the accounts are what the history says was made of them: nobody became somebody else past the register."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.history.told import ToldOtherwise, last_told, told_otherwise

TELLING = ("user.create", "user.change", "user.disable", "user.enable")
"""The actions that tell who somebody is."""


def differences(session: Session) -> Iterator[ToldOtherwise]:
    """Every field in which an account is not what was made of it, and every account that is gone."""
    users = {user.id: user for user in session.scalars(select(User))}
    for user_id, told in last_told(session, "user", TELLING).items():
        yield from told_otherwise(str(told["name"]), users.get(user_id), {"disabled_at": None} | told)


def untold_accounts(session: Session) -> Iterator[str]:
    """The names of accounts of whose making the history knows nothing."""
    told = last_told(session, "user", TELLING[:1])
    for user in session.scalars(select(User).order_by(User.id)):
        if user.id not in told:
            yield user.name
