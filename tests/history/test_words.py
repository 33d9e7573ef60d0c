"""Whatever is recorded has a name in words."""

import re
from datetime import UTC, date, datetime

from flask import Flask

from sme_tracker.clock import at_noon
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.papers import PAPERS
from sme_tracker.web.action_words import ACTIONS
from sme_tracker.web.history_words import FIELDS, VALUES, shown
from sme_tracker.web.language import speaking
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


def test_a_field_left_empty_is_not_told_of(app: Flask) -> None:
    kept = HistoryEntry(
        at=datetime(2022, 9, 30, tzinfo=UTC),
        action="judge",
        through="form",
        changes={"met": [None, True], "points": [None, None]},
    )
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert shown(kept, None, {}).text == "Met yes"


def test_the_number_of_a_statement_is_no_version() -> None:
    with speaking("zh"):
        assert _told("add_evidence", "evidence") == "等级或数量 3"
        assert _told("shortlist.freeze", "national-2022") == "版本 3"


def _told(action: str, subject: str) -> str:
    """What the history says of the field `number` of such an entry."""
    entry = HistoryEntry(
        at=at_noon(date(2022, 9, 30)), through="form", action=action, subject=subject, changes={"number": [None, 3]}
    )
    return shown(entry, None, {}).text
