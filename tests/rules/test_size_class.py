"""The size class follows the rules of 2011, with the edges inside."""

from decimal import Decimal

import pytest

from sme_tracker.rules.size_class import figures_needed, size_class
from sme_tracker.rules.terms import SizeClass

BIG = 10**7
LARGE, MEDIUM, SMALL, MICRO = SizeClass

# industry code, the figures looked at, and the floors of large, medium and small
TABLE = [
    ("A01", "Y", (20000,), (500,), (50,)),
    ("C35", "XY", (1000, 40000), (300, 2000), (20, 300)),
    ("E47", "YZ", (80000, 80000), (6000, 5000), (300, 300)),
    ("F51", "XY", (200, 40000), (20, 5000), (5, 1000)),
    ("F52", "XY", (300, 20000), (50, 500), (10, 100)),
    ("G54", "XY", (1000, 30000), (300, 3000), (20, 200)),
    ("G593", "XY", (200, 30000), (100, 1000), (20, 100)),
    ("G60", "XY", (1000, 30000), (300, 2000), (20, 100)),
    ("H61", "XY", (300, 10000), (100, 2000), (10, 100)),
    ("H62", "XY", (300, 10000), (100, 2000), (10, 100)),
    ("I63", "XY", (2000, 100000), (100, 1000), (10, 100)),
    ("I65", "XY", (300, 10000), (100, 1000), (10, 50)),
    ("K7010", "YZ", (200000, 10000), (1000, 5000), (100, 2000)),
    ("K7020", "XY", (1000, 5000), (300, 1000), (100, 500)),
    ("L72", "XZ", (300, 120000), (100, 8000), (10, 100)),
    ("M73", "X", (300,), (100,), (10,)),
]
STEPS = [
    (code, looked_at, floors, size, below)
    for code, looked_at, *three in TABLE
    for floors, size, below in zip(three, (LARGE, MEDIUM, SMALL), (MEDIUM, SMALL, MICRO), strict=True)
]


def classify(code, looked_at, floors):
    given = dict(zip(looked_at, floors, strict=True))
    money = [None if given.get(letter) is None else Decimal(given[letter]) for letter in "YZ"]
    return size_class(code, given.get("X"), *money)


@pytest.mark.parametrize(("code", "looked_at", "floors", "size", "below"), STEPS)
def test_a_class_is_reached_at_its_floors(code, looked_at, floors, size, below):
    assert classify(code, looked_at, floors) is size


@pytest.mark.parametrize(("code", "looked_at", "floors", "size", "below"), STEPS)
def test_one_figure_under_its_floor_leaves_the_class(code, looked_at, floors, size, below):
    for short in range(len(floors)):
        just_under = [floor - (1 if place == short else 0) for place, floor in enumerate(floors)]
        assert classify(code, looked_at, just_under) is below


@pytest.mark.parametrize(("code", "looked_at", "floors", "size", "below"), STEPS)
def test_a_missing_figure_that_is_needed_leaves_the_class_open(code, looked_at, floors, size, below):
    for missing in range(len(floors)):
        assert classify(code, looked_at, [None if p == missing else f for p, f in enumerate(floors)]) is None


def test_a_cent_under_the_line_is_under_the_line():
    assert size_class("C35", 300, Decimal("1999.99"), None) is SMALL
    assert size_class("C35", 300, Decimal("2000.00"), None) is MEDIUM


@pytest.mark.parametrize(
    ("staff", "revenue_wan", "size"), [(1200, 30000, MEDIUM), (500, 1000, SMALL), (15, 9000, MICRO)]
)
def test_industry_needs_both_floors(staff, revenue_wan, size):
    assert size_class("C36", staff, Decimal(revenue_wan), None) is size


@pytest.mark.parametrize("code", ["C", "C35", "35", "C3512", "c35", " 35 ", "B", "D44", "06", "46"])
def test_industry_is_told_by_section_division_or_class(code):
    assert size_class(code, 300, Decimal(2000), None) is MEDIUM


@pytest.mark.parametrize(
    "code", ["", "G", "K", "59", "70", "F", "I", "H", "3", "C3", "35.1", "机械", "G53", "J66", "S91", "T97", "C35123"]
)
def test_an_industry_outside_the_rules_or_written_too_short_has_no_class(code):
    assert size_class(code, BIG, Decimal(BIG), Decimal(BIG)) is None
    assert figures_needed(code) == ()


def test_handling_counts_as_transport_and_the_rest_of_its_division_as_storage():
    assert size_class("G591", 250, Decimal(1000), None) is SMALL
    assert size_class("G592", 250, Decimal(1000), None) is MEDIUM


def test_the_figures_needed_are_those_the_rule_looks_at():
    assert figures_needed("C35") == ("staff", "revenue_wan")
    assert figures_needed("E47") == ("revenue_wan", "assets_wan")
    assert figures_needed("L72") == ("staff", "assets_wan")
    assert figures_needed("M73") == ("staff",)
