"""What the address of the history page asks for: filters, each with its words, and the place in the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from sme_tracker.history.directory import Directory
from sme_tracker.history.queries import NOBODY, Filters
from sme_tracker.rules.bounds import whole_number
from sme_tracker.web.action_words import ACTIONS
from sme_tracker.web.history_words import through_words
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.pages import day_from

THROUGH = {
    "form": ("form",),
    "page": ("page", "sign-in", "sign-out"),
    "import": ("import",),
    "command": ("command",),
    "demo": ("demo",),
}
"""What the page offers, and what entries say of it."""
LABELS = {
    "who": ("user_id", _l("Who")),
    "action": ("action", _l("Action")),
    "code": ("enterprise_id", _l("Enterprise")),
    "from": ("from_day", _l("From day")),
    "to": ("to_day", _l("Through day")),
    "through": ("through", _l("Done through")),
}
"""The parameters of the address: which filter each sets, and what it is called."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters in force, label and value of each in words by parameter, and the labels of what names nothing."""

    filters: Filters
    words: Mapping[str, tuple[str, str]]
    ignored: list[str]


def read(arguments: Mapping[str, str], session: Session, directory: Directory) -> Asked:
    """The filters of an address; what names nothing is left aside and said."""
    values: dict[str, Any] = {}
    words: dict[str, tuple[str, str]] = {}
    ignored: list[str] = []
    for name, (stored_as, label) in LABELS.items():
        written = arguments.get(name, "").strip()
        if not written:
            continue
        value, shown = _read(name, written, session, directory)
        if value is None:
            ignored.append(str(label))
        else:
            values[stored_as], words[name] = value, (str(label), shown)
    return Asked(Filters(**values), words, ignored)


def _read(name: str, written: str, session: Session, directory: Directory) -> tuple[object, str]:
    """The value of a parameter (None: it names nothing), and the value in words."""
    if name == "who":
        people = {NOBODY: _("System"), **directory.people(session)}
        user_id = whole_number(written)
        return (user_id, people[user_id]) if user_id in people else (None, written)
    if name == "action":
        return (written, str(ACTIONS[written])) if written in ACTIONS else (None, written)
    if name == "code":
        return directory.find_enterprise(session, written), written
    if name == "through":
        return THROUGH.get(written), through_words(written)
    day = day_from(written)
    return day, written
