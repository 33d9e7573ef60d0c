"""Scorecards read from their written form; bands that overlap or leave a gap are refused."""

from decimal import Decimal
from itertools import pairwise

from sme_tracker.rules.criteria import Awarded, Band, Banded, BestOf, Case, Cases, Way
from sme_tracker.rules.text.bounds import POINTS, Bounds
from sme_tracker.rules.text.conditions import bounds_of, number_or_none, read_condition, read_measure, read_unit
from sme_tracker.rules.text.nodes import Node


def read_way(node: Node) -> Way:
    """The way an indicator earns points: bands, cases, the best of several ways, or points by judgement."""
    if "best_of" in node:
        return BestOf(node.each("best_of", read_way))
    if "judgement" in node:
        return Awarded(node.text("judgement"))
    if "cases" in node:
        return Cases(node.each("cases", _case), node.flag("add_up"))
    return _banded(node)


def _case(node: Node) -> Case:
    return Case(node.number("points", POINTS), read_condition(node.node("condition")))


def _banded(node: Node) -> Banded:
    measure = read_measure(node)
    unit = read_unit(node, measure)
    bounds = bounds_of(measure, unit)
    bands = node.each("bands", lambda band: _band(band, bounds))
    if bands:
        _check_bands(node, bands)
    else:
        node.refuse("bands", "required", value="bands")
    return Banded(measure, unit, bands)


def _band(node: Node, bounds: Bounds) -> Band:
    """A band's edges: `from` and `up_to` are inside it, `above` and `below` are not."""
    edges = {key: number_or_none(node, key, bounds) for key in ("from", "above", "up_to", "below")}
    for low, high in (("from", "above"), ("up_to", "below")):
        if edges[low] is not None and edges[high] is not None:
            node.refuse(high, "one_edge", edges=[low, high])
    return Band(
        points=node.number("points", POINTS),
        low=edges["above"] if edges["from"] is None else edges["from"],
        low_inside=edges["from"] is not None,
        high=edges["below"] if edges["up_to"] is None else edges["up_to"],
        high_inside=edges["up_to"] is not None,
    )


def _check_bands(node: Node, bands: tuple[Band, ...]) -> None:
    """The bands, sorted from the lowest, must begin and end open and meet without overlap or gap."""
    order = sorted(range(len(bands)), key=lambda place: _low_key(bands[place]))
    if bands[order[0]].low is not None or bands[order[-1]].high is not None:
        node.refuse("bands", "bands_open_end")
    for lower_place, upper_place in pairwise(order):
        lower, upper = bands[lower_place], bands[upper_place]
        path = f"bands[{upper_place}]"
        if lower.high is None or upper.low is None or lower.high > upper.low:
            node.refuse(path, "bands_overlap", other=lower_place + 1)
        elif lower.high < upper.low:
            node.refuse(path, "bands_gap", other=lower_place + 1)
        elif lower.high_inside and upper.low_inside:
            node.refuse(path, "bands_overlap", other=lower_place + 1)
        elif not lower.high_inside and not upper.low_inside:
            node.refuse(path, "bands_gap", other=lower_place + 1)


def _low_key(band: Band) -> tuple[bool, Decimal, bool]:
    return (band.low is not None, band.low or Decimal(0), not band.low_inside)
