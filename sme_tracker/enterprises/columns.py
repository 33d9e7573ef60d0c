"""The columns of the list: what each is called and holds, on the page and in a file alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from sme_tracker.accounts.models import User
from sme_tracker.clock import local
from sme_tracker.enterprises.listing import Listing, Sort
from sme_tracker.reference.models import Chain, Industry, ReportingUnit
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Role, Track
from sme_tracker.web import language
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import LEVELS, SIZE_CLASSES, STATUSES, step_words, track_words

NOTHING = "—"
DIVISION = 3
"""So many characters of an industry's code are its section and division: C36."""

Kind = Literal["text", "whole", "wan", "percent", "date"]


class Step(NamedTuple):
    """A step as a list shows it: its words, and how far it is of the five board columns."""

    words: str
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The names of everything rows refer to, in the language of the page; each in the order of its list.

    While the lists stay as they are, the very same words are read again.
    """

    units: Mapping[int | None, str]
    chains: Mapping[int | None, str]
    owners: Mapping[int | None, str]
    industries: Mapping[str, str]
    caseworkers: Sequence[int]
    levels: Mapping[int, str]
    statuses: Mapping[str, str]
    sizes: Mapping[str | None, str]
    steps: Mapping[str | None, Step]
    headings: Mapping[str, str]
    labels: Mapping[str, str]
    """The headings with their units, as a table that has no other place for them says them."""

    @classmethod
    def read(cls, session: Session, columns: "Iterable[Column] | None" = None) -> "Words":
        """The words with all names in them, read at once, and the headings of these columns or the list's own."""
        headed = tuple(COLUMNS.values() if columns is None else columns)
        names = session.connection().execute(_NAMES).all()
        return _words(language.code(), headed, tuple(map(tuple, names)))

    def industry(self, code: str | None) -> str:
        """The code of an industry and the name of its division."""
        return f"{code} {self.industries.get(code[:DIVISION], '')}".rstrip() if code else NOTHING


class Rows(NamedTuple):
    """Some enterprises of a list, and what its filters of other features ask."""

    session: Session
    ids: Sequence[int]
    asked: Mapping[str, str]
    today: date


