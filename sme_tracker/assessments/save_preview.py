"""Which verdicts a form on an enterprise would change if it were saved: judged like any other, and stored nowhere."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from sme_tracker.assessments.facts import facts_of
from sme_tracker.assessments.judging import error_of, purpose_for, verdict_on
from sme_tracker.assessments.rule_sets import LEVELS, Standard, standards
from sme_tracker.assessments.sentences import value_in_words
from sme_tracker.assessments.words import OUTCOMES, PURPOSE_WORDS, RESULTS
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.previews import AsSaved
from sme_tracker.rules.criteria import Criterion, Gate
from sme_tracker.rules.facts import EnterpriseFacts, judged_figures
from sme_tracker.rules.figures import best_figures
from sme_tracker.rules.terms import Title
from sme_tracker.rules.verdicts import Finding, Verdict
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import said
from sme_tracker.web.words import TITLES

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A criterion of which something else would be found: another result, or other values with the same result."""

    name: str
    clause: str
    before: str
    before_words: str
    after: str
    values: str

    @property
    def turns(self) -> bool:
        """Whether the result changes, not the values alone."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Effect:
    """What would change of one verdict; `not_met` and `missing` are the numbers afterwards."""

    level: str
    purpose: str
    title: str
    turns: Sequence[Turn]
    outcome_before: str
    outcome_after: str
    not_met: int
    missing: int


def save_preview(session: Session, one: Enterprise, saved: AsSaved, today: date) -> Mapping[str, object]:
    """The verdicts of the levels held and aimed at, each with what would be found otherwise, and those that stay.

    Where judging raises an error, only its kind: the form is there nevertheless, to put the data right.
    """
    try:
        effects, others = _effects(session, one, saved, today)
    except Exception as error:
        log.exception("preview of enterprise %s", one.id)
        return {"effects": [], "others": "", "error": error_of(error)}
    return {"effects": effects, "others": str(_(", ")).join(others), "error": ""}


def _effects(session: Session, one: Enterprise, saved: AsSaved, today: date) -> tuple[list[Effect], list[str]]:
    facts = facts_of(session, [one.id])[one.id]
    then = as_judged(facts, saved)
    effects, others = [], []
    for standard in _judging(session, facts, one.level, today):
        found = _effect(standard, verdict_on(standard, facts, today), verdict_on(standard, then, today))
        if found.turns or found.outcome_before != found.outcome_after:
            effects.append(found)
        else:
            others.append(found.level)
    return effects, others


def as_judged(facts: EnterpriseFacts, saved: AsSaved) -> EnterpriseFacts:
    """The facts of an enterprise with what the form would make of them."""
    return replace(
        facts,
        figures=judged_figures(best_figures(saved.figures)),
        established_on=saved.founded_on,
        niche_since=saved.niche_since,
        barred_until=saved.barred_until,
        independent_legal_person=not saved.is_branch,
        size_class=saved.size_class,
    )


def _judging(session: Session, facts: EnterpriseFacts, level: int, day: date) -> Iterator[Standard]:
    """The standards that apply to the level held, or the first, and to those above it."""
    found = standards(session)
    for each in LEVELS[level:]:
        standard = found.on(day, each, purpose_for(facts, each, day))
        if standard and standard.judges:
            yield standard


def _effect(standard: Standard, before: Verdict, after: Verdict) -> Effect:
    rule_set = standard.rule_set
    named: dict[str, Criterion | Gate] = {each.key: each for each in rule_set.criteria}
    named |= {each.key: each for each in rule_set.gates}
    pairs = zip((*before.findings, *before.gates), (*after.findings, *after.gates), strict=True)
    return Effect(
        str(TITLES[Title(standard.level)]),
        str(PURPOSE_WORDS[standard.purpose]),
        said(rule_set.zh, rule_set.en),
        [_turn(named[now.criterion], was, now) for was, now in pairs if _differs(was, now)],
        str(OUTCOMES[before.outcome]),
        str(OUTCOMES[after.outcome]),
        len(after.not_met),
        len(after.missing),
    )


def _differs(was: Finding, now: Finding) -> bool:
    return (was.result, was.values) != (now.result, now.values)


def _turn(of: Criterion | Gate, was: Finding, now: Finding) -> Turn:
    values = [value_in_words(each) for each in (was, now)]
    return Turn(
        said(of.zh, of.en),
        now.clause,
        was.result.value,
        str(RESULTS[was.result]),
        now.result.value,
        _("%(before)s → %(after)s", before=values[0] or "—", after=values[1] or "—") if any(values) else "",
    )
