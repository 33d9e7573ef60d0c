"""What the storeys above hand in, so that the history can name the people and enterprises it tells of."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from sme_tracker.web.history_words import Names


@dataclass(frozen=True)
class Directory:
    """Who is who: full names by account, enterprises by code and id, and names for the fields that hold an id."""

    people: Callable[[Session], Mapping[int, str]]
    find_enterprise: Callable[[Session, str], int | None]
    enterprises: Callable[[Session, Collection[int]], Mapping[int, tuple[str, str]]]
    names: Callable[[Session], Names]


def directory() -> Directory:
    """The directory of this application."""
    found: Directory = current_app.extensions["directory"]
    return found
