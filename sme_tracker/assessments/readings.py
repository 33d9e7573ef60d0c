"""A standard read out: its conditions, direct passes, scored indicators and gates, line by line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sme_tracker.assessments.requirements import condition_words, measure_words, requirement
from sme_tracker.assessments.sentences import amount_in_words
from sme_tracker.assessments.words import COMPARISONS, MEASURED
from sme_tracker.rules.criteria import (
    Awarded,
    Band,
    Banded,
    BestOf,
    Cases,
    Comparison,
    Criterion,
    Indicator,
    RuleSet,
    Way,
)
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import said


@dataclass(frozen=True, slots=True)
class Reading:
    """A part of a standard in words: what it asks line by line, by which clause, and how sure its text is."""

    name: str
    lines: Sequence[str]
    clause: str = ""
    confidence: str = ""


def readings(rule_set: RuleSet) -> Mapping[str, Sequence[Reading]]:
    """The parts of a standard by section, each section in the order of the document."""
    return {
        "criteria": [
            Reading(said(each.zh, each.en), list(_criterion(rule_set, each)), each.clause, each.confidence)
            for each in rule_set.criteria
        ],
        "direct_passes": [
            Reading(said(each.zh, each.en), [condition_words(rule_set, each.condition)], each.clause, each.confidence)
            for each in rule_set.direct_passes
        ],
        "scorecard": [Reading(said(each.zh, each.en), list(_indicator(rule_set, each))) for each in rule_set.scorecard],
        "gates": [
            Reading(said(each.zh, each.en), [requirement(rule_set, each, "new")], each.clause, each.confidence)
            for each in rule_set.gates
        ],
    }


def _criterion(rule_set: RuleSet, criterion: Criterion) -> Iterator[str]:
    yield requirement(rule_set, criterion, "new")
    if criterion.review is not None:
        yield _("at a review: %(condition)s", condition=requirement(rule_set, criterion, "review"))


def _indicator(rule_set: RuleSet, indicator: Indicator) -> Iterator[str]:
    yield _("at most %(points)s", points=_points(indicator.most))
    yield from _way(rule_set, indicator.way)


def _way(rule_set: RuleSet, way: Way) -> list[str]:
    match way:
        case Banded():
            return [measure_words(way.measure), *(_earned(_band(band, way.unit), band.points) for band in way.bands)]
        case Cases():
            cases = [_earned(condition_words(rule_set, case.condition), case.points) for case in way.cases]
            return [_("these add up"), *cases] if way.add_up else cases
        case BestOf():
            return _best_of([_way(rule_set, each) for each in way.ways])
        case Awarded():
            return [_("by judgement: %(question)s", question=MEASURED[f"judgements.{way.question}"])]


def _best_of(ways: Sequence[list[str]]) -> list[str]:
    first, *others = ways
    return [*first, *(line for way in others for line in (_("or, whichever gives more"), *way))]


def _earned(what: str, points: Decimal) -> str:
    return _("%(name)s: %(value)s", name=what, value=_points(points))


def _points(points: Decimal) -> str:
    return amount_in_words(points, "points")


def _band(band: Band, unit: str) -> str:
    edges = [
        (band.low, Comparison.AT_LEAST if band.low_inside else Comparison.MORE_THAN),
        (band.high, Comparison.AT_MOST if band.high_inside else Comparison.LESS_THAN),
    ]
    said_edges = [
        f"{COMPARISONS[comparison]} {amount_in_words(edge, unit)}" for edge, comparison in edges if edge is not None
    ]
    return _(", ").join(said_edges)
