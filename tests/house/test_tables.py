"""Every table keyed by the members of an enum knows all of them, so that a new member cannot be forgotten in one."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType, ModuleType

import pytest

import sme_tracker
from sme_tracker.rules.terms import Level, Title

LEFT_OUT: dict[str, set[Enum]] = {
    "sme_tracker.dashboard.board.LEVELS": {Level.NONE},
    "sme_tracker.dashboard.shown.LEVEL_NOTES": {Level.NONE},
    "sme_tracker.dashboard.board.RISEN": {Level.NONE, Level.MUNICIPAL},
    "sme_tracker.dashboard.board.DIRECT": {Level.NONE, Level.MUNICIPAL},
    "sme_tracker.demo.titles.PREFIX": {Title.INNOVATIVE, Title.KEY_NATIONAL, Title.CHAMPION},
}
"""What a table leaves out on purpose, by its name: no level is none to count, into the lowest nobody rises, and the
demo bureau holds three of the titles."""


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(sme_tracker.__path__, "sme_tracker."):
        if not found.name.endswith((".wsgi", "__main__")):
            yield importlib.import_module(found.name)


def _tables(name: str, value: object) -> Iterator[tuple[str, Mapping[Enum, object]]]:
    if not isinstance(value, dict | MappingProxyType) or not value:
        return
    if all(isinstance(key, Enum) for key in value) and len({type(key) for key in value}) == 1:
        yield name, value
    for key, inner in value.items():
        yield from _tables(f"{name}[{key!r}]", inner)


def _all() -> dict[str, Mapping[Enum, object]]:
    """Every table at the top of a module that is keyed by an enum of the policy book, each by one name."""
    found: dict[int, tuple[str, Mapping[Enum, object]]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            for path, table in _tables(name, value):
                enum = type(next(iter(table)))
                if enum.__module__.startswith("sme_tracker.rules"):
                    found.setdefault(id(table), (f"{module.__name__}.{path}", table))
    return dict(found.values())


TABLES = _all()


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_table_knows_every_member(name: str) -> None:
    table = TABLES[name]
    assert set(type(next(iter(table)))) - set(table) == LEFT_OUT.get(name, set())
