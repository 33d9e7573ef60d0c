"""Who acts in a request, and the note that somebody was refused."""

from flask import request

from sme_tracker.clock import utc_now
from sme_tracker.db import transaction
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.web.pages import current_session
from sme_tracker.web.principal import principal


def author(through: str = "form") -> Author:
    """Who acts in this request, now."""
    user = principal()
    return Author(user.id if user else None, through, utc_now(), request.remote_addr)


def note_denial() -> None:
    """Record a refusal in a short write of its own, whatever the page had begun."""
    session = current_session()
    session.rollback()
    with transaction(session):
        entry = Entry("denied", "page", changes={"path": (None, request.path[:200]), "method": (None, request.method)})
        record(session, author("page"), [entry])
