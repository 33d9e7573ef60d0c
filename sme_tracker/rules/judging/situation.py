"""An enterprise's facts seen on one day: which fiscal year is the last complete one, and what changes by date alone."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sme_tracker.rules.facts import EnterpriseFacts, recorded
from sme_tracker.rules.verdicts import IndicatorPoints

ONE_DAY = timedelta(days=1)


class Situation:
    """Facts on a day; whoever reads a dated fact tells it the day on which its reading turns."""

    __slots__ = ("_by_kind", "accounts_from", "changes_on", "day", "facts", "last_year", "points", "recorded")

    def __init__(self, facts: EnterpriseFacts, day: date, accounts_from: tuple[int, int]) -> None:
        self.facts = facts
        self.recorded = recorded(facts)
        self.day = day
        self.accounts_from = accounts_from
        self.last_year = day.year - (1 if (day.month, day.day) >= accounts_from else 2)
        self.changes_on = self.accounts_day(self.last_year + 1)
        self.points: Sequence[IndicatorPoints] | None = None
        self._by_kind: dict[str, dict[str, list[Any]]] = {}

    def of_kinds(self, name: str, papers: Sequence[Any], kinds: Sequence[str]) -> Sequence[Any]:
        """Of a list of papers those of some kinds; each list is sorted by kind once."""
        by_kind = self._by_kind.get(name)
        if by_kind is None:
            by_kind = self._by_kind[name] = {}
            for paper in papers:
                by_kind.setdefault(paper.kind, []).append(paper)
        if len(kinds) == 1:
            return by_kind.get(kinds[0], ())
        return [paper for kind in kinds for paper in by_kind.get(kind, ())]

    def accounts_day(self, year: int) -> date:
        """The day from which `year` is the last complete fiscal year."""
        return date(_in_calendar(year + 1), *self.accounts_from)

    def turns_on(self, day: date) -> None:
        """Note that a reading turns on a day, if it is still to come."""
        if self.day < day < self.changes_on:
            self.changes_on = day


def years_later(day: date, years: int) -> date:
    """The same calendar day some years later (earlier if negative); 29 February becomes 1 March.

    Beyond either end of the calendar it is the day of its last or first year.
    """
    year = _in_calendar(day.year + years)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _in_calendar(year: int) -> int:
    return min(max(year, date.min.year), date.max.year)


def full_years(since: date, until: date) -> int:
    """The full years from one day to another; the anniversary completes the year."""
    years = until.year - since.year
    return years if years_later(since, years) <= until else years - 1
