"""What changed between two versions of a list: who entered, who left, which findings changed, and by what cause."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum, auto
from typing import NamedTuple

from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.verdicts import Finding, Verdict


class Cause(StrEnum):
    """What made a finding change: a fact, the rule, or the passing of days."""

    FACT = auto()
    RULE = auto()
    DATE = auto()


class Judged(NamedTuple):
    """A verdict with everything it rests on."""

    rule_set: RuleSet
    facts: EnterpriseFacts
    day: date
    purpose: str
    verdict: Verdict


class FindingChange(NamedTuple):
    """A criterion or gate whose result or values changed; a side is None where its rule set has no such criterion."""

    criterion: str
    before: Finding | None
    after: Finding | None
    causes: tuple[Cause, ...]

    @property
    def turned(self) -> bool:
        """Whether the result itself changed, and not only a value."""
        return self.before is None or self.after is None or self.before.result is not self.after.result


class EnterpriseChange(NamedTuple):
    """An enterprise whose findings changed."""

    enterprise: str
    findings: tuple[FindingChange, ...]


class Changes(NamedTuple):
    """What changed from one version to the next; enterprises by key, sorted."""

    entered: tuple[str, ...]
    left: tuple[str, ...]
    changed: tuple[EnterpriseChange, ...]


def judged(rule_set: RuleSet, facts: EnterpriseFacts, day: date, purpose: str = "new") -> Judged:
    """The verdict together with what it rests on."""
    return Judged(rule_set, facts, day, purpose, judge(rule_set, facts, day, purpose))


def compare(old: Mapping[str, Judged], new: Mapping[str, Judged]) -> Changes:
    """The changes from the enterprises of one version to those of the next."""
    both = sorted(old.keys() & new.keys())
    changed = [EnterpriseChange(key, finding_changes(old[key], new[key])) for key in both]
    return Changes(
        entered=tuple(sorted(new.keys() - old.keys())),
        left=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(change for change in changed if change.findings),
    )


def finding_changes(old: Judged, new: Judged) -> tuple[FindingChange, ...]:
    """The criteria and gates that differ in result or values, in the order of the newer standard, with their causes."""
    before, after = _by_criterion(old.verdict), _by_criterion(new.verdict)
    differing = [key for key in {**after, **before} if _seen(before.get(key)) != _seen(after.get(key))]
    if not differing:
        return ()
    alone = _with_one_thing_changed(old, new)
    return tuple(
        FindingChange(key, before.get(key), after.get(key), _causes(key, before.get(key), alone)) for key in differing
    )


def _by_criterion(verdict: Verdict) -> dict[str, Finding]:
    return {found.criterion: found for found in (*verdict.findings, *verdict.gates)}


def _seen(found: Finding | None) -> object:
    return found and (found.result, found.code, found.values, found.threshold, found.note)


def _with_one_thing_changed(old: Judged, new: Judged) -> dict[Cause, dict[str, Finding]]:
    """What the old verdict would have been with one of the things changed that did: the facts, the rule, the day."""
    alone: dict[Cause, dict[str, Finding]] = {}
    if old.facts != new.facts:
        alone[Cause.FACT] = _by_criterion(judge(old.rule_set, new.facts, old.day, old.purpose))
    if (old.rule_set, old.purpose) != (new.rule_set, new.purpose):
        alone[Cause.RULE] = _by_criterion(judge(new.rule_set, old.facts, old.day, new.purpose))
    if old.day != new.day:
        alone[Cause.DATE] = _by_criterion(judge(old.rule_set, old.facts, new.day, old.purpose))
    return alone


def _causes(key: str, before: Finding | None, alone: Mapping[Cause, Mapping[str, Finding]]) -> tuple[Cause, ...]:
    """The causes that alone would have changed the finding; all that are at work where only together they did."""
    causes = tuple(cause for cause, findings in alone.items() if _seen(findings.get(key)) != _seen(before))
    return causes or tuple(alone)
