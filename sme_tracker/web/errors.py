"""What a page says when something is wrong: one calm sentence, and for a fault of ours a number to quote."""

import logging
import secrets
from collections.abc import Callable

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.response import Response

from sme_tracker.rules.findings import Refused
from sme_tracker.web.words import finding_words

PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500})
Answer = Response | tuple[str, int, list[tuple[str, str]]]
log = logging.getLogger("sme_tracker")


def install(app: Flask, note_denial: Callable[[], None]) -> None:
    """Answer every error with a page of its own; `note_denial` records that somebody was refused."""

    def refused(error: HTTPException) -> Answer:
        if error.code == 403:
            note_denial()
        return _refused(error)

    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(CSRFError, refused)
    app.register_error_handler(Refused, _rule_refused)
    app.register_error_handler(Exception, _fault)


def _refused(error: HTTPException) -> Answer:
    if error.response is not None:
        return error.response
    status = error.code or 500
    page = status if status in PAGES else 400 if status < 500 else 500
    headers = [(name, value) for name, value in error.get_headers() if name.lower() == "allow"]
    return render_template(f"errors/{page}.html"), status, headers


def _rule_refused(error: Refused) -> tuple[str, int]:
    return render_template("errors/422.html", reasons=[finding_words(finding) for finding in error.findings]), 422


def _fault(error: Exception) -> tuple[str, int]:
    fault_id = secrets.token_hex(4).upper()
    log.error(
        "fault %s at %s %s", fault_id, request.method, request.path.encode("unicode_escape").decode(), exc_info=error
    )
    return render_template("errors/500.html", fault_id=fault_id), 500
