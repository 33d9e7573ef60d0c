"""Which language a page speaks: the one chosen, else the account's, else the browser's, else Chinese."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, redirect, request, session
from flask_babel import Babel, Domain, LazyString, force_locale, get_locale, get_translations
from markupsafe import Markup
from werkzeug.wrappers import Response

from sme_tracker.web.principal import principal

CHINESE = "zh_Hans"
ENGLISH = "en"
OF_CODE = {"zh": CHINESE, "en": ENGLISH}


def install(app: Flask) -> None:
    """Translate pages, and let `?lang=en` at any address change the language there."""
    app.config["BABEL_DEFAULT_LOCALE"] = CHINESE
    Babel(app, locale_selector=locale).domain_instance = _Catalogues()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=gettext,
        ngettext=lambda one, many, number: _catalogue().ungettext(one, many, number),
        pgettext=lambda context, one: _catalogue().upgettext(context, one),
        npgettext=lambda context, one, many, number: _catalogue().unpgettext(context, one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _say
    app.before_request(_switch)


def gettext(sentence: str, **values: object) -> str:
    """A sentence in the language being spoken; pages say hundreds, so it takes the shortest way to the catalogue."""
    said: str = _catalogue().ugettext(sentence)
    return said % values if values else said


def lazy_gettext(sentence: str, **values: object) -> LazyString:
    """A sentence that is said in the language being spoken once it is needed."""
    return LazyString(gettext, sentence, **values)


def _catalogue() -> NullTranslations:
    try:
        found: NullTranslations = g.translations
    except (AttributeError, RuntimeError):  # not looked up yet, or no page and no command is speaking
        return get_translations()
    return found


def _say(sentence: str, **values: object) -> Markup:
    """A sentence of a template, as Jinja's own `_` gives it but for the two more calls that one takes."""
    said = _sentences(_catalogue())[sentence]
    return said % values if values or "%" in said else said


class _Catalogues(Domain):
    """The catalogues by language; each request looks its own up once, and not once a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """The catalogue of the language being spoken."""
        if "translations" not in g:
            spoken = get_locale()
            language = spoken.language if spoken else ""
            if language not in self._of:
                self._of[language] = super().get_translations()
            g.translations = self._of[language]
        found: NullTranslations = g.translations
        return found


class _Sentences(dict[str, Markup]):
    """What one language says, looked up in its catalogue once for each sentence."""

    def __init__(self, catalogue: Translations) -> None:
        super().__init__()
        self._catalogue = catalogue

    def __missing__(self, sentence: str) -> Markup:
        said = self[sentence] = Markup(self._catalogue.ugettext(sentence))  # noqa: S704 (the catalogue is ours)
        return said


_sentences = cache(_Sentences)


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Speak zh or en outside of pages, for a command."""
    app = Flask("sme_tracker")
    Babel(app, default_locale=CHINESE)
    with app.app_context(), force_locale(OF_CODE[wanted]):
        yield


def locale() -> str:
    """The language of this request, as Babel names it; Chinese for a command."""
    if not has_request_context():
        return CHINESE
    user = principal()
    chosen = session.get("lang") or (user.language if user else None)
    return OF_CODE.get(chosen or "") or _of_browser()


def without_account() -> str:
    """The language of this request as far as the browser alone can say, for when the database is what failed."""
    return OF_CODE.get(session.get("lang", "")) or _of_browser()


def _of_browser() -> str:
    for tag, _quality in request.accept_languages:
        first = tag.split("-")[0].lower()
        if first in OF_CODE:
            return OF_CODE[first]
    return CHINESE


def forget_choice() -> None:
    """Speak the account's language again, whatever was chosen in this browser before."""
    session.pop("lang", None)


def code() -> str:
    """The language being spoken, as the address and the templates name it: zh or en."""
    spoken = get_locale()
    return "en" if spoken is not None and spoken.language == ENGLISH else "zh"


def other_language_address(page: str) -> str:
    """The page with this address in the other language."""
    other, parts = "zh" if code() == "en" else "en", urlsplit(page)
    parameters = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    return f"{parts.path}?{urlencode([*parameters, ('lang', other)])}"


def _switch() -> Response | None:
    wanted = request.args.get("lang")
    if request.method != "GET" or wanted not in OF_CODE:
        return None
    session["lang"] = wanted
    parameters = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    path = quote(request.path)
    return redirect(f"{path}?{urlencode(parameters)}" if parameters else path, 303)


def said(zh: str, en: str) -> str:
    """The one of the two that is in the language of the page."""
    return en if code() == "en" else zh
