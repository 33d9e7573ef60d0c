"""Whatever is recorded has a name in words."""

import re

from sme_tracker.web.history_words import ACTIONS
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
