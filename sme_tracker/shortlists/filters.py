"""Which candidates of a shortlist a page shows: the filters in its address, and page by page by credit code."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from sme_tracker.assessments.words import OUTCOMES
from sme_tracker.rules.terms import DecisionWord
from sme_tracker.rules.verdicts import Outcome
from sme_tracker.shortlists.draft import Basis, Row
from sme_tracker.shortlists.words import BASES
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.pages import address
from sme_tracker.web.words import DECISIONS, listed

PAGE_SIZE = 50
NONE = "none"
NOTHING_SAID = _l("nothing said yet")
SHOWN = ("all", *(word.value for word in DecisionWord), NONE, "changed")
PLACES = ("after", "before", "end")


class Option(NamedTuple):
    """A value a filter may have."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Editor:
    """A filter with all it offers; `kind` tells the template how to draw it."""

    name: str
    label: str
    options: Sequence[Option]
    kind: str = "many"

    @property
    def is_set(self) -> bool:
        """Whether the filter is in force."""
        return any(option.chosen for option in self.options)

    @property
    def words(self) -> str:
        """What is chosen, in words."""
        return str(_(", ")).join(option.words for option in self.options if option.chosen)

    @property
    def remove_url(self) -> str:
        """The list without this filter."""
        return address({self.name: None}, drop=PLACES)


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of the rows, the place of its first in all of them, and the addresses of its neighbours."""

    rows: Sequence[Row]
    first: int
    total: int
    urls: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Filters:
    """What an address asks for; a value there is none of is left out."""

    show: str
    chosen: Mapping[str, Collection[str]]

    @classmethod
    def read(cls, arguments: "MultiDict[str, str]", *, of_decisions: bool = True) -> "Filters":
        """The filters of an address; what the city decided is left aside for whoever is not shown it."""
        show = arguments.get("show", "all") if of_decisions else "all"
        return cls(show if show in SHOWN else "all", {name: set(arguments.getlist(name)) for name in _VALUE_OF})

    def pick(self, rows: Sequence[Row], changed: Collection[str]) -> list[Row]:
        """The rows that fit; `changed` are the credit codes of those that differ from the last frozen version."""
        return [row for row in rows if self._fits_show(row, changed) and self._fits(row)]

    def editors(self, rows: Sequence[Row], *, of_units: bool = True) -> list[Editor]:
        """The filters with what the rows offer."""
        units = sorted(
            {row.candidate.unit_id: row for row in rows}.values(), key=lambda row: row.candidate.unit_id or 0
        )
        decisions = {
            word.value: str(DECISIONS[word]) for word in (DecisionWord.RECOMMENDED, DecisionWord.NOT_RECOMMENDED)
        }
        found = {
            "outcome": (_("What judging says"), {each.value: str(OUTCOMES[each]) for each in Outcome}),
            "district": (_("District’s word"), decisions | {NONE: str(NOTHING_SAID)}),
            "basis": (_("On the list"), {each.value: str(BASES[each]) for each in Basis}),
        }
        if of_units:
            words = {_unit(row): listed(row.candidate.unit, row.candidate.unit_en) or "—" for row in units}
            found = {"unit": (_("District or zone"), words)} | found
        return [
            Editor(name, label, [Option(value, said, value in self.chosen[name]) for value, said in offered.items()])
            for name, (label, offered) in found.items()
        ]

    def _fits(self, row: Row) -> bool:
        return all(not wanted or _VALUE_OF[name](row) in wanted for name, wanted in self.chosen.items())

    def _fits_show(self, row: Row, changed: Collection[str]) -> bool:
        if self.show in ("all", "changed"):
            return self.show == "all" or row.candidate.code in changed
        return (row.decision.value if row.decision else NONE) == self.show


def slice_of(rows: Sequence[Row], arguments: Mapping[str, str]) -> Slice:
    """The page of the rows that an address asks for: after or before the candidate of a credit code, or the end."""
    places = {row.candidate.code: place for place, row in enumerate(rows)}
    start = 0
    if arguments.get("end"):
        start = max(0, (len(rows) - 1) // PAGE_SIZE * PAGE_SIZE)
    elif arguments.get("after") in places:
        start = places[arguments["after"]] + 1
    elif arguments.get("before") in places:
        start = max(0, places[arguments["before"]] - PAGE_SIZE)
    shown = rows[start : start + PAGE_SIZE]
    earlier, later = start > 0, start + len(shown) < len(rows)
    urls = {
        "first": _at() if earlier else None,
        "prev": _at(before=shown[0].candidate.code) if earlier and shown else None,
        "next": _at(after=shown[-1].candidate.code) if later and shown else None,
        "last": _at(end="1") if later else None,
    }
    return Slice(shown, start + 1, len(rows), urls)


def _at(**place: str) -> str:
    return address({**place}, drop=PLACES)


def _unit(row: Row) -> str:
    return str(row.candidate.unit_id or NONE)


def _outcome(row: Row) -> str:
    return row.marks.outcome.value if row.marks else NONE


def _district(row: Row) -> str:
    return row.district_word.value if row.district_word else NONE


def _basis(row: Row) -> str:
    return row.basis.value


_VALUE_OF: Mapping[str, Callable[[Row], Any]] = {
    "unit": _unit,
    "outcome": _outcome,
    "district": _district,
    "basis": _basis,
}
