"""Asking for records that are not there, or not for these eyes: kept in the history, counted, and slowed when many.

What nobody has and what another unit has look alike to whoever asks, so both are counted. The count is taken from the
history, which all workers share; while somebody is slowed, the guard refuses pages of records without looking.
"""

import logging
from datetime import timedelta

from flask import request
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.history.models import HistoryEntry
from sme_tracker.web.pages import current_session, own_address
from sme_tracker.web.principal import principal

MOST = 30
WITHIN = timedelta(minutes=5)
"""So many records not found within so long are an accident no more; for as long no record is opened."""
LONGEST_WAIT_MS = 2_000
log = logging.getLogger("sme_tracker")


def note_miss() -> None:
    """Keep what somebody who is signed in asked for in vain, and slow him down who did so often."""
    if principal() is None or request.endpoint is None:
        return
    session = current_session()
    session.rollback()
    try:
        with transaction(session, wait_ms=LONGEST_WAIT_MS):
            _note(session, author("page"), request.method, own_address())
    except OperationalError as busy:
        log.warning("a record that was not found could not be noted: %s", busy.orig)


def _note(session: Session, by: Author, method: str, address: str) -> None:
    asked: dict[str, tuple[object, object]] = {"path": (None, address[:200]), "method": (None, method)}
    record(session, by, [Entry("not_found", "page", changes=asked)])
    if _misses(session, by) < MOST:
        return
    session.execute(update(User).where(User.id == by.user_id).values(slowed_until=by.at + WITHIN))
    record(session, by, [Entry("slowed", "user", by.user_id)])


def _misses(session: Session, by: Author) -> int:
    history = HistoryEntry
    mine = (history.action == "not_found", history.user_id == by.user_id, history.at > by.at - WITHIN)
    return session.scalar(select(func.count()).select_from(history).where(*mine)) or 0
