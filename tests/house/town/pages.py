"""What a page of the product offers, read from its markup: where it leads, and the forms it holds with their fields."""

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter
from werkzeug.test import TestResponse

from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from tests.signing import csrf

BUTTONS = frozenset({"submit", "image"})
WRITTEN_IN = frozenset({"text", "search", "tel", "textarea", "password"})
SAME_PAGE, SAME_PARAMETERS = 4, 3
WRITING = re.compile(r"\s*(?:insert\s+into|update|delete\s+from)\s+\"?(\w+)", re.IGNORECASE)
Field = tuple[str, str]


@dataclass
class Input:
    """A field of a form: its kind, what is in it, what may be chosen, how long it may be."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    maxlength: str | None = None
    is_number: bool = False

    @property
    def is_text(self) -> bool:
        """Whether people write anything they like into it."""
        return self.kind in WRITTEN_IN

    @property
    def filled(self) -> str:
        """What somebody might enter."""
        if self.kind == "select":
            return next((option for option in reversed(self.options) if option), "")
        if self.kind == "date":
            return self.value or "2022-03-31"
        return self.value or ("12" if self.is_number else "核对无误" if self.is_text else "")


@dataclass
class Form:
    """A form as a browser knows it: where it goes, its fields, its submit buttons with where those go."""

    address: str
    method: str
    inputs: list[Input] = field(default_factory=list)
    buttons: list[tuple[str | None, Field | None]] = field(default_factory=list)
    seen_at: str = ""
    role: Role = Role.CASEWORKER

    @property
    def filled(self) -> list[Field]:
        """The fields as somebody might fill them in, but for files."""
        last = {one.name: one for one in self.inputs if one.kind == "radio"}
        sent = [one for one in self.inputs if one.kind not in ("radio", "file")] + list(last.values())
        return [(one.name, one.filled) for one in sent]

    @property
    def takes_file(self) -> bool:
        """Whether a file can be handed in."""
        return any(one.kind == "file" for one in self.inputs)

    def sendings(self) -> Iterator["Form"]:
        """The form as each of its buttons sends it."""
        for place, (action, pressed) in enumerate(self.buttons or [(None, None)]):
            more = [Input(*pressed[:1], "hidden", pressed[1])] if pressed else []
            if place == 0 or action or pressed:
                yield replace(self, address=action or self.address, inputs=[*self.inputs, *more], buttons=[])


class Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address = address
        self.links: set[str] = set()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select: Input | None = None
        self._area: Input | None = None
        self._by_id: dict[str, Form] = {}
        self._later: defaultdict[str, list[tuple[str | None, Field]]] = defaultdict(list)
        self.feed(text)
        for form_id, buttons in self._later.items():
            self._by_id[form_id].buttons += buttons[:3]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take a link, a form or a field in."""
        about = {name: value or "" for name, value in attributes}
        if tag == "a" and about.get("href"):
            self.links.add(self._absolute(about["href"]))
        elif tag == "form":
            self._open = Form(self._absolute(about.get("action", "")), about.get("method", "get"), seen_at=self.address)
            self.forms.append(self._open)
            if "id" in about:
                self._by_id[about["id"]] = self._open
        elif tag == "option" and self._select is not None:
            self._select.options.append(about.get("value", ""))
            if "selected" in about:
                self._select.value = about.get("value", "")
        else:
            self._take_field(tag, about)

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        """The text of a text area is its value."""
        if self._area is not None:
            self._area.value += data

    def _take_field(self, tag: str, about: dict[str, str]) -> None:
        kind = about.get("type", "submit" if tag == "button" else "text")
        if tag == "button" or kind in BUTTONS:
            self._take_button(kind, about)
        elif self._open is not None and about.get("name") and tag in ("input", "select", "textarea"):
            taken = Input(about["name"], kind if tag == "input" else tag, about.get("value", ""), [])
            taken.maxlength, taken.is_number = about.get("maxlength"), "inputmode" in about
            self._open.inputs.append(taken)
            self._select = taken if tag == "select" else self._select
            self._area = taken if tag == "textarea" else self._area

    def _take_button(self, kind: str, about: dict[str, str]) -> None:
        if kind != "submit":
            return
        action = self._absolute(about["formaction"]) if "formaction" in about else None
        pressed = (about["name"], about.get("value", "")) if about.get("name") else None
        if about.get("form") and pressed:
            self._later[about["form"]].append((action, pressed))
        elif self._open is not None:
            self._open.buttons.append((action, pressed))

    def _absolute(self, address: str) -> str:
        parts = urlsplit(urljoin(self.address, address))
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


