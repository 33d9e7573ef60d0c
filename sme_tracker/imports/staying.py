"""What stays when an import is undone, in words: fields changed since, new enterprises that somebody worked on."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from sme_tracker.accounts.queries import full_names
from sme_tracker.enterprises.page import names_of_ids
from sme_tracker.enterprises.queries import codes_and_names
from sme_tracker.history.acts import Deed, Left
from sme_tracker.history.chain import plain
from sme_tracker.web.action_words import ACTIONS
from sme_tracker.web.history_words import Names, field_words, value_words
from sme_tracker.web.language import gettext as _


class Known(NamedTuple):
    """Who is who: people by account, enterprises as code and name, names for the fields that hold an id."""

    people: Mapping[int, str]
    enterprises: Mapping[int, tuple[str, str]]
    names: Names


class Staying(NamedTuple):
    """Something that stays as it is: of which enterprise, what, who did it and when; values only of what changed."""

    enterprise_id: int
    code: str
    enterprise: str
    what: str
    who: str
    at: datetime | None
    was: str | None = None
    written: str | None = None
    now: str | None = None


def known(session: Session, enterprise_ids: Collection[int]) -> Known:
    """Who is who among those concerned."""
    return Known(full_names(session), codes_and_names(session, enterprise_ids), names_of_ids(session))


def changed(left: Left, known: Known) -> Staying:
    """A field that was changed since the import."""
    place = "、".join(str(value_words(name, plain(value), known.names)) for name, value in left.place.items())
    values = [value_words(left.name, plain(value), known.names) for value in (left.was, left.written, left.now)]
    who = known.people.get(left.by_id or 0) or str(_("System"))
    what = f"{field_words(left.name)} {place}".strip()
    return Staying(left.enterprise_id, *known.enterprises[left.enterprise_id], what, who, left.at, *values)


def done(deed: Deed, known: Known) -> Staying:
    """A new enterprise, and what was done to it first."""
    who = known.people.get(deed.user_id or 0) or str(_("System"))
    what = str(ACTIONS.get(deed.action, deed.action))
    return Staying(deed.enterprise_id, *known.enterprises[deed.enterprise_id], what, who, deed.at)
