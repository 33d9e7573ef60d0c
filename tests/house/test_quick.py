"""`make quick`: which tests a change asks for."""

import pytest

from tests.house.sources import ROOT, modules, templates
from tools.quick import ELSEWHERE, TESTS, rooms


@pytest.mark.parametrize(
    ("file", "asked"),
    [
        ("sme_tracker/shortlists/actions.py", ["house", "shortlists"]),
        ("templates/pipeline/case.html", ["house", "pipeline"]),
        ("tests/enterprises/list/test_search.py", ["enterprises", "house"]),
        ("sme_tracker/rules/judging/measuring.py", ["house", "rules"]),
        ("sme_tracker/static/list.css", ["house", "look"]),
        ("sme_tracker/checking.py", ["checking", "house"]),
        ("sme_tracker/db.py", ["backup", "commands", "house", "web"]),
        ("README.md", ["house"]),
    ],
)
def test_a_change_asks_for_the_tests_of_its_room(file: str, asked: list[str]) -> None:
    assert rooms([file]) == asked


def test_every_module_and_template_has_tests_that_a_change_of_it_runs() -> None:
    for path in (*modules(), *templates()):
        assert rooms([path.relative_to(ROOT).as_posix()]) != ["house"], path


def test_the_tests_named_for_what_has_no_folder_are_there() -> None:
    assert {room for named in ELSEWHERE.values() for room in named if not (TESTS / room).is_dir()} == set()
