"""Whether the levels that standing says are held equal what the recognitions say."""

from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from sme_tracker.enterprises.audit import Difference, standing_differences
from sme_tracker.enterprises.standing import Dimensions
from sme_tracker.recognitions.queries import spans_of, titles_of


def differences(session: Session) -> Iterator[Difference]:
    """Every enterprise whose standing holds other levels than its recognitions give; nothing if all is sound."""
    return standing_differences(session, dimensions)


def dimensions(session: Session, enterprise_ids: Collection[int]) -> dict[int, Dimensions]:
    """The levels that the recognitions of each enterprise give."""
    return {which: {"holds": spans_of(titles)} for which, titles in titles_of(session, enterprise_ids).items()}
