"""What was typed outlives the save that was refused: the page that refuses carries it, sealed, back to its form.

A form is sent in vain when its session has ended, a role or a key has changed, a file is too large, the server is busy
or at fault. The page that says so holds what was typed, signed and bound to the account whose form it was and to the
form's address. Sent to that address, it gives the page with the form filled in again; nothing is saved by it. It opens
for that account alone, for a day. Passwords, codes and tokens are never kept, nor are files.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from urllib.parse import quote, unquote, unquote_to_bytes, urlencode, urlsplit

from flask import Flask, Response, abort, current_app, flash, g, render_template, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from sme_tracker.web.confirming import OWN_FIELDS, PASSWORD
from sme_tracker.web.filled import filled
from sme_tracker.web.guard import PUBLIC, UNMARKED_ENDPOINTS, mark_of
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import inside, own_address, page_before
from sme_tracker.web.principal import SESSION_TOKEN, principal

CARRIED = "unsaved"
"""The field in which a page carries what was typed."""

SAVED = "saved"
"""The cookie that tells the script of the next page which form has been saved."""

TO_BRING_BACK = "sme_tracker.unsaved"
"""What a page is to be filled in with, in the environment of the request that asks for it."""

TOKEN = "csrf_token"  # noqa: S105 (the name of a field)
SECRETS = frozenset({"password", "current", "new", "again", PASSWORD})
NEVER_KEPT = SECRETS | OWN_FIELDS | {CARRIED, TOKEN, "once"}
NOT_TYPED = frozenset({"version", "opened_version", "read_at", "format", "list", "template", "do", "check", "one"})
"""Fields that go with a form without anybody typing in them."""

LASTS = timedelta(days=1)
MOST_CHARACTERS = 200_000
LONGEST_COOKIE = 4096
SIGN_IN = "accounts.sign_in"
Fields = MultiDict[str, str]


@dataclass(frozen=True)
class Unsaved:
    """What was typed in a form: the page it stands on, the address it goes to, the account whose form it was."""

    page: str
    action: str
    account: int | None
    had_file: bool
    typed: tuple[tuple[str, str], ...]

    @cached_property
    def seal(self) -> str:
        """All of this as a page carries it."""
        return str(_sealing().dumps(astuple(self)))

    @property
    def is_known_whose(self) -> bool:
        """Whether it is known whose form it was."""
        return self.account is not None

    @property
    def is_mine(self) -> bool:
        """Whether it is the form of whoever is signed in."""
        user = principal()
        return user is not None and user.id == self.account

    @property
    def text(self) -> str:
        """What was typed, a field to a line, to be read and copied."""
        return "\n".join(value for name, value in self.typed if value.strip() and name not in NOT_TYPED)


def install(app: Flask, account_of: Callable[[str], int | None]) -> None:
    """Give back what a request carries, and tell the browser what was saved.

    `account_of` says whose session a token is or was. To be installed before all that turns requests away.
    """
    app.extensions["account_of_token"] = account_of
    app.jinja_env.globals |= {
        "unsaved": of_request,
        "given_back": given_back,
        "carried": lambda: request.form.get(CARRIED),
        "to_send_again": to_send_again,
    }
    app.before_request(_give_back)
    app.after_request(_bring_back)
    app.after_request(_tell)


def install_last(app: Flask) -> None:
    """Notice which requests nobody has turned away; to be installed after all that does."""
    app.before_request(_let_in)


def of_request(*, asks: bool = True) -> Unsaved | None:
    """What the form of this request holds, None where there is nothing to keep or somebody else's may be at stake.

    Without `asks` nothing is asked of the database, which may be what failed.
    """
    if "unsaved" not in g:
        g.unsaved = given_back() if request.method == "GET" else _of_form(asks=asks)
    kept: Unsaved | None = g.unsaved
    return kept


def to_send_again() -> list[tuple[str, str]]:
    """Every field of the form of this request, to be sent again by a button; none if it has a file or a secret."""
    if request.method != "POST" or any(request.files.values()) or SECRETS & request.form.keys():
        return []
    return list(request.form.items(multi=True))


def _of_form(*, asks: bool) -> Unsaved | None:
    if request.method != "POST" or request.endpoint is None or _is_for_anybody():
        return None
    sent, is_whole = _sent()
    if CARRIED in sent:
        return _opened(sent[CARRIED])
    account = _whose(sent.get(TOKEN, ""), asks=asks)
    if TOKEN not in sent or (account is None and asks and principal()):
        return None
    had_file = not is_whole or any(request.files.values())
    kept = Unsaved(_page(), own_address(), account, had_file, tuple(_typed(sent)))
    return kept if kept.text and sum(len(value) for _name, value in kept.typed) <= MOST_CHARACTERS else None


def _typed(sent: Fields) -> Iterator[tuple[str, str]]:
    """The fields to keep; a page that merges two versions of a record says from which one its form came."""
    for name, value in sent.items(multi=True):
        if name not in NEVER_KEPT:
            yield name, sent.get("opened_version", value) if name == "version" else value


def _sent() -> tuple[Fields, bool]:
    """The fields of the form; if a file is too large for the server, those beside it, and that they are not all."""
    try:
        return MultiDict(request.form), True
    except RequestEntityTooLarge:
        return _sent_beside_file(), False


def _sent_beside_file() -> Fields:
    limits = current_app.config
    parser = FormDataParser(
        lambda *_of, **_file: _Nowhere(),
        max_form_memory_size=limits["MAX_FORM_MEMORY_SIZE"],
        max_content_length=2 * limits["MAX_CONTENT_LENGTH"],
        max_form_parts=limits["MAX_FORM_PARTS"],
    )
    try:
        _stream, fields, _files = parser.parse_from_environ(request.environ)
    except HTTPException:
        return MultiDict()
    return MultiDict(fields)


class _Nowhere(BytesIO):
    """A file that keeps nothing of what is written."""

    def write(self, written: object) -> int:
        """Drop it."""
        return len(written)  # type: ignore[arg-type]


def _page() -> str:
    """The page the form stands on: where the browser says it came from, else the form's address or what is above it."""
    above = request.path.split("/")
    places = [page_before(), own_address(), *("/".join(above[:end]) for end in range(len(above) - 1, 1, -1))]
    return next((place for place in places if place and _is_page(place)), "/")


