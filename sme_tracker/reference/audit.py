"""Whether the items of the lists are what the history says was made of them."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from sme_tracker.history.told import ToldOtherwise, last_told, told_otherwise
from sme_tracker.reference.models import Batch, Chain, Industry, ReportingUnit

LISTS = (ReportingUnit, Industry, Chain, Batch)


def differences(session: Session) -> Iterator[ToldOtherwise]:
    """Every field in which an item is not what was last made of it, and every item that is gone.

    Of an item that came with the product, or was never changed, nothing is told.
    """
    for table in LISTS:
        name = table.__tablename__
        for item_id, told in last_told(session, name, (f"add_{name}", f"change_{name}")).items():
            yield from told_otherwise(str(told["code"]), session.get(table, item_id), told)
