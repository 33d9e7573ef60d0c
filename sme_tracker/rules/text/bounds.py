"""Between which bounds each number of a rule set must lie: said here once, for every way in which a set comes in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from sme_tracker.rules.bounds import EARLIEST_YEAR, LATEST_YEAR

DEEPEST = 20
"""How many tables and lists may lie within each other; the shipped sets need ten."""
LONGEST_SHOWN = 24
# No rule asks for ten billion yuan, or for less than one per cent: such a number was typed in the wrong unit.
YUAN_FROM = Decimal(1_000_000)
FRACTION_BELOW = Decimal(1)
_SMALLEST = Decimal("0.0001")


class Bounds(NamedTuple):
    """The least and the most a number may be, both included, in its unit; at most four decimals or none."""

    least: Decimal
    most: Decimal
    unit: str = ""
    is_whole: bool = False
    code: str = "out_of_bounds"

    def refusal(self, number: Decimal) -> str | None:
        """The code of what is wrong with a number, None if nothing is."""
        if self.unit == "wan" and number.copy_abs() >= YUAN_FROM:
            return "money_in_yuan"
        if self.unit == "percent" and 0 < number.copy_abs() < FRACTION_BELOW:
            return "percent_as_fraction"
        if not self.least <= number <= self.most:
            return self.code
        return None if number % (1 if self.is_whole else _SMALLEST) == 0 else self.code

    @property
    def signed(self) -> "Bounds":
        """The same bounds for what may as well be a loss."""
        return self._replace(least=-self.most)

    def nearest(self, number: Decimal) -> Decimal:
        """The number itself, or the bound it lies beyond."""
        return min(max(number, self.least), self.most)


def _between(least: int, most: int | str, unit: str = "", *, is_whole: bool = False) -> Bounds:
    return Bounds(Decimal(least), Decimal(most), unit, is_whole)


SHARE = _between(0, 100, "percent")
GROWTH = _between(-100, 1000, "percent")
POINTS = _between(0, 1000, "points")
RANK = _between(1, 1000, is_whole=True)
YEARS_BACK = _between(1, 50, "years", is_whole=True)
NEAR_MOST = _between(0, 20, is_whole=True)
ANYTHING = _between(0, "999999.99")
"""Where the unit is not known, which is refused anyway."""

OF_UNIT: Mapping[str, Bounds] = {
    "wan": _between(0, "999999.99", "wan"),
    "percent": SHARE,
    "years": _between(0, 50, "years", is_whole=True),
    "count": _between(0, 1000, "count", is_whole=True),
    "points": POINTS,
    "people": _between(0, 100_000, "people", is_whole=True),
}
"""The bounds of thresholds and of the edges of bands, by their unit."""

OF_FIELD: Mapping[str, Bounds] = {
    "rank": RANK,
    "owner_rank": RANK,
    "ip_class": _between(1, 2, is_whole=True),
    "year": _between(EARLIEST_YEAR, LATEST_YEAR, is_whole=True),
    "years_ago": _between(0, 50, "years", is_whole=True),
    "years_held": _between(0, 50, "years", is_whole=True),
    "amount_wan": OF_UNIT["wan"],
    "share_percent": SHARE,
    "score": POINTS,
    "number": _between(0, 1000),
}
"""The bounds of what is asked of the numbers in papers, by their field; the other fields hold no numbers."""


def shortened(value: object) -> str:
    """A number as it was written, cut where it is longer than a sentence bears."""
    written = str(value)
    return written if len(written) <= LONGEST_SHOWN else f"{written[:LONGEST_SHOWN]}…"


def is_deeper(table: object, most: int = DEEPEST) -> bool:
    """Whether more tables and lists lie within each other than `most`."""
    layer = [table]
    for _depth in range(most + 1):
        layer = [each for node in layer for each in _within(node)]
    return bool(layer)


def _within(node: object) -> list[object]:
    if isinstance(node, Mapping):
        return list(node.values())
    return list(node) if isinstance(node, list) else []
