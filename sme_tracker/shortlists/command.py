"""The shortlists from the command line: which there are, and one of them as a file."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
from sqlalchemy.orm import Session

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.exports.outgoing import Outgoing, record_export
from sme_tracker.exports.to_file import format_of, write_whole
from sme_tracker.history.chain import Author
from sme_tracker.sheets.workbook import stream_xlsx
from sme_tracker.sheets.writing import stream_csv
from sme_tracker.shortlists import queries, sheet
from sme_tracker.shortlists.draft import draft
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.table_sheet import holds_contacts, record_contacts_shown, table_of
from sme_tracker.shortlists.table_templates import templates
from sme_tracker.shortlists.undoing import RECOMMENDATION
from sme_tracker.shortlists.versions import all_versions, faults, standing_versions
from sme_tracker.web.language import gettext as _
from sme_tracker.web.words import TITLES, shortlist_words


@dataclass(frozen=True, slots=True)
class TableOrder:
    """Which recommendation table: of which list and version, by which template; None is the latest, or the first."""

    key: str
    number: int | None = None
    template: str | None = None


def lines(session: Session, today: date) -> list[str]:
    """A line for each shortlist: its key, what it is, how many were put forward."""
    counts = queries.put_forward_counts(session)
    return [
        f"{key!s:<18} {key.year} {TITLES[key.title]}  {_('Put forward')} {counts.get(str(key), 0)}"
        for key in queries.shortlist_keys(session, today)
    ]


def export(session: GuardedSession, by: Author, written: str, path: Path, today: date) -> int:
    """Write the shortlist of the key to the file and return its rows.

    Raises ClickException for a key there is no shortlist for and a file that is neither .xlsx nor .csv; the file is
    there whole or not at all.
    """
    key = ShortlistKey.read(written)
    if key is None or key not in queries.shortlist_keys(session, today):
        raise click.ClickException(
            _("There is no shortlist “%(key)s”; “shortlist list” shows those there are.", key=written)
        )
    ending = format_of(path)
    current = draft(session, key, today)
    title = shortlist_words(str(key))
    ids = [row.candidate.enterprise_id for row in current.rows]
    rows = sheet.rows(current.rows, queries.key_figures(session, ids, key.year - 1))
    notes = [(_("Name of the list"), title), (_("As of day"), current.as_of.isoformat()), *sheet.notes(current)]
    body = stream_csv(sheet.columns(), rows) if ending == "csv" else stream_xlsx(sheet.columns(), rows, title, notes)
    write_whole(path, body)
    with transaction(session):
        what = Outgoing("shortlist", title, ending, filters={"key": written}, count=len(current.rows))
        record_export(session, by, what)
    return len(current.rows)


def export_table(session: GuardedSession, by: Author, order: TableOrder, path: Path, today: date) -> int:
    """Write the recommendation table of a frozen version, the latest unless one is named, and return its rows.

    Raises ClickException where there is no such list, version that stands or template, and where the file is no .xlsx.
    """
    key = ShortlistKey.read(order.key)
    versions = standing_versions(session, key) if key else ()
    version = next((one for one in reversed(versions) if order.number in (None, one.number)), None)
    if version is None:
        raise click.ClickException(_("There is no frozen version of “%(key)s”.", key=order.key))
    known = templates(session)
    template = next((one for one in known if order.template in (None, one.name, one.code)), None)
    if template is None:
        names = ", ".join(one.name for one in known)
        raise click.ClickException(_("There is no such template; these there are: %(names)s.", names=names or "—"))
    if path.suffix.lower() != ".xlsx":
        raise click.ClickException(_("The file must end in .xlsx (it is “%(name)s”).", name=path.name))
    made = table_of(session, version, template, today, with_contacts=True)
    write_whole(path, made.workbook())
    with transaction(session):
        filters = {"key": order.key, "version": version.number, "template": template.name}
        filters |= {"contacts": 1} if holds_contacts(template) else {}
        title = f"{shortlist_words(str(made.key))}_{template.name}"
        what = Outgoing(RECOMMENDATION, title, "xlsx", filters=filters, as_of=version.as_of, count=len(made.rows))
        record_export(session, by, what)
        record_contacts_shown(session, by, version, template)
    return len(made.rows)


def verify(session: Session, written: str | None, number: int | None) -> tuple[list[str], bool]:
    """A line for each frozen version asked for, all of them when none is named, and whether every one proved itself."""
    versions = [
        version
        for version in all_versions(session)
        if written in (None, f"{version.title}-{version.year}") and number in (None, version.number)
    ]
    if written is not None and not versions:
        raise click.ClickException(_("There is no frozen version of “%(key)s”.", key=written))
    found = [(version, faults(version)) for version in versions]
    lines = [
        f"{version.title}-{version.year} v{version.number} {version.checksum[:8].upper()} "
        + (_("proved") if not wrong else _("does not follow from what it holds: %(what)s", what=", ".join(wrong)))
        for version, wrong in found
    ]
    return lines, not any(wrong for _version, wrong in found)
