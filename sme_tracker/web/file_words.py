"""The words of what comes in and goes out as files: kinds of files, exported lists, and how they were filtered."""

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l

FILE_KINDS: Mapping[str, LazyString] = {
    "register": _l("a register of enterprises"),
    "ledger": _l("a recognition ledger"),
    "figures": _l("yearly figures"),
}
"""What a file that comes in is about."""

EXPORTED: Mapping[str, LazyString] = {
    "enterprises": _l("List of enterprises"),
    "measure": _l("List behind a number"),
    "import.left_out": _l("Rows left out"),
    "history": _l("History"),
    "near_misses": _l("Enterprises one criterion short"),
    "shortlist": _l("Shortlist"),
    "recommendation": _l("Recommendation table"),
    "try_out": _l("Try-out of a standard"),
    "gap_list": _l("Gap list of an enterprise"),
}
"""What a list in the register of exports is called."""

FILTERS: Mapping[str, LazyString] = {
    "enterprise": _l("Enterprise"),
    "known": _l("As known on"),
    "level": _l("Level"),
    "measure": _l("Indicator"),
    "purpose": _l("Purpose"),
    "q": _l("Search"),
    "rule_set": _l("Recognition standard"),
    "template": _l("Template"),
    "try_out": _l("Try-out number"),
    "unit": _l("District or zone"),
    "version": _l("Version"),
}
"""What the filters of a list are called in the register of exports; of the others the name in the address stands."""


def file_kind_words(kind: str | None) -> str:
    """What a file is about, in words; a mixed one is about several things."""
    return _(", ").join(str(FILE_KINDS[part]) for part in (kind or "").split(",") if part in FILE_KINDS)


def what_words(what: str) -> str:
    """What an exported list is called."""
    return str(EXPORTED.get(what, what))
