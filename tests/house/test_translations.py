"""Every sentence a person reads exists in Chinese, with the same values in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from tests.house.sources import ROOT
from tools import words

PARTS = words.TRANSLATIONS / "zh_Hans" / "parts"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
VALUE = re.compile(r"%\((\w+)\)[a-z]")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return words.join_parts(PARTS)


def _sentences() -> Iterator[tuple[str, str, str | None]]:
    """Every sentence that the code or a template asks for: where, what, in which context."""
    for folder, method in (("sme_tracker", "python"), ("templates", "jinja2")):
        pattern = "**.py" if method == "python" else "**.html"
        found = extract_from_dir(ROOT / folder, [(pattern, method)], {pattern: {"silent": "false"}}, KEYWORDS)
        for file, line, message, _comments, context in found:
            sentence = message[0] if isinstance(message, tuple) else message
            yield f"{folder}/{file}:{line}", sentence, context


def test_every_sentence_is_translated(catalogue: Catalog) -> None:
    missing = [
        f"{where}: {sentence}" for where, sentence, context in _sentences() if not catalogue.get(sentence, context)
    ]
    assert missing == []


def test_every_translation_names_the_same_values(catalogue: Catalog) -> None:
    differing = []
    for message in catalogue:
        asked = message.id if isinstance(message.id, str) else message.id[-1]
        said = message.string if isinstance(message.string, str) else message.string[-1]
        if asked and set(VALUE.findall(asked)) != set(VALUE.findall(said)):
            differing.append(asked)
    assert differing == []


def test_what_a_recognition_grants_has_one_word(catalogue: Catalog) -> None:
    other = [message.id for message in catalogue if "资质" in str(message.string)]
    assert other == [], "the glossary calls it 称号"


def test_two_parts_that_translate_one_sentence_differently_are_refused(tmp_path: Path) -> None:
    parts = tmp_path / "zh_Hans" / "parts"
    parts.mkdir(parents=True)
    (parts / "one.po").write_text('msgid "Save"\nmsgstr "保存"\n', encoding="utf-8")
    (parts / "two.po").write_text('msgid "Save"\nmsgstr "存盘"\n', encoding="utf-8")
    with pytest.raises(words.WordsDisagree, match=r"Save.*one\.po.*two\.po"):
        words.join_parts(parts)


def test_a_sentence_with_a_plural_and_one_without_are_named_where_they_differ(tmp_path: Path) -> None:
    parts = tmp_path / "zh_Hans" / "parts"
    parts.mkdir(parents=True)
    plural = 'msgid "and more"\nmsgid_plural "and many"\nmsgstr[0] "另有"\n'
    (parts / "one.po").write_text(plural, encoding="utf-8")
    (parts / "two.po").write_text('msgid "and more"\nmsgstr "等"\n', encoding="utf-8")
    with pytest.raises(words.WordsDisagree, match=r"and more.*one\.po.*two\.po"):
        words.join_parts(parts)
