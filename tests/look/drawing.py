"""Renders the templates without the app: jinja, the two languages, stand-ins for what the frame asks of a request."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sme_tracker.rules.bounds import LONGEST

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "sme_tracker" / "static"
CHINESE = ROOT / "sme_tracker" / "translations" / "zh_Hans" / "parts" / "look.po"


def english() -> Translations:
    return Translations()


def chinese() -> Translations:
    compiled = BytesIO()
    with CHINESE.open("rb") as source:
        write_mo(compiled, read_po(source, locale="zh_Hans"))
    compiled.seek(0)
    return Translations(compiled)


def environment(words: Translations) -> Environment:
    drawn = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    drawn.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    drawn.globals["csrf_token"] = lambda: "the-token"
    drawn.globals |= {"request": SimpleNamespace(method="GET"), "longest": LONGEST}
    drawn.globals |= {"given_back": lambda: None, "carried": lambda: None, "address": lambda: "/"}
    drawn.globals |= {"unsaved": lambda asks=True: None, "to_send_again": list}
    drawn.globals["drawn"] = lambda macro, *values, **named: macro(*values, **named)
    return drawn


def draw(source: str, words: Translations | None = None, **given: Any) -> str:
    return environment(words or english()).from_string(source).render(**given)


def call(file: str, expression: str, words: Translations | None = None, **given: Any) -> str:
    name = expression.split("(", maxsplit=1)[0]
    return draw(
        f"{{% from 'macros/{file}.html' import {name} with context %}}{{{{ {expression} }}}}", words, **given
    ).strip()


def tree(html: str) -> ET.Element:
    """The markup as a tree; it fails on anything unclosed."""
    closed = re.sub(r"<(input|br|col)\b([^>]*?)/?>", r"<\1\2/>", html).replace("&nbsp;", " ")
    closed = re.sub(
        r" (checked|novalidate|data-file|data-leave|data-menu|selected|required|hidden)(?=[ />])", r' \1=""', closed
    )
    return ET.fromstring(f"<root>{closed}</root>")  # noqa: S314 (the markup is our own)


def text(html: str) -> str:
    return " ".join("".join(tree(html).itertext()).split())


def sections(current: str = "enterprises") -> list[SimpleNamespace]:
    keys = ("dashboard", "enterprises", "pipeline", "targets", "shortlists", "imports", "history")
    return [
        SimpleNamespace(endpoint=f"{key}.list", key=key, label=key.title(), current=key == current, count=None)
        for key in keys
    ]


def framed(words: Translations | None = None, messages: tuple[tuple[str, Any], ...] = (), **given: Any) -> Environment:
    """An environment in which base.html finds all it asks for."""
    drawn = environment(words or english())
    drawn.globals.update(
        url_for=lambda endpoint, filename=None: f"/static/{filename}" if filename else "/" + endpoint.replace(".", "/"),
        get_flashed_messages=lambda with_categories=False: list(messages),
        current_user=SimpleNamespace(is_authenticated=True, id=7, full_name="Lin Xiao"),
        bureau_name="The Bureau",
        is_demo=True,
        lang="en",
        other_lang_url="/?lang=zh",
        nav=sections(),
    )
    drawn.globals.update(given)
    return drawn


def page(body: str = "", **given: Any) -> str:
    """A page that extends base.html and says `body`."""
    source = "{% extends 'base.html' %}{% block title %}A page{% endblock %}" + body
    return framed(**given).from_string(source).render()


def sources() -> Iterator[Path]:
    """Every template of the look."""
    yield from sorted(TEMPLATES.glob("macros/*.html"))
    yield from sorted(TEMPLATES.glob("errors/*.html"))
    yield TEMPLATES / "base.html"
