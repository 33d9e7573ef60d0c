"""What the tests need from outside: a real PostgreSQL and a real Chromium, found on the machine or fetched."""

from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache"


class NotProvided(Exception):
    """Something the tests need is not to be had; the message is one sentence that says what to do."""
