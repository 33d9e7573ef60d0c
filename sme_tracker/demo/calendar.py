"""When the demo bureau records what: once a month, as a bureau that works through its in-tray does."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from enum import IntEnum, auto
from typing import Any

FIRST_DAY = date(2019, 1, 15)
RECORDING_DAY = 25


class Kind(IntEnum):
    """What is recorded, in the order in which a day's work is done."""

    REGISTER = auto()
    CONTACT = auto()
    UNIT = auto()
    RENAME = auto()
    FIGURES = auto()
    TARGET = auto()
    PLAN = auto()
    EVIDENCE = auto()
    JUDGEMENT = auto()
    RECOGNISE = auto()
    OPEN_REVIEW = auto()
    DECIDE_REVIEW = auto()
    REVOKE = auto()
    OPEN_CASE = auto()
    STEP = auto()
    CLOSE_CASE = auto()
    PUT_FORWARD = auto()
    FREEZE = auto()
    STATUS = auto()
    CORRECT_FIGURES = auto()


class Diary:
    """Everything the bureau will record up to `today`, by day and kind."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._days: dict[date, dict[Kind, list[Any]]] = defaultdict(lambda: defaultdict(list))

    def note(self, kind: Kind, happened_on: date, row: Any) -> bool:
        """Note what happened on a day, to be recorded on the next recording day; False if that is still to come."""
        if happened_on > self.today:
            return False
        self._days[min(recording_day(happened_on), self.today)][kind].append(row)
        return True

    def pages(self) -> Iterator[tuple[date, Kind, list[Any]]]:
        """Day by day, and within a day kind by kind."""
        for day in sorted(self._days):
            for kind in sorted(self._days[day]):
                yield day, kind, self._days[day][kind]


def recording_day(day: date) -> date:
    """The recording day on or after the day, never before the bureau began."""
    later = max(day, FIRST_DAY)
    month = later if later.day <= RECORDING_DAY else later.replace(day=28) + timedelta(days=4)
    return month.replace(day=RECORDING_DAY)


def anniversary(day: date, years: int) -> date:
    """The last day of a validity of so many years that began on the day."""
    try:
        return day.replace(year=day.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)
