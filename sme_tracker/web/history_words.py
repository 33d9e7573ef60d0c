"""The history in words: what was done, which field went from what to what, who did it and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol

from sme_tracker.clock import local
from sme_tracker.web.action_words import ACTIONS
from sme_tracker.web.fields import shown_number
from sme_tracker.web.file_words import EXPORTED, FILE_KINDS
from sme_tracker.web.language import code
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.paper_words import PAPER_CHOICES, PAPER_FIELDS, PAPER_KINDS, PAPERS_NAMED
from sme_tracker.web.words import (
    CACHES,
    DECISIONS,
    FIGURES,
    INDICATORS,
    KINDS,
    REVIEW_RESULTS,
    ROLES,
    SOURCES,
    STATUSES,
    TITLES,
    UNIT_KINDS,
    exit_words,
    shortlist_words,
    step_words,
    track_words,
)

FIELDS: dict[str, Any] = {
    "code": _l("Unified social credit code"),
    "code_as_printed": _l("Code as printed on the licence"),
    "name": _l("Name"),
    "unit_id": _l("Reporting unit"),
    "status": _l("Status"),
    "from_day": _l("Holds from"),
    "registered_region": _l("Registered region"),
    "address": _l("Address"),
    "enterprise_type": _l("Enterprise type"),
    "legal_representative": _l("Legal representative"),
    "registered_capital": _l("Registered capital"),
    "registered_capital_wan": _l("Registered capital (CNY 10,000)"),
    "business_scope": _l("Business scope"),
    "industry_code": _l("Industry"),
    "chain_id": _l("Industrial chain"),
    "niche": _l("Niche"),
    "niche_since": _l("In the niche since"),
    "main_product": _l("Main product"),
    "founded_on": _l("Founded on"),
    "group_parent": _l("Group parent"),
    "barred_until": _l("Barred until"),
    "owner_id": _l("Caseworker in charge"),
    "fiscal_year": _l("Fiscal year"),
    "source": _l("Source"),
    "position": _l("Position"),
    "phone": _l("Phone"),
    "title": _l("Title"),
    "kind": _l("Kind"),
    "batch": _l("Batch"),
    "document_number": _l("Document number"),
    "certificate_number": _l("Certificate number"),
    "published_on": _l("Published on"),
    "valid_from": _l("Valid from"),
    "valid_until": _l("Valid through"),
    "opened_on": _l("Opened on"),
    "decided_on": _l("Decided on"),
    "result": _l("Result"),
    "revoked_on": _l("Revoked on"),
    "step": _l("Step"),
    "actual_on": _l("Taken on"),
    "planned_on": _l("Planned for"),
    "exit": _l("How it ends"),
    "closed_on": _l("Ended on"),
    "year": _l("Year"),
    "officer_id": _l("Officer"),
    "name_en": _l("Name in English"),
    "short_name": _l("Short name"),
    "region_code": _l("Administrative division code"),
    "office_name": _l("Office in charge"),
    "closed_from": _l("Closed from"),
    "notice_number": _l("Notice number"),
    "bureau_name": _l("Name of the bureau"),
    "bureau_name_en": _l("Name of the bureau in English"),
    "full_name": _l("Full name"),
    "role": _l("Role"),
    "user_id": _l("Account"),
    "disabled_at": _l("Disabled at"),
    "path": _l("Page"),
    "method": _l("Kind of request"),
    "entries": _l("Entries"),
    "put_forward_on": _l("Put forward on"),
    "taken_back_on": _l("Taken back on"),
    "decided_by": _l("Decided by"),
    "shortlist": _l("Shortlist"),
    "decision": _l("Decision"),
    "outcome": _l("Result"),
    "number": _l("Version"),
    "candidates": _l("Number of candidates"),
    "recommended": _l("Number recommended"),
    "checksum": _l("Checksum"),
    "rule_set": _l("Recognition standard"),
    "try_out": _l("Try-out number"),
    "made_at": _l("Backed up at"),
    "unsealed": _l("Without a seal"),
    "findings": _l("Findings"),
    "indicator": _l("Indicator"),
    "value": _l("Value"),
    "what": _l("Name of the list"),
    "format": _l("File format"),
    "filters": _l("Filters in force"),
    "rows": _l("Number of rows"),
    "sheet_title": _l("Name of the sheet"),
    "table_lines": _l("Lines above the table"),
    "table_columns": _l("Columns"),
    "table_rows": _l("Who stands in it"),
    "as_of": _l("As of day"),
    "ref": _l("Number"),
    "until_day": _l("Valid until"),
    "file_name": _l("File"),
    "list": _l("List"),
    "question": _l("Question"),
    "met": _l("Met"),
    "points": _l("points"),
    "verified_on": _l("Checked on"),
    "file_kind": _l("Kind of file"),
    "entered": _l("Enterprises taken out again"),
    "profile_fields": _l("Fields put back"),
    "figure_years": _l("Yearly figures put back"),
    "titles": _l("Titles put back"),
    "people": _l("Contacts put back"),
    "stays": _l("New enterprises that stay"),
    "left": _l("What was changed since and stays"),
    "out_of_reach": _l("Enterprises of another district by now"),
    "create": _l("New rows"),
    "change": _l("Changed rows"),
    "unchanged": _l("Rows unchanged"),
    "refused": _l("Rows left out"),
    "contact": _l("Contact"),
    "review_opened_on": _l("Review opened"),
    "amount_wan": _l("Amount"),
    "share_percent": _l("Market share"),
    **FIGURES,
    **CACHES,
}
FIELDS = {**PAPER_FIELDS, **FIELDS}
"""What a field is called."""

_SORTS = {key.partition(".")[2]: words for key, words in PAPERS_NAMED.items() if "." in key}

VALUES: dict[str, Mapping[Any, Any]] = {
    "status": STATUSES,
    "source": SOURCES,
    "title": TITLES,
    "kind": {**KINDS, **UNIT_KINDS, **_SORTS, **PAPER_KINDS},
    "result": REVIEW_RESULTS,
    "indicator": INDICATORS,
    "role": ROLES,
    "decision": DECISIONS,
    "outcome": {"recognised": _l("recognised"), "refused": _l("refused")},
    "list": PAPERS_NAMED,
    "question": _SORTS,
    "file_kind": FILE_KINDS,
    "what": EXPORTED,
    **PAPER_CHOICES,
}
"""The words of a field's codes."""

