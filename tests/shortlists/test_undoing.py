"""Undoing a freeze: it brings back exactly what was, on both clocks, as long as nothing rests on the version."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sme_tracker import checking
from sme_tracker.assessments.due import judge_due
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Role
from sme_tracker.shortlists import actions
from sme_tracker.shortlists.models import ShortlistVersion
from sme_tracker.shortlists.versions import faults, standing_versions, versions_of
from sme_tracker.web.language import speaking
from tests.checking.tampering import tamper
from tests.shortlists import round as of_year
from tests.shortlists.round import BAD, GOOD, KEY, TODAY
from tests.signing import sign_in_as


@pytest.fixture
def firms(session: GuardedSession) -> list[int]:
    """Three candidates: 甲 and 乙 put forward by date, 甲 decided against, 丙 recommended."""
    found = of_year.candidates(session, 3)
    of_year.put_forward(session, *found[:2])
    of_year.decide(session, BAD, found[0])
    of_year.decide(session, GOOD, found[2])
    return found


def _facts(session: GuardedSession) -> list[object]:
    return [tuple(row) for row in session.execute(of_year.facts())]


def _refused(session: GuardedSession, version: ShortlistVersion) -> list[str]:
    before = _facts(session)
    with pytest.raises(Refused) as refused:
        of_year.undo(session, version)
    assert _facts(session) == before
    return [finding.code for finding in refused.value.findings]


def test_undoing_brings_back_exactly_what_was_and_the_past_stays_as_it_was_known(
    session: GuardedSession, firms: list[int]
):
    before, with_two = _facts(session), utc_now()
    assert of_year.sprint(session) == 2
    version = of_year.freeze(session)
    frozen = _facts(session)
    assert of_year.counted(session) == set(firms[1:]) and of_year.sprint(session) == 2
    as_frozen = utc_now()
    of_year.undo(session, version)
    assert _facts(session) == before != frozen
    yesterday = TODAY - timedelta(days=1)
    for instant, number in ((with_two, 2), (as_frozen, 2), (None, 2)):
        assert of_year.sprint(session, known_at=instant) == number
        assert of_year.SPRINT.count(session, of_year.MeasureQuery(KEY.year, yesterday, known_at=instant)) == 2


def test_a_version_whose_freezing_was_undone_is_kept_and_the_next_has_the_next_number(
    session: GuardedSession, firms: list[int]
):
    version = of_year.freeze(session)
    of_year.undo(session, version)
    assert faults(version) == [] and not standing_versions(session, KEY)
    again = of_year.freeze(session)
    assert [(one.number, one.undone is None) for one in versions_of(session, KEY)] == [(1, False), (2, True)]
    assert again.checksum == version.checksum
    of_year.undo(session, again)
    assert _refused(session, version) == ["freeze.undone"]


def test_freezes_are_undone_from_the_last_to_the_first(session: GuardedSession, firms: list[int]):
    start = _facts(session)
    first, middle = of_year.freeze(session), _facts(session)
    of_year.decide(session, GOOD, firms[0])
    of_year.decide(session, BAD, firms[2])
    second = of_year.freeze(session)
    assert of_year.counted(session) == set(firms[:2])
    assert _refused(session, first) == ["freeze.later_version"]
    of_year.undo(session, second)
    assert _facts(session) == middle
    of_year.undo(session, first)
    assert _facts(session) == start


def test_undoing_needs_a_reason(session: GuardedSession, firms: list[int]):
    version = of_year.freeze(session)
    with pytest.raises(Refused), transaction(session):
        actions.undo_freeze(session, of_year.by(), version, " ")
    assert version.undone is None


def test_an_outcome_entered_since_rests_on_the_version(session: GuardedSession, firms: list[int]):
    version = of_year.freeze(session)
    with transaction(session):
        result = actions.Result("1 号", TODAY, TODAY, [], [(firms[1], "证明不足")])
        actions.enter_result(session, of_year.by(), KEY, result)
    assert _refused(session, version) == ["freeze.outcome"]
    with transaction(session):
        actions.undo_result(session, of_year.by(), KEY, "误录")
    of_year.undo(session, version)


def test_a_title_given_to_whom_the_version_put_forward_rests_on_it(session: GuardedSession, firms: list[int]):
    version = of_year.freeze(session)
    of_year.recognise(session, firms[2])
    assert _refused(session, version) == ["freeze.recognised"]
    assert firms[2] in of_year.counted(session)


def test_a_table_that_left_the_house_rests_on_the_version(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    version = of_year.freeze(session)
    sign_in_as(client, session, Role.CASEWORKER)
    assert of_year.send(client, "v1/table", template="recommendation").status_code == 200
    assert _refused(session, version) == ["freeze.exported"]


def test_the_history_of_list_and_enterprises_says_so(session: GuardedSession, firms: list[int]):
    of_year.undo(session, of_year.freeze(session))
    told = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "shortlist.undo_freeze")).all()
    day = TODAY.isoformat()
    changes = {entry.enterprise_id: entry.changes for entry in told}
    assert set(changes) == {None, firms[0], firms[2]}
    assert changes[firms[0]]["taken_back_on"] == [day, None] and changes[firms[0]]["number"] == [None, 1]
    assert changes[firms[2]]["put_forward_on"] == [day, None]
    assert all(each["reason"] == [None, "名单有误"] for each in changes.values())


def test_the_check_says_nothing_of_it_and_finds_one_that_the_history_does_not_tell_of(
    session: GuardedSession, firms: list[int]
):
    first = of_year.freeze(session)
    of_year.undo(session, first)
    of_year.freeze(session)
    with transaction(session):
        judge_due(session, TODAY)
    assert list(checking.faults(session, TODAY)) == []
    tamper(session, "DELETE FROM shortlist_version_undone")
    with speaking("en"):
        assert any(f"{KEY} v1" in fault.sentence for fault in checking.faults(session, TODAY))


def test_the_leader_undoes_it_on_the_page_of_the_version_which_then_says_so(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    of_year.freeze(session)
    sign_in_as(client, session, Role.LEADER)
    page = client.get(f"/shortlists/{KEY}/v1")
    assert "恢复上报：长春甲有限公司。" in page.text and "不再计入已上报：长春丙有限公司。" in page.text
    silent = of_year.send(client, "v1/undo", page, reason="")
    assert silent.status_code == 422 and "#reason" in silent.text
    assert of_year.send(client, "v1/undo", page, reason="名单有误").status_code == 303
    undone = client.get(f"/shortlists/{KEY}/v1").text
    assert (
        "已撤销" in undone
        and "名单有误" in undone
        and "撤销第 1 版定稿" not in undone.split('id="main"')[1].split("toast")[0]
    )
    again = of_year.send(client, "v1/undo", page, reason="名单有误")
    assert again.status_code == 422 and "已经撤销" in again.text
    assert "第 2 版草稿" in client.get(f"/shortlists/{KEY}").text
    assert "（已撤销）" in client.get(f"/shortlists/{KEY}/paper?version=1").text
    assert ">第 1 版<" not in client.get("/shortlists").text
    refused = of_year.send(client, "v1/table", template="recommendation")
    assert refused.status_code == 422 and "已撤销" in refused.text


def test_the_page_names_what_was_built_instead_of_offering_to_undo(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    of_year.freeze(session)
    of_year.recognise(session, firms[2])
    sign_in_as(client, session, Role.LEADER)
    page = client.get(f"/shortlists/{KEY}/v1").text
    assert "本版上报的企业已获认定：长春丙有限公司。" in page and f"/shortlists/{KEY}/v1/undo" not in page
    refused = of_year.send(client, "v1/undo", reason="名单有误")
    assert refused.status_code == 422 and "长春丙有限公司" in refused.text


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_only_who_may_freeze_may_undo_it(client: FlaskClient, session: GuardedSession, firms: list[int], role: Role):
    of_year.freeze(session)
    sign_in_as(client, session, role)
    assert of_year.send(client, "v1/undo", reason="名单有误").status_code == 403
    assert standing_versions(session, KEY)


def test_once_the_only_version_is_undone_enterprises_are_put_forward_by_date_again(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    of_year.undo(session, of_year.freeze(session))
    sign_in_as(client, session, Role.CASEWORKER)
    fields = {"candidate": str(firms[2]), "put_forward_on": TODAY.isoformat()}
    assert of_year.send(client, "put-forward", **fields).status_code == 303
    assert of_year.counted(session) == set(firms)
