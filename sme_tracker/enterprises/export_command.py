"""The list of enterprises from the command line, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import click
from sqlalchemy import select

from sme_tracker.accounts.models import User
from sme_tracker.accounts.queries import may_export
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.additions import Additions
from sme_tracker.enterprises.asked import Asked
from sme_tracker.enterprises.list_export import ListExport
from sme_tracker.exports.outgoing import body_of, record_export, taken
from sme_tracker.exports.to_file import format_of, write_whole
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import Role
from sme_tracker.web.language import gettext as _

OPERATOR = SimpleNamespace(role=Role.LEADER, unit_id=None)
"""As whom the server's operator sees the list: all of the city's."""


@dataclass(frozen=True)
class ExportOrder:
    """What was asked for on the command line: `asked` are the names and values of the list's address."""

    path: Path
    user_name: str | None = None
    columns: str | None = None
    asked: Sequence[str] = ()


def run(session: GuardedSession, by: Author, order: ExportOrder, more: Additions, today: date) -> int:
    """Write the list to the file, enter it in the register of exports and return its rows.

    Raises ClickException for an account that may not export, a name or column nobody knows and another kind of file.
    """
    user = _user(session, order.user_name)
    author = Author(user.id if user else None, by.through, by.at)
    export = ListExport(session, user or OPERATOR, _asked(order, more), more, today)
    outgoing = export.outgoing(format_of(order.path))
    who = taken(author, user.full_name if user else str(_("By command")))
    write_whole(order.path, body_of(outgoing, export.columns(), export.rows(), who))
    with transaction(session):
        record_export(session, author, outgoing)
    return outgoing.count or 0


def _user(session: GuardedSession, name: str | None) -> User | None:
    if name is None:
        return None
    user = session.scalars(select(User).where(User.name == name.casefold(), User.disabled_at.is_(None))).first()
    if user is None:
        raise click.ClickException(_("There is no account “%(name)s” in use.", name=name))
    if not may_export(session, user):
        raise click.ClickException(_("The account “%(name)s” may not export.", name=name))
    return user


def _asked(order: ExportOrder, more: Additions) -> Asked:
    """What the order asks of the list; raises ClickException for what says nothing."""
    pairs = [(name, value) for name, equals, value in (one.partition("=") for one in order.asked) if equals]
    unclear = [one for one in order.asked if "=" not in one]
    if order.columns:
        known = list(more.columns)
        wanted = known if order.columns == "all" else order.columns.split(",")
        if unknown := [key for key in wanted if key not in known]:
            unknown_words, known_words = ", ".join(unknown), ", ".join(known)
            raise click.ClickException(
                _("There is no column %(names)s; these there are: %(known)s.", names=unknown_words, known=known_words)
            )
        pairs.append(("cols", ",".join(wanted)))
    asked = Asked.read(pairs, more)
    if unclear or asked.ignored:
        names = ", ".join([*unclear, *asked.ignored])
        raise click.ClickException(
            _("Not understood: %(names)s. Filters are written as in the address of the list: level=3.", names=names)
        )
    return asked
