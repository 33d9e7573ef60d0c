"""The filters of the list as a reader sees them: what is asked, in words, and what else may be chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext as _

from sme_tracker.enterprises.asked import Asked
from sme_tracker.enterprises.columns import Words
from sme_tracker.enterprises.filters import NONE, Filters
from sme_tracker.rules.terms import Status, Track
from sme_tracker.web.fields import shown_number
from sme_tracker.web.words import column_words, track_words

EXPIRING = (30, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class Option:
    """What may be chosen in an editor."""

    value: str
    words: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Editor:
    """One filter: its name in the address, its label, what is chosen in words (None: nothing), and the choice."""

    name: str
    label: str
    kind: Literal["many", "one", "range", "day"]
    words: str | None
    options: Sequence[Option] = ()
    values: Sequence[str] = ()
    names: tuple[str, ...] = ()
    """All names in the address that go when the filter is taken away."""

    @property
    def dropped(self) -> tuple[str, ...]:
        """The names that an address without this filter does not carry."""
        return self.names or (self.name,)


def editors(asked: Asked, words: Words) -> list[Editor]:
    """Every filter but the search, in the order of the chips."""
    filters = asked.filters
    tracks = {of.value: track_words(of) for of in Track}
    caseworkers = {key: words.owners[key] for key in (*words.caseworkers, *filters.owner) if key in words.owners}
    return [
        _many("level", _("Level"), words.levels, filters.level),
        _many("unit", _("Reporting unit"), words.units, filters.unit),
        _statuses(filters, words),
        _many("stage", _("Stage"), {**tracks, None: _("No open case")}, filters.stage),
        _tracks(filters, tracks),
        _many("step", _("Step"), {code: step.words for code, step in words.steps.items() if code}, filters.step),
        _many("chain", _("Industrial chain"), {**words.chains, None: _("No chain")}, filters.chain),
        _industries(filters, words),
        _many("owner", _("Caseworker in charge"), caseworkers | {None: _("No caseworker yet")}, filters.owner),
        _many("size", _("Size class"), {**words.sizes, None: _("Size not known")}, filters.size),
        _revenue(filters),
        _expiring(filters),
        _branch(filters),
        Editor("as_of", _("As of"), "day", _date(filters), values=[_date(filters) or ""]),
    ]


def _many(name: str, label: str, choices: Mapping[Any, Any], chosen: Iterable[Any]) -> Editor:
    wanted = list(chosen)
    options = [Option(NONE if key is None else str(key), str(said), key in wanted) for key, said in choices.items()]
    return Editor(name, label, "many", _joined(str(choices.get(key, key)) for key in wanted), options)


def _joined(said: Iterable[str]) -> str | None:
    return str(_(", ")).join(said) or None


def _statuses(filters: Filters, words: Words) -> Editor:
    chosen = filters.status or tuple(Status)
    editor = _many("status", _("Status"), words.statuses, chosen)
    usual = filters.status == Filters().status
    said = None if usual else editor.words if filters.status else _("any")
    return Editor(editor.name, editor.label, "many", said, editor.options)


def _tracks(filters: Filters, tracks: Mapping[str, str]) -> Editor:
    editor = _many("track", _("Open case on"), tracks, filters.track)
    said = editor.words
    if filters.column is not None:
        of = filters.track or tuple(Track)
        said = _joined(f"{track_words(one)} · {column_words(one, filters.column)}" for one in of)
    return Editor("track", editor.label, "many", said, editor.options, names=("track", "column"))


def _industries(filters: Filters, words: Words) -> Editor:
    sections = sorted({code[:1] for code in words.industries})
    known = {section: _("Section %(letter)s", letter=section) for section in sections} | dict(words.industries)
    options = [Option("", _("Any industry"))]
    options += [
        Option(code, f"{code} {known[code]}" if len(code) > 1 else known[code], code in filters.industry)
        for code in sorted(known)
    ]
    said = _joined(known.get(code, code) if len(code) == 1 else words.industry(code) for code in filters.industry)
    return Editor("industry", _("Industry"), "one", said, options)


def _revenue(filters: Filters) -> Editor:
    low, high = (None if wan is None else shown_number(wan) for wan in (filters.revenue_from, filters.revenue_to))
    said = None
    if low and high:
        said = _("%(low)s–%(high)s (CNY 10,000)", low=low, high=high)
    elif low or high:
        said = _("≥ %(low)s (CNY 10,000)", low=low) if low else _("≤ %(high)s (CNY 10,000)", high=high)
    names = ("revenue_from", "revenue_to")
    written = filters.address()
    return Editor("revenue", _("Revenue"), "range", said, values=[written.get(name, "") for name in names], names=names)


def _expiring(filters: Filters) -> Editor:
    days = sorted({*EXPIRING, *([] if filters.expiring is None else [filters.expiring])})
    options = [Option("", _("Any time"))]
    options += [Option(str(number), _in_days(number), number == filters.expiring) for number in days]
    return Editor(
        "expiring", _("Level expires"), "one", None if filters.expiring is None else _in_days(filters.expiring), options
    )


def _in_days(number: int) -> str:
    return str(_("within %(days)s days", days=number))


def _branch(filters: Filters) -> Editor:
    said = {True: _("Branches only"), False: _("No branches"), None: None}
    options = [
        Option(value, words or _("Both"), filters.branch is of)
        for value, of, words in (("", None, None), ("no", False, said[False]), ("yes", True, said[True]))
    ]
    return Editor("branch", _("Branches"), "one", said[filters.branch], options)


def _date(filters: Filters) -> str | None:
    return filters.as_of.isoformat() if filters.as_of else None
