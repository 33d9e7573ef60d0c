"""What a new day brings, whether the server sees to it or the command `roll`."""

from datetime import date

from sme_tracker.accounts.signing import forget_old
from sme_tracker.assessments.due import judge_portion
from sme_tracker.clock import utc_now
from sme_tracker.dashboard.kept import has_fallen_behind, keep, recount
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.standing import roll


def begin_day(session: GuardedSession, today: date, *, wait_ms: int | None = None) -> int:
    """Apply what changed by date alone up to today; returns how many enterprises it touched.

    Where many verdicts are due, the first are judged and the rest are the caller's. The board is counted before
    anything is locked. Raises OperationalError if the database stays busy for `wait_ms`.
    """
    board = recount(session, today)
    with transaction(session, wait_ms=wait_ms):
        touched = roll(session, today)
        judge_portion(session, today)
        keep(session, board)
        forget_old(session, utc_now())
    return touched


def catch_up(session: GuardedSession, today: date, *, wait_ms: int | None = None) -> None:
    """After much was recorded, count the board anew, so that whoever opens it need not; raises as `begin_day` does."""
    if has_fallen_behind(session, today):
        board = recount(session, today)
        with transaction(session, wait_ms=wait_ms):
            keep(session, board)
