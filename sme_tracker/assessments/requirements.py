"""What a criterion asks for, in words: its condition read out as the standard means it."""

from collections.abc import Sequence

from sme_tracker.assessments.sentences import amount_in_words, number
from sme_tracker.assessments.words import COMPARISONS, FIELDS, MEASURED, OVER, PURPOSE_WORDS, STANDINGS, WORKED_OUT
from sme_tracker.rules.criteria import (
    Combination,
    Comparison,
    Condition,
    Criterion,
    Elapsed,
    Gate,
    Judged,
    Match,
    Measure,
    Over,
    Papers,
    RuleSet,
    Scored,
    Standing,
    Threshold,
    Tiered,
    Waived,
    Yearly,
)
from sme_tracker.rules.terms import Title
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import said
from sme_tracker.web.paper_words import PAPER_FIELDS, choice_words
from sme_tracker.web.words import TITLES


def requirement(rule_set: RuleSet, of: Criterion | Gate, purpose: str) -> str:
    """What the criterion asks of an enterprise for the purpose; of a gate, what bars the enterprise."""
    if isinstance(of, Gate):
        return str(_("Bars: %(condition)s", condition=_bar(rule_set, of.bars_if)))
    return condition_words(rule_set, of.condition_for(purpose))


def _bar(rule_set: RuleSet, condition: Condition) -> str:
    """What bars an enterprise: of papers and plain facts it is enough to name them."""
    if isinstance(condition, Threshold) and isinstance(condition.measure, Papers):
        return _papers(condition.measure)
    if isinstance(condition, Standing) and condition.one_of == (True,):
        return str(MEASURED[condition.fact])
    return condition_words(rule_set, condition)


def condition_words(rule_set: RuleSet, condition: Condition) -> str:
    """A condition of the set, read out."""
    match condition:
        case Threshold():
            return _reaches(measure_words(condition.measure), condition)
        case Judged():
            return str(_("by judgement: %(question)s", question=MEASURED[f"judgements.{condition.question}"]))
        case Standing():
            values = _either([_standing(condition.fact, value) for value in condition.one_of])
            return str(_("%(name)s: %(value)s", name=MEASURED[condition.fact], value=values))
        case Combination():
            return _combination(rule_set, condition)
        case Tiered():
            return _tiers(rule_set, condition)
        case Scored():
            return f"{_points_of(rule_set, condition.group)} ≥ {amount_in_words(condition.threshold, 'points')}"
        case Waived():
            return str(
                _(
                    "%(condition)s (waived for %(purposes)s: %(clause)s)",
                    condition=condition_words(rule_set, condition.condition),
                    purposes=_either([str(PURPOSE_WORDS[purpose]) for purpose in condition.purposes]),
                    clause=condition.clause,
                )
            )


def _reaches(measured: str, condition: Threshold) -> str:
    blank = "" if measured.endswith("）") else " "
    amount = amount_in_words(condition.threshold, condition.unit)
    return f"{measured}{blank}{COMPARISONS[condition.comparison]} {amount}"


def _combination(rule_set: RuleSet, condition: Combination) -> str:
    parts = [_part(rule_set, each) for each in condition.conditions]
    if condition.least == len(parts):
        return str(_("; and ")).join(parts)
    if condition.least == 1:
        return str(_("; or ")).join(parts)
    listed = str(_("; ")).join(parts)
    return str(_("at least %(least)s of these: %(conditions)s", least=condition.least, conditions=listed))


def _part(rule_set: RuleSet, condition: Condition) -> str:
    """A condition among others: one that is itself made of several stands in brackets."""
    said_alone = condition_words(rule_set, condition)
    is_several = isinstance(condition, Combination) and len(condition.conditions) > 1
    return str(_("(%(conditions)s)", conditions=said_alone)) if is_several else said_alone


def _tiers(rule_set: RuleSet, condition: Tiered) -> str:
    by, listed = measure_words(condition.by), []
    for tier in condition.tiers:
        asked = condition_words(rule_set, tier.condition)
        if tier.from_edge is None:
            listed.append(_("otherwise %(condition)s", condition=asked))
        else:
            edge = amount_in_words(tier.from_edge, condition.unit)
            listed.append(_("with %(name)s from %(edge)s: %(condition)s", name=by, edge=edge, condition=asked))
    return str(_("; ")).join(listed)


def measure_words(measure: Measure) -> str:
    """What is measured, and over which years or papers."""
    match measure:
        case Yearly():
            years = "" if measure.over is Over.LAST_YEAR else str(OVER[measure.over]) % {"years": measure.years}
            return _with(str(MEASURED[measure.figure]), [years or str(OVER["last_year"])])
        case Elapsed():
            until = OVER["last_year_end" if measure.at_year_end else "on_day"]
            return _with(str(MEASURED[measure.since]), [str(until)])
        case Papers():
            return _papers(measure)


def _papers(measure: Papers) -> str:
    sorts = next((match.one_of for match in measure.where if match.field == "kind" and match.one_of), ())
    name = _either([choice_words(measure.kind, "kind", sort) for sort in sorts]) or str(MEASURED[measure.kind])
    if measure.of:
        name = str(_("%(name)s: %(field)s", name=name, field=FIELDS[measure.of]))
    narrowed = [_match(measure.kind, match) for match in measure.where if match.field != "kind"]
    if measure.within_years:
        narrowed.append(_("within the last %(years)s years", years=measure.within_years))
    return _with(name, narrowed)


def _match(kind: str, match: Match) -> str:
    name = str(PAPER_FIELDS.get(match.field) or WORKED_OUT[match.field])
    if match.comparison is not None and match.number is not None:
        return f"{name} {COMPARISONS[Comparison(match.comparison)]} {number(match.number)}"
    values = _either([_value(kind, match.field, value) for value in match.one_of])
    return str(_("%(name)s: %(value)s", name=name, value=values))


def _value(kind: str, field: str, value: str | int | bool) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if kind == "titles" and field == "level":
        return str(TITLES[Title(str(value))])
    return choice_words(kind, field, value)


def _standing(fact: str, value: str | bool) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(STANDINGS.get(value, value))


def _points_of(rule_set: RuleSet, group: str) -> str:
    """What the points of a group of the scorecard are called: as the criterion that asks for them."""
    asks = (each for each in rule_set.criteria if isinstance(each.condition, Scored) and each.condition.group == group)
    named = next(asks, None)
    return said(named.zh, named.en) if named else str(MEASURED["score.total"])


def _with(name: str, more: Sequence[str]) -> str:
    """A name with what narrows it in brackets."""
    return str(_("%(name)s (%(more)s)", name=name, more=_(", ").join(more))) if more else name


def _either(values: Sequence[str]) -> str:
    return str(_(" or ")).join(values)
