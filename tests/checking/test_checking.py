"""The check says nothing of lawful work, and names whatever was changed behind the product's back."""

import json
import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select, text

from sme_tracker import checking
from sme_tracker.assessments.due import judge_due
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import local_today, utc_now
from sme_tracker.daily import begin_day
from sme_tracker.dashboard.models import BoardTotal
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.pipeline import actions as pipeline
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.rules.terms import RecognitionKind, Title, Track
from sme_tracker.web.language import speaking
from sme_tracker.web.words import CACHES
from tests.checking.tampering import tamper
from tests.enterprises.test_actions import BY, registered
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
    return [fault.sentence for fault in checking.faults(session, local_today())]


def test_lawful_work_leaves_nothing_to_say(session: GuardedSession, enterprise_id: int) -> None:
    assert enterprise_id
    assert faults(session) == []


def test_a_changed_cache_is_named_with_the_code_of_its_enterprise(session: GuardedSession, enterprise_id: int) -> None:
    code = session.scalar(text(f"SELECT code FROM enterprise WHERE id = {enterprise_id}"))
    tamper(session, f"UPDATE enterprise SET level = 3 WHERE id = {enterprise_id}")
    assert f"Enterprise {code}, Level: stored is National, the facts say No level." in faults(session)


def test_a_kind_of_fault_is_one_line_with_its_count_and_the_first_examples(session: GuardedSession) -> None:
    for number in range(5):
        registered(session, number + 2, f"长春第{number}重型机械有限公司")
    tamper(session, "UPDATE enterprise SET changes_on = '2999-01-01'", "DELETE FROM tally")
    report = checking.check(session, local_today())
    said = list(report.lines())
    assert said[0] == "Enterprises as of today: 5 findings"
    assert [line.endswith("stored is 2999-01-01, the facts say nothing.") for line in said[1:4]] == [True] * 3
    assert said[4:] == [
        "  … and 2 more, all of them with --all",
        "Numbers by district and level: 1 finding",
        "  No unit yet, Active, No level: stored is 0, the facts say 5.",
        "6 findings",
    ]
    assert len(list(report.lines(None))) == len(said) + 1
    for_programs = json.loads(report.as_json())
    assert (for_programs["sound"], for_programs["waiting"]) == (False, 0)
    assert {kind: len(said) for kind, said in for_programs["faults"].items()} == {"columns": 5, "tally": 1}


def test_verdicts_that_only_wait_are_one_line_at_the_end_and_no_fault(
    session: GuardedSession, enterprise_id: int
) -> None:
    with transaction(session):
        load_shipped(session, utc_now())
    waits = "2 enterprises wait to be judged, which the server does by itself; that is no fault."
    assert list(checking.check(session, local_today()).lines()) == ["All is sound.", waits]
    tamper(session, f"UPDATE enterprise SET level = 3 WHERE id = {enterprise_id}")
    *_faults, total, last = checking.check(session, local_today()).lines()
    assert (total, last) == ("3 findings", waits)


def test_no_sentence_shows_how_a_program_writes_its_values(session: GuardedSession, enterprise_id: int) -> None:
    with transaction(session):
        load_shipped(session, utc_now())
        judge_due(session, local_today())
    begin_day(session, local_today())
    tamper(
        session,
        "UPDATE standing SET holds = 0, status = 'active', unit_id = NULL, upgrade = NULL",
        "DELETE FROM search_pair",
        "UPDATE tally SET enterprises = 9",
        "UPDATE verdict SET outcome = 'eligible'",
        "DELETE FROM board_share",
        f"UPDATE enterprise SET size_class = 'large', status = 'moved_out', stage = 'x' WHERE id = {enterprise_id}",
    )
    found = list(checking.faults(session, local_today()))
    assert {fault.kind for fault in found} >= set(CACHES)
    for fault in found:
        assert not re.search(r"datetime|Span\(|Decimal|\[|\{|None|[a-z]_[a-z]", fault.sentence), fault.sentence


def test_a_level_taken_away_from_its_facts_is_found(session: GuardedSession, enterprise_id: int) -> None:
    tamper(session, f"DELETE FROM recognition WHERE enterprise_id = {enterprise_id}")
    code = session.scalar(text(f"SELECT code FROM enterprise WHERE id = {enterprise_id}"))
    assert (
        f"Enterprise {code}, levels held from 2024-05-01 to 2027-04-30: stored is Municipal, the facts say No level."
    ) in faults(session)


def test_a_case_taken_away_from_its_facts_is_found(session: GuardedSession, enterprise_id: int) -> None:
    tamper(session, f"DELETE FROM pipeline_case WHERE enterprise_id = {enterprise_id}")
    code = session.scalar(text(f"SELECT code FROM enterprise WHERE id = {enterprise_id}"))
    said = f"Enterprise {code}, Upgrade from 2025-03-01 on: stored is Taken into the pool, the facts say nothing."
    assert said in faults(session)


def test_a_changed_number_of_the_board_is_found(session: GuardedSession, enterprise_id: int) -> None:
    assert enterprise_id
    begin_day(session, local_today())
    assert faults(session) == []
    stored = session.scalars(select(BoardTotal.counts)).one()
    tamper(session, f"UPDATE board_total SET counts = '{json.dumps([['level.total', None, 7], *stored])}'")
    assert faults(session) == ["Whole city, At a level, No unit yet: stored is 7, the facts say 0."]


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
