"""What is known already of the enterprises a file speaks of, the lists its words are looked up in, whose it may be."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sme_tracker.rules.counting import HeldTitle, Review, held_until
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.names import name_key
from sme_tracker.rules.terms import Level, RecognitionKind, Source, Title
from sme_tracker.rules.values.places import Places

_INDUSTRY = re.compile(r"([a-t]?)(\d{2})(\d{0,2})(?!\d)", re.ASCII)
_INDUSTRY_BEHIND = re.compile(r"(?<![a-z\d])([a-t]?)(\d{2})(\d{0,2})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class KnownEnterprise:
    """An enterprise as recorded; without `id` it comes into being with this very import.

    One that was entered by mistake is known by its code only: a row that names it brings it back.
    """

    id: int | None
    code: str
    name: str
    unit_id: int | None = None
    is_branch: bool = False
    founded_on: date | None = None
    profile: Mapping[str, object] = field(default_factory=dict)
    former_names: frozenset[str] = frozenset()
    level: Level = Level.NONE
    is_active: bool = True
    is_mistaken: bool = False


@dataclass(frozen=True, slots=True)
class KnownTitle:
    """A recognition as recorded; without `id` it comes in with this very import."""

    id: int | None
    title: Title
    kind: RecognitionKind
    published_on: date
    valid_from: date
    valid_until: date
    batch: str | None = None
    document_number: str | None = None
    certificate_number: str | None = None
    reviews: tuple[Review, ...] = ()
    revoked_on: date | None = None
    estimated: str | None = None

    @property
    def identity(self) -> object:
        """What stays the same when the title is corrected."""
        return self.id or (self.title, self.valid_from)

    @property
    def held(self) -> HeldTitle:
        """The title as levels are counted."""
        return HeldTitle(self.title.level, self.valid_from, self.valid_until, self.reviews, self.revoked_on)

    def held_on(self, day: date) -> bool:
        """Whether the title was held on the day, as it is counted."""
        return self.valid_from <= day < held_until(self.held)


@dataclass(slots=True)
class Known:
    """What the database says of the enterprises that a number of rows name; titles are by credit code."""

    by_code: dict[str, KnownEnterprise] = field(default_factory=dict)
    by_name: dict[str, list[KnownEnterprise]] = field(default_factory=dict)
    titles: dict[str, list[KnownTitle]] = field(default_factory=dict)
    figures: dict[tuple[str, int, Source], YearlyFigures] = field(default_factory=dict)
    contacts: dict[str, dict[str, str | None]] = field(default_factory=dict)
    given: set[tuple[object, ...]] = field(default_factory=set)

    def add(self, enterprise: KnownEnterprise) -> None:
        """Take an enterprise in, to be found by its code, its name and the names it had."""
        self.by_code[enterprise.code] = enterprise
        if enterprise.is_mistaken:
            return
        for name in {name_key(enterprise.name), *enterprise.former_names}:
            self.by_name.setdefault(name, []).append(enterprise)

    def is_given(self, *identity: object) -> bool:
        """Whether an earlier row said the same of the same enterprise; from now on one has."""
        was_given = identity in self.given
        self.given.add(identity)
        return was_given


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of a list: what is recorded (`key`), what people see, and every way in which files write it."""

    key: int | str
    shown: str
    spellings: tuple[str, ...]


class WordList:
    """A list an administrator keeps, as an import looks words up in it."""

    def __init__(self, items: Iterable[Listed]) -> None:
        self.items = tuple(items)
        self._shown = {item.key: item.shown for item in self.items}
        self._by_spelling = {name_key(spelling): item for item in self.items for spelling in item.spellings if spelling}

    def find(self, written: str, *tails: str) -> Listed | None:
        """The item written in one of its ways, also with or without one of the tails; None if there is none."""
        plain = name_key(written)
        ways = [plain, *(plain.removesuffix(tail) for tail in tails), *(plain + tail for tail in tails)]
        found = {item.key: item for way in ways if (item := self._by_spelling.get(way))}
        return self._by_spelling.get(plain) or (next(iter(found.values())) if len(found) == 1 else None)

    def of_key(self, key: object) -> Listed | None:
        """The item with the key, also as a form has it."""
        return next((item for item in self.items if str(item.key) == str(key)), None)

    def shown(self, key: object) -> str | None:
        """What people see of the item, None for none."""
        return self._shown.get(key) if isinstance(key, int | str) else None


class Units(WordList):
    """The reporting units."""

    @cached_property
    def places(self) -> Places[Listed]:
        """The units by the words people use for them."""
        return Places({unit: unit.spellings for unit in self.items})


@dataclass(frozen=True)
class Lists:
    """The lists that cells are looked up in; `batches` holds the day each round of a title was published."""

    units: Units
    industries: WordList
    chains: WordList
    batches: Mapping[tuple[Title, str], date] = field(default_factory=dict)

    def chain(self, written: str) -> Listed | None:
        """The chain that is written, with or without the word for chain behind it."""
        return self.chains.find(written, "产业链", "产业", "链")

    def industry(self, written: str) -> str | None:
        """The industry's code with its section's letter: C36, C3670, 36 and 汽车制造业 are read, also side by side.

        Three figures without a letter are not: they are a group, or a class that lost its leading zero.
        """
        if found := self.industries.find(written, "业"):
            return str(found.key)
        plain = name_key(written)
        match = _INDUSTRY.match(plain) or _INDUSTRY_BEHIND.search(plain)
        division = self.industries.find(match[2]) if match else None
        if not match or not division or match[1].upper() not in ("", str(division.key)[0]):
            return None
        if not match[1] and len(match[3]) == 1:
            return None
        return f"{division.key}{match[3]}"


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose records the importing person reaches: all, or with `own_unit_id` those of one unit."""

    own_unit_id: int | None = None
    is_limited: bool = False

    def holds(self, unit_id: int | None) -> bool:
        """Whether records of the unit are within reach."""
        return not self.is_limited or (unit_id is not None and unit_id == self.own_unit_id)
