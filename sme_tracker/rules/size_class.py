"""The size class of an enterprise by the rules of 2011 (中小企业划型标准规定, 工信部联企业〔2011〕300号)."""

import re
from decimal import Decimal
from typing import NamedTuple

from sme_tracker.rules.terms import SizeClass


class Floors(NamedTuple):
    """What must all be reached; money in 万元, None where the rule does not look at the figure."""

    staff: int | None = None
    revenue_wan: int | None = None
    assets_wan: int | None = None


class Lines(NamedTuple):
    """The floors of the three classes above micro in one line of business."""

    large: Floors
    medium: Floors
    small: Floors


def _by_staff_and_revenue(large: tuple[int, int], medium: tuple[int, int], small: tuple[int, int]) -> Lines:
    return Lines(Floors(*large), Floors(*medium), Floors(*small))


def _by_revenue_and_assets(large: tuple[int, int], medium: tuple[int, int], small: tuple[int, int]) -> Lines:
    return Lines(Floors(None, *large), Floors(None, *medium), Floors(None, *small))


FARMING = Lines(Floors(revenue_wan=20000), Floors(revenue_wan=500), Floors(revenue_wan=50))
INDUSTRY = _by_staff_and_revenue((1000, 40000), (300, 2000), (20, 300))
CONSTRUCTION = _by_revenue_and_assets((80000, 80000), (6000, 5000), (300, 300))
WHOLESALE = _by_staff_and_revenue((200, 40000), (20, 5000), (5, 1000))
RETAIL = _by_staff_and_revenue((300, 20000), (50, 500), (10, 100))
TRANSPORT = _by_staff_and_revenue((1000, 30000), (300, 3000), (20, 200))
STORAGE = _by_staff_and_revenue((200, 30000), (100, 1000), (20, 100))
POST = _by_staff_and_revenue((1000, 30000), (300, 2000), (20, 100))
LODGING_AND_CATERING = _by_staff_and_revenue((300, 10000), (100, 2000), (10, 100))
INFORMATION_TRANSMISSION = _by_staff_and_revenue((2000, 100000), (100, 1000), (10, 100))
SOFTWARE = _by_staff_and_revenue((300, 10000), (100, 1000), (10, 50))
PROPERTY_DEVELOPMENT = _by_revenue_and_assets((200000, 10000), (1000, 5000), (100, 2000))
PROPERTY_MANAGEMENT = _by_staff_and_revenue((1000, 5000), (300, 1000), (100, 500))
LEASING_AND_BUSINESS = Lines(Floors(300, None, 120000), Floors(100, None, 8000), Floors(10, None, 100))
OTHER = Lines(Floors(300), Floors(100), Floors(10))

# First and last division (大类, GB/T 4754-2017) of each line of business. Railways (53), finance (66-69),
# public administration (91-96) and international organisations (97) are outside the rules.
_DIVISIONS = (
    (1, 5, FARMING),
    (6, 46, INDUSTRY),
    (47, 50, CONSTRUCTION),
    (51, 51, WHOLESALE),
    (52, 52, RETAIL),
    (54, 58, TRANSPORT),
    (60, 60, POST),
    (61, 62, LODGING_AND_CATERING),
    (63, 64, INFORMATION_TRANSMISSION),
    (65, 65, SOFTWARE),
    (71, 72, LEASING_AND_BUSINESS),
    (73, 90, OTHER),
)
# Divisions 59 and 70 hold more than one line of business; their groups (中类) tell which.
_HANDLING_GROUP = "591"
_PROPERTY_GROUPS = {"701": PROPERTY_DEVELOPMENT, "702": PROPERTY_MANAGEMENT, "703": OTHER, "709": OTHER}
# Sections (门类) that are one line of business as a whole.
_SECTIONS = {
    "A": FARMING,
    "B": INDUSTRY,
    "C": INDUSTRY,
    "D": INDUSTRY,
    "E": CONSTRUCTION,
    "L": LEASING_AND_BUSINESS,
} | dict.fromkeys("MNOPQR", OTHER)
_INDUSTRY_CODE = re.compile(r"([A-T]?)(\d{0,4})", re.ASCII)


def lines_for(industry_code: str) -> Lines | None:
    """The lines for an industry code (GB/T 4754: "C", "C35", "35", "C3512").

    None where the rules do not reach, or the code is too short to tell the line of business.
    """
    written = _INDUSTRY_CODE.fullmatch(industry_code.strip().upper())
    if not written:
        return None
    section, digits = written.groups()
    if len(digits) < 2:
        return _SECTIONS.get(section) if not digits else None
    if digits[:2] == "59" and len(digits) > 2:
        return TRANSPORT if digits[:3] == _HANDLING_GROUP else STORAGE
    if digits[:2] == "70":
        return _PROPERTY_GROUPS.get(digits[:3])
    division = int(digits[:2])
    return next((lines for first, last, lines in _DIVISIONS if first <= division <= last), None)


def figures_needed(industry_code: str) -> tuple[str, ...]:
    """The yearly figures the size class of the industry rests on; empty where it has none."""
    lines = lines_for(industry_code)
    return tuple(name for name, floor in lines.large._asdict().items() if floor is not None) if lines else ()


def size_class(
    industry_code: str, staff: int | None, revenue_wan: Decimal | None, assets_wan: Decimal | None
) -> SizeClass | None:
    """The size class (§4 of the rules): the first whose floors are all reached, else micro; the edge is inside.

    None where the industry is outside the rules or a figure the industry needs is missing; money in 万元.
    """
    lines = lines_for(industry_code)
    if not lines:
        return None
    figures = (staff, revenue_wan, assets_wan)
    if any(figure is None for figure, floor in zip(figures, lines.large, strict=True) if floor is not None):
        return None
    for size, floors in zip(SizeClass, lines, strict=False):
        if all(_reaches(figure, floor) for figure, floor in zip(figures, floors, strict=True)):
            return size
    return SizeClass.MICRO


def _reaches(figure: Decimal | int | None, floor: int | None) -> bool:
    return floor is None or (figure is not None and figure >= floor)
