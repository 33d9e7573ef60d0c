"""The numbers of a board, kept until anything is recorded of any enterprise; every such record is in the history."""

from collections import OrderedDict
from dataclasses import replace
from threading import Lock

from sqlalchemy.orm import Session

from sme_tracker.dashboard.kept import numbers_of
from sme_tracker.dashboard.numbers import Numbers
from sme_tracker.dashboard.queries import state_of_enterprises
from sme_tracker.enterprises.measure import MeasureQuery

MOST_BOARDS = 64


class Remembered:
    """The boards last asked for, each with the state of the register that it was counted in."""

    def __init__(self) -> None:
        self._boards: OrderedDict[tuple[str, MeasureQuery], Numbers] = OrderedDict()
        self._lock = Lock()

    def numbers(self, session: Session, asked: MeasureQuery) -> Numbers:
        """The numbers of the day, counted anew only if something was recorded since they were last asked for."""
        key = (state_of_enterprises(session), replace(asked, unit=None))
        with self._lock:
            found = self._boards.get(key)
            if found:
                self._boards.move_to_end(key)
                return found
        numbers = numbers_of(session, key[1])
        with self._lock:
            self._boards[key] = numbers
            while len(self._boards) > MOST_BOARDS:
                self._boards.popitem(last=False)
        return numbers
