"""Rule sets read from their written form: every table becomes frozen data, every mistake a problem with its path."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sme_tracker.rules.criteria import (
    Criterion,
    DirectPass,
    Gate,
    Group,
    Indicator,
    RuleSet,
    TextState,
)
from sme_tracker.rules.text.bounds import DEEPEST, NEAR_MOST, POINTS, is_deeper
from sme_tracker.rules.text.conditions import CONFIDENCES, PURPOSES, read_condition
from sme_tracker.rules.text.nodes import Node, Problem
from sme_tracker.rules.text.scores import read_way

LEVELS = ("innovative", "municipal", "provincial", "national")
JANUARY_FIRST = "01-01"
_MONTH_AND_DAY = re.compile(r"([0-9]{1,2})-([0-9]{1,2})")


def read_rule_set(table: Mapping[str, Any]) -> tuple[RuleSet | None, tuple[Problem, ...]]:
    """The rule set a table describes, or every reason why it is refused."""
    if is_deeper(table):
        return None, (Problem("", "rules.too_deep", {"most": DEEPEST}),)
    rule_set, problems = _read(table)
    return (None if problems else rule_set), problems


def stored_rule_set(table: Mapping[str, Any]) -> RuleSet:
    """The rule set of a table that was accepted once; what would be refused today is its `faults`."""
    rule_set, problems = _read(table)
    return replace(rule_set, faults=problems)


def _read(table: Mapping[str, Any]) -> tuple[RuleSet, tuple[Problem, ...]]:
    problems: list[Problem] = []
    node = Node(table, "", problems)
    rule_set = _rule_set(node, table)
    node.close()
    _check(rule_set, node)
    return rule_set, tuple(problems)


def _rule_set(node: Node, table: Mapping[str, Any]) -> RuleSet:
    text = node.choice("text", [state.value for state in TextState], TextState.COMPLETE.value)
    return RuleSet(
        key=node.text("key"),
        level=node.choice("level", LEVELS),
        purposes=node.choices("purposes", PURPOSES),
        jurisdiction=node.text("jurisdiction"),
        zh=node.text("zh"),
        en=node.text("en"),
        document=node.text("document"),
        confidence=node.choice("confidence", CONFIDENCES),
        text=TextState(text) if text in list(TextState) else TextState.COMPLETE,
        accounts_from=_month_and_day(node),
        near_most=node.whole("near_most", NEAR_MOST, 1),
        groups=node.each("groups", _group),
        criteria=node.each("criteria", _criterion),
        gates=node.each("gates", _gate),
        direct_passes=node.each("direct_passes", _direct_pass),
        scorecard=node.each("scorecard", _indicator),
        table=table,
    )


def _month_and_day(node: Node) -> tuple[int, int]:
    written = node.text("accounts_complete_from", JANUARY_FIRST)
    found = _MONTH_AND_DAY.fullmatch(written)
    # 28 February is the last day of the month that every year has.
    if found and 1 <= int(found[1]) <= 12 and 1 <= int(found[2]) <= 28:
        return int(found[1]), int(found[2])
    node.refuse("accounts_complete_from", "wrong_type", wanted="month_and_day", value=written)
    return 1, 1


def _group(node: Node) -> Group:
    return Group(node.text("key"), node.text("zh"), node.text("en"), node.text("mark", ""))


def _criterion(node: Node) -> Criterion:
    return Criterion(
        key=node.text("key"),
        zh=node.text("zh"),
        en=node.text("en"),
        clause=node.text("clause"),
        confidence=node.choice("confidence", CONFIDENCES),
        condition=read_condition(node.node("condition")),
        group=node.text("group", ""),
        review=read_condition(node.node("review")) if "review" in node else None,
    )


def _gate(node: Node) -> Gate:
    return Gate(
        key=node.text("key"),
        zh=node.text("zh"),
        en=node.text("en"),
        clause=node.text("clause"),
        confidence=node.choice("confidence", CONFIDENCES),
        bars_if=read_condition(node.node("bars_if")),
        purposes=node.choices("purposes", PURPOSES, PURPOSES),
    )


def _direct_pass(node: Node) -> DirectPass:
    return DirectPass(
        key=node.text("key"),
        zh=node.text("zh"),
        en=node.text("en"),
        clause=node.text("clause"),
        confidence=node.choice("confidence", CONFIDENCES),
        condition=read_condition(node.node("condition")),
        satisfies=tuple(str(key) for key in node.list("satisfies")) if "satisfies" in node else (),
    )


def _indicator(node: Node) -> Indicator:
    return Indicator(
        key=node.text("key"),
        group=node.text("group"),
        zh=node.text("zh"),
        en=node.text("en"),
        most=node.number("most", POINTS),
        way=read_way(node),
    )


def _check(rule_set: RuleSet, node: Node) -> None:
    """What no table can see by itself: keys told apart, names that exist, a set that judges something."""
    criteria = [criterion.key for criterion in rule_set.criteria]
    _check_distinct(node, "criteria", [*criteria])
    _check_distinct(node, "gates", [gate.key for gate in rule_set.gates], taken=criteria)
    _check_distinct(node, "direct_passes", [each.key for each in rule_set.direct_passes])
    _check_distinct(node, "scorecard", [each.key for each in rule_set.scorecard])
    _check_distinct(node, "groups", [group.key for group in rule_set.groups])
    _check_groups(rule_set, node)
    for place, each in enumerate(rule_set.direct_passes):
        for key in each.satisfies:
            if key not in criteria:
                node.refuse(f"direct_passes[{place}].satisfies", "unknown_criterion", value=key)
    empty = rule_set.text is TextState.TO_BE_ENTERED
    if empty and rule_set.criteria:
        node.refuse("text", "criteria_without_text")
    if not empty and not rule_set.criteria:
        node.refuse("criteria", "required", value="criteria")


def _check_distinct(node: Node, key: str, names: list[str], taken: list[str] | None = None) -> None:
    seen = set(taken or ())
    for place, name in enumerate(names):
        if name in seen:
            node.refuse(f"{key}[{place}].key", "duplicate_key", value=name)
        seen.add(name)


def _check_groups(rule_set: RuleSet, node: Node) -> None:
    groups = {group.key for group in rule_set.groups}
    for place, criterion in enumerate(rule_set.criteria):
        if criterion.group and criterion.group not in groups:
            node.refuse(f"criteria[{place}].group", "unknown_group", value=criterion.group)
    scored = {indicator.group for indicator in rule_set.scorecard} | {"total"}
    for path, group in _scores_asked(rule_set.table):
        if group not in scored or not rule_set.scorecard:
            node.refuse(path, "unknown_group", value=group)


def _scores_asked(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Every condition on a score in a written rule set: its path and the group it asks about."""
    if isinstance(value, Mapping):
        here = [(f"{path}.score".lstrip("."), str(value["score"]))] if "score" in value else []
        return here + [each for key, part in value.items() for each in _scores_asked(part, f"{path}.{key}".lstrip("."))]
    if isinstance(value, list):
        return [each for place, part in enumerate(value) for each in _scores_asked(part, f"{path}[{place}]")]
    return []
