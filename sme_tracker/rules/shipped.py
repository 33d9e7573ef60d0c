"""The rule sets that ship with the product, one readable file each, and which of them applies when."""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from sme_tracker.rules.assignments import RuleBook, read_rule_book
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.text.bounds import DEEPEST
from sme_tracker.rules.text.nodes import Problem
from sme_tracker.rules.text.rule_sets import read_rule_set

SETS = files("sme_tracker.rules") / "sets"


class RuleSetRefused(Exception):
    """A written rule set has problems; `problems` names every one of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.code}" for problem in problems))
        self.problems = problems


def table_of(text: str) -> dict[str, Any]:
    """The table a rule-set file holds, numbers exact. Raises RuleSetRefused if it is not TOML."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except RecursionError as error:
        raise RuleSetRefused((Problem("", "rules.too_deep", {"most": DEEPEST}),)) from error
    except ValueError as error:
        raise RuleSetRefused((Problem("", "rules.not_toml", {"line": _line_of(error, text)}),)) from error


def _line_of(error: ValueError, text: str) -> int:
    """The line that cannot be read; a number too long for Python is the one error that does not name its own."""
    named = re.search(r"line (\d+)", str(error))
    before = text.partition(endless[0])[0] if (endless := re.search(r"[0-9_]{1000,}", text)) else text
    return int(named[1]) if named else before.count("\n") + 1


def rule_set_from(table: Mapping[str, Any]) -> RuleSet:
    """The rule set a table describes. Raises RuleSetRefused with every problem."""
    rule_set, problems = read_rule_set(table)
    if rule_set is None:
        raise RuleSetRefused(problems)
    return rule_set


@cache
def shipped_rule_sets() -> dict[str, RuleSet]:
    """The shipped rule sets by key, in the order of their file names."""
    names = sorted(entry.name for entry in SETS.iterdir() if entry.name.endswith(".toml"))
    written = [(SETS / name).read_text("utf-8") for name in names if name != "assignments.toml"]
    sets = [rule_set_from(table_of(text)) for text in written]
    return {rule_set.key: rule_set for rule_set in sets}


@cache
def shipped_rule_book() -> RuleBook:
    """The shipped rule sets with their assignments."""
    book, problems = read_rule_book(table_of((SETS / "assignments.toml").read_text("utf-8")), shipped_rule_sets())
    if book is None:
        raise RuleSetRefused(problems)
    return book
