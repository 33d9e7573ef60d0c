"""What keeps an enterprise from being a candidate by rule, said alike in the list and on the page that asks why."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum, auto

from sme_tracker.rules.terms import Level, Status, Title


class Bar(StrEnum):
    """A reason not to be a candidate by rule."""

    NOT_ACTIVE = auto()
    BRANCH = auto()
    BARRED = auto()
    LEVEL_BELOW = auto()
    LEVEL_HELD = auto()
    VETOED = auto()


def bars_of(
    title: Title, day: date, level: Level, status: Status, *, is_branch: bool, barred_until: date | None
) -> Iterator[Bar]:
    """What the rule for candidates of the title has against an enterprise that stands so on the day, but for vetoes."""
    if status is not Status.ACTIVE:
        yield Bar.NOT_ACTIVE
    elif level >= title.level:
        yield Bar.LEVEL_HELD
    elif level < title.level - 1:
        yield Bar.LEVEL_BELOW
    if is_branch:
        yield Bar.BRANCH
    if barred_until and barred_until >= day:
        yield Bar.BARRED
