"""Whether the levels that standing says are held equal what the recognitions say."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from sme_tracker.enterprises.audit import Difference, dimension, every_timeline
from sme_tracker.recognitions.queries import spans_of, titles_of


def differences(session: Session) -> Iterator[Difference]:
    """Every enterprise whose standing holds other levels than its recognitions give; nothing if all is sound."""
    for timelines in every_timeline(session):
        titles = titles_of(session, timelines)
        for which, timeline in timelines.items():
            stored, computed = dimension(timeline, "holds"), spans_of(titles[which])
            if stored != computed:
                yield Difference("standing.holds", which, stored, computed)
