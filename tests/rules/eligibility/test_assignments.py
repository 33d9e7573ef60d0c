"""Which standard applies when: in 2026 new applications by 2/2026, reviews still by 63/2022."""

from datetime import date

import pytest

from sme_tracker.rules.assignments import read_rule_book
from sme_tracker.rules.shipped import shipped_rule_book, shipped_rule_sets

ASSIGNED = [
    ("national", "new", date(2022, 7, 31), None),
    ("national", "new", date(2022, 8, 1), "little-giant-63-2022"),
    ("national", "new", date(2026, 3, 31), "little-giant-63-2022"),
    ("national", "new", date(2026, 4, 1), "little-giant-2-2026"),
    ("national", "review", date(2026, 4, 1), "little-giant-63-2022"),
    ("provincial", "new", date(2022, 4, 30), None),
    ("provincial", "new", date(2022, 5, 1), "srdi-jilin-2022"),
    ("provincial", "new", date(2022, 7, 31), "srdi-jilin-2022"),
    ("provincial", "new", date(2022, 8, 1), "srdi-63-2022"),
    ("provincial", "new", date(2026, 4, 1), "srdi-2-2026"),
    ("provincial", "review", date(2026, 4, 1), "srdi-63-2022"),
    ("innovative", "new", date(2026, 4, 1), "innovative-63-2022"),
    ("municipal", "new", date(2022, 9, 30), "municipal-changchun-2017"),
]


@pytest.mark.parametrize(("level", "purpose", "day", "key"), ASSIGNED)
def test_the_set_that_applies_in_changchun(level, purpose, day, key):
    rule_set = shipped_rule_book().assigned(level, purpose, "changchun", day)
    assert (rule_set.key if rule_set else None) == key


def test_another_province_has_no_municipal_set():
    assert shipped_rule_book().assigned("municipal", "new", "liaoning", date(2022, 9, 30)) is None


def written(**changes):
    first = {
        "set": "little-giant-63-2022",
        "level": "national",
        "purposes": ["new"],
        "jurisdiction": "china",
        "from": "2022-08-01",
        "until": "2026-03-31",
    }
    second = first | {"set": "little-giant-2-2026", "from": "2026-04-01", "until": "2027-12-31"} | changes
    _, problems = read_rule_book({"jurisdictions": {}, "assignments": [first, second]}, shipped_rule_sets())
    return {problem.path: problem.code for problem in problems}


def test_assignments_that_meet_without_overlap_are_accepted():
    assert written() == {}


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"from": "2026-03-31"}, "assignments[1]", "assignments_overlap"),
        ({"from": "2026-13-31"}, "assignments[1].from", "wrong_type"),
        ({"until": "2026-03-31"}, "assignments[1].until", "until_before_from"),
        ({"set": "unknown"}, "assignments[1].set", "unknown_rule_set"),
        ({"set": "srdi-2-2026"}, "assignments[1].level", "other_level"),
    ],
)
def test_a_wrong_assignment_is_refused_at_the_field(changes, path, code):
    assert written(**changes)[path] == f"rules.{code}"


def test_the_same_days_for_a_review_do_not_overlap():
    assert written(**{"from": "2023-01-01", "purposes": ["review"]}) == {}
