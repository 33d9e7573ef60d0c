"""Freezing a shortlist: what a version holds, that nobody changes it, and what follows from it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.actions import record_figures
from sme_tracker.enterprises.measure import MeasureQuery
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import DecisionWord, Level, Role, Title
from sme_tracker.shortlists import actions
from sme_tracker.shortlists.changes import against
from sme_tracker.shortlists.differences import side_of_version, turned
from sme_tracker.shortlists.draft import draft, judged_draft
from sme_tracker.shortlists.goals import SPRINT
from sme_tracker.shortlists.models import ShortlistVersion
from sme_tracker.shortlists.queries import ShortlistKey, put_forward
from sme_tracker.shortlists.versions import faults, versions_of
from tests.assessments import bureau
from tests.signing import csrf, sign_in_as

TODAY = bureau.TODAY
BY = bureau.BY
KEY = ShortlistKey(Title.NATIONAL, TODAY.year)


@pytest.fixture
def firms(session: GuardedSession) -> list[int]:
    """Three enterprises of valid provincial level, judged by the standards that ship."""
    bureau.with_rules(session)
    return [bureau.provincial(session, number) for number in (1, 2, 3)]


def _decide(session: GuardedSession, ids: list[int], word: DecisionWord, reason: str = "") -> None:
    with transaction(session):
        actions.decide(session, BY, KEY, ids, word, reason)


def _freeze(session: GuardedSession) -> ShortlistVersion:
    with transaction(session):
        return actions.freeze(session, BY, KEY)


def _sprint(session: GuardedSession, day: date) -> int:
    return SPRINT.count(session, MeasureQuery(KEY.year, day))


def test_candidates_hold_the_level_below_and_are_judged(session: GuardedSession, firms: list[int]):
    found = draft(session, KEY, TODAY)
    assert {row.candidate.enterprise_id for row in found.rows} == set(firms)
    assert all(row.marks is not None for row in found.rows)
    assert [row.rank for row in found.rows] == [1, 2, 3]


def test_what_is_kept_of_the_candidates_is_what_judging_them_anew_says(session: GuardedSession, firms: list[int]):
    anew, verdicts = judged_draft(session, KEY, TODAY)
    assert draft(session, KEY, TODAY) == anew
    assert set(verdicts) == set(firms)


def test_undecided_and_not_recommended_need_a_reason(session: GuardedSession, firms: list[int]):
    for word in (DecisionWord.UNDECIDED, DecisionWord.NOT_RECOMMENDED):
        with pytest.raises(Refused):
            _decide(session, firms[:1], word)
    _decide(session, firms[:1], DecisionWord.NOT_RECOMMENDED, "延后一年")
    decided = next(row for row in draft(session, KEY, TODAY).rows if row.candidate.enterprise_id == firms[0]).decided
    assert decided is not None and decided.reason == "延后一年"


def test_the_sprint_follows_the_latest_frozen_version_and_not_the_union(session: GuardedSession, firms: list[int]):
    _decide(session, firms[:2], DecisionWord.RECOMMENDED)
    _freeze(session)
    assert _sprint(session, TODAY) == 2
    _decide(session, firms[:2], DecisionWord.NOT_RECOMMENDED, "延后一年")
    _decide(session, firms[2:], DecisionWord.RECOMMENDED)
    _freeze(session)
    assert _sprint(session, TODAY) == 1
    assert [row.enterprise_id for row in put_forward(session, KEY)] == firms[2:]
    assert _sprint(session, TODAY - timedelta(days=1)) == 0


def test_a_version_proves_itself_and_a_changed_one_is_found_out(session: GuardedSession, firms: list[int]):
    _decide(session, firms, DecisionWord.RECOMMENDED)
    version = _freeze(session)
    assert faults(version) == []
    content = {**version.content, "candidates": [dict(each) for each in version.content["candidates"]]}
    content["candidates"][0]["decision"] = "undecided"
    forged = ShortlistVersion(content=content, checksum=version.checksum)
    assert faults(forged) == ["checksum"]


def test_the_database_refuses_to_change_or_remove_a_version(session: GuardedSession, firms: list[int]):
    _decide(session, firms, DecisionWord.RECOMMENDED)
    _freeze(session)
    for statement in ("UPDATE shortlist_version SET recommended = 99", "DELETE FROM shortlist_version"):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.connection().execute(text(statement))


def test_nothing_is_frozen_twice(session: GuardedSession, firms: list[int]):
    _decide(session, firms, DecisionWord.RECOMMENDED)
    _freeze(session)
    with pytest.raises(Refused):
        _freeze(session)


def test_the_next_version_says_what_changed_and_why(session: GuardedSession, firms: list[int]):
    _decide(session, firms, DecisionWord.RECOMMENDED)
    first = _freeze(session)
    with transaction(session):
        record_figures(session, BY, [(firms[0], bureau.figures(TODAY.year - 1, rd_expense_wan=Decimal(100)))])
    _decide(session, firms[1:2], DecisionWord.UNDECIDED, "等审计报告")
    second = _freeze(session)
    before, after = side_of_version(first), side_of_version(second)
    found = turned(session, before, after)
    codes = dict(session.execute(select(Enterprise.id, Enterprise.code)).all())
    assert [change.enterprise for change in found] == [codes[firms[0]]]
    assert {cause.value for one in found[0].findings for cause in one.causes} == {"fact"}
    decisions = against(before.short, after.short).decisions
    assert decisions == [(codes[firms[1]], "recommended", "undecided")]
    assert faults(first) == []


def test_the_outcome_makes_recognitions_and_can_be_taken_back_in_one_step(session: GuardedSession, firms: list[int]):
    _decide(session, firms, DecisionWord.RECOMMENDED)
    _freeze(session)
    until = TODAY + timedelta(days=3 * 365)
    with transaction(session):
        result = actions.Result("工信部企业函〔2026〕1号", TODAY, until, firms[:2], [(firms[2], "市场占有率证明不足")])
        actions.enter_result(session, BY, KEY, result)
    levels = select(Enterprise.level).where(Enterprise.id.in_(firms)).order_by(Enterprise.id)
    assert list(session.scalars(levels)) == [Level.NATIONAL, Level.NATIONAL, Level.PROVINCIAL]
    with transaction(session):
        actions.undo_result(session, BY, KEY, "误录")
    assert list(session.scalars(levels)) == [Level.PROVINCIAL] * 3
    assert all(row.outcome is None for row in put_forward(session, KEY))


def test_a_caseworker_decides_and_a_leader_freezes(client: FlaskClient, session: GuardedSession, firms: list[int]):
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/shortlists/{KEY}")
    assert page.status_code == 200
    fields = {"csrf_token": csrf(page), "candidate": [str(which) for which in firms], "decision": "recommended"}
    assert client.post(f"/shortlists/{KEY}/decide", data=fields).status_code == 303
    assert client.post(f"/shortlists/{KEY}/freeze", data={"csrf_token": csrf(page)}).status_code == 403
    client.post("/sign-out", data={"csrf_token": csrf(page)})
    sign_in_as(client, session, Role.LEADER)
    question = client.get(f"/shortlists/{KEY}/freeze")
    assert question.status_code == 200
    frozen = client.post(f"/shortlists/{KEY}/freeze", data={"csrf_token": csrf(question)})
    assert frozen.status_code == 303, frozen.text
    shown = client.get(frozen.location + "?verify=1")
    assert shown.status_code == 200 and "与定稿时完全一致" in shown.text
    assert [version.number for version in versions_of(session, KEY)] == [1]
    assert client.get(f"/shortlists/{KEY}/v2").status_code == 404
    assert client.get("/shortlists/champion-2026").status_code == 404


def test_the_files_are_what_the_screen_shows(client: FlaskClient, session: GuardedSession, firms: list[int]):
    sign_in_as(client, session, Role.LEADER)
    page = client.get(f"/shortlists/{KEY}")
    answer = client.post(f"/shortlists/{KEY}/export", data={"csrf_token": csrf(page), "format": "csv"})
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(firms)
    assert lines[1].split(",")[1] in page.text
