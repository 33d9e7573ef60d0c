"""Reading a table of a rule-set file field by field, noting each problem with the path to it."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sme_tracker.rules.bounds import EARLIEST_YEAR, LATEST_YEAR, LONGEST, check_text, plain_day
from sme_tracker.rules.text.bounds import Bounds, shortened

T = TypeVar("T")
NOTHING = Decimal(0)
_WRITTEN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a rule set is refused: where ("criteria[2].condition.unit"), a code, and what the sentence has to name."""

    path: str
    code: str
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)


class Node:
    """One table of a rule set. A field that is absent or wrong notes a problem and reads as an empty value."""

    def __init__(self, table: Any, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self._asked: set[str] = set()
        self._table: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
        if not isinstance(table, Mapping):
            self.refuse("", "wrong_type", wanted="table")

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def refuse(self, key: str, code: str, **parameters: object) -> None:
        """Note a problem with a field, or with the table itself."""
        self.problems.append(Problem(self.at(key), f"rules.{code}", parameters))

    def at(self, key: str) -> str:
        """The path of a field."""
        return ".".join(part for part in (self.path, key) if part)

    def close(self) -> None:
        """Refuse every field nobody asked for: a misspelt one must not be ignored."""
        for key in self._table:
            if key not in self._asked:
                self.refuse(key, "unknown_key", value=key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required unless there is a default."""
        value = self._value(key, default)
        if not isinstance(value, str):
            return self._wrong(key, value, "text", "")
        for finding in check_text("rules", value, LONGEST["rule_set_text"]):
            self.problems.append(Problem(self.at(key), finding.code, finding.parameters))
            return ""
        return value

    def choice(
        self, key: str, options: Collection[str], default: str | None = None, code: str = "unknown_value"
    ) -> str:
        """A text that is one of some options."""
        value = self.text(key, default)
        if value and value not in options:
            self.refuse(key, code, value=value, options=sorted(options))
        return value

    def choices(self, key: str, options: Collection[str], default: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts, each one of some options."""
        values = self._value(key, default)
        if not isinstance(values, (list, tuple)) or not values:
            return self._wrong(key, values, "list", ())
        for value in values:
            if value not in options:
                self.refuse(key, "unknown_value", value=value, options=sorted(options))
        return tuple(values)

    def flag(self, key: str) -> bool:
        """True or false; absent is false."""
        value = self._value(key, False)
        return value if isinstance(value, bool) else self._wrong(key, value, "flag", False)

    def whole(self, key: str, bounds: Bounds, default: int | None = None) -> int:
        """A whole number within its bounds."""
        value = self._value(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return int(self.within(key, Decimal(value), bounds))
        return self._wrong(key, value, "whole_number", int(bounds.least), bounds)

    def number(self, key: str, bounds: Bounds) -> Decimal:
        """An exact number within its bounds, written as a number or as text."""
        value = self._value(key, None)
        number = exact(value)
        if number is None:
            return self._wrong(key, value, "number", NOTHING, bounds)
        return self.within(key, number, bounds)

    def within(self, key: str, number: Decimal, bounds: Bounds) -> Decimal:
        """The number, or the bound nearest to it where it is refused."""
        code = bounds.refusal(number)
        if code is None:
            return number
        self.refuse(key, code, value=shortened(number), bounds=bounds)
        return bounds.nearest(number)

    def day(self, key: str) -> date | None:
        """A day, written as a date or as YYYY-MM-DD; absent is None."""
        if key not in self:
            return None
        value = self._value(key, None)
        try:
            day = value if isinstance(value, date) else plain_day(value)
        except ValueError:
            return self._wrong(key, value, "date", None)
        if isinstance(day, datetime):
            return self._wrong(key, value, "date", None)
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            self.refuse(key, "day_out_of_bounds", value=day.isoformat(), first=EARLIEST_YEAR, last=LATEST_YEAR)
        return day

    def list(self, key: str) -> list[Any]:
        """A list of plain values, required."""
        value = self._value(key, None)
        return value if isinstance(value, list) and value else self._wrong(key, value, "list", [])

    def node(self, key: str) -> "Node":
        """The table of a field, required."""
        return Node(self._value(key, None), self.at(key), self.problems)

    def nodes(self, key: str) -> Iterator["Node"]:
        """The tables of a list; absent is none."""
        value = self._value(key, [])
        if not isinstance(value, list):
            self._wrong(key, value, "list", [])
            return
        for place, table in enumerate(value):
            yield Node(table, f"{self.at(key)}[{place}]", self.problems)

    def each(self, key: str, read: Callable[["Node"], Any]) -> tuple[Any, ...]:
        """What reading each table of a list gives, each closed behind it."""
        read_all = []
        for node in self.nodes(key):
            read_all.append(read(node))
            node.close()
        return tuple(read_all)

    def items(self) -> Iterator[tuple[str, Any]]:
        """All fields of a table whose keys are not known beforehand."""
        self._asked.update(self._table)
        yield from self._table.items()

    def _value(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        return self._table.get(key, default)

    def _wrong(self, key: str, value: object, wanted: str, instead: T, bounds: Bounds | None = None) -> T:
        if value is None or (key not in self):
            self.refuse(key, "required", value=key)
        else:
            self.refuse(key, "wrong_type", wanted=wanted, value=shortened(value), bounds=bounds)
        return instead


def exact(value: Any) -> Decimal | None:
    """A number without rounding; None for what is none, is written with an exponent, or is a binary fraction."""
    if isinstance(value, str):
        return Decimal(value) if _WRITTEN.fullmatch(value) else None
    if isinstance(value, Decimal):
        return value if value.is_finite() and value.as_tuple().exponent <= 0 else None  # type: ignore[operator]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else None
