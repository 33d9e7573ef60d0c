"""Entries as the auditor sees them, on the page and in a workbook: in words, with the enterprises they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.history.directory import directory
from sme_tracker.history.models import HistoryEntry
from sme_tracker.history.queries import Told
from sme_tracker.web.history_words import ShownEntry, shown, through_words
from sme_tracker.web.language import gettext as _


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, the entry in words, and code and name of its enterprise."""

    entry: HistoryEntry | Told
    words: ShownEntry
    enterprise: tuple[str, str] | None


def lines(session: Session, found: Sequence[HistoryEntry | Told]) -> list[Line]:
    """Entries in words, with the enterprises they tell of."""
    people, names = directory().people(session), directory().names(session)
    told_of = directory().enterprises(session, {one.enterprise_id for one in found if one.enterprise_id})
    return [
        Line(one, shown(one, people.get(one.user_id or 0), names), told_of.get(one.enterprise_id or 0)) for one in found
    ]


def heads() -> list[tuple[str, str]]:
    """Key and heading of the columns of an exported history."""
    return [
        ("id", _("No.")),
        ("at", _("When")),
        ("who", _("Who")),
        ("through", _("Done through")),
        ("address", _("Network address")),
        ("action", _("Action")),
        ("code", _("Credit code of the enterprise")),
        ("enterprise", _("Enterprise")),
        ("change", _("Change")),
        ("reason", _("Reason")),
    ]


def row(line: Line) -> list[str]:
    """The cells of one entry under `heads`."""
    entry, words = line.entry, line.words
    code, name = line.enterprise or ("", "")
    return [
        str(entry.id),
        f"{local(entry.at):%Y-%m-%d %H:%M:%S}",
        words.who,
        through_words(entry.through),
        entry.address or "",
        words.kind,
        code,
        name,
        words.text or _("; ").join(_altered(*change) for change in words.changes),
        words.reason or "",
    ]


def _altered(label: str, old: str | None, new: str | None, unit: str) -> str:
    missing = _("not entered")
    return f"{label} {old or missing} → {new or missing} {unit}".strip()
