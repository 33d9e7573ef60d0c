"""What holds on which day: an enterprise's dated facts as functions that are constant between days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Generic, Literal, NamedTuple, TypeVar, get_args

from sme_tracker.rules.terms import Level, RecognitionKind, ReviewResult, Status

FAR_PAST = date.min
"""Where "from the beginning" begins."""
FAR_FUTURE = date.max
"""Where "until further notice" ends; a day no fact reaches."""

V = TypeVar("V")
Dimension = Literal["unit_id", "status", "holds", "upgrade", "convert", "go_public"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
"""The dimensions of a standing, in the order of its fields."""


@dataclass(frozen=True, slots=True)
class Span(Generic[V]):
    """A value that holds from `from_day` on and no longer on `until_day`."""

    from_day: date
    until_day: date
    value: V


class Review(NamedTuple):
    """A review (复核) of a title; without `decided_on` it is still open."""

    opened_on: date
    decided_on: date | None = None
    result: ReviewResult | None = None


@dataclass(frozen=True, slots=True)
class HeldTitle:
    """A recognition on the ladder, valid from and until inclusive, with its reviews and its revocation."""

    level: Level
    valid_from: date
    valid_until: date
    reviews: tuple[Review, ...] = ()
    revoked_on: date | None = None


@dataclass(frozen=True, slots=True)
class DatedFact(Generic[V]):
    """A value that holds from a day on until the next such fact; None means from the beginning."""

    from_day: date | None
    value: V


@dataclass(frozen=True, slots=True)
class Standing:
    """All that counts ask of an enterprise on one day; `holds` has a bit for each level held."""

    unit_id: int | None = None
    status: Status = Status.ACTIVE
    holds: int = 0
    upgrade: str | None = None
    convert: str | None = None
    go_public: str | None = None

    @property
    def level(self) -> Level:
        """The level the enterprise is counted at: the highest held, NONE once it has moved out or is deregistered."""
        return highest(self.holds) if self.status is Status.ACTIVE else Level.NONE


def bit(level: Level) -> int:
    """The bit of a level among those held: municipal 1, provincial 2, national 4."""
    return 1 << (level - 1) if level else 0


def highest(holds: int) -> Level:
    """The highest of the levels held, NONE if none."""
    return Level(holds.bit_length())


def held_until(title: HeldTitle) -> date:
    """The first day the title no longer holds.

    It holds through `valid_until`, beyond it while a review opened by then is undecided (63/2022: the old
    title stays valid during review), and never from the day it was revoked.
    """
    ends = [_day_after(title.valid_until)]
    ends += [review.decided_on or FAR_FUTURE for review in title.reviews if review.opened_on <= title.valid_until]
    return min(max(ends), title.revoked_on or FAR_FUTURE)


def level_spans(recognitions: Iterable[HeldTitle]) -> list[Span[int]]:
    """The levels held on each day, as bits, over all time."""
    held = [(title.valid_from, held_until(title), bit(title.level)) for title in recognitions]
    days = sorted({FAR_PAST, FAR_FUTURE}.union(*((start, end) for start, end, _ in held if start < end)))
    return merged(
        Span(day, next_day, _union(mask for start, end, mask in held if start <= day < end))
        for day, next_day in pairwise(days)
    )


def facts_in_force(facts: Iterable[DatedFact[V]]) -> list[Span[V]]:
    """Each fact until the next one; of two from the same day the later in the row holds."""
    by_day = {fact.from_day or FAR_PAST: fact.value for fact in facts}
    days = [*sorted(by_day), FAR_FUTURE]
    return merged(Span(day, next_day, by_day[day]) for day, next_day in pairwise(days))


def overlay(base: Sequence[Span[Standing]], dimension: Dimension, spans: Sequence[Span[V]]) -> list[Span[Standing]]:
    """The standing with one of its dimensions replaced, over all time.

    Where `spans` says nothing the dimension has its empty value, where `base` says nothing the standing is empty.
    """
    empty = Standing()
    standings = _everywhere(base, empty)
    values = _everywhere(spans, getattr(empty, dimension))
    changed: list[Span[Standing]] = []
    here = there = 0
    day = FAR_PAST
    while day < FAR_FUTURE:
        standing, value = standings[here], values[there]
        until = min(standing.until_day, value.until_day)
        same = getattr(standing.value, dimension) == value.value
        now = standing.value if same else replace(standing.value, **{dimension: value.value})
        changed.append(Span(day, until, now))
        here += standing.until_day == until
        there += value.until_day == until
        day = until
    return merged(changed)


def merged(spans: Iterable[Span[V]]) -> list[Span[V]]:
    """The same function in as few spans as possible: equal neighbours that touch are one."""
    result: list[Span[V]] = []
    for span in spans:
        last = result[-1] if result else None
        if last and last.until_day == span.from_day and last.value == span.value:
            result[-1] = Span(last.from_day, span.until_day, span.value)
        else:
            result.append(span)
    return result


def value_on(spans: Iterable[Span[V]], day: date) -> V | None:
    """What holds on the day, None where nothing is said."""
    return next((span.value for span in spans if span.from_day <= day < span.until_day), None)


def next_change(spans: Iterable[Span[V]], day: date) -> date | None:
    """The first day after `day` on which something else holds, None if it stays as it is; asks for merged spans."""
    edges = (edge for span in spans for edge in (span.from_day, span.until_day))
    return min((edge for edge in edges if day < edge < FAR_FUTURE), default=None)


def srdi_reference_day(published_on: date, valid_from: date) -> date:
    """The day before a recognition was published or took effect, whichever came first."""
    return min(published_on, valid_from) - timedelta(days=1)


def is_new_srdi(kind: RecognitionKind, held_before: int) -> bool:
    """Whether a recognition makes its enterprise a new SRDI enterprise: not a renewal, and no level held before.

    `held_before` is the levels held on the `srdi_reference_day`, as bits.
    """
    return kind is not RecognitionKind.RENEWED and not held_before


def _day_after(day: date) -> date:
    return day + timedelta(days=1) if day < FAR_FUTURE else FAR_FUTURE


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def _everywhere(spans: Sequence[Span[V]], empty: V) -> list[Span[V]]:
    """The same function over all time, `empty` where it says nothing."""
    filled: list[Span[V]] = []
    day = FAR_PAST
    for span in spans:
        if day < span.from_day:
            filled.append(Span(day, span.from_day, empty))
        filled.append(span)
        day = span.until_day
    if day < FAR_FUTURE:
        filled.append(Span(day, FAR_FUTURE, empty))
    return filled