@dataclass(frozen=True, slots=True)
class Told:
    """What another feature tells of many rows at once, by the id of the enterprise: drawn cells, words for a file."""

    drawn: Callable[[Rows], Mapping[int, str]]
    written: Callable[[Rows], Mapping[int, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column; `source` is what it takes of `Listing.column`, `cell` turns that into what a reader reads.

    A column of another feature takes the id and is `told`.
    """

    key: str
    source: str
    label: Any
    kind: Kind = "text"
    cell: Callable[[Words], Callable[[Any], object]] | None = None
    width: str = ""
    usual: bool = False
    sorts: bool = False
    falls: bool = False
    """Whether the first click sorts from the greatest down."""
    never_missing: bool = False
    of_today: bool = False
    """Whether it tells of today only and is left off where the list is of another day."""
    told: Told | None = None

    @property
    def figures(self) -> bool:
        """Whether it holds figures, which stand at the right."""
        return self.kind in ("whole", "wan", "percent")

    def sort(self, *, descending: bool) -> Sort:
        """The sort of the list by this column."""
        return Sort(self.source, descending, not self.never_missing)


def _day(_words: Words) -> Callable[[datetime], date]:
    return lambda moment: local(moment).date()


COLUMNS = {
    column.key: column
    for column in (
        Column("name", "name", _l("Enterprise"), width="w-name", usual=True, sorts=True, never_missing=True),
        Column("code", "code", _l("Credit code"), width="w-code"),
        Column(
            "level",
            "level",
            _l("Level"),
            cell=lambda words: words.levels.__getitem__,
            width="w-lv",
            usual=True,
            sorts=True,
            falls=True,
            never_missing=True,
        ),
        Column("unit", "unit_id", _l("Unit"), cell=lambda words: words.units.get, width="w-m", usual=True, sorts=True),
        Column("chain", "chain_id", _l("Chain"), cell=lambda words: words.chains.get, width="w-m", usual=True),
        Column(
            "step",
            "step",
            _l("Track and step"),
            cell=lambda words: lambda step: words.steps[step].words,
            width="w-l",
            usual=True,
        ),
        Column("revenue", "revenue_wan", _l("Latest revenue"), "wan", width="w-m", usual=True, sorts=True, falls=True),
        Column("rd", "rd_intensity_percent", _l("R&D"), "percent", width="w-m", usual=True, sorts=True, falls=True),
        Column(
            "valid_until", "level_until", _l("Valid until"), "date", width="w-m", usual=True, sorts=True, of_today=True
        ),
        Column("owner", "owner_id", _l("In charge"), cell=lambda words: words.owners.get, width="w-s", usual=True),
        Column(
            "updated",
            "updated_at",
            _l("Last change"),
            "date",
            cell=_day,
            width="w-m",
            usual=True,
            sorts=True,
            falls=True,
            never_missing=True,
        ),
        Column("industry", "industry_code", _l("Industry"), cell=lambda words: words.industry, width="w-l"),
        Column("size", "size_class", _l("Size class"), cell=lambda words: words.sizes.get, width="w-s"),
        Column("status", "status", _l("Status"), cell=lambda words: words.statuses.__getitem__, width="w-s"),
        Column("figures_year", "figures_year", _l("Year of the figures"), "whole", width="w-s"),
        Column("product", "main_product", _l("Main product"), width="w-l"),
        Column("niche", "niche", _l("Niche"), width="w-l"),
        Column("founded", "founded_on", _l("Founded on"), "date", width="w-m"),
        Column("region", "registered_region", _l("Registered region"), width="w-m"),
        Column("representative", "legal_representative", _l("Legal representative"), width="w-m"),
        Column("capital", "registered_capital_wan", _l("Registered capital"), "wan", width="w-m"),
    )
}
"""All columns in their order, by key; the name is always shown."""

USUAL = tuple(column.key for column in COLUMNS.values() if column.usual)


def written(
    listing: Listing, columns: Sequence[Column], sort: Sort, words: Words
) -> tuple[list[tuple[str, str, Kind]], Iterator[list[object]]]:
    """The whole list as a file holds it: key, heading and kind of each column, and the rows as they are read.

    What is not known is None; money is in 万元.
    """
    heads = [(column.key, words.headings[column.key], column.kind) for column in columns]
    return heads, _cells(listing, columns, sort, words)


def _cells(listing: Listing, columns: Sequence[Column], sort: Sort, words: Words) -> Iterator[list[object]]:
    said = [(place, column.cell(words)) for place, column in enumerate(columns) if column.cell]
    told = [(place, column.told) for place, column in enumerate(columns) if column.told]
    for portion in listing.portions([column.source for column in columns], sort):
        rows = [list(row[: len(columns)]) for row in portion]
        for place, cell in said:
            for values in rows:
                values[place] = _or_none(cell(values[place]))
        for place, of in told:
            found = of.written(Rows(listing.session, [row.which for row in portion], listing.added, listing.today))
            for values, row in zip(rows, portion, strict=True):
                values[place] = found.get(row.which)
        yield from rows


def _or_none(shown: object) -> object:
    return None if shown == NOTHING else shown


def _list_of(place: int, c: ReadOnlyColumnCollection[str, Any], name: str, order: str) -> Select[Any]:
    return select(literal(place).label("list"), c.id, c.code, c[name].label("name"), c.name_en, c[order].label("sort"))


_USER = User.__table__.c
_NAMES = union_all(
    _list_of(0, ReportingUnit.__table__.c, "short_name", "sort"),
    _list_of(1, Chain.__table__.c, "name", "id"),
    _list_of(2, Industry.__table__.c, "name", "id"),
    select(literal(3), _USER.id, _USER.role, _USER.full_name, literal(""), _USER.id),
).order_by("list", "sort", "id")


class _Named(NamedTuple):
    """An item of one of the lists, or an account with its role as the code."""

    place: int
    id: int
    code: str
    name: str
    name_en: str
    order: int


@lru_cache(maxsize=8)
def _words(spoken: str, headed: tuple[Column, ...], names: tuple[tuple[Any, ...], ...]) -> Words:
    def named(item: _Named) -> str:
        return item.name_en if spoken == "en" and item.name_en else item.name

    lists: list[list[_Named]] = [[], [], [], []]
    for item in map(_Named._make, names):
        lists[item.place].append(item)
    units, chains, industries, users = lists
    steps = {
        step.code: Step(f"{track_words(of)} · {step_words(of, step.code)}", step.column)
        for of in Track
        for step in track(of).steps
    }
    return Words(
        units={row.id: named(row) for row in units} | {None: _("No unit yet")},
        chains={row.id: named(row) for row in chains} | {None: NOTHING},
        owners={row.id: row.name for row in users} | {None: NOTHING},
        industries={row.code: named(row) for row in industries},
        caseworkers=[row.id for row in users if row.code == Role.CASEWORKER],
        levels=_said(LEVELS),
        statuses=_said(STATUSES),
        sizes=_said(SIZE_CLASSES) | {None: NOTHING},
        steps=steps | {None: Step(NOTHING, 0)},
        headings={column.key: str(column.label) for column in headed},
        labels={column.key: _with_unit(column) for column in headed},
    )


def _with_unit(column: Column) -> str:
    unit = {"wan": _("CNY 10,000"), "percent": "%"}.get(column.kind)
    return str(_("%(name)s (%(unit)s)", name=column.label, unit=unit) if unit else column.label)


def _said(sentences: Mapping[Any, Any]) -> dict[Any, str]:
    return {code: str(sentence) for code, sentence in sentences.items()}
