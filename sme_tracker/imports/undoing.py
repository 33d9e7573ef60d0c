"""Undoing a whole import as one step: until when, what it would do, and doing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.enterprises import undoing as enterprises
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history import chain
from sme_tracker.history.acts import Act, Left, enterprises_of
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import portions
from sme_tracker.history.models import HistoryEntry
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.models import Import
from sme_tracker.recognitions import undoing as recognitions
from sme_tracker.rules.bounds import need_reason
from sme_tracker.rules.findings import Finding, Refused

UNDOABLE = timedelta(days=30)
"""For how long an import can be undone after it was written."""


@dataclass(frozen=True)
class Undoing:
    """What undoing an import would do; `out_of_reach` counts enterprises that are another district's by now."""

    enterprises: enterprises.Undoing
    titles: recognitions.Undoing
    out_of_reach: int = 0

    @property
    def left(self) -> Sequence[Left]:
        """What was built on since and stays as it is."""
        return [*self.enterprises.left, *self.titles.left]

    @property
    def counts(self) -> Mapping[str, int]:
        """How much is put back of what, under the names of the history."""
        return {
            "entered": len(self.enterprises.entered),
            "profile_fields": self.enterprises.profile_fields,
            "figure_years": self.enterprises.figure_years,
            "titles": self.titles.titles,
            "people": self.enterprises.people,
            "stays": len(self.enterprises.stays),
            "left": len(self.left),
            "out_of_reach": self.out_of_reach,
        }


class Undone(NamedTuple):
    """That an import was undone: by whom, why, and how much of what was put back or left."""

    by_id: int | None
    reason: str
    counts: Mapping[str, int]


def undoable_until(imported: Import) -> datetime | None:
    """Until when a written import can be undone; None if it was not written or is undone."""
    return imported.written_at + UNDOABLE if imported.written_at and not imported.undone_at else None


def what_undoing_does(session: Session, imported: Import, reach: Reach) -> Undoing:
    """What undoing a written import would do to the records as they are now; writes nothing."""
    if imported.written_at is None:
        raise Refused(Finding("undo.not_written"))
    act = Act(imported.written_at, f"import {imported.id}", _undone_since(session, imported))
    touched = enterprises_of(session, act)
    within = _within(session, touched, reach)
    return Undoing(
        enterprises.what_undoing_does(session, act, within),
        recognitions.what_undoing_does(session, act, within),
        len(touched) - len(within),
    )


def undo(session: Session, by: Author, imported: Import, reach: Reach, reason: str) -> Undoing:
    """Undo a written import, in the transaction that surrounds this, and say what that did.

    Raises Refused without a reason, after its 30 days, and for one that was not written or is undone.
    """
    need_reason(reason)
    session.refresh(imported, with_for_update=True)
    until = undoable_until(imported)
    if until is None:
        raise Refused(Finding("undo.undone" if imported.undone_at else "undo.not_written"))
    if by.at > until:
        raise Refused(Finding("undo.too_late"))
    undoing = what_undoing_does(session, imported, reach)
    through = Author(by.user_id, f"undo {imported.id}", by.at, by.address)
    recognitions.undo(session, through, undoing.titles, reason)
    enterprises.undo(session, through, undoing.enterprises, reason)
    imported.undone_at = by.at
    session.flush()
    told: dict[str, tuple[object, object]] = {name: (None, number) for name, number in undoing.counts.items()}
    told |= {"file_name": (imported.file_name, imported.file_name), "reason": (None, reason)}
    chain.record(session, by, [Entry("undo_import", "import", imported.id, None, told)])
    return undoing


def undone(session: Session, imported: Import) -> Undone | None:
    """What the history says of an import that was undone."""
    told = select(HistoryEntry.user_id, HistoryEntry.changes).where(
        HistoryEntry.at == imported.undone_at,
        HistoryEntry.action == "undo_import",
        HistoryEntry.subject_id == imported.id,
    )
    found = session.execute(told).first() if imported.undone_at else None
    if found is None:
        return None
    by_id, changes = found
    counts = {name: after for name, (_before, after) in changes.items() if isinstance(after, int)}
    return Undone(by_id, changes["reason"][1], counts)


def _undone_since(session: Session, imported: Import) -> frozenset[str]:
    """Through what later imports were written, and undone again."""
    numbers = session.scalars(select(Import.id).where(Import.id > imported.id, Import.undone_at.is_not(None)))
    return frozenset(f"{way} {number}" for number in numbers for way in ("import", "undo"))


def _within(session: Session, enterprise_ids: Sequence[int], reach: Reach) -> list[int]:
    if not reach.is_limited:
        return list(enterprise_ids)
    units = select(Enterprise.id, Enterprise.unit_id)
    return [
        which
        for ids in portions(enterprise_ids)
        for which, unit_id in session.execute(units.where(Enterprise.id.in_(ids)).order_by(Enterprise.id))
        if reach.holds(unit_id)
    ]
