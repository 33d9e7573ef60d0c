"""Targets are set, changed and taken back as dated facts, by those who may, and two people do not undo each other."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author, broken_links
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Indicator, Role
from sme_tracker.targets.actions import TargetValue, set_targets
from sme_tracker.targets.models import Target
from sme_tracker.targets.queries import changes_of, targets_of
from tests.signing import csrf, sign_in_as

NOON = datetime(2022, 1, 10, 4, tzinfo=UTC)
SRDI, UPGRADE = Indicator.SRDI, Indicator.UPGRADE
READ_AT = re.compile(r'name="read_at" value="([^"]+)"')


def put(
    session: GuardedSession, value: int | None, *, unit: int | None = None, hours: int = 0, reason: str | None = None
) -> int:
    with transaction(session):
        by = Author(None, "form", NOON + timedelta(hours=hours))
        return set_targets(session, by, [TargetValue(2022, SRDI, unit, value)], reason)


def unit_id(session: GuardedSession, code: str) -> int:
    return session.scalars(select(ReportingUnit.id).where(ReportingUnit.code == code)).one()


def test_a_change_retires_the_target_it_replaces_and_both_stay_known(session: GuardedSession) -> None:
    put(session, 180)
    put(session, 200, hours=5, reason="省里加码")
    assert targets_of(session, 2022) == {(SRDI, None): 200}
    assert targets_of(session, 2022, NOON + timedelta(hours=1)) == {(SRDI, None): 180}
    facts = session.scalars(select(Target).order_by(Target.id)).all()
    assert [(fact.value, fact.retired_reason) for fact in facts] == [(180, "省里加码"), (200, None)]


def test_setting_the_same_number_again_changes_nothing(session: GuardedSession) -> None:
    assert put(session, 180) == 1
    assert put(session, 180, hours=1) == 0
    assert len(session.scalars(select(HistoryEntry)).all()) == 1


def test_a_target_taken_back_is_none_and_not_zero(session: GuardedSession) -> None:
    put(session, 180)
    put(session, None, hours=1, reason="任务取消")
    assert targets_of(session, 2022) == {}
    put(session, 0, hours=2)
    assert targets_of(session, 2022) == {(SRDI, None): 0}


def test_the_changes_of_a_year_tell_how_each_target_came_to_be(session: GuardedSession) -> None:
    put(session, 180)
    put(session, 200, hours=1, reason="省里加码")
    put(session, None, hours=2, reason="任务取消")
    told = [(change.before, change.after, change.reason) for change in changes_of(session, 2022)]
    assert told == [(200, None, "任务取消"), (180, 200, "省里加码"), (None, 180, None)]
    assert not list(broken_links(session))


def test_districts_need_not_add_up_to_the_city(session: GuardedSession) -> None:
    put(session, 10)
    put(session, 30, unit=unit_id(session, "NG"))
    assert sorted(targets_of(session, 2022).values()) == [10, 30]


@pytest.mark.parametrize(
    ("year", "value", "code"), [(2022, -1, "target.range"), (2022, 1_000_000, "target.range"), (1999, 5, "target.year")]
)
def test_a_target_that_cannot_be_is_refused(session: GuardedSession, year: int, value: int, code: str) -> None:
    with pytest.raises(Refused) as refused, transaction(session):
        set_targets(session, Author(None, "form", NOON), [TargetValue(year, SRDI, None, value)])
    assert [finding.code for finding in refused.value.findings] == [code]
    assert targets_of(session, year) == {}


def test_a_leader_sets_the_grid_and_only_what_changed_is_recorded(session: GuardedSession, client: FlaskClient) -> None:
    put(session, 180)
    leader = sign_in_as(client, session, Role.LEADER)
    who = leader.full_name
    ng = unit_id(session, "NG")
    page = client.get("/targets?year=2022")
    answer = save(client, page.text, {"srdi.city": "1,200", f"upgrade.{ng}": "9"}, reason="分解任务")
    assert answer.status_code == 303
    assert targets_of(session, 2022) == {(SRDI, None): 1200, (UPGRADE, ng): 9}
    assert {change.who for change in changes_of(session, 2022) if change.at > NOON} == {who}


def test_what_is_no_number_is_kept_and_said_at_its_cell(session: GuardedSession, client: FlaskClient) -> None:
    sign_in_as(client, session, Role.LEADER)
    page = client.get("/targets?year=2022")
    answer = save(client, page.text, {"srdi.city": "两百", "upgrade.city": "150"})
    assert answer.status_code == 422
    assert 'href="#srdi.city"' in answer.text
    assert 'value="两百"' in answer.text and 'value="150"' in answer.text
    assert targets_of(session, 2022) == {}


def test_two_people_who_change_different_targets_both_succeed(session: GuardedSession, client: FlaskClient) -> None:
    put(session, 180)
    sign_in_as(client, session, Role.LEADER)
    page = client.get("/targets?year=2022").text
    somebody_else(session, UPGRADE, 150)
    assert save(client, page, {"srdi.city": "200", "upgrade.city": ""}).status_code == 303
    assert targets_of(session, 2022) == {(SRDI, None): 200, (UPGRADE, None): 150}


def test_two_people_who_change_one_target_differently_are_shown_both_numbers(
    session: GuardedSession, client: FlaskClient
) -> None:
    put(session, 180)
    sign_in_as(client, session, Role.LEADER)
    page = client.get("/targets?year=2022").text
    somebody_else(session, SRDI, 190)
    conflict = save(client, page, {"srdi.city": "200"})
    assert conflict.status_code == 409
    assert 'value="200"' in conflict.text and "190" in conflict.text
    assert targets_of(session, 2022) == {(SRDI, None): 190}
    assert save(client, conflict.text, {"srdi.city": "200"}).status_code == 303
    assert targets_of(session, 2022) == {(SRDI, None): 200}


@pytest.mark.parametrize(("role", "code"), [(Role.CASEWORKER, 403), (Role.CLERK, 403), (Role.AUDITOR, 403)])
def test_only_a_leader_sets_targets(session: GuardedSession, client: FlaskClient, role: Role, code: int) -> None:
    sign_in_as(client, session, role, unit_id(session, "NG") if role is Role.CLERK else None)
    token = csrf(client.get("/account"))
    assert client.post("/targets?year=2022", data={"csrf_token": token, "srdi.city": "1"}).status_code == code
    assert targets_of(session, 2022) == {}


def test_a_clerk_reads_the_city_s_targets_and_those_of_the_own_unit(
    session: GuardedSession, client: FlaskClient
) -> None:
    put(session, 444)
    put(session, 777, unit=unit_id(session, "NG"))
    put(session, 888, unit=unit_id(session, "CY"))
    sign_in_as(client, session, Role.CLERK, unit_id(session, "NG"))
    page = client.get("/targets?year=2022").text
    assert "444" in page and "777" in page
    assert "888" not in page and "<input" not in page.split('class="tbl quotas"')[1].split("</table>")[0]


def save(client: FlaskClient, page: str, cells: dict[str, str], reason: str = "") -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    read_at = READ_AT.search(page)
    assert token and read_at
    data = {"csrf_token": token[1], "read_at": read_at[1].replace("&#43;", "+"), "reason": reason, **cells}
    return client.post("/targets?year=2022", data=data)


def somebody_else(session: GuardedSession, indicator: Indicator, value: int) -> None:
    with transaction(session):
        by = Author(None, "form", datetime.now(UTC))
        set_targets(session, by, [TargetValue(2022, indicator, None, value)])