def door_of(app: Flask, address: str, method: str = "GET") -> tuple[str, dict[str, object]] | None:
    """The endpoint and the values of its address; None for what is no page of ours."""
    try:
        endpoint, values = app.url_map.bind("localhost").match(urlsplit(address).path, method)
    except HTTPException:
        return None
    return None if endpoint == "static" else (endpoint, values)


@dataclass
class Seen:
    """What somebody saw who followed every link: the addresses, and every form."""

    addresses: dict[str, int] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)


def follow_every_link(app: Flask, visitor: "Visitor", first: Sequence[str]) -> Seen:
    """Open every page that can be reached, of pages that differ only by the record or parameters the first few."""
    seen, waiting, known = Seen(), [*first], set(first)
    opened, shapes = Counter[object](), set[object]()
    while waiting:
        address = waiting.pop(0)
        answer = visitor.open(address)
        seen.addresses[address] = answer.status_code
        if answer.status_code in (301, 302, 303):
            links = [urljoin(address, answer.location)]
        elif answer.mimetype == "text/html" and answer.status_code == 200:
            page = Page(address, answer.text)
            links = [*sorted(page.links), *(form.address for form in page.forms if form.method == "get")]
            for form in page.forms:
                shape = (form.address, form.method, *sorted({one.name for one in form.inputs}))
                if shape not in shapes:
                    shapes.add(shape)
                    seen.forms.append(form)
        else:
            links = []
        for link in links:
            kind = _kind(app, link)
            if kind and link not in known and all(opened[each] < most for each, most in kind.items()):
                known.add(link)
                opened.update(kind.keys())
                waiting.append(link)
    return seen


def _kind(app: Flask, address: str) -> dict[object, int]:
    """What an address is one of, and how many of it are worth opening: of the page, and with these parameters."""
    door = door_of(app, address)
    query = frozenset(pair.partition("=")[0] for pair in urlsplit(address).query.split("&"))
    if door is None or "lang" in query:
        return {}
    endpoint, values = door
    rule = next(rule for rule in app.url_map.iter_rules(endpoint) if rule.arguments >= set(values))
    fixed = [values[name] for name in sorted(values) if isinstance(rule._converters[name], AnyConverter)]
    page = (endpoint, *fixed)
    return {page: SAME_PAGE, (*page, query): SAME_PARAMETERS}


class Visitor:
    """Somebody who is signed in, and stays so whatever the pages answer."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self._token = csrf(client.get("/account"))
        cookie = client.get_cookie("sme")
        assert cookie is not None
        self._cookie = cookie.value

    def open(self, address: str, method: str = "GET", **more: Any) -> TestResponse:
        """Ask for a page."""
        self._client.set_cookie("sme", self._cookie)
        return self._client.open(address, method=method, buffered=True, **more)

    def send(
        self, address: str, fields: Iterable[Field], file: tuple[bytes, str] | None = None, **more: Any
    ) -> TestResponse:
        """Send a form with one's own token; POST unless another method is given."""
        data: MultiDict[str, Any] = MultiDict(pair for pair in fields if pair[0] != "csrf_token")
        data["csrf_token"] = self._token
        if file:
            data["file"] = (io.BytesIO(file[0]), file[1])
        return self.open(address, **{"method": "POST", "data": data} | more)


@contextmanager
def undone(session: GuardedSession) -> Iterator[None]:
    """What is done meanwhile is undone afterwards, also what a streamed answer has left open."""
    connection = session.connection()
    point = connection.begin_nested()
    try:
        yield
    finally:
        while (inner := connection.get_nested_transaction()) and inner is not point:
            inner.rollback()
        point.rollback()


@contextmanager
def written(engine: Engine) -> Iterator[set[str]]:
    """The tables that are written to meanwhile."""
    tables: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found = WRITING.match(statement)
        if found:
            tables.add(found[1])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield tables
    finally:
        event.remove(engine, "before_cursor_execute", note)
