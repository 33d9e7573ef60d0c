"""Whether the steps that standing says enterprises are at equal what their cases say."""

from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from sme_tracker.enterprises.audit import Difference, standing_differences
from sme_tracker.enterprises.standing import Dimensions
from sme_tracker.pipeline.queries import DIMENSIONS, cases_of, spans_of


def differences(session: Session) -> Iterator[Difference]:
    """Every enterprise that stands at another step than its cases give; nothing if the records are sound."""
    return standing_differences(session, dimensions)


def dimensions(session: Session, enterprise_ids: Collection[int]) -> dict[int, Dimensions]:
    """The steps at which the cases of each enterprise say it stands."""
    cases = cases_of(session, enterprise_ids)
    return {which: {name: spans_of(cases[which], of) for of, name in DIMENSIONS.items()} for which in cases}
