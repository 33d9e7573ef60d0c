"""The check says nothing of lawful work, and names whatever was changed behind the product's back."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import text

from sme_tracker import checking
from sme_tracker.assessments.due import judge_due
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import local_today, utc_now
from sme_tracker.daily import begin_day
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.pipeline import actions as pipeline
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.rules.terms import RecognitionKind, Title, Track
from sme_tracker.web.language import speaking
from tests.checking.tampering import tamper
from tests.enterprises.test_actions import BY
from tests.enterprises.test_audit import busy


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.fixture
def enterprise_id(session: GuardedSession) -> int:
    """An enterprise that has been renamed and moved, holds a level and has an open case."""
    which = busy(session)
    held = recognitions.NewRecognition(
        which, Title.MUNICIPAL, RecognitionKind.NEW, date(2024, 5, 1), date(2024, 5, 1), date(2027, 4, 30)
    )
    with transaction(session):
        recognitions.recognise(session, BY, [held])
        pipeline.open_cases(session, BY, [pipeline.CaseOpening(which, Track.UPGRADE, date(2025, 3, 1))])
    return which


def faults(session: GuardedSession) -> list[str]:
    return list(checking.faults(session, local_today()))


def test_lawful_work_leaves_nothing_to_say(session: GuardedSession, enterprise_id: int) -> None:
    assert enterprise_id
    assert faults(session) == []


def test_a_changed_cache_is_named_with_the_code_of_its_enterprise(session: GuardedSession, enterprise_id: int) -> None:
    code = session.scalar(text(f"SELECT code FROM enterprise WHERE id = {enterprise_id}"))
    tamper(session, f"UPDATE enterprise SET level = 3 WHERE id = {enterprise_id}")
    assert f"Enterprise {code}, level: stored is 3, the facts say 0." in faults(session)


def test_a_level_taken_away_from_its_facts_is_found(session: GuardedSession, enterprise_id: int) -> None:
    tamper(session, f"DELETE FROM recognition WHERE enterprise_id = {enterprise_id}")
    assert any("standing.holds" in fault for fault in faults(session))


def test_a_case_taken_away_from_its_facts_is_found(session: GuardedSession, enterprise_id: int) -> None:
    tamper(session, f"DELETE FROM pipeline_case WHERE enterprise_id = {enterprise_id}")
    assert any("standing.upgrade" in fault for fault in faults(session))


def test_a_changed_number_of_the_board_is_found(session: GuardedSession, enterprise_id: int) -> None:
    assert enterprise_id
    begin_day(session, local_today())
    assert faults(session) == []
    tamper(session, """UPDATE board_total SET counts = '[["level.total", null, 7]]'""")
    assert any(fault.startswith("board_total: stored is [['level.total', None, 7]]") for fault in faults(session))


BEHIND_ITS_BACK = {
    "target": """
        INSERT INTO target (year, indicator, value, recorded_at) VALUES (2026, 'new_srdi', 1, '2026-01-01 00:00:00')
    """,
    "rule_assignment": """
        INSERT INTO rule_assignment (rule_set_id, level, purpose, jurisdiction, from_day, recorded_at)
        SELECT min(id), 'municipal', 'new', 'elsewhere', '2030-01-01', '2026-01-01 00:00:00' FROM rule_set
    """,
    "of rule_assignment": """
        UPDATE rule_assignment SET retired_at = '2026-01-01 00:00:00'
        WHERE id = (SELECT min(id) FROM rule_assignment)
    """,
    "national-2026 v1": """
        INSERT INTO shortlist_version
        (title, year, number, as_of, frozen_at, candidates, recommended, content, checksum)
        VALUES ('national', 2026, 1, '2026-01-01', '2026-01-01 00:00:00', 0, 0, '{}', 'x')
    """,
    "made-up": """
        INSERT INTO rule_set (key, level, state, "table", digest, created_at, version)
        VALUES ('made-up', 'national', 'published', '{}', 'x', '2026-01-01 00:00:00', 1)
    """,
    "case_step": """
        UPDATE case_step SET retired_at = '2026-01-01 00:00:00' WHERE id = (SELECT min(id) FROM case_step)
    """,
    "little-giant-2-2026": "UPDATE rule_set SET digest = 'x' WHERE key = 'little-giant-2-2026'",
}


@pytest.mark.parametrize(("named", "statement"), BEHIND_ITS_BACK.items())
def test_facts_of_every_kind_need_their_history(
    session: GuardedSession, enterprise_id: int, named: str, statement: str
) -> None:
    with transaction(session):
        load_shipped(session, utc_now())
        judge_due(session, local_today())
        case_id = session.scalar(text(f"SELECT id FROM pipeline_case WHERE enterprise_id = {enterprise_id}"))
        pipeline.take_steps(session, BY, [pipeline.StepTaken(case_id, "key_cultivation", date(2025, 4, 1))])
    assert faults(session) == []
    tamper(session, statement)
    assert any(named in fault for fault in faults(session))


def test_a_save_without_its_history_is_found(session: GuardedSession, enterprise_id: int) -> None:
    tamper(
        session,
        "INSERT INTO recognition (enterprise_id, title, kind, published_on, valid_from, valid_until, recorded_at)"
        f" VALUES ({enterprise_id}, 'provincial', 'new', '2020-01-01', '2020-01-01', '2020-12-31',"
        " '2020-01-01 00:00:00')",
    )
    assert any("nothing tells of row" in fault and "recognition" in fault for fault in faults(session))


def test_a_changed_entry_of_the_history_is_found(session: GuardedSession, enterprise_id: int) -> None:
    entry = session.scalar(text(f"SELECT max(id) FROM history_entry WHERE enterprise_id = {enterprise_id}"))
    tamper(session, f"UPDATE history_entry SET action = 'rename' WHERE id = {entry}")
    assert f"History: entry {entry} is not what was sealed." in faults(session)


def test_the_end_of_the_history_cut_off_is_found(session: GuardedSession, enterprise_id: int) -> None:
    assert enterprise_id
    entry = session.scalar(text("SELECT max(id) FROM history_entry"))
    tamper(session, f"DELETE FROM history_entry WHERE id = {entry}")
    assert f"History: the end is cut off from entry {entry} on." in faults(session)


def test_a_missing_entry_in_between_is_found(session: GuardedSession, enterprise_id: int) -> None:
    assert enterprise_id
    entry = session.scalar(text("SELECT max(id) - 1 FROM history_entry"))
    tamper(session, f"DELETE FROM history_entry WHERE id = {entry}")
    assert f"History: entry {entry} is missing." in faults(session)
