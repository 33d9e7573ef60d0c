"""What a list of enterprises is asked for: filters, sort and columns, as an address carries them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from sme_tracker.rules.bounds import EARLIEST_YEAR, LATEST_YEAR, LONGEST, plain_day, whole_number
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Level, SizeClass, Status, Track

NONE = "none"
ANY = "any"
GREATEST_WAN = Decimal(10**12)
COLUMNS_OF_A_TRACK = range(1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which enterprises a list holds; the fields are named as in the address.

    An empty tuple asks nothing, None inside one stands for "none yet". Revenue is in 万元, `expiring` in days from
    today. `as_of` asks for unit, status, level and steps of another day, as known now.
    """

    q: str = ""
    level: tuple[int, ...] = ()
    unit: tuple[int | None, ...] = ()
    status: tuple[Status, ...] = (Status.ACTIVE,)
    stage: tuple[Track | None, ...] = ()
    track: tuple[Track, ...] = ()
    column: int | None = None
    step: tuple[str, ...] = ()
    chain: tuple[int | None, ...] = ()
    industry: tuple[str, ...] = ()
    owner: tuple[int | None, ...] = ()
    size: tuple[SizeClass | None, ...] = ()
    revenue_from: Decimal | None = None
    revenue_to: Decimal | None = None
    expiring: int | None = None
    branch: bool | None = None
    as_of: date | None = None
    added: tuple[tuple[str, str], ...] = ()
    """What the filters of other features ask, by their names in the address."""

    @classmethod
    def read(cls, address: Iterable[tuple[str, str]]) -> tuple[Self, list[str]]:
        """The filters of an address, and the names in it that say nothing or nothing readable."""
        typed: dict[str, list[str]] = {}
        for name, text in address:
            if text.strip():
                typed.setdefault(name, []).append(text.strip())
        found: dict[str, Any] = {}
        ignored: list[str] = []
        for name, texts in typed.items():
            try:
                found[name] = _READERS[name](texts)
            except (KeyError, ValueError, InvalidOperation):
                ignored.append(name)
        filters = cls(**found)
        if filters.as_of and filters.expiring is not None:
            return replace(filters, expiring=None), [*ignored, "expiring"]
        return filters, ignored

    def address(self) -> dict[str, str]:
        """What an address must carry to ask the same; what is asked by default is left out."""
        own = {
            field.name: _written(field.name, getattr(self, field.name))
            for field in fields(self)
            if field.name != "added" and getattr(self, field.name) != field.default
        }
        return own | dict(self.added)

    def without(self, *names: str) -> Self:
        """The same with the named filters asking nothing; without a status means any."""
        plain: dict[str, Any] = {field.name: field.default for field in fields(self)} | {"status": ()}
        return replace(self, **{name: plain[name] for name in names})


def _written(name: str, value: Any) -> str:
    if name == "status" and not value:
        return ANY
    if isinstance(value, tuple):
        return ",".join(NONE if part is None else str(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _search(texts: list[str]) -> str:
    return "".join(character for character in texts[0] if character.isprintable())[: LONGEST["search"]]


def number_in(text: str) -> int:
    """The whole number of an address; raises ValueError for what is none."""
    number = whole_number(text)
    if number is None:
        raise ValueError(text)
    return number


def day_in(text: str) -> date:
    """The day of an address; raises ValueError for what is none, or beyond all records."""
    day = plain_day(text)
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise ValueError(text)
    return day


def _many(read: Callable[[str], Any], *, or_none: bool = False) -> Callable[[list[str]], tuple[Any, ...]]:
    def reader(texts: list[str]) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(None if or_none and part == NONE else read(part) for part in _parts(texts)))

    return reader


def _parts(texts: list[str]) -> list[str]:
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _one(read: Callable[[str], Any]) -> Callable[[list[str]], Any]:
    return lambda texts: read(texts[-1])


def _level(text: str) -> int:
    return int(Level(number_in(text)))


def _statuses(texts: list[str]) -> tuple[Status, ...]:
    return () if ANY in texts else tuple(dict.fromkeys(Status(part) for part in _parts(texts)))


def _column(text: str) -> int:
    column = number_in(text)
    if column not in COLUMNS_OF_A_TRACK:
        raise ValueError(text)
    return column


def _step(text: str) -> str:
    if all(track(of).place(text) is None for of in Track):
        raise ValueError(text)
    return text


def _industry(text: str) -> str:
    section, division = text[:1].upper(), text[1:]
    known = section.isascii() and section.isalpha() and (not division or (division.isascii() and division.isdecimal()))
    if not known or len(division) > 4:
        raise ValueError(text)
    return section + division


def _wan(text: str) -> Decimal:
    amount = Decimal(text.replace(",", ""))
    if not amount.is_finite() or abs(amount) > GREATEST_WAN:
        raise ValueError(text)
    return amount.quantize(Decimal("0.01"))


def _days(text: str) -> int:
    return min(number_in(text), 36_500)


def _yes_no(text: str) -> bool:
    return {"yes": True, "no": False}[text]


_READERS: Mapping[str, Callable[[list[str]], Any]] = {
    "q": _search,
    "level": _many(_level),
    "unit": _many(number_in, or_none=True),
    "status": _statuses,
    "stage": _many(Track, or_none=True),
    "track": _many(Track),
    "column": _one(_column),
    "step": _many(_step),
    "chain": _many(number_in, or_none=True),
    "industry": _many(_industry),
    "owner": _many(number_in, or_none=True),
    "size": _many(SizeClass, or_none=True),
    "revenue_from": _one(_wan),
    "revenue_to": _one(_wan),
    "expiring": _one(_days),
    "branch": _one(_yes_no),
    "as_of": _one(day_in),
}
