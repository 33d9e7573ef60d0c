"""What the product itself writes in its lists is read back as the same, in both languages."""

from collections.abc import Callable, Mapping

import pytest
from flask import Flask

from sme_tracker.imports import cells
from sme_tracker.rules.terms import LADDER, Level
from sme_tracker.web.words import KINDS, LEVELS, SOURCES, TITLES


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("words", "read"),
    [
        (TITLES, cells.titles),
        ({LADDER[level - 1]: said for level, said in LEVELS.items() if level is not Level.NONE}, cells.titles),
        (KINDS, cells.recognition_kind),
        (SOURCES, cells.source),
    ],
)
def test_our_own_words_are_read(
    app: Flask, language: str, words: Mapping[object, object], read: Callable[[str], object]
) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        for meant, said in words.items():
            found = read(str(said))
            assert (found[0] if isinstance(found, tuple) else found) == meant, str(said)