KEY_ACTIONS = frozenset({"title.recognise", "title.revoke", "review.decide", "case.step", "case.close"})
"""Changes of level or step, which stand out."""

PLACES = ("fiscal_year", "source", "track", "step", "title", "shortlist")
"""Fields that say where a change belongs rather than what changed."""

Names = Mapping[str, Callable[[int], str | None]]
Changes = Mapping[str, Any]


class Kept(Protocol):
    """An entry as the history keeps it."""

    at: datetime
    action: str
    subject: str
    through: str
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry ready for the page, as the history macro draws it."""

    iso: str
    on: str
    kind: str
    who: str
    at: str
    key: bool
    text: str = ""
    changes: list[tuple[str, str | None, str | None, str]] = field(default_factory=list)
    reason: str | None = None
    url: str | None = None
    url_label: str | None = None
    undo_url: str | None = None


def shown(entry: Kept, who: str | None, names: Names) -> ShownEntry:
    """The entry in words; `names` says for a field that holds an id what the id is called."""
    moment = local(entry.at)
    reason = entry.changes.get("reason", [None, None])[1]
    changes = _changes(entry, names)
    is_new = all(old is None for _label, old, _new, _of in changes)
    places = [
        value_words(name, entry.changes[name][1] or entry.changes[name][0], names, entry.changes)
        for name in PLACES
        if _is_place(name, entry)
    ]
    return ShownEntry(
        iso=moment.isoformat(timespec="minutes"),
        on=f"{moment:%Y-%m-%d}",
        kind=_kind(str(ACTIONS.get(entry.action, entry.action)), [str(place) for place in places if place]),
        who=who or _("System"),
        at=f"{moment:%H:%M}" + ("" if entry.through == "form" else f" · {through_words(entry.through)}"),
        key=entry.action in KEY_ACTIONS,
        text=_("; ").join(f"{label} {new} {of}".strip() for label, _old, new, of in changes) if is_new else "",
        changes=[] if is_new else changes,
        reason=reason,
    )


WAYS: Mapping[str, Any] = {
    "form": _l("form"),
    "page": _l("page"),
    "sign-in": _l("page"),
    "sign-out": _l("page"),
    "demo": _l("demonstration"),
    "command": _l("command"),
}
"""What an entry may have come through, beside an import."""


def through_words(through: str) -> str:
    """Through what something was done: a form, an import with its number, a command."""
    word, _space, number = through.partition(" ")
    if word == "import":
        return str(_("import %(number)s", number=number) if number else _("import"))
    if word == "undo":
        return str(_("undoing import %(number)s", number=number))
    return str(WAYS.get(word, WAYS["command"]))


def _changes(entry: Kept, names: Names) -> list[tuple[str, str | None, str | None, str]]:
    spoken, of_paper = code(), entry.subject == "evidence"
    changes = []
    for name, (old, new) in entry.changes.items():
        if name != "reason" and (old, new) != (None, None) and not _is_place(name, entry):
            label, unit = _field(spoken, name, of_paper=of_paper)
            changes.append(
                (
                    label,
                    value_words(name, old, names, entry.changes),
                    value_words(name, new, names, entry.changes),
                    unit,
                )
            )
    return changes


@lru_cache(maxsize=1024)
def _field(_spoken: str, name: str, *, of_paper: bool) -> tuple[str, str]:
    """What a field is called where it is entered, which a paper may call otherwise than a list, and its unit."""
    own = PAPER_FIELDS if of_paper else {}
    unit = _("× CNY 10,000") if name.endswith("_wan") else "%" if name.endswith("_percent") else ""
    return str(own.get(name) or FIELDS.get(name, name)), unit


def _is_place(name: str, entry: Kept) -> bool:
    """Whether the field only says where something changed; a title corrected into another has changed itself."""
    if name not in PLACES:
        return False
    old, new = entry.changes.get(name, (None, None))
    return (old != new) <= (None in (old, new)) and (old or new) is not None


def field_words(name: str) -> str:
    """What a field is called, with its unit."""
    label, unit = _field(code(), name, of_paper=False)
    return f"{label} ({unit})" if unit else label


def value_words(name: str, value: object, names: Names, changes: Changes = MappingProxyType({})) -> str | None:
    """A value of a field in words, None for nothing; `changes` are those it stands among, which say of which track."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if name in names and isinstance(value, int):
        return names[name](value) or str(value)
    if name == "shortlist":
        return shortlist_words(str(value))
    if name in VALUES:
        return str(VALUES[name].get(value) or VALUES[name].get(str(value), value))
    return _of_track(name, str(value), changes) or _number(name, value)


def _of_track(name: str, value: str, changes: Changes) -> str | None:
    if name == "track":
        return track_words(value)
    if name not in ("step", "exit"):
        return None
    track = changes.get("track", [None, None])
    of = track[1] or track[0]
    return of and (step_words if name == "step" else exit_words)(of, value)


def _number(name: str, value: object) -> str:
    if name not in FIGURES and not name.endswith("_wan"):
        return str(value)
    try:
        return shown_number(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


def _kind(action: str, places: list[str]) -> str:
    return str(_("%(action)s (%(places)s)", action=action, places=_(", ").join(places))) if places else action
