"""What a page says when something is wrong: one calm sentence, and for a fault of ours a number to quote."""

import logging
import secrets
from collections.abc import Callable, Mapping

from flask import Flask, current_app, render_template, request
from flask_babel import force_locale
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.sansio.response import Response

from sme_tracker.db import is_busy
from sme_tracker.rules.findings import Refused
from sme_tracker.web.full_disk import DISKS, full_disk
from sme_tracker.web.language import ENGLISH, without_account
from sme_tracker.web.words import finding_words

PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500})
KEPT_HEADERS = frozenset({"allow", "retry-after"})
Answer = Response | tuple[str, int, list[tuple[str, str]]]
log = logging.getLogger("sme_tracker")


def install(app: Flask, notes: Mapping[int, Callable[[], None]]) -> None:
    """Answer every error with a page of its own; `notes` says by status what records that somebody was refused."""

    def refused(error: HTTPException) -> Answer:
        note = notes.get(error.code or 500)
        if note:
            note()
        return _refused(error)

    app.before_request(_refuse_foreign_host)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(CSRFError, refused)
    app.register_error_handler(Refused, _rule_refused)
    app.register_error_handler(OperationalError, _no_room_or_turn)
    app.register_error_handler(OSError, _no_room_or_turn)
    app.register_error_handler(Exception, _fault)


def _refused(error: HTTPException) -> Answer:
    if error.response is not None:
        return error.response
    status = error.code or 500
    page = status if status in PAGES else 400 if status < 500 else 500
    headers = [(name, value) for name, value in error.get_headers() if name.lower() in KEPT_HEADERS]
    wait_s = getattr(error, "retry_after", None)
    return render_template(f"errors/{page}.html", minutes=max(1, -(-(wait_s or 60) // 60))), status, headers


def _refuse_foreign_host() -> None:
    """A name that is not ours is refused before anything is looked up, and no link is ever made with it."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception


def _foreign_host(_error: SecurityError) -> tuple[str, int, list[tuple[str, str]]]:
    return "This host name is not served here.\n", 400, [("Content-Type", "text/plain; charset=utf-8")]


def _overtaken(_error: StaleDataError) -> tuple[str, int]:
    return render_template("errors/409.html"), 409


def _no_room_or_turn(error: OperationalError | OSError) -> tuple[str, int] | tuple[str, int, list[tuple[str, str]]]:
    """The disk is full, or somebody else, an import most likely, has been writing for long."""
    extensions = current_app.extensions
    disk = full_disk(error, extensions["config"].data_folder, extensions["engine"].dialect.name)
    if disk:
        log.error("disk full: %s, data folder %s", error, extensions["config"].data_folder)
        return _without_database("errors/507.html", disk=DISKS[disk]), 507
    if not isinstance(error, OperationalError) or not is_busy(error):
        return _fault(error)
    return _without_database("errors/503.html"), 503, [("Retry-After", "20")]


def _rule_refused(error: Refused) -> tuple[str, int]:
    return render_template("errors/422.html", reasons=[finding_words(finding) for finding in error.findings]), 422


def _fault(error: Exception) -> tuple[str, int]:
    """The page of our own fault."""
    fault_id = secrets.token_hex(4).upper()
    path = request.path.encode("unicode_escape").decode()
    log.error("fault %s at %s %s", fault_id, request.method, path, exc_info=error)
    return _without_database("errors/500.html", fault_id=fault_id), 500


def _without_database(template: str, **context: object) -> str:
    """A page that asks nothing of the database, which may be what failed or is waited for."""
    spoken = without_account()
    with force_locale(spoken):
        page = current_app.jinja_env.get_template(template)
        return page.render(lang="en" if spoken == ENGLISH else "zh", **context)
