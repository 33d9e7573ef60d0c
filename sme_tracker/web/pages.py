"""What every page needs: its database session, the day, and the address it lives at."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, g, render_template, request, stream_with_context, url_for
from werkzeug.datastructures import MultiDict

from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession
from sme_tracker.rules.bounds import EARLIEST_YEAR, LATEST_YEAR, LONGEST, plain_day, whole_number

BY_ITSELF = "by_itself"
"""What stands in the address of a page that asks for itself again: nobody need be sitting before it."""


def install(app: Flask) -> None:
    """Close the page's database session when the page is done."""

    app.jinja_env.globals |= {"url_for": link, "longest": LONGEST}

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        session: GuardedSession | None = g.pop("database_session", None)
        if session is not None:
            session.close()


def current_session() -> GuardedSession:
    """The one database session of this request."""
    if "database_session" not in g:
        g.database_session = current_app.extensions["session_factory"]()
    session: GuardedSession = g.database_session
    return session


def streamed(body: Iterator[bytes]) -> Iterator[bytes]:
    """The body of an answer that is made while it is sent, and may go on reading from the request's session.

    That one is closed when the page is done, but opens again by being used: it is closed once more when the last byte
    is read, or the answer is given up.
    """
    session = current_session()

    def bodies() -> Iterator[bytes]:
        g.database_session = session
        yield from body

    return stream_with_context(bodies())


def today() -> date:
    """The day of the bureau, the same throughout one request."""
    if "today" not in g:
        g.today = local_today()
    day: date = g.today
    return day


def render(template: str, status: int = 200, **context: object) -> tuple[str, int]:
    """A page and its status."""
    return render_template(template, **context), status


def address(changes: dict[str, object] | None = None, *, drop: tuple[str, ...] = ()) -> str:
    """This page's own address with some parameters changed (None takes one away); lists repeat the parameter."""
    parameters: MultiDict[str, str] = MultiDict(request.args)
    for name in drop:
        parameters.poplist(name)
    for name, value in (changes or {}).items():
        parameters.poplist(name)
        values = value if isinstance(value, list | tuple) else [value]
        parameters.setlist(name, [str(one) for one in values if one is not None])
    query = urlencode(list(parameters.items(multi=True)))
    return f"{request.path}?{query}" if query else request.path


def link(endpoint: str, **values: Any) -> str:
    """What `url_for` gives; the addresses every page repeats, of sections and static files, are built once."""
    if endpoint.startswith(".") or (values and endpoint != "static"):
        return url_for(endpoint, **values)
    return _fixed(request.script_root, endpoint, tuple(values.items()))


@lru_cache(maxsize=256)
def _fixed(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def inside(target: str | None) -> str | None:
    """The address if it leads inside the site, None otherwise."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    if not target.isprintable():
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def own_address() -> str:
    """The address of this request, with what it asks."""
    return request.full_path.rstrip("?")


def page_before() -> str | None:
    """The page of ours that led here; None where the browser names none, or one of somebody else's."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host:
        return None
    return inside(f"{before.path}?{before.query}".rstrip("?"))


def page_shown() -> str:
    """The address under which the page of this answer can be asked for: that of the form, where it answers one."""
    return own_address() if request.method in ("GET", "HEAD") else page_before() or "/"


def day_from(written: str | None) -> date | None:
    """A day from the address, None if there is none, it is not a day, or one beyond all records."""
    try:
        day = plain_day(written) if written else None
    except ValueError:
        return None
    return day if day and EARLIEST_YEAR <= day.year <= LATEST_YEAR else None


def version_from_form() -> int:
    """The version the form was opened with; 0, which no record has, if it is left out or invented."""
    return whole_number(request.form.get("version")) or 0
