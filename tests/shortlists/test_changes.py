"""Two versions side by side: everybody who came or went has a cause, and nothing is called a change that is none."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from sme_tracker.assessments import actions as evidence
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.rules.terms import RecognitionKind, Role, Status, Title
from sme_tracker.shortlists import actions
from sme_tracker.shortlists import draft as judging
from tests.assessments import bureau
from tests.shortlists import round as of_year
from tests.shortlists.round import BAD, GOOD, KEY, OPEN, TODAY
from tests.signing import sign_in_as

UNTIL = TODAY + timedelta(days=90)


@pytest.fixture
def firms(session: GuardedSession) -> list[int]:
    """Three candidates in a first version: 甲, 乙 and 丙."""
    found = of_year.candidates(session, 3)
    of_year.freeze(session)
    return found


@pytest.fixture
def leader(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    """A leader who looks at the list."""
    sign_in_as(client, session, Role.LEADER)
    return client


def _recognise(session: GuardedSession, which: int) -> None:
    of_year.recognise(session, which)


def _bar(session: GuardedSession, which: int) -> None:
    with transaction(session):
        enterprises.update_profiles(session, of_year.by(), {which: {"barred_until": UNTIL}})


def _move_out(session: GuardedSession, which: int) -> None:
    with transaction(session):
        moved = enterprises.StatusChange(which, Status.MOVED_OUT, TODAY, "迁往沈阳")
        enterprises.change_statuses(session, of_year.by(), [moved])


def _accuse(session: GuardedSession, which: int) -> None:
    with transaction(session):
        note = evidence.NewEvidence(
            which, "compliance_notes", "严重失信", from_day=TODAY, data={"kind": "serious_breach"}
        )
        evidence.record_evidence(session, of_year.by(), [note])


WAYS_OUT = {
    "recognised": (_recognise, "层级 省级 → 国家级"),
    "barred": (_bar, f"— → {UNTIL}"),
    "moved out": (_move_out, "→ 已迁出"),
    "vetoed": (_accuse, "一票否决"),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_whoever_left_has_a_cause_with_the_values_before_and_after(
    leader: FlaskClient, session: GuardedSession, firms: list[int], way: str
):
    leave, words = WAYS_OUT[way]
    leave(session, firms[0])
    draft = leader.get(f"/shortlists/{KEY}/changes").text
    assert "长春甲有限公司" in draft and words in draft
    assert words in leader.get(f"/shortlists/{KEY}").text
    of_year.decide(session, GOOD, firms[1])
    of_year.freeze(session)
    frozen = leader.get(f"/shortlists/{KEY}/changes?from=1&to=2").text
    assert words in frozen and words in leader.get(f"/shortlists/{KEY}/v2").text


def test_whoever_entered_has_a_cause(leader: FlaskClient, session: GuardedSession, firms: list[int]):
    with transaction(session):
        new = enterprises.NewEnterprise(bureau.code(7), "长春新立有限公司")
        (which,) = enterprises.register(session, of_year.by(), [new])
    recognise_below = recognitions.NewRecognition(
        which, Title.PROVINCIAL, RecognitionKind.NEW, TODAY, TODAY, TODAY + timedelta(days=900)
    )
    with transaction(session):
        recognitions.recognise(session, of_year.by(), [recognise_below])
    page = leader.get(f"/shortlists/{KEY}/changes").text
    assert "层级 — → 省级" in page


def test_whoever_was_put_on_by_hand_says_so(leader: FlaskClient, session: GuardedSession, firms: list[int]):
    _bar(session, firms[0])
    of_year.freeze(session)
    with transaction(session):
        actions.add_by_hand(session, of_year.by(), KEY, firms[0], "处务会议定")
    assert "人工列入 — → 处务会议定" in leader.get(f"/shortlists/{KEY}/changes").text


def test_whoever_stayed_only_because_put_forward_leaves_by_the_decision(
    leader: FlaskClient, session: GuardedSession, firms: list[int]
):
    of_year.decide(session, GOOD, firms[0])
    of_year.freeze(session)
    _bar(session, firms[0])
    of_year.decide(session, BAD, firms[0])
    of_year.freeze(session)
    page = leader.get(f"/shortlists/{KEY}/changes").text
    assert "长春甲有限公司" in page and "已上报 是 → 已撤销（不推荐 材料不全" in page


def test_a_finding_that_turned_is_told_with_its_values_and_cause(
    leader: FlaskClient, session: GuardedSession, firms: list[int]
):
    with transaction(session):
        figures = bureau.figures(TODAY.year - 1, rd_expense_wan=Decimal(100))
        enterprises.record_figures(session, of_year.by(), [(firms[0], figures)])
    page = leader.get(f"/shortlists/{KEY}/changes").text
    assert "判定变化" in page and "发现问题" not in page
    row = page[page.index("turned") :]
    assert "6%" in row and "0.4%" in row and "数据变更" in row


def test_a_value_that_moved_without_turning_its_finding_is_no_change(
    leader: FlaskClient, session: GuardedSession, firms: list[int]
):
    with transaction(session):
        figures = bureau.figures(TODAY.year - 1, staff=230)
        enterprises.record_figures(session, of_year.by(), [(firms[0], figures)])
    assert "没有变化。" in leader.get(f"/shortlists/{KEY}/changes").text


def test_a_decision_that_changed_has_its_reason_and_who_said_it(
    leader: FlaskClient, session: GuardedSession, firms: list[int]
):
    of_year.decide(session, OPEN, firms[0])
    assert "— → <b>待定</b> · 材料不全" in leader.get(f"/shortlists/{KEY}/changes").text


def test_any_two_versions_can_be_compared_and_others_are_refused_in_a_sentence(
    leader: FlaskClient, session: GuardedSession, firms: list[int]
):
    for word, which in ((GOOD, firms[0]), (BAD, firms[1])):
        of_year.decide(session, word, which)
        of_year.freeze(session)
    across = leader.get(f"/shortlists/{KEY}/changes?from=1&to=3")
    assert across.status_code == 200 and "第 1 版 → 第 3 版" in across.text
    assert "长春甲有限公司" in across.text and "长春乙有限公司" in across.text
    assert "第 2 版 → 第 3 版" in leader.get(f"/shortlists/{KEY}/changes?version=3").text
    assert "第 1 版 → 草稿" in leader.get(f"/shortlists/{KEY}/changes?from=1").text
    for asked, sentence in (
        ("from=1&to=9", "没有第“9”版"),
        ("from=x&to=2", "没有第“x”版"),
        ("from=3&to=1", "左侧须选较早的版本"),
        ("from=2&to=2", "左侧须选较早的版本"),
        ("to=1", "没有更早的定稿版本"),
    ):
        refused = leader.get(f"/shortlists/{KEY}/changes?{asked}")
        assert refused.status_code == 422 and sentence in refused.text, asked


def test_before_anything_is_frozen_there_is_nothing_to_compare(leader: FlaskClient, session: GuardedSession):
    of_year.candidates(session, 1)
    refused = leader.get(f"/shortlists/{KEY}/changes")
    assert refused.status_code == 422 and "没有更早的定稿版本" in refused.text


def test_what_an_undone_version_held_is_not_what_the_next_is_compared_with(
    leader: FlaskClient, session: GuardedSession, firms: list[int]
):
    of_year.decide(session, GOOD, firms[0])
    of_year.undo(session, of_year.freeze(session))
    assert "第 1 版 → 草稿" in leader.get(f"/shortlists/{KEY}/changes").text
    of_year.freeze(session)
    assert "第 1 版 → 第 3 版" in leader.get(f"/shortlists/{KEY}/changes?version=3").text


def test_only_candidates_whose_marks_differ_are_looked_at_closely(
    leader: FlaskClient, session: GuardedSession, firms: list[int], monkeypatch: pytest.MonkeyPatch
):
    leader.get(f"/shortlists/{KEY}/changes")
    monkeypatch.setattr(judging, "_judge", lambda *_asked: pytest.fail("the whole list is judged anew"))
    assert leader.get(f"/shortlists/{KEY}/changes").status_code == 200
