"""The province's recommendation table of a frozen version: the values as frozen, laid out as the template says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.enterprises.models import Contact, Enterprise
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.history.facts import portions
from sme_tracker.reference.models import Industry
from sme_tracker.reference.queries import bureau_name
from sme_tracker.rules.canonical import from_plain
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.sheets.workbook import stream_xlsx
from sme_tracker.sheets.writing import Column, Row
from sme_tracker.shortlists.models import ShortlistVersion, TableTemplate
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.table_fields import FIELDS, NO_FACTS, Person
from sme_tracker.shortlists.table_fields import Entry as Frozen
from sme_tracker.shortlists.table_templates import filled
from sme_tracker.shortlists.versions import Plain
from sme_tracker.web.language import gettext as _
from sme_tracker.web.words import TITLES

LATER_FIELDS = {"industry", "industry_code", "niche", "main_product", "district_word", "district_reason"}
"""What versions of the first format do not hold."""


@dataclass(frozen=True)
class Headed(Column):
    """A column whose heading stands as the template writes it."""

    @property
    def head(self) -> str:
        """The heading and nothing else."""
        return self.heading


@dataclass(frozen=True, slots=True)
class Table:
    """A recommendation table, ready to be written."""

    key: ShortlistKey
    sheet_title: str
    lines: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Row]
    notes: Sequence[tuple[str, str]]

    def workbook(self, more: Sequence[tuple[str, str]] = ()) -> Iterator[bytes]:
        """The table as .xlsx, the notes on a last sheet."""
        notes = [*self.notes, *more]
        return stream_xlsx(self.columns, self.rows, self.sheet_title, notes, _("About this list"), self.lines)


def table_of(
    session: Session, version: ShortlistVersion, template: TableTemplate, today: date, *, with_contacts: bool
) -> Table:
    """The table of a version; contacts are not frozen, and filled in as they are today where they may be shown."""
    fields = [FIELDS[field] for _heading, field in template.columns]
    columns = [
        Headed(field.key, heading, field.kind, field.width)
        for field, (heading, _field) in zip(fields, template.columns, strict=True)
    ]
    wanted = listed_in(version.content, template.rows)
    asks_contacts = holds_contacts(template)
    people = _people(session, wanted) if asks_contacts and with_contacts else {}
    entries = _entries(session, version, wanted, {code: person for code, (person, _ids) in people.items()})
    rows = [[field.cell(entry) for field in fields] for entry in entries]
    lines = [filled(line, _values(session, version, len(rows), today)) for line in template.lines]
    notes = _notes(version, template, withheld=asks_contacts and not with_contacts)
    return Table(ShortlistKey.of(version), template.sheet_title, lines, columns, rows, notes)


def holds_contacts(template: TableTemplate) -> bool:
    """Whether a table by the template says whom to call."""
    return any(FIELDS[field].is_contact for _heading, field in template.columns)


def record_contacts_shown(session: Session, by: Author, version: ShortlistVersion, template: TableTemplate) -> None:
    """Note in the history whose number the table shows, where it shows any."""
    if not any(FIELDS[field].key == "contact_phone" for _heading, field in template.columns):
        return
    people = _people(session, listed_in(version.content, template.rows))
    entries = [
        Entry("show_contact", "contact", contact_id, enterprise_id, {"name": (None, person.name)})
        for person, (contact_id, enterprise_id) in people.values()
        if person.phone
    ]
    record(session, by, entries)


def listed_in(content: Plain, rows: str) -> list[Plain]:
    """The candidates of a version that stand in the table."""
    return [each for each in content["candidates"] if rows == "all" or each["decision"] == "recommended"]


def _entries(
    session: Session, version: ShortlistVersion, wanted: Sequence[Plain], people: Mapping[str, Person]
) -> Iterator[Frozen]:
    industries = {row.code: row.name for row in session.execute(select(Industry.code, Industry.name))}
    for serial, each in enumerate(wanted, start=1):
        yield Frozen(
            serial,
            each,
            from_plain(EnterpriseFacts, each["facts"]) if each["facts"] else NO_FACTS,
            version.as_of,
            version.year - 1,
            version.content["purpose"],
            industries.get(each.get("industry_code") or ""),
            people.get(each["code"], Person()),
        )


def _people(session: Session, wanted: Sequence[Plain]) -> dict[str, tuple[Person, tuple[int, int]]]:
    """Whom to call by credit code, with the ids of the contact and the enterprise: the first who has a number."""
    found: dict[str, tuple[Person, tuple[int, int]]] = {}
    for codes in portions([each["code"] for each in wanted]):
        rows = session.execute(
            select(Enterprise.code, Contact.name, Contact.phone, Contact.id, Contact.enterprise_id)
            .join(Contact, Contact.enterprise_id == Enterprise.id)
            .where(Enterprise.code.in_(codes), Contact.removed_at.is_(None))
            .order_by(Contact.phone.is_(None), Contact.id)
        )
        for code, name, phone, contact_id, enterprise_id in rows:
            found.setdefault(code, (Person(name, phone), (contact_id, enterprise_id)))
    return found


def _values(session: Session, version: ShortlistVersion, count: int, today: date) -> dict[str, object]:
    key = ShortlistKey.of(version)
    return {
        "year": key.year,
        "title": TITLES[key.title],
        "bureau": bureau_name(session),
        "as_of": version.as_of.isoformat(),
        "today": today.isoformat(),
        "version": _("v%(number)s", number=version.number),
        "checksum": version.checksum[:16].upper(),
        "count": count,
    }


def _notes(version: ShortlistVersion, template: TableTemplate, *, withheld: bool) -> list[tuple[str, str]]:
    notes = [
        (_("Version"), _("v%(number)s", number=version.number)),
        (_("Frozen at"), f"{local(version.frozen_at):%Y-%m-%d %H:%M}"),
        (_("Checksum"), version.checksum),
        (_("As of day"), version.as_of.isoformat()),
        (_("Template"), f"{template.name} · {local(template.recorded_at):%Y-%m-%d %H:%M}"),
    ]
    if withheld:
        notes.append((_("Contacts"), _("left out: whoever took this table may not see them")))
    unknown = LATER_FIELDS & {field for _heading, field in template.columns}
    if version.content["format"] == 1 and unknown:
        words = str(_(", ")).join(str(FIELDS[field].label) for field in sorted(unknown))
        notes.append((_("Empty columns"), _("this version was frozen before it held: %(fields)s", fields=words)))
    return notes
