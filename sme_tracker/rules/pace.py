"""Where a yearly target stands: done against what the days elapsed ask for, in shares, words and ranks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum, auto
from fractions import Fraction
from typing import Generic, TypeVar

AHEAD_FROM = Fraction(105, 100)
SHORT_BELOW = Fraction(97, 100)
SMALL_TARGET = 10
"""Below this target a share says little: short only when a whole enterprise is missing."""
RANKED_FROM = 5
"""A unit with a smaller target is listed but not ranked."""

K = TypeVar("K")


class PaceWord(StrEnum):
    """多 n 户, 持平, 少 n 户."""

    AHEAD = auto()
    ON_PACE = auto()
    SHORT = auto()


@dataclass(frozen=True, slots=True)
class Pace:
    """How done compares with pace: the word, by how many enterprises, and what pace asks for, rounded."""

    word: PaceWord
    difference: int
    expected: int


@dataclass(frozen=True, slots=True)
class Summary:
    """How many targets are ahead, on pace and short."""

    ahead: int
    on_pace: int
    short: int


@dataclass(frozen=True, slots=True)
class Progress(Generic[K]):
    """What somebody, usually a reporting unit, has done of a target; None if no target is set."""

    key: K
    done: int
    target: int | None


@dataclass(frozen=True, slots=True)
class Ranked(Generic[K]):
    """A progress with its rank from 1, None if it is listed without one."""

    rank: int | None
    progress: Progress[K]


def days_in_year(year: int) -> int:
    """365 or 366."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def share_elapsed(day: date, year: int | None = None) -> Fraction:
    """The share of the year elapsed at the end of the day (序时进度): 0 before the year, 1 after it."""
    year = day.year if year is None else year
    if day.year != year:
        return Fraction(day.year > year)
    return Fraction(day.timetuple().tm_yday, days_in_year(year))


def expected(target: int, day: date, year: int | None = None) -> Fraction:
    """How many enterprises the days elapsed ask for, exactly."""
    return target * share_elapsed(day, year)


def pace(done: int, target: int, day: date, year: int | None = None) -> Pace:
    """Done against pace on the day, in the words of the board.

    Ahead from 105 % of pace, short below 97 %, and for a target under 10 only when at least one enterprise is
    missing; a difference that rounds to none is on pace.
    """
    asked = expected(target, day, year)
    shown = _rounded(asked)
    difference = abs(done - shown)
    if not difference:
        return Pace(PaceWord.ON_PACE, 0, shown)
    if done >= asked * AHEAD_FROM and done > shown:
        return Pace(PaceWord.AHEAD, difference, shown)
    short = asked - done >= 1 if target < SMALL_TARGET else done < asked * SHORT_BELOW
    if short and done < shown:
        return Pace(PaceWord.SHORT, difference, shown)
    return Pace(PaceWord.ON_PACE, difference, shown)


def summary(paces: Iterable[Pace]) -> Summary:
    """The counts of the summary sentence."""
    words = [pace.word for pace in paces]
    return Summary(words.count(PaceWord.AHEAD), words.count(PaceWord.ON_PACE), words.count(PaceWord.SHORT))


def completion_percent(done: int, target: int | None) -> Decimal | None:
    """Done ÷ target in per cent with one decimal, over 100 where more was done; None without a target."""
    if not target:
        return None
    return (Decimal(100 * done) / target).quantize(Decimal("0.1"), ROUND_HALF_UP)


def ranking(units: Sequence[Progress[K]]) -> list[Ranked[K]]:
    """Units by completion, then by done; equal ones share a rank and the next rank is skipped.

    Units with a target under 5, or none, come after the others in the order given, without a rank.
    """
    ranked = sorted((unit for unit in units if _is_ranked(unit)), key=_standing, reverse=True)
    standings = [_standing(unit) for unit in ranked]
    unranked = [Ranked(None, unit) for unit in units if not _is_ranked(unit)]
    return [Ranked(standings.index(_standing(unit)) + 1, unit) for unit in ranked] + unranked


def _is_ranked(unit: Progress[K]) -> bool:
    return unit.target is not None and unit.target >= RANKED_FROM


def _standing(unit: Progress[K]) -> tuple[Fraction, int]:
    return Fraction(unit.done, unit.target or 1), unit.done


def _rounded(number: Fraction) -> int:
    """To the nearest whole, halves up: 149.5 asks for 150."""
    return int(number + Fraction(1, 2))
