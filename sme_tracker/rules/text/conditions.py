"""Conditions read from their written form; a threshold without unit or an unknown figure is refused."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sme_tracker.rules.criteria import (
    Combination,
    Comparison,
    Condition,
    Elapsed,
    Judged,
    Match,
    Measure,
    Over,
    Papers,
    Scored,
    Standing,
    Take,
    Threshold,
    Tier,
    Tiered,
    Waived,
    Yearly,
)
from sme_tracker.rules.facts import EVIDENCE, QUANTITIES
from sme_tracker.rules.figures import MAY_BE_NEGATIVE
from sme_tracker.rules.judging.papers import fields_of
from sme_tracker.rules.text.bounds import ANYTHING, GROWTH, OF_FIELD, OF_UNIT, POINTS, YEARS_BACK, Bounds
from sme_tracker.rules.text.nodes import Node, exact

PURPOSES = ("new", "review")
# How sure the text of a clause is: found, derived, recalled (high, medium, low), or checked against the document.
CONFIDENCES = ("F", "D", "R-hi", "R-med", "R-lo", "checked")
UNITS = ("wan", "percent", "years", "count", "points", "people")
STANDINGS = ("size_class", "registered_province", "independent_legal_person", "barred")
SINCE = ("niche_since", "established_on")
UNIT_OF_FIELD = {"amount_wan": "wan", "share_percent": "percent", "score": "points", "number": "count"}


def read_condition(node: Node) -> Condition:
    """The condition a table describes, with its waiver if it has one."""
    condition = _read_plain(node)
    if "waived" in node:
        waiver = node.node("waived")
        condition = Waived(condition, waiver.choices("purposes", PURPOSES), waiver.text("clause"), waiver.day("from"))
        waiver.close()
    node.close()
    return condition


def _read_plain(node: Node) -> Condition:
    readers: dict[str, Callable[[Node], Condition]] = {
        "all_of": _all_of,
        "any_of": _any_of,
        "least": _n_of,
        "tiers": _tiered,
        "score": _scored,
        "judgement": _judged,
        "standing": _standing,
    }
    for key, read in readers.items():
        if key in node:
            return read(node)
    measure = read_measure(node)
    unit = read_unit(node, measure)
    comparison, threshold = _comparison(node, bounds_of(measure, unit))
    return Threshold(measure, comparison, threshold, unit)


def _all_of(node: Node) -> Combination:
    conditions = tuple(read_condition(each) for each in node.nodes("all_of"))
    return _combination(node, "all_of", len(conditions), conditions)


def _any_of(node: Node) -> Combination:
    return _combination(node, "any_of", 1, tuple(read_condition(each) for each in node.nodes("any_of")))


def _n_of(node: Node) -> Combination:
    conditions = tuple(read_condition(each) for each in node.nodes("of"))
    all_of_them = Bounds(Decimal(1), Decimal(max(1, len(conditions))), is_whole=True, code="least_out_of_range")
    return _combination(node, "of", node.whole("least", all_of_them), conditions)


def _combination(node: Node, key: str, least: int, conditions: tuple[Condition, ...]) -> Combination:
    if not conditions:
        node.refuse(key, "required", value=key)
    return Combination(least, conditions)


def _tiered(node: Node) -> Tiered:
    by = node.choice("tiers_by", QUANTITIES, code="unknown_figure")
    unit = node.choice("unit", UNITS)
    tiers = tuple(_tier(each, unit) for each in node.nodes("tiers"))
    edges = [tier.from_edge for tier in tiers]
    above = [edge for edge in edges[:-1] if edge is not None]
    if not edges or edges[-1] is not None or len(above) < len(edges) - 1:
        node.refuse("tiers", "tiers_open_end")
    elif above != sorted(set(above), reverse=True):
        node.refuse("tiers", "bands_overlap")
    if by in QUANTITIES and unit and unit != QUANTITIES[by].unit:
        node.refuse("unit", "wrong_unit", unit=unit, wanted=QUANTITIES[by].unit)
    return Tiered(Yearly(by), unit, tiers)


def _tier(node: Node, unit: str) -> Tier:
    edge = number_or_none(node, "from", OF_UNIT.get(unit, ANYTHING))
    tier = Tier(edge, read_condition(node.node("condition")))
    node.close()
    return tier


def _scored(node: Node) -> Scored:
    scored = Scored(node.text("score"), node.number("at_least", POINTS))
    if node.choice("unit", UNITS, code="unknown_unit") not in ("points", ""):
        node.refuse("unit", "wrong_unit", unit=node.text("unit"), wanted="points")
    return scored


def _judged(node: Node) -> Judged:
    question = node.text("judgement")
    if "papers" not in node:
        return Judged(question)
    papers = node.node("papers")
    measure = _papers(papers)
    papers.close()
    return Judged(question, measure)


def _standing(node: Node) -> Standing:
    fact = node.choice("standing", STANDINGS, code="unknown_figure")
    allowed = node.list("one_of")
    if not all(isinstance(value, (str, bool)) for value in allowed):
        node.refuse("one_of", "wrong_type", wanted="value", value=str(allowed))
        return Standing(fact, ())
    return Standing(fact, tuple(allowed))


def read_measure(node: Node) -> Measure:
    """What is measured: a yearly figure, years since a date, or papers of a kind."""
    if "years_since" in node:
        since = node.choice("years_since", SINCE, code="unknown_figure")
        return Elapsed(since, node.choice("at", ("last_year_end", "day"), "day") == "last_year_end")
    if "evidence" in node:
        return _papers(node)
    over = node.choice("over", list(Over), Over.LAST_YEAR.value)
    return Yearly(
        node.choice("figure", QUANTITIES, code="unknown_figure"),
        Over(over) if over in list(Over) else Over.LAST_YEAR,
        node.whole("years", YEARS_BACK, 1),
    )


def _papers(node: Node) -> Papers:
    kind = node.choice("evidence", EVIDENCE, code="unknown_evidence")
    known = fields_of(kind) if kind in EVIDENCE else frozenset[str]()
    take = node.choice("take", list(Take), Take.COUNT.value)
    counted = take == Take.COUNT.value
    return Papers(
        kind=kind,
        where=_matches(node, known) if "where" in node else (),
        within_years=node.whole("within_years", YEARS_BACK) if "within_years" in node else None,
        take=Take(take) if take in list(Take) else Take.COUNT,
        of="" if counted else node.choice("of", known & UNIT_OF_FIELD.keys(), code="unknown_field"),
        unrecorded_is_none=node.choice("unrecorded", ("missing", "none"), "missing") == "none",
    )


def _matches(node: Node, known: frozenset[str]) -> tuple[Match, ...]:
    where = node.node("where")
    matches = []
    for field, wanted in sorted(where.items()):
        if field not in known:
            where.refuse(field, "unknown_field", value=field, options=sorted(known))
        matches.append(_match(where, field, wanted))
    return tuple(matches)


def _match(where: Node, field: str, wanted: Any) -> Match:
    bounds = OF_FIELD.get(field)
    if isinstance(wanted, dict):
        test = Node(wanted, where.at(field), where.problems)
        comparison, number = _comparison(test, bounds or ANYTHING)
        test.close()
        if bounds is None:
            where.refuse(field, "wrong_type", wanted="value", value=str(wanted))
        return Match(field, comparison=comparison, number=number)
    values = wanted if isinstance(wanted, list) else [wanted]
    if not values or not all(isinstance(value, (str, int)) for value in values):
        where.refuse(field, "wrong_type", wanted="value", value=str(wanted))
        return Match(field)
    for written in map(exact, values):
        if written is not None and bounds is not None:
            where.within(field, written, bounds)
    return Match(field, tuple(values))


def _comparison(node: Node, bounds: Bounds) -> tuple[Comparison, Decimal]:
    used = [comparison for comparison in Comparison if comparison.value in node]
    if len(used) != 1:
        node.refuse("", "one_comparison", found=len(used))
    comparison = used[0] if used else Comparison.AT_LEAST
    return comparison, node.number(comparison.value, bounds) if used else Decimal(0)


def read_unit(node: Node, measure: Measure) -> str:
    """The unit of a threshold, which must be written and must be the one of what is measured."""
    if "unit" not in node:
        node.refuse("unit", "threshold_without_unit")
        return ""
    unit = node.choice("unit", UNITS, code="unknown_unit")
    wanted = unit_of(measure)
    if unit in UNITS and wanted and unit != wanted:
        node.refuse("unit", "wrong_unit", unit=unit, wanted=wanted)
    return unit


def unit_of(measure: Measure) -> str:
    """The unit in which a measure comes; "" where what is measured is unknown."""
    match measure:
        case Elapsed():
            return "years"
        case Papers():
            return "count" if measure.take is Take.COUNT else UNIT_OF_FIELD.get(measure.of, "")
        case _:
            if measure.over.growth:
                return "percent"
            return QUANTITIES[measure.figure].unit if measure.figure in QUANTITIES else ""


def bounds_of(measure: Measure, unit: str) -> Bounds:
    """Between which bounds a threshold of a measure must lie: growth may be more than the whole, profit a loss."""
    if isinstance(measure, Yearly) and measure.over.growth:
        return GROWTH
    bounds = OF_UNIT.get(unit, ANYTHING)
    return bounds.signed if isinstance(measure, Yearly) and measure.figure in MAY_BE_NEGATIVE else bounds


def number_or_none(node: Node, key: str, bounds: Bounds) -> Decimal | None:
    """A number that may be absent."""
    return node.number(key, bounds) if key in node else None
