"""Taking the right of export from a role or a person, and giving it back."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import ExportWithheld, User
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.history.facts import insert_facts, retire, stamped
from sme_tracker.rules.access import Permission, may
from sme_tracker.rules.bounds import need_reason
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.terms import Role

SUBJECT = "export_right"
"""What the history calls the right."""
HOLDERS = tuple(role for role in Role if may(role, Permission.EXPORT))
"""The roles that have the right, unless it is taken from them."""


def withhold(session: Session, by: Author, role: Role | None, user: User | None, reason: str) -> None:
    """Take the right of export from a role or else a person.

    Raises Refused without a reason, from whoever does not have it, and where it is taken already.
    """
    need_reason(reason)
    held_by = role or (user.is_role if user else None)
    if held_by not in HOLDERS:
        raise Refused(Finding("export_right.not_held"))
    whose = {"role": role.value if role else None, "user_id": user.id if user and role is None else None}
    try:
        with session.begin_nested():
            (which,) = insert_facts(session, ExportWithheld, [stamped(by, **whose, reason=reason)])
    except IntegrityError as taken:
        raise Refused(Finding("export_right.taken")) from taken
    record(session, by, [Entry("export.withhold", SUBJECT, which, changes=_told(whose, reason))])


def give_back(session: Session, by: Author, which: int, reason: str) -> None:
    """Give the right back; raises Refused without a reason, and where that is done already."""
    need_reason(reason)
    wanted = select(ExportWithheld).where(ExportWithheld.id == which, ExportWithheld.in_force()).with_for_update()
    found = session.scalars(wanted).first()
    if found is None:
        raise Refused(Finding("record.gone"))
    whose = {"role": found.role, "user_id": found.user_id}
    retire(session, by, ExportWithheld, [which], reason)
    record(session, by, [Entry("export.give_back", SUBJECT, which, changes=_told(whose, reason))])


def _told(whose: Mapping[str, object], reason: str) -> dict[str, tuple[object, object]]:
    told: dict[str, tuple[object, object]] = {name: (value, value) for name, value in whose.items() if value}
    return {**told, "reason": (None, reason)}
