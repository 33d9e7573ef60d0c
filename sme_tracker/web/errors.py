"""What a page says when something is wrong: one calm sentence, and for a fault of ours a number to quote."""

import logging
import secrets

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from sme_tracker.db import transaction
from sme_tracker.rules.findings import Refused
from sme_tracker.web.pages import author, current_session
from sme_tracker.web.words import finding_words

PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500})
log = logging.getLogger("sme_tracker")


def install(app: Flask) -> None:
    """Answer every error with a page of its own."""
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(CSRFError, _refused)
    app.register_error_handler(Refused, _rule_refused)
    app.register_error_handler(Exception, _fault)


def _refused(error: HTTPException) -> Response | tuple[str, int, list[tuple[str, str]]]:
    if error.response is not None:
        return error.response
    status = error.code or 500
    if status == 403:
        _note_denial()
    page = status if status in PAGES else 400 if status < 500 else 500
    headers = [(name, value) for name, value in error.get_headers() if name.lower() == "allow"]
    return render_template(f"errors/{page}.html"), status, headers


def _rule_refused(error: Refused) -> tuple[str, int]:
    return render_template("errors/422.html", findings=error.findings), 422


def _fault(error: Exception) -> tuple[str, int]:
    fault_id = secrets.token_hex(4).upper()
    log.error(
        "fault %s at %s %s", fault_id, request.method, request.path.encode("unicode_escape").decode(), exc_info=error
    )
    return render_template("errors/500.html", fault_id=fault_id), 500


def _note_denial() -> None:
    """A refusal is recorded in a short write of its own, whatever the page had begun."""
    session = current_session()
    session.rollback()
    with transaction(session):
        entry = Entry("denied", "page", changes={"path": (None, request.path[:200]), "method": (None, request.method)})
        record(session, author("page"), [entry])
