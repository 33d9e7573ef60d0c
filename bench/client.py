"""A browser as far as a measurement needs one: cookies, forms, and how long an answer takes."""

import time
from collections.abc import Mapping
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from typing import Self
from urllib.parse import urlencode

KEPT_FOR_S = 20
"""A connection unused for longer is not used again, as browsers do: the server lets idle ones go."""


class Client:
    """A browser on one kept connection."""

    def __init__(self, port: int, cookies: Mapping[str, str] | None = None) -> None:
        self._port = port
        self._connection = HTTPConnection("127.0.0.1", port, timeout=600)
        self._cookies = dict(cookies or {})
        self._used_at = time.monotonic()

    def sign_in(self, name: str, password: str) -> Self:
        """Sign in, and be ready for pages."""
        form = fields(self.get("/sign-in"))
        self.post("/sign-in", {**form, "name": name, "password": password})
        return self

    def another(self) -> "Client":
        """Another connection of the same browser."""
        return Client(self._port, self._cookies)

    def get(self, path: str) -> str:
        """A page; raises for anything but a page."""
        return self._read(self.open("GET", path), 200)

    def post(self, path: str, values: Mapping[str, str]) -> str:
        """Send a form; raises unless it is taken."""
        return self._read(self.open("POST", path, values), 303)

    def open(self, method: str, path: str, values: Mapping[str, str] | None = None) -> HTTPResponse:
        """Ask, and return the answer with its body unread."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        body = None
        if values is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(values)
        if time.monotonic() - self._used_at > KEPT_FOR_S:
            self._connection.close()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        self._used_at = time.monotonic()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer

    def timed(self, path: str) -> float:
        """The seconds until a page is read."""
        begun = time.perf_counter()
        self.get(path)
        return time.perf_counter() - begun

    def _read(self, answer: HTTPResponse, expected: int) -> str:
        text = answer.read().decode()
        if answer.status != expected:
            raise SystemExit(f"The server answered {answer.status} instead of {expected}: {text[:300]}")
        return text


class _Fields(HTMLParser):
    """Collects what the longest form of a page would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and name and self.forms and self._is_sent(given):
            self.forms[-1][name] = given.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and self.forms:
            if "selected" in given or self._select not in self.forms[-1]:
                self.forms[-1][self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.forms[-1][name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][self._area] += data

    @staticmethod
    def _is_sent(given: Mapping[str, str]) -> bool:
        kind = given.get("type", "text")
        return kind not in ("submit", "button", "file") and (kind not in ("checkbox", "radio") or "checked" in given)


def fields(page: str) -> dict[str, str]:
    """The values of the longest form on a page that is sent to write."""
    parser = _Fields()
    parser.feed(page)
    return max((form for form in parser.forms if "csrf_token" in form), key=len)
