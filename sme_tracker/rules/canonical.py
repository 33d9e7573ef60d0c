"""The plain and canonical form of facts, verdicts and rule sets, so that a frozen list can be recomputed and checked.

A field that has its default value is left out, so a field added later does not change what was frozen before.
Numbers are texts without exponent or trailing zeros (5, not 5.00), days are ISO, keys are sorted.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.shipped import rule_set_from

T = TypeVar("T")


def checksum(value: object) -> str:
    """The SHA-256 of the canonical form, in hexadecimal."""
    return sha256(canonical_text(value).encode()).hexdigest()


def canonical_text(value: object) -> str:
    """The canonical form: the plain form as JSON in exactly one way."""
    return json.dumps(to_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def to_plain(value: Any) -> Any:
    """The value made of texts, whole numbers, lists and tables only, as JSON can hold them."""
    if value is None or isinstance(value, (str, int, Decimal, date)):
        return _plain_scalar(value)
    if isinstance(value, RuleSet):
        return to_plain(value.table)
    if isinstance(value, EnterpriseFacts):
        return {name: _sorted(each) for name, each in _record(value).items()}
    if isinstance(value, Mapping):
        return {_key(key): to_plain(each) for key, each in value.items()}
    if _is_record(type(value)):
        return _record(value)
    plain = [to_plain(each) for each in value]
    return sorted(plain) if isinstance(value, frozenset) else plain


def _plain_scalar(value: Any) -> str | int | None:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    return value.isoformat() if isinstance(value, date) else value


def _is_record(kind: type) -> bool:
    return is_dataclass(kind) or hasattr(kind, "_fields")


def from_plain(kind: type[T], plain: Any) -> T:
    """What `to_plain` made of a value of that kind, back again. Raises ValueError or KeyError if it is none."""
    if kind is RuleSet:
        return cast(T, rule_set_from(plain))
    return cast(T, _restored(kind, plain))


def _key(key: object) -> str:
    return "/".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


def _sorted(plain: Any) -> Any:
    """Papers have no order: they are sorted so that facts entered in another order are the same facts."""
    if not isinstance(plain, list):
        return plain
    return sorted(plain, key=lambda each: json.dumps(each, ensure_ascii=False, sort_keys=True))


def _record(value: Any) -> dict[str, Any]:
    kind: Any = type(value)
    defaults = _defaults(kind)
    named = [(name, getattr(value, name)) for name in defaults]
    return {name: to_plain(each) for name, each in named if defaults[name] is MISSING or each != defaults[name]}


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
