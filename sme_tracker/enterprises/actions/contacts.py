"""Adding, changing and removing contacts; the history keeps their numbers masked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sme_tracker.enterprises.actions.rows import Stale
from sme_tracker.enterprises.models import Contact
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import portions
from sme_tracker.rules.records import masked_phone


@dataclass(frozen=True, slots=True)
class NewContact:
    """A person to call at an enterprise."""

    enterprise_id: int
    name: str
    position: str | None = None
    phone: str | None = None


def add_contacts(session: Session, by: Author, rows: Sequence[NewContact]) -> None:
    """Add contacts to enterprises."""
    for portion in portions(rows):
        values = [
            {"enterprise_id": row.enterprise_id, "name": row.name, "position": row.position, "phone": row.phone}
            for row in portion
        ]
        session.execute(insert(Contact), values)
    chain.record(session, by, (_entry("add_contact", row.enterprise_id, None, _told(row)) for row in rows))


def change_contact(session: Session, by: Author, contact: Contact, version: int, changed: NewContact) -> None:
    """Change a contact that was read at `version`; raises Stale when it was saved or removed since."""
    _lock(session, contact, version)
    before, after = _told(contact), _told(changed)
    differing = chain.differences(before, after)
    if contact.phone != changed.phone:
        differing["phone"] = (before["phone"], after["phone"])
    if not differing:
        return
    contact.name, contact.position, contact.phone = changed.name, changed.position, changed.phone
    session.flush()
    chain.record(session, by, [Entry("change_contact", "contact", contact.id, contact.enterprise_id, differing)])


def remove_contact(session: Session, by: Author, contact: Contact, version: int) -> None:
    """Remove a contact that was read at `version`; raises Stale when it was saved or removed since."""
    _lock(session, contact, version)
    contact.removed_at = by.at
    session.flush()
    gone = {name: (value, None) for name, value in _told(contact).items() if value}
    chain.record(session, by, [Entry("remove_contact", "contact", contact.id, contact.enterprise_id, gone)])


def record_shown(session: Session, by: Author, contact: Contact) -> None:
    """Record that somebody looked at the full number of a contact."""
    shown: dict[str, tuple[object, object]] = {"name": (contact.name, contact.name)}
    chain.record(session, by, [Entry("show_contact", "contact", contact.id, contact.enterprise_id, shown)])


def _lock(session: Session, contact: Contact, version: int) -> None:
    now = session.execute(
        select(Contact.version, Contact.removed_at).where(Contact.id == contact.id).with_for_update()
    ).one()
    if now.version != version or now.removed_at is not None:
        raise Stale


def _told(contact: Contact | NewContact) -> dict[str, object]:
    return {"name": contact.name, "position": contact.position, "phone": masked_phone(contact.phone)}


def _entry(action: str, enterprise_id: int, contact_id: int | None, values: dict[str, object]) -> Entry:
    changes = {name: (None, value) for name, value in values.items() if value}
    return Entry(action, "contact", contact_id, enterprise_id, changes)
