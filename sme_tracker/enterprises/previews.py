"""What saving a form would change elsewhere, shown beside it; other features hand in what they have to say."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from sme_tracker.enterprises.caches import figures_cache
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.panels import Filled
from sme_tracker.rules.branches import is_branch
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.web.pages import current_session, today

KEY = "save_previews"


@dataclass(frozen=True, slots=True)
class AsSaved:
    """What would be known of an enterprise once the form were saved, and what follows from it; nothing is stored."""

    figures: Sequence[YearlyFigures]
    founded_on: date | None
    niche_since: date | None
    barred_until: date | None
    is_branch: bool
    size_class: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A part of the preview: the template that draws it, and what that needs to know."""

    template: str
    context: Callable[[Session, Enterprise, AsSaved, date], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Previewed:
    """What saving would change, and the labels of the fields that cannot be read yet and so stay as they are."""

    parts: Sequence[Filled]
    unread: Sequence[str]


def as_saved(one: Enterprise, figures: Sequence[YearlyFigures], profile: Mapping[str, Any]) -> AsSaved:
    """The enterprise with these figures and these fields of the profile in the place of its own."""

    def known(name: str) -> Any:
        return profile[name] if name in profile else getattr(one, name)

    return AsSaved(
        figures=figures,
        founded_on=known("founded_on"),
        niche_since=known("niche_since"),
        barred_until=known("barred_until"),
        is_branch=is_branch(one.name, known("enterprise_type")),
        size_class=figures_cache(figures, known("industry_code"))["size_class"],
    )


def previewed(form: FlaskForm, one: Enterprise, saved: AsSaved) -> Previewed:
    """What each feature says of the enterprise as it would be saved."""
    handed_in: Iterable[Preview] = current_app.extensions.get(KEY, ())
    session, day = current_session(), today()
    return Previewed(
        [Filled(each.template, each.context(session, one, saved, day)) for each in handed_in],
        [str(field.label.text) for field in form if field.errors],
    )
