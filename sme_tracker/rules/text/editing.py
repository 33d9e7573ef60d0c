"""The numbers, days and clauses of a written rule set that may be edited one by one; its structure stays."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

NUMBERS = (
    "at_least",
    "more_than",
    "at_most",
    "less_than",
    "years",
    "within_years",
    "least",
    "from",
    "up_to",
    "above",
    "below",
    "points",
    "most",
    "near_most",
)
OF_THE_UNIT = frozenset({"at_least", "more_than", "at_most", "less_than", "from", "up_to", "above", "below"})
MOST = 10**12
"""The largest whole number that is read as one; the reader of rule sets refuses what is beyond a number's use."""
TEXTS = ("clause", "document", "zh", "en", "confidence", "accounts_complete_from")
WAIVED = "waived"
"""What the day is about from which a condition is not asked for."""
_WHOLE = re.compile(r"-?\d{1,18}")
SECTIONS = ("criteria", "gates", "direct_passes", "scorecard")


class Place(NamedTuple):
    """A value that may be edited: the path a problem with it names, its field, value and unit, what it is about."""

    path: str
    field: str
    value: str | int
    unit: str
    is_number: bool
    about: str = ""


def places(table: Mapping[str, Any]) -> list[Place]:
    """Every value of a written rule set that may be edited, in its order."""
    return list(_places(table, "", "", ""))


def edited(table: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The table with other values at the paths given; paths that may not be edited are left aside."""
    changed = deepcopy(dict(table))
    for place in places(table):
        if place.path in values and values[place.path].strip() != str(place.value):
            holder = _holder(changed, place.path)
            holder[place.field] = _read(values[place.path].strip(), place)
    return changed


def _places(node: Any, path: str, unit: str, about: str) -> Iterator[Place]:
    if isinstance(node, list):
        for number, value in enumerate(node):
            yield from _places(value, f"{path}[{number}]", unit, about)
    elif isinstance(node, Mapping):
        inner, measured = str(node.get("unit", unit)), _measured(node) or about
        for key, value in node.items():
            at = f"{path}.{key}" if path else key
            if key in NUMBERS or key in TEXTS:
                yield _place(at, key, value, inner, measured)
            else:
                yield from _places(value, at, "" if key == "where" else inner, _about(node, key, measured))


def _place(path: str, key: str, value: Any, unit: str, about: str) -> Place:
    if key in TEXTS:
        return Place(path, key, value, "", False)
    is_day = about == WAIVED
    return Place(path, key, value, "" if is_day else _unit(key, unit), not is_day, about)


def _about(node: Mapping[str, Any], key: str, measured: str) -> str:
    """What the values within a field are about: a field of the papers, the day of a waiver, or what is measured."""
    if key == "where":
        return f"{node['evidence']}."
    if key == WAIVED:
        return WAIVED
    return f"{measured}{key}" if measured.endswith(".") else measured


def _unit(key: str, of_condition: str) -> str:
    """What a number is counted in; some have no unit."""
    if key in OF_THE_UNIT:
        return of_condition
    return "years" if key in ("years", "within_years") else "points" if key in ("points", "most") else ""


def _measured(node: Mapping[str, Any]) -> str:
    """What a condition measures: a figure, a list of papers with their sort, a date, points."""
    if "evidence" in node:
        sort = node.get("where", {}).get("kind", "")
        return f"{node['evidence']}.{sort}" if isinstance(sort, str) and sort else str(node["evidence"])
    for key in ("figure", "years_since", "tiers_by"):
        if key in node:
            return str(node[key])
    return "score.total" if node.get("score") == "total" else ""


def _holder(table: dict[str, Any], path: str) -> Any:
    node: Any = table
    for step in path.split(".")[:-1]:
        name, *numbers = step.replace("]", "").split("[")
        node = node[name]
        for number in numbers:
            node = node[int(number)]
    return node


def _read(typed: str, place: Place) -> str | int:
    """A whole number of at most 18 digits as one, as the files write it; else the text, which the reader checks."""
    plain = typed.replace(",", "").replace("，", "")
    if place.is_number and _WHOLE.fullmatch(plain):
        return int(plain)
    return plain if place.is_number else typed
