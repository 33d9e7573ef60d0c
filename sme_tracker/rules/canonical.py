"""The plain and canonical form of facts, verdicts and rule sets, so that a frozen list can be recomputed and checked.

A field that has its default value is left out, so a field added later does not change what was frozen before.
Numbers are texts without exponent or trailing zeros (5, not 5.00), days are ISO, keys are sorted.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from hashlib import sha256
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.text.rule_sets import stored_rule_set

T = TypeVar("T")


def checksum(value: object) -> str:
    """The SHA-256 of the canonical form, in hexadecimal."""
    return seal(to_plain(value))


def canonical_text(value: object) -> str:
    """The canonical form: the plain form as JSON in exactly one way."""
    return _written(to_plain(value))


def seal(plain: object) -> str:
    """The checksum of what is plain already, as `to_plain` made it or JSON gave it back."""
    return sha256(_written(plain).encode()).hexdigest()


def to_plain(value: Any) -> Any:
    """The value made of texts, whole numbers, lists and tables only, as JSON can hold them."""
    return _MAKER[type(value)](value)


def _written(plain: object) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class _Makers(dict[type, Callable[[Any], Any]]):
    """What makes a value of a type plain; found once for each type, for a frozen list holds very many values."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        self[kind] = made = self._find(kind)
        return made

    @staticmethod
    def _find(kind: Any) -> Callable[[Any], Any]:
        for of, make in _MAKERS:
            if issubclass(kind, of):
                return make
        if _is_record(kind):
            return partial(_record, tuple(_defaults(kind).items()), _values_of(kind))
        return _each


_MAKER = _Makers()


def _same(value: Any) -> Any:
    return value


def _number(value: Decimal) -> str:
    return format(value.normalize() + 0, "f")


def _facts(value: EnterpriseFacts) -> dict[str, Any]:
    plain = _record(tuple(_defaults(EnterpriseFacts).items()), _values_of(EnterpriseFacts), value)
    return {name: _sorted(each) for name, each in plain.items()}


def _table(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {_key(key): _MAKER[type(each)](each) for key, each in value.items()}


def _each(value: Iterable[Any]) -> list[Any]:
    return [_MAKER[type(each)](each) for each in value]


def _is_record(kind: Any) -> bool:
    return is_dataclass(kind) or hasattr(kind, "_fields")


def from_plain(kind: type[T], plain: Any) -> T:
    """What `to_plain` made of a value of that kind, back again. Raises ValueError or KeyError if it is none.

    A rule set is read whatever is wrong with it, since what was stored or frozen once must stay to be seen.
    """
    if kind is RuleSet:
        return cast(T, stored_rule_set(plain))
    return cast(T, _restored(kind, plain))


def _key(key: object) -> str:
    return "/".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


def _sorted(plain: Any) -> Any:
    """Papers have no order: they are sorted so that facts entered in another order are the same facts."""
    if not isinstance(plain, list):
        return plain
    return sorted(plain, key=lambda each: json.dumps(each, ensure_ascii=False, sort_keys=True))


def _record(defaults: tuple[tuple[str, Any], ...], values_of: Callable[[Any], Any], value: Any) -> dict[str, Any]:
    plain = {}
    for (name, default), each in zip(defaults, values_of(value), strict=True):
        if each is not default and (default is MISSING or each != default):
            plain[name] = _MAKER[type(each)](each)
    return plain


@cache
def _defaults(kind: Any) -> dict[str, Any]:
    """The fields of a record in their order, each with its default value or MISSING."""
    if not is_dataclass(kind):
        return {name: kind._field_defaults.get(name, MISSING) for name in kind._fields}
    return {
        field.name: field.default_factory() if field.default_factory is not MISSING else field.default
        for field in fields(kind)
    }


@cache
def _values_of(kind: Any) -> Callable[[Any], Any]:
    """What gives a record's values in the order of its fields, all at once."""
    names = tuple(_defaults(kind))
    if not is_dataclass(kind):
        return tuple
    return attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _restored(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return (
            None if plain is None else _restored(next(each for each in get_args(kind) if each is not NoneType), plain)
        )
    if origin is tuple:
        return tuple(_restored(get_args(kind)[0], each) for each in plain)
    if origin is frozenset:
        return frozenset(plain)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_figure_key(key): _restored(get_args(kind)[1], each) for key, each in plain.items()}
    if _is_record(kind):
        hints = _hints(kind)
        return kind(**{name: _restored(hints[name], each) for name, each in plain.items()})
    return _restored_scalar(kind, plain)


def _restored_scalar(kind: Any, plain: Any) -> Any:
    if kind is date:
        return date.fromisoformat(plain)
    if kind is Decimal or issubclass(kind, Enum):
        return kind(plain)
    return plain


def _figure_key(key: str) -> tuple[str, int]:
    figure, _, year = key.rpartition("/")
    return figure, int(year)


_MAKERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (NoneType, _same),
    (Enum, lambda value: str(value.value)),
    (str, _same),
    (int, _same),
    (Decimal, _number),
    (date, lambda value: value.isoformat()),
    (RuleSet, lambda value: to_plain(value.table)),
    (EnterpriseFacts, _facts),
    (Mapping, _table),
    (frozenset, lambda value: sorted(_each(value))),
)
"""How values become plain, the first that fits; records and whatever else can be gone through come after these."""
