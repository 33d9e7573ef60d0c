"""Whether the history tells of every frozen version of a shortlist."""

from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from sme_tracker.history.models import HistoryEntry
from sme_tracker.shortlists.models import ShortlistVersion


def untold_versions(session: Session) -> Iterator[str]:
    """The versions nobody is known to have frozen: "national-2022 v1"."""
    told = exists().where(
        HistoryEntry.action == "shortlist.freeze",
        HistoryEntry.subject_id == ShortlistVersion.id,
        HistoryEntry.at == ShortlistVersion.frozen_at,
    )
    for row in session.scalars(select(ShortlistVersion).where(~told).order_by(ShortlistVersion.id)):
        yield f"{row.title}-{row.year} v{row.number}"
