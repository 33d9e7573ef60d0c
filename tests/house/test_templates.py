"""What no template may contain: unescaped text, inline style or script, words outside the catalogue."""

import re

import pytest
from jinja2 import UndefinedError

from sme_tracker.app import create_app
from sme_tracker.db import make_engine
from tests.conftest import CONFIG
from tests.house.sources import name, templates
from tools import icons

COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
FORBIDDEN = {
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\("),
    "an inline style": re.compile(r"\sstyle\s*=|<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE),
    "something of another host": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE),
}
ICON = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]+")
LANGUAGE_NAMES = {"中文"}  # a language is offered in its own words


def _offences(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name(path)}: {found.group().strip()}"
        for path in templates()
        for found in pattern.finditer(COMMENT.sub("", path.read_text(encoding="utf-8")))
        if found.group() not in LANGUAGE_NAMES
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_contains(what: str) -> None:
    assert _offences(FORBIDDEN[what]) == []


def test_every_chinese_word_is_in_the_catalogue_and_none_in_a_template() -> None:
    assert _offences(CHINESE) == []


def test_every_icon_that_a_template_draws_is_in_the_sprite() -> None:
    named = set(icons.NAMES.read_text(encoding="utf-8").split())
    drawn = {found for path in templates() for found in ICON.findall(path.read_text(encoding="utf-8"))}
    assert drawn - named == set()


def test_the_committed_sprite_was_made_from_the_list_of_icons_that_is_there() -> None:
    assert icons.is_fresh()


def test_a_name_that_nobody_hands_in_is_no_silent_blank() -> None:
    with pytest.raises(UndefinedError):
        create_app(CONFIG, make_engine("sqlite:///nowhere.sqlite")).jinja_env.from_string("{{ forgotten }}").render()
