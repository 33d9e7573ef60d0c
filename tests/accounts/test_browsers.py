"""A browser is told by its name, its version and its system."""

import pytest

from sme_tracker.accounts.browsers import short_browser

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{WINDOWS} {KIT} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91", "Edge 120 · Windows"),
        (f"{WINDOWS} {KIT} Chrome/109.0.0.0 Safari/537.36", "Chrome 109 · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", "Firefox 115 · Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1) Version/17.1 Mobile/15E148 Safari/604.1",
            "Safari 17 · iOS",
        ),
        ("a script", "a script"),
        (None, None),
    ],
)
def test_a_browser_is_told_in_short(agent: str | None, words: str | None) -> None:
    assert short_browser(agent) == words
