"""Whether the steps that standing says enterprises are at equal what their cases say."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from sme_tracker.enterprises.audit import Difference, dimension, every_timeline
from sme_tracker.pipeline.queries import DIMENSIONS, cases_of, spans_of


def differences(session: Session) -> Iterator[Difference]:
    """Every enterprise that stands at another step than its cases give; nothing if the records are sound."""
    for timelines in every_timeline(session):
        cases = cases_of(session, timelines)
        for which, timeline in timelines.items():
            for track, name in DIMENSIONS.items():
                stored, computed = dimension(timeline, name), spans_of(cases[which], track)
                if stored != computed:
                    yield Difference(f"standing.{name}", which, stored, computed)
