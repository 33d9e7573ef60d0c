"""What other features show on the page of an enterprise: each hands in its panels when its pages are registered."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.terms import Level
from sme_tracker.web.principal import Principal

KEY = "enterprise_panels"
PLANNED_KEY = "enterprise_planned_levels"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Subject:
    """The enterprise a page is about, who looks and on which day; what several parts rest on is read once."""

    session: Session
    enterprise: Enterprise
    user: Principal
    today: date
    _read: dict[Callable[..., Any], Any] = field(default_factory=dict)

    def known(self, read: Callable[[Session, Collection[int]], Mapping[int, T]]) -> T:
        """What a reading of many enterprises tells of this one; a second asker gets what the first was given."""
        if read not in self._read:
            self._read[read] = read(self.session, [self.enterprise.id])[self.enterprise.id]
        told: T = self._read[read]
        return told


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: its column and place in it, the template that draws it, and what that needs to know.

    `context` may answer None: nothing to show to this user of this enterprise.
    """

    place: Literal["main", "aside"]
    order: int
    template: str
    context: Callable[[Subject], Mapping[str, object] | None]


@dataclass(frozen=True, slots=True)
class Filled:
    """A panel with what it shows of one enterprise."""

    template: str
    context: Mapping[str, object]


def panels(app: Flask, subject: Subject) -> dict[str, list[Filled]]:
    """The panels of one enterprise's page by column, in their order."""
    handed_in: Iterable[Panel] = app.extensions.get(KEY, ())
    filled: dict[str, list[Filled]] = {"main": [], "aside": []}
    for panel in sorted(handed_in, key=lambda panel: panel.order):
        context = panel.context(subject)
        if context is not None:
            filled[panel.place].append(Filled(panel.template, context))
    return filled


def planned_levels(app: Flask, subject: Subject) -> Mapping[Level, int]:
    """The levels an enterprise is cultivated for, with the year: what the feature that keeps the plan says."""
    told: Callable[[Subject], Mapping[Level, int]] | None = app.extensions.get(PLANNED_KEY)
    return told(subject) if told else {}