def _is_page(place: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    if adapter is None or not inside(place):
        return False
    try:
        endpoint, _values = adapter.match(urlsplit(place).path, method="GET")
    except HTTPException:  # a redirect among them
        return False
    return endpoint != SIGN_IN


def _whose(token: str, *, asks: bool) -> int | None:
    """The account that a form was made for, as its token says; else that of the session that ended, if nobody is in."""
    try:
        named = str(URLSafeTimedSerializer(_keys(), salt="wtf-csrf-token").loads(token))
    except BadData:
        named = ""
    account, dot, _random = named.partition(".")
    if dot:
        return int(account)
    return _of_ended_session() if asks and token and principal() is None else None


def _of_ended_session() -> int | None:
    """Whose the session was that the browser still names; under a new key of the server the name is all there is."""
    cookie = request.cookies.get(current_app.config["SESSION_COOKIE_NAME"], "")
    reader = SecureCookieSessionInterface().get_signing_serializer(current_app)
    if reader is None or len(cookie) > LONGEST_COOKIE:
        return None
    _is_signed, held = reader.loads_unsafe(cookie)
    token = held.get(SESSION_TOKEN) if isinstance(held, dict) else None
    found: int | None = current_app.extensions["account_of_token"](token) if isinstance(token, str) else None
    return found


def _keys() -> list[str]:
    config = current_app.config
    return [*(config["SECRET_KEY_FALLBACKS"] or ()), config["SECRET_KEY"]]


def _sealing() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_keys(), salt="unsaved")


def _opened(seal: str) -> Unsaved | None:
    """What a page carries, None if it is not ours or older than a day."""
    try:
        page, action, account, had_file, typed = _sealing().loads(seal, max_age=int(LASTS.total_seconds()))
    except BadData:
        return None
    return Unsaved(page, action, account, had_file, tuple((name, value) for name, value in typed))


