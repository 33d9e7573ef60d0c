"""What the check says of files beside the database, and of schema, accounts and lists changed past the register."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from sme_tracker.accounts import audit as accounts
from sme_tracker.backup.files import Wrong, WrongFile, wrong_files
from sme_tracker.backup.schema import foreign_pieces
from sme_tracker.history.told import ToldOtherwise
from sme_tracker.reference import audit as lists
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.web.history_words import FIELDS
from sme_tracker.web.language import gettext as _
from sme_tracker.web.words import ROLES


def of_files(session: Session, data_folder: Path) -> Iterator[str]:
    """A sentence for every kept file that is missing, changed, or named by no row."""
    return (file_words(each) for each in wrong_files(session, data_folder))


def file_words(found: WrongFile) -> str:
    """What is wrong with a file, and with whose."""
    said = found.named
    values: dict[str, Any] = {"path": found.path}
    if said:
        values |= {"file_name": said.file_name, "row_id": said.row_id, "table": said.table}
    match found.wrong:
        case Wrong.MISSING:
            words = _("File %(path)s is missing: “%(file_name)s”, row %(row_id)s of %(table)s.", **values)
        case Wrong.CHANGED:
            words = _("File %(path)s is not as handed in: “%(file_name)s”, row %(row_id)s of %(table)s.", **values)
        case Wrong.UNNAMED:
            words = _("File %(path)s is named by no row.", **values)
    return str(words)


def of_schema(session: Session) -> Iterator[str]:
    """A sentence for everything in the schema that the product did not make so."""
    for piece in foreign_pieces(session.connection()):
        yield _("Database: %(piece)s is not as the register makes it.", piece=piece)


def of_accounts(session: Session) -> Iterator[str]:
    """A sentence for every account that is not what the history says was made of it."""
    for name in accounts.untold_accounts(session):
        yield _("History: nothing tells of the account %(name)s being created.", name=name)
    for found in accounts.differences(session):
        yield _told_words(session, _("account %(name)s", name=found.record), found)


def of_lists(session: Session) -> Iterator[str]:
    """A sentence for every item of the lists that is not what the history says was made of it."""
    for found in lists.differences(session):
        yield _told_words(session, _("list item %(code)s", code=found.record), found)


def _told_words(session: Session, what: str, found: ToldOtherwise) -> str:
    if found.field is None:
        return str(_("History: %(what)s is told of and is not there.", what=what))
    stored, told = (_value(session, found.field, value) for value in (found.stored, found.told))
    label = FIELDS.get(found.field, found.field)
    sentence = _(
        "History: %(what)s, %(field)s: stored is %(stored)s, the history says %(told)s.",
        what=what,
        field=label,
        stored=stored,
        told=told,
    )
    return str(sentence)


def _value(session: Session, field: str, value: Any) -> object:
    """A value in words; an account's unit by its short name."""
    if value is None:
        return "—"
    if field == "unit_id":
        unit = session.get(ReportingUnit, value)
        return unit.short_name if unit else value
    roles: Mapping[Any, Any] = ROLES
    return roles.get(value, value) if field == "role" else value
