"""The filters of the list as a reader sees them: what is asked, in words, and what else may be chosen."""

from collections.abc import Callable, Mapping, Set

from sme_tracker.enterprises.asked import Asked
from sme_tracker.enterprises.chips import Editor, Option, joined, many
from sme_tracker.enterprises.columns import Words
from sme_tracker.enterprises.filters import Filters
from sme_tracker.rules.terms import Status, Track
from sme_tracker.web.fields import shown_number
from sme_tracker.web.language import gettext as _
from sme_tracker.web.words import column_words, track_words

EXPIRING = (30, 90, 180, 365)


def editors(asked: Asked, words: Words) -> list[Editor]:
    """The filters in force, in the order of the chips."""
    names = asked.filters.address().keys()
    return [edit(asked.filters, words) for name, edit in _EDITORS.items() if names & _NAMES.get(name, {name})]


def offered(names: Set[str], words: Words) -> list[Editor]:
    """The filters that an address with these names does not ask for, ready to be chosen from."""
    return [edit(Filters(), words) for name, edit in _EDITORS.items() if not names & _NAMES.get(name, {name})]


def _level(filters: Filters, words: Words) -> Editor:
    return many("level", _("Level"), words.levels, filters.level)


def _unit(filters: Filters, words: Words) -> Editor:
    return many("unit", _("Reporting unit"), words.units, filters.unit)


def _stage(filters: Filters, _words: Words) -> Editor:
    return many("stage", _("Stage"), {**_track_names(), None: _("No open case")}, filters.stage)


def _step(filters: Filters, words: Words) -> Editor:
    return many("step", _("Step"), {code: step.words for code, step in words.steps.items() if code}, filters.step)


def _chain(filters: Filters, words: Words) -> Editor:
    return many("chain", _("Industrial chain"), {**words.chains, None: _("No chain")}, filters.chain)


def _owner(filters: Filters, words: Words) -> Editor:
    known = {key: words.owners[key] for key in (*words.caseworkers, *filters.owner) if key in words.owners}
    return many("owner", _("Caseworker in charge"), known | {None: _("No caseworker yet")}, filters.owner)


def _size(filters: Filters, words: Words) -> Editor:
    return many("size", _("Size class"), {**words.sizes, None: _("Size not known")}, filters.size)


def _as_of(filters: Filters, _words: Words) -> Editor:
    day = filters.as_of.isoformat() if filters.as_of else None
    return Editor("as_of", _("As of"), "day", day, values=[day or ""])


def _status(filters: Filters, words: Words) -> Editor:
    chosen = filters.status or tuple(Status)
    editor = many("status", _("Status"), words.statuses, chosen)
    usual = filters.status == Filters().status
    said = None if usual else editor.words if filters.status else _("any")
    return Editor(editor.name, editor.label, "many", said, editor.options)


def _track_names() -> dict[str, str]:
    return {of.value: track_words(of) for of in Track}


def _track(filters: Filters, _words: Words) -> Editor:
    editor = many("track", _("Open case on"), _track_names(), filters.track)
    said = editor.words
    if filters.column is not None:
        of = filters.track or tuple(Track)
        said = joined(f"{track_words(one)} · {column_words(one, filters.column)}" for one in of)
    return Editor("track", editor.label, "many", said, editor.options, names=("track", "column"))


def _industry(filters: Filters, words: Words) -> Editor:
    sections = sorted({code[:1] for code in words.industries})
    known = {section: _("Section %(letter)s", letter=section) for section in sections} | dict(words.industries)
    options = [Option("", _("Any industry"))]
    options += [
        Option(code, f"{code} {known[code]}" if len(code) > 1 else known[code], code in filters.industry)
        for code in sorted(known)
    ]
    said = joined(known.get(code, code) if len(code) == 1 else words.industry(code) for code in filters.industry)
    return Editor("industry", _("Industry"), "one", said, options)


def _revenue(filters: Filters, _words: Words) -> Editor:
    low, high = (None if wan is None else shown_number(wan) for wan in (filters.revenue_from, filters.revenue_to))
    said = None
    if low and high:
        said = _("%(low)s–%(high)s (CNY 10,000)", low=low, high=high)
    elif low or high:
        said = _("≥ %(low)s (CNY 10,000)", low=low) if low else _("≤ %(high)s (CNY 10,000)", high=high)
    names = ("revenue_from", "revenue_to")
    written = filters.address()
    return Editor("revenue", _("Revenue"), "range", said, values=[written.get(name, "") for name in names], names=names)


def _expiring(filters: Filters, _words: Words) -> Editor:
    days = sorted({*EXPIRING, *([] if filters.expiring is None else [filters.expiring])})
    options = [Option("", _("Any time"))]
    options += [Option(str(number), _in_days(number), number == filters.expiring) for number in days]
    return Editor(
        "expiring", _("Level expires"), "one", None if filters.expiring is None else _in_days(filters.expiring), options
    )


def _in_days(number: int) -> str:
    return str(_("within %(days)s days", days=number))


def _branch(filters: Filters, _words: Words) -> Editor:
    said = {True: _("Branches only"), False: _("No branches"), None: None}
    options = [
        Option(value, words or _("Both"), filters.branch is of)
        for value, of, words in (("", None, None), ("no", False, said[False]), ("yes", True, said[True]))
    ]
    return Editor("branch", _("Branches"), "one", said[filters.branch], options)


_EDITORS: Mapping[str, Callable[[Filters, Words], Editor]] = {
    "level": _level,
    "unit": _unit,
    "status": _status,
    "stage": _stage,
    "track": _track,
    "step": _step,
    "chain": _chain,
    "industry": _industry,
    "owner": _owner,
    "size": _size,
    "revenue": _revenue,
    "expiring": _expiring,
    "branch": _branch,
    "as_of": _as_of,
}
_NAMES: Mapping[str, Set[str]] = {"track": {"track", "column"}, "revenue": {"revenue_from", "revenue_to"}}
"""What a filter is called in the address, where that is not its own name."""