def _give_back() -> Response | None:
    """A form that carries what was typed asks for the page at its address, filled in; nothing is saved by it."""
    if request.method != "POST" or request.endpoint == SIGN_IN or CARRIED not in request.form:
        if request.environ.get(TO_BRING_BACK) and given_back() is None:
            flash(_("What was typed is more than a day old or another account’s, so it is not brought back."), "warn")
        _name_forms()
        return None
    cookies: list[str] = []
    if "password" in request.form:
        way_in = url_for(SIGN_IN, next=own_address())
        entered = _ask(way_in, cookies, urlencode(list(request.form.items(multi=True))).encode())
        if entered.status_code != 303:
            return entered
        if unquote(entered.location or "") != unquote(own_address()):
            return _turned(entered)  # a one-time code opens nothing but the choice of a password
        cookies = entered.headers.getlist("Set-Cookie")
    elif principal() is None:
        abort(401)
    kept = _opened(request.form[CARRIED])
    page = _ask(own_address(), cookies, kept=kept if kept and kept.page == own_address() else None)
    page.headers.setlist("Set-Cookie", [*cookies, *page.headers.getlist("Set-Cookie")])
    return page


def _ask(place: str, cookies: Sequence[str], body: bytes = b"", kept: Unsaved | None = None) -> Response:
    """What the product answers to the browser's next request: a form, or a page that is to be filled in."""
    parts, app = urlsplit(place), current_app._get_current_object()  # type: ignore[attr-defined]
    jar = dict(request.cookies) | dict(line.partition(";")[0].split("=", 1) for line in cookies)
    environ = request.environ | {
        "REQUEST_METHOD": "POST" if body else "GET",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in jar.items()),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        TO_BRING_BACK: () if body else (kept,),
    }
    with app.app_context(), app.request_context(environ):
        answer: Response = app.full_dispatch_request()
    return answer


def _name_forms() -> None:
    """Let the token of every form name the account the form is made for, so that it is known after the session."""
    user = None if _is_for_anybody() else principal()
    if user is not None and TOKEN not in session:
        session[TOKEN] = f"{user.id}.{secrets.token_hex(20)}"


def _is_for_anybody() -> bool:
    """Whether the address is one that asks for no account."""
    endpoint = request.endpoint
    return endpoint is not None and (endpoint in UNMARKED_ENDPOINTS or mark_of(current_app, endpoint) == PUBLIC)


def given_back() -> Unsaved | None:
    """What this page is filled in with."""
    kept = next(iter(request.environ.get(TO_BRING_BACK, ())), None)
    return kept if kept and kept.is_mine else None


def _bring_back(page: Response) -> Response:
    """Fill the form in; where it does not open now, show what was typed and where to go on first."""
    kept = given_back()
    if kept is None:
        return page
    if page.status_code == 200 and page.mimetype == "text/html":
        written = filled(page.get_data(as_text=True), kept.page, kept.action, kept.typed)
        page.set_data(written or _without_form(kept.page))
    elif page.status_code < 400:
        return _turned(page)
    return page


def _turned(answer: Response) -> Response:
    """Instead of sending somebody elsewhere, a page with what was typed and the way there."""
    answer.set_data(_without_form(answer.location or "/"))
    answer.status_code = 403
    answer.headers.pop("Location", None)
    return answer


def _without_form(way: str) -> str:
    return render_template("errors/elsewhere.html", way=way)


def _let_in() -> None:
    g.let_in = True


def _tell(answer: Response) -> Response:
    """Name what was saved in a cookie for the next page; whoever was sent elsewhere first keeps what was typed."""
    if request.method != "POST" or answer.status_code != 303 or request.endpoint == SIGN_IN:
        return answer
    if g.get("let_in"):
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        answer.set_cookie(SAVED, quote(request.path), max_age=60, secure=secure, samesite="Strict")
    elif CARRIED not in request.form and of_request():
        return _turned(answer)
    return answer
