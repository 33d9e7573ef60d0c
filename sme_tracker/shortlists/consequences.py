"""What freezing a list does to those put forward: who is added, who no longer counts by whose decision, who stays."""

from collections.abc import Sequence
from typing import NamedTuple

from sme_tracker.shortlists.draft import Draft, Row


class Consequences(NamedTuple):
    """What becomes of whom. Only a decision takes anybody back, and never whom the round has recognised already."""

    counted: int
    entering: Sequence[Row]
    leaving: Sequence[Row]
    recognised: Sequence[Row]
    silent: Sequence[Row]

    @property
    def after(self) -> int:
        """How many count as put forward once the list is frozen."""
        return self.counted + len(self.entering) - len(self.leaving)


def consequences(draft: Draft) -> Consequences:
    """What freezing the draft does.

    Recommended and not yet put forward: entering. Put forward and decided against: leaving, or `recognised` where the
    title has been given. Put forward without a decision: `silent`, and stays.
    """
    counted = [row for row in draft.rows if row.candidate.put_forward_on]
    against = [row for row in counted if not row.is_recommended]
    return Consequences(
        counted=len(counted),
        entering=[row for row in draft.rows if row.is_recommended and not row.candidate.put_forward_on],
        leaving=[row for row in against if not row.candidate.recognised_on],
        recognised=[row for row in against if row.candidate.recognised_on],
        silent=[row for row in counted if row.decided is None],
    )
