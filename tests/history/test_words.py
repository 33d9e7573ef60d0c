"""Whatever is recorded has a name in words."""

import re

from sme_tracker.rules.papers import PAPERS
from sme_tracker.web.history_words import ACTIONS, FIELDS, VALUES
from tests.house.sources import modules, name

RECORDED = re.compile(r'\b(?:Entry|_entry|_record|_tell)\(\s*(?:session, by, )?"([\w.]+)"')


def test_every_action_that_is_recorded_has_a_name() -> None:
    unnamed = {
        f"{name(path)}: {action}"
        for path in modules("sme_tracker")
        for action in RECORDED.findall(path.read_text(encoding="utf-8"))
        if action not in ACTIONS
    }
    assert unnamed == set()


def test_every_field_and_choice_of_every_paper_has_a_name() -> None:
    fields = [field for kind in PAPERS.values() for field in kind.fields]
    unnamed = {field.name for field in fields} - FIELDS.keys()
    unnamed |= {
        f"{field.name}: {option}"
        for field in fields
        if field.shape == "choice"
        for option in field.options
        if option not in VALUES.get(field.name, {})
    }
    assert unnamed == set()
