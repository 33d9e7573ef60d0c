"""What other features show on the page of an enterprise: each hands in its panel when its pages are registered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from flask import Flask
from sqlalchemy.orm import Session

from sme_tracker.enterprises.models import Enterprise
from sme_tracker.web.principal import Principal

KEY = "enterprise_panels"


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: the template that draws it, what it needs to know, and the column it stands in."""

    template: str
    context: Mapping[str, object]
    place: Literal["main", "aside"] = "main"


BuildPanel = Callable[[Session, Enterprise, Principal, date], Panel | None]


def add_panel(app: Flask, build: BuildPanel) -> None:
    """Show what `build` returns on every enterprise's page, after the panels handed in before."""
    app.extensions.setdefault(KEY, []).append(build)


def panels(app: Flask, session: Session, enterprise: Enterprise, user: Principal, today: date) -> list[Panel]:
    """The panels of one enterprise's page, for the user, in their order."""
    builders: Iterable[BuildPanel] = app.extensions.get(KEY, ())
    built = (build(session, enterprise, user, today) for build in builders)
    return [panel for panel in built if panel is not None]
