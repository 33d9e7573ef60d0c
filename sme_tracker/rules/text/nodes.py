"""Reading a table of a rule-set file field by field, noting each problem with the path to it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

T = TypeVar("T")
NOTHING = Decimal(0)


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
        if isinstance(value, str):
            return value
        return self._wrong(key, value, "text", "")

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

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number from 0 up."""
        value = self._value(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        return self._wrong(key, value, "whole_number", 0)

    def number(self, key: str) -> Decimal:
        """An exact number, written as a number or as text."""
        value = self._value(key, None)
        number = exact(value)
        return number if number is not None else self._wrong(key, value, "number", NOTHING)

    def day(self, key: str) -> date | None:
        """A day, written as a date or as YYYY-MM-DD; absent is None."""
        if key not in self:
            return None
        value = self._value(key, None)
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except (TypeError, ValueError):
            return self._wrong(key, value, "date", None)

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

    def _wrong(self, key: str, value: object, wanted: str, instead: T) -> T:
        if value is None or (key not in self):
            self.refuse(key, "required", value=key)
        else:
            self.refuse(key, "wrong_type", wanted=wanted, value=str(value))
        return instead


def exact(value: Any) -> Decimal | None:
    """A number without rounding; None for what is none, and for binary fractions, which are never exact."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
