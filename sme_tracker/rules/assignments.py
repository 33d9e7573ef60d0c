"""Which rule set applies to a level, a purpose and a place on a day: the one dated thing about rule sets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.text.nodes import Node, Problem

FAR_FUTURE = date.max


@dataclass(frozen=True, slots=True)
class Assignment:
    """A rule set applied from a day until a last day, None being open."""

    rule_set: str
    level: str
    purpose: str
    jurisdiction: str
    from_day: date
    until_day: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the assignment holds on a day."""
        return self.from_day <= day <= (self.until_day or FAR_FUTURE)

    def overlaps(self, other: "Assignment") -> bool:
        """Whether two assignments would both hold on some day for the same level, purpose and place."""
        same = (self.level, self.purpose, self.jurisdiction) == (other.level, other.purpose, other.jurisdiction)
        return (
            same
            and self.from_day <= (other.until_day or FAR_FUTURE)
            and other.from_day <= (self.until_day or FAR_FUTURE)
        )


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rule sets, their assignments, and for each place the wider one whose rules it uses where it has none."""

    rule_sets: Mapping[str, RuleSet]
    assignments: tuple[Assignment, ...]
    wider: Mapping[str, str] = field(default_factory=dict)

    def assigned(self, level: str, purpose: str, jurisdiction: str, day: date) -> RuleSet | None:
        """The rule set that applies on a day, the narrowest place first; None where none does."""
        place: str | None = jurisdiction
        while place is not None:
            for each in self.assignments:
                if (each.level, each.purpose, each.jurisdiction) == (level, purpose, place) and each.covers(day):
                    return self.rule_sets[each.rule_set]
            place = self.wider.get(place)
        return None


def read_rule_book(
    table: Mapping[str, Any], rule_sets: Mapping[str, RuleSet]
) -> tuple[RuleBook | None, tuple[Problem, ...]]:
    """The rule book of a written list of assignments, or every reason why it is refused."""
    problems: list[Problem] = []
    node = Node(table, "", problems)
    wider = {place: str(within) for place, within in node.node("jurisdictions").items()}
    paths: dict[Assignment, str] = {}
    for each in node.nodes("assignments"):
        for assignment in _read(each):
            _check(each, assignment, rule_sets)
            paths[assignment] = each.path
        each.close()
    node.close()
    for first, second in overlapping(paths):
        node.refuse(paths[second], "assignments_overlap", rule_set=first.rule_set, from_day=first.from_day.isoformat())
    book = RuleBook(rule_sets, tuple(paths), wider)
    return (None if problems else book), tuple(problems)


def overlapping(assignments: Iterable[Assignment]) -> tuple[tuple[Assignment, Assignment], ...]:
    """The pairs of assignments that would hold on the same day for the same level, purpose and place."""
    return tuple((first, second) for first, second in combinations(assignments, 2) if first.overlaps(second))


def _read(node: Node) -> list[Assignment]:
    rule_set, level, jurisdiction = node.text("set"), node.text("level"), node.text("jurisdiction")
    from_day, until_day = node.day("from"), node.day("until")
    if from_day is None:
        if "from" not in node:
            node.refuse("from", "required", value="from")
        return []
    if until_day is not None and until_day < from_day:
        node.refuse("until", "until_before_from")
    purposes = node.choices("purposes", ("new", "review"))
    return [Assignment(rule_set, level, purpose, jurisdiction, from_day, until_day) for purpose in purposes]


def _check(node: Node, assignment: Assignment, rule_sets: Mapping[str, RuleSet]) -> None:
    rule_set = rule_sets.get(assignment.rule_set)
    if rule_set is None:
        node.refuse("set", "unknown_rule_set", value=assignment.rule_set)
    elif rule_set.level != assignment.level:
        node.refuse("level", "other_level", value=assignment.level, wanted=rule_set.level)
    elif assignment.purpose not in rule_set.purposes:
        node.refuse("purposes", "other_purpose", value=assignment.purpose)
