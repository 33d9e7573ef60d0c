"""What follows upon every save, in one place: whoever makes sessions hands it to them."""

from collections.abc import Sequence

from sme_tracker.assessments.due import judge_recorded
from sme_tracker.db import GuardedSession, Settle

FOLLOWING: Sequence[Settle] = (judge_recorded,)
"""What is done in order at the end of a transaction, upon what it recorded."""


def settle(session: GuardedSession) -> None:
    """Let everything follow that has to, inside the transaction that wrote."""
    for follow in FOLLOWING:
        follow(session)
