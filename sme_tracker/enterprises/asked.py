"""The address of the list: its filters, and how it is sorted, shown and turned, restored whole from what it says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from sme_tracker.enterprises.additions import NONE, Additions
from sme_tracker.enterprises.columns import COLUMNS, USUAL, Column
from sme_tracker.enterprises.filters import Filters, day_in, number_in
from sme_tracker.enterprises.listing import Place, Sort, Way

DENSITIES = ("compact", "standard", "roomy")
USUAL_SORT = "-level"
OWN_NAMES = frozenset({"sort", "cols", "density", "after", "before", "page", "first"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the list; `ignored` names what in it says nothing."""

    filters: Filters
    sort: str = USUAL_SORT
    cols: tuple[str, ...] = USUAL
    density: str = "standard"
    place: Place | None = None
    ignored: tuple[str, ...] = ()
    known: Mapping[str, Column] = field(default_factory=lambda: COLUMNS, repr=False)
    """All columns there are."""

    @classmethod
    def read(cls, address: Iterable[tuple[str, str]], additions: Additions = NONE) -> Self:
        """What the names and values of an address ask for; whatever they are, it can be answered."""
        given = list(address)
        others = OWN_NAMES | additions.names
        filters, ignored = Filters.read((name, text) for name, text in given if name not in others)
        added, not_understood = additions.read(given, filters.as_of)
        filters, ignored = replace(filters, added=added), ignored + not_understood
        own = {name: text for name, text in given if name in OWN_NAMES and text}
        if "cols" in own:
            own["cols"] = ",".join(text for name, text in given if name == "cols")
        asked = cls(filters, known=additions.columns)
        for name, reader in (("sort", _sort), ("cols", _cols), ("density", _density)):
            said: dict[str, Any] = {}
            try:
                said = {name: reader(own[name], asked.known)} if name in own else {}
            except ValueError:
                ignored.append(name)
            asked = replace(asked, **said)
        if filters.as_of and asked.column_sorted_by.of_today:
            asked, ignored = replace(asked, sort=USUAL_SORT), [*ignored, "sort"]
        try:
            place = _place(own, asked.column_sorted_by)
        except (ValueError, InvalidOperation, OverflowError):
            place, ignored = None, [*ignored, "page"]
        return replace(asked, place=place, ignored=tuple(ignored))

    @property
    def columns(self) -> list[Column]:
        """The columns to show, in their order; those that tell of today only are left off for another day."""
        shown = [column for key, column in self.known.items() if key in self.cols]
        return [column for column in shown if not (column.of_today and self.filters.as_of)]

    @property
    def column_sorted_by(self) -> Column:
        """The column that rules the order."""
        return self.known[self.sort.removeprefix("-")]

    @property
    def descending(self) -> bool:
        """Whether the order runs from the greatest down."""
        return self.sort.startswith("-")

    @property
    def order(self) -> Sort:
        """The sort of the list."""
        return self.column_sorted_by.sort(descending=self.descending)

    def address(self, **changes: Any) -> dict[str, str]:
        """What an address must carry to ask the same from the first page on, or with some of it changed."""
        asked = replace(self, **changes) if changes else self
        found = asked.filters.address()
        if asked.sort != USUAL_SORT:
            found["sort"] = asked.sort
        if asked.cols != USUAL:
            found["cols"] = ",".join(asked.cols)
        if asked.density != "standard":
            found["density"] = asked.density
        return found

    def address_at(self, place: Place | None) -> dict[str, str]:
        """What an address must carry to open the page at the place."""
        found = self.address()
        if place is None:
            return found
        if place.way == "last":
            return {**found, "page": "last"}
        value = "" if place.value is None else f"~{_text(place.value)}"
        found[place.way] = f"{place.enterprise_id}{value}"
        return {**found, "first": str(place.first)} if place.first else found


def _sort(text: str, known: Mapping[str, Column]) -> str:
    column = known.get(text.removeprefix("-"))
    if column is None or not column.sorts:
        raise ValueError(text)
    return text


def _cols(text: str, known: Mapping[str, Column]) -> tuple[str, ...]:
    wanted = {"name", *(part for part in text.split(",") if part in known)}
    if len(wanted) == 1 and text != "name":
        raise ValueError(text)
    return tuple(key for key in known if key in wanted)


def _density(text: str, _known: Mapping[str, Column]) -> str:
    if text not in DENSITIES:
        raise ValueError(text)
    return text


def _place(own: dict[str, str], column: Column) -> Place | None:
    if own.get("page") == "last":
        return Place("last")
    way: Way | None = "after" if "after" in own else "before" if "before" in own else None
    if way is None:
        return None
    which, _sign, text = own[way].partition("~")
    first = own.get("first", "")
    value = _value(column, text) if text or column.never_missing else None
    return Place(way, number_in(which), value, number_in(first) or None if first else None)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _value(column: Column, text: str) -> Any:
    """The sort value an address carries; raises ValueError or InvalidOperation."""
    match column.source:
        case "name":
            return "".join(character for character in text if character.isprintable())
        case "updated_at":
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise ValueError(text)
            return moment.astimezone(UTC)
        case "level_until":
            return day_in(text)
        case "level" | "unit_id":
            return number_in(text)
        case _:
            return _amount(text)


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or abs(amount) >= 10**14:
        raise ValueError(text)
    return amount.quantize(Decimal("0.01"))
