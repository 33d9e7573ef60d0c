"""The language criteria are written in: conditions, scorecards and rule sets as frozen data, nothing of it code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from typing import Any, TypeAlias

LONGEST_SPAN = 300


class Comparison(StrEnum):
    """How a value is compared; the first two ask for more, the last two for less."""

    AT_LEAST = auto()
    MORE_THAN = auto()
    AT_MOST = auto()
    LESS_THAN = auto()

    @property
    def upward(self) -> bool:
        """Whether a larger value is the better one."""
        return self in (Comparison.AT_LEAST, Comparison.MORE_THAN)

    @property
    def strict(self) -> bool:
        """Whether the threshold itself does not pass."""
        return self in (Comparison.MORE_THAN, Comparison.LESS_THAN)


class Over(StrEnum):
    """How a yearly quantity is read over complete fiscal years, the last one being the latest."""

    LAST_YEAR = auto()
    EACH_YEAR = auto()
    ANY_YEAR = auto()
    SUM = auto()
    MEAN = auto()
    MEAN_GROWTH = auto()
    COMPOUND_GROWTH = auto()

    @property
    def growth(self) -> bool:
        """Whether the reading is a growth rate, in per cent whatever the quantity's unit."""
        return self in (Over.MEAN_GROWTH, Over.COMPOUND_GROWTH)


class Take(StrEnum):
    """What is taken from the papers that match: their count, or the sum, latest or best of one of their fields."""

    COUNT = auto()
    SUM = auto()
    LATEST = auto()
    BEST = auto()


@dataclass(frozen=True, slots=True)
class Yearly:
    """A yearly quantity over the last `years` complete fiscal years."""

    figure: str
    over: Over = Over.LAST_YEAR
    years: int = 1

    @property
    def span(self) -> int:
        """How many years to look at: there are no figures older than this, whatever is asked for."""
        return min(self.years, LONGEST_SPAN)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Full years since a date of the enterprise, up to the day or to the end of the last complete fiscal year."""

    since: str
    at_year_end: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A test on one field of a paper: one of some values, or compared with a number."""

    field: str
    one_of: tuple[str | int | bool, ...] = ()
    comparison: Comparison | None = None
    number: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of a kind that are in force on the day and match; `unrecorded_is_none` reads an empty list as none."""

    kind: str
    where: tuple[Match, ...] = ()
    within_years: int | None = None
    take: Take = Take.COUNT
    of: str = ""
    unrecorded_is_none: bool = False


Measure: TypeAlias = Yearly | Elapsed | Papers


@dataclass(frozen=True, slots=True)
class Threshold:
    """A measure against a threshold in its unit."""

    measure: Measure
    comparison: Comparison
    threshold: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A question experts answer; with `papers` it is missing until there are some, then to be judged."""

    question: str
    papers: Papers | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A plain fact of the enterprise that must be one of some values."""

    fact: str
    one_of: tuple[str | bool, ...]


@dataclass(frozen=True, slots=True)
class Combination:
    """At least so many of several conditions: all of them, any of them, or n of them."""

    least: int
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """A condition for values from an edge upwards; the edge belongs to this, the higher tier."""

    from_edge: Decimal | None
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Tiered:
    """The condition depends on last year's figure; tiers from the highest to the open lowest."""

    by: Yearly
    unit: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """Points of the scorecard, of one group or of all ("total"), against a threshold."""

    group: str
    threshold: Decimal


@dataclass(frozen=True, slots=True)
class Waived:
    """A condition that is met by waiver for some purposes from a day on."""

    condition: "Condition"
    purposes: tuple[str, ...]
    clause: str
    from_day: date | None = None


Condition: TypeAlias = Threshold | Judged | Standing | Combination | Tiered | Scored | Waived


@dataclass(frozen=True, slots=True)
class Band:
    """Points between two edges; an edge is inside where it says so, an open end is None."""

    points: Decimal
    low: Decimal | None = None
    low_inside: bool = True
    high: Decimal | None = None
    high_inside: bool = False


