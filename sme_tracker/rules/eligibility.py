"""Judging: one enterprise's facts against one rule set on one day, criterion by criterion."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sme_tracker.rules.criteria import Condition, Criterion, DirectPass, Gate, RuleSet, TextState
from sme_tracker.rules.facts import PLAIN, EnterpriseFacts, recorded
from sme_tracker.rules.judging.blank import asked_by
from sme_tracker.rules.judging.conditions import asking
from sme_tracker.rules.judging.scoring import no_scorecard, scorecard, scored_on
from sme_tracker.rules.judging.situation import Situation
from sme_tracker.rules.judging.thresholds import Asking, Heading
from sme_tracker.rules.verdicts import (
    MET,
    MISSING,
    NOT_MET,
    TO_JUDGE,
    Finding,
    IndicatorPoints,
    Outcome,
    Result,
    Verdict,
)


class _Direct(NamedTuple):
    asked: Asking
    satisfies: frozenset[str]


class _Judge(NamedTuple):
    """A rule set made ready for one purpose; `plain` are the single facts it asks for, `lists` the others."""

    criteria: tuple[Asking, ...]
    gates: tuple[Asking, ...]
    direct: tuple[_Direct, ...]
    points: Callable[[Situation], Sequence[IndicatorPoints]]
    plain: tuple[str, ...]
    lists: frozenset[str]


def plain_facts(rule_set: RuleSet, facts: EnterpriseFacts, purpose: str) -> tuple[object, ...] | None:
    """The single facts a verdict rests on; None if it also rests on figures or papers.

    On one day, enterprises that agree in them have the same verdict, so that it need not be worked out for each.
    """
    if not rule_set.judges:
        return ()
    ready = _made_ready(rule_set, purpose)
    if not ready.lists.isdisjoint(recorded(facts)):
        return None
    return tuple([getattr(facts, name) for name in ready.plain])


def judge(rule_set: RuleSet, facts: EnterpriseFacts, day: date, purpose: str = "new") -> Verdict:
    """The verdict on an enterprise on a day, for a new application or a review.

    A veto, or more criteria not met than the set allows: not. One up to that many: near. None not met but some open:
    undecidable. Else eligible. A set without text or with faults judges nothing and leaves everything undecidable.
    """
    if not rule_set.judges:
        return _not_judged(rule_set, facts, day, purpose)
    ready = _made_ready(rule_set, purpose)
    situation = Situation(facts, day, rule_set.accounts_from)
    direct = tuple([each.asked(situation) for each in ready.direct])
    findings = tuple([asked(situation) for asked in ready.criteria])
    if direct:
        findings = tuple([_passed_directly(found, ready.direct, direct) for found in findings])
    gates = tuple([asked(situation) for asked in ready.gates])
    not_met = _keys(findings, NOT_MET)
    vetoes = _keys(gates, NOT_MET)
    missing = _keys(findings, MISSING) + _keys(gates, MISSING)
    to_judge = _keys(findings, TO_JUDGE) + _keys(gates, TO_JUDGE)
    return Verdict(
        enterprise=facts.enterprise,
        rule_set=rule_set.key,
        purpose=purpose,
        day=day,
        outcome=_outcome(len(not_met), rule_set.near_most, barred=bool(vetoes), undecided=bool(missing or to_judge)),
        not_met=not_met,
        missing=missing,
        to_judge=to_judge,
        vetoes=vetoes,
        findings=findings,
        gates=gates,
        direct=direct,
        points=tuple(ready.points(situation)),
        changes_on=situation.changes_on,
        reason=_reason(rule_set, facts),
    )


def _not_judged(rule_set: RuleSet, facts: EnterpriseFacts, day: date, purpose: str) -> Verdict:
    return Verdict(
        enterprise=facts.enterprise,
        rule_set=rule_set.key,
        purpose=purpose,
        day=day,
        outcome=Outcome.UNDECIDABLE,
        not_met=(),
        missing=(),
        to_judge=(),
        vetoes=(),
        findings=(),
        gates=(),
        reason="rules_at_fault" if rule_set.faults else "text_to_be_entered",
    )


def _reason(rule_set: RuleSet, facts: EnterpriseFacts) -> str:
    if not facts.figures:
        return "no_figures"
    return "text_partial" if rule_set.text is TextState.PARTIAL else ""


def _outcome(not_met: int, near_most: int, *, barred: bool, undecided: bool) -> Outcome:
    if barred or not_met > near_most:
        return Outcome.NOT
    if not_met:
        return Outcome.NEAR
    return Outcome.UNDECIDABLE if undecided else Outcome.ELIGIBLE


def _keys(findings: Sequence[Finding], result: Result) -> tuple[str, ...]:
    return tuple([found.criterion for found in findings if found.result is result])


@lru_cache(maxsize=64)
def _made_ready(rule_set: RuleSet, purpose: str) -> _Judge:
    score = scorecard(rule_set.scorecard, purpose) if rule_set.scorecard else no_scorecard
    scored = scored_on(rule_set.scorecard)

    def heading(each: Criterion | Gate | DirectPass) -> Heading:
        return Heading(each.key, each.clause, each.confidence, purpose, score, scored)

    asks = scored.union(*(asked_by(condition, scored) for condition in _conditions(rule_set, purpose)))
    everything = frozenset(criterion.key for criterion in rule_set.criteria)
    return _Judge(
        criteria=tuple(asking(each.condition_for(purpose), heading(each)) for each in rule_set.criteria),
        gates=tuple(_gate(asking(gate.bars_if, heading(gate))) for gate in rule_set.gates if purpose in gate.purposes),
        direct=tuple(
            _Direct(
                asking(each.condition, heading(each)),
                frozenset(each.satisfies) or everything,
            )
            for each in rule_set.direct_passes
        ),
        points=score,
        plain=tuple(sorted(asks & PLAIN)),
        lists=asks - PLAIN | {"figures"},
    )


def _conditions(rule_set: RuleSet, purpose: str) -> Iterator[Condition]:
    yield from (each.condition_for(purpose) for each in rule_set.criteria)
    yield from (gate.bars_if for gate in rule_set.gates)
    yield from (each.condition for each in rule_set.direct_passes)


def _gate(bars: Asking) -> Asking:
    """A gate is met while what would bar is not there."""
    turned = {MET: (NOT_MET, "gate.barred"), NOT_MET: (MET, "gate.clear")}

    @lru_cache(maxsize=32)
    def turn(found: Finding) -> Finding:
        result, code = turned.get(found.result, (found.result, "gate.unknown"))
        return found._replace(result=result, code=code, distance=None, needs=(), parts=())

    return lambda situation: turn(bars(situation))


def _passed_directly(found: Finding, direct: Sequence[_Direct], findings: Sequence[Finding]) -> Finding:
    """A criterion not met on its own is met by a direct pass that names it, and open while such a pass is open."""
    if found.result is MET:
        return found
    passes = [finding for each, finding in zip(direct, findings, strict=True) if found.criterion in each.satisfies]
    for finding in passes:
        if finding.result is MET:
            return _by_direct_pass(found, finding)
    if found.result is NOT_MET:
        for finding in passes:
            if finding.result.open:
                return found._replace(result=finding.result, code="direct.open", lacks=finding.lacks)
    return found


def _by_direct_pass(found: Finding, passing: Finding) -> Finding:
    return found._replace(
        result=MET,
        code="direct.met",
        note=passing.criterion,
        clause=passing.clause,
        confidence=passing.confidence,
        proofs=passing.proofs,
        evidence_until=passing.evidence_until,
        needs=(),
        lacks=(),
        earliest_on=None,
    )
