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
    differing = _differences(contact, changed)
    if not differing:
        return
    contact.name, contact.position, contact.phone = changed.name, changed.position, changed.phone
    session.flush()
    chain.record(session, by, [Entry("change_contact", "contact", contact.id, contact.enterprise_id, differing)])


def replace_contacts(session: Session, by: Author, rows: Sequence[tuple[Contact, NewContact]]) -> None:
    """Put other contacts in the place of those on record, which are kept as removed and can be put back."""
    added = [
        Contact(enterprise_id=new.enterprise_id, name=new.name, position=new.position, phone=new.phone)
        for _old, new in rows
    ]
    for old, _new in rows:
        old.removed_at = by.at
    session.add_all(added)
    session.flush()
    chain.record(
        session,
        by,
        [
            Entry("change_contact", "contact", contact.id, contact.enterprise_id, _differences(old, new))
            for contact, (old, new) in zip(added, rows, strict=True)
        ],
    )


def remove_contacts(session: Session, by: Author, contacts: Sequence[Contact]) -> None:
    """Remove contacts, read in the transaction that surrounds this."""
    for contact in contacts:
        contact.removed_at = by.at
    session.flush()
    chain.record(session, by, [_removed(contact) for contact in contacts])


def remove_contact(session: Session, by: Author, contact: Contact, version: int) -> None:
    """Remove a contact that was read at `version`; raises Stale when it was saved or removed since."""
    _lock(session, contact, version)
    remove_contacts(session, by, [contact])


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


def _differences(contact: Contact, changed: NewContact) -> dict[str, tuple[object, object]]:
    """What is to be said of a change; that of a number is, though the mask hides what differs."""
    before, after = _told(contact), _told(changed)
    differing = chain.differences(before, after)
    return differing if contact.phone == changed.phone else differing | {"phone": (before["phone"], after["phone"])}


def _removed(contact: Contact) -> Entry:
    gone = {name: (value, None) for name, value in _told(contact).items() if value}
    return Entry("remove_contact", "contact", contact.id, contact.enterprise_id, gone)


def _told(contact: Contact | NewContact) -> dict[str, object]:
    return {"name": contact.name, "position": contact.position, "phone": masked_phone(contact.phone)}


def _entry(action: str, enterprise_id: int, contact_id: int | None, values: dict[str, object]) -> Entry:
    changes = {name: (None, value) for name, value in values.items() if value}
    return Entry(action, "contact", contact_id, enterprise_id, changes)