@dataclass(frozen=True, slots=True)
class Banded:
    """Points by the band a measure falls in."""

    measure: Measure
    unit: str
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Points a condition earns."""

    points: Decimal
    condition: Condition


@dataclass(frozen=True, slots=True)
class Cases:
    """The points of the best case that is met, or their sum where they add up; none met earns nothing."""

    cases: tuple[Case, ...]
    add_up: bool = False


@dataclass(frozen=True, slots=True)
class BestOf:
    """The better of several ways to earn points."""

    ways: tuple["Way", ...]


@dataclass(frozen=True, slots=True)
class Awarded:
    """Points given by judgement."""

    question: str


Way: TypeAlias = Banded | Cases | BestOf | Awarded


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of a scorecard, in points up to `most`."""

    key: str
    group: str
    zh: str
    en: str
    most: Decimal
    way: Way


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the standard, with its one-character mark for the strip."""

    key: str
    zh: str
    en: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a rule set with its clause and how sure its text is; `review` stands in for it at a review."""

    key: str
    zh: str
    en: str
    clause: str
    confidence: str
    condition: Condition
    group: str = ""
    review: Condition | None = None

    def condition_for(self, purpose: str) -> Condition:
        """The condition that applies to a purpose, "new" or "review"."""
        return self.review if self.review is not None and purpose == "review" else self.condition

    @property
    def kind(self) -> str:
        """What decides it: "number", "evidence", "judgement", "score" or "several"."""
        return kind_of(self.condition)


@dataclass(frozen=True, slots=True)
class Gate:
    """A veto: its condition says what bars an enterprise, for the purposes named."""

    key: str
    zh: str
    en: str
    clause: str
    confidence: str
    bars_if: Condition
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DirectPass:
    """A condition that passes the criteria it names, or all of them where it names none."""

    key: str
    zh: str
    en: str
    clause: str
    confidence: str
    condition: Condition
    satisfies: tuple[str, ...] = ()


class TextState(StrEnum):
    """How much of the document's text is in the set."""

    COMPLETE = auto()
    PARTIAL = auto()
    TO_BE_ENTERED = auto()


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One published standard; which days it applies to is an assignment's word, not its own.

    Figures of a year become "last year's" on `accounts_from` (month, day) of the next. `table` is the set as it was
    written, the form in which it is stored, edited and checksummed. `faults` are the reasons why a stored set would be
    refused today: nothing is judged by one that has any.
    """

    key: str
    level: str
    purposes: tuple[str, ...]
    jurisdiction: str
    zh: str
    en: str
    document: str
    confidence: str
    text: TextState
    accounts_from: tuple[int, int]
    near_most: int
    groups: tuple[Group, ...]
    criteria: tuple[Criterion, ...]
    gates: tuple[Gate, ...] = ()
    direct_passes: tuple[DirectPass, ...] = ()
    scorecard: tuple[Indicator, ...] = ()
    table: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    faults: tuple[Any, ...] = field(default=(), compare=False, repr=False)

    def __hash__(self) -> int:
        """Sets are told apart by key; equality still compares everything."""
        return hash(self.key)

    @property
    def judges(self) -> bool:
        """Whether its text is there and can be judged by."""
        return self.text is not TextState.TO_BE_ENTERED and not self.faults

    @property
    def group_sizes(self) -> tuple[int, ...]:
        """How many criteria each group has, for the strip."""
        return tuple(sum(criterion.group == group.key for criterion in self.criteria) for group in self.groups)

    def criterion(self, key: str) -> Criterion:
        """The criterion of that key. Raises KeyError if there is none."""
        for criterion in self.criteria:
            if criterion.key == key:
                return criterion
        raise KeyError(key)


def kind_of(condition: Condition) -> str:
    """What decides a condition: "number", "evidence", "judgement", "score" or "several"."""
    match condition:
        case Waived():
            return kind_of(condition.condition)
        case Threshold(measure=Papers(take=Take.COUNT)) | Standing():
            return "evidence"
        case Threshold():
            return "number"
        case Judged():
            return "judgement"
        case Scored():
            return "score"
        case _:
            return "several"
