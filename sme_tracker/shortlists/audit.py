"""Whether the history tells of every frozen version of a shortlist, and of every one whose freezing was undone."""

from collections.abc import Iterator

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from sme_tracker.history.models import HistoryEntry
from sme_tracker.shortlists.models import ShortlistVersion, VersionUndone


def untold_versions(session: Session) -> Iterator[str]:
    """The versions nobody is known to have frozen: "national-2022 v1"."""
    told = exists().where(
        HistoryEntry.action == "shortlist.freeze",
        HistoryEntry.subject_id == ShortlistVersion.id,
        HistoryEntry.at == ShortlistVersion.frozen_at,
    )
    for row in session.scalars(select(ShortlistVersion).where(~told).order_by(ShortlistVersion.id)):
        yield _named(row)


def differing_undoings(session: Session) -> Iterator[str]:
    """The versions of which the history tells that freezing them was undone and nothing else does, or the reverse."""
    entry = and_(HistoryEntry.action == "shortlist.undo_freeze", HistoryEntry.enterprise_id.is_(None))
    own = VersionUndone.version_id == ShortlistVersion.id
    told = exists().where(entry, HistoryEntry.subject_id == ShortlistVersion.id)
    told_then = exists().where(
        entry, HistoryEntry.subject_id == ShortlistVersion.id, HistoryEntry.at == VersionUndone.undone_at
    )
    differing = or_(and_(told, ~exists().where(own)), exists().where(own, ~told_then))
    for row in session.scalars(select(ShortlistVersion).where(differing).order_by(ShortlistVersion.id)):
        yield _named(row)


def _named(version: ShortlistVersion) -> str:
    return f"{version.title}-{version.year} v{version.number}"
