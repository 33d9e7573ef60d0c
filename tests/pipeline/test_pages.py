"""The pipeline in the browser: cases opened, moved on and ended, and every number the list behind it."""

import re
from datetime import date, timedelta

from flask.testing import FlaskClient

from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.actions import UnitChange, assign_units
from sme_tracker.enterprises.measure import MeasureQuery
from sme_tracker.pipeline.measures import CASE_MEASURES
from sme_tracker.pipeline.queries import cases_of, plans_of
from sme_tracker.rules.terms import Role, Track
from tests.enterprises.test_actions import BY, first_unit, registered
from tests.pipeline.test_actions import opened, take
from tests.recognitions.test_pages import sent
from tests.signing import sign_in_as


def busy(session: GuardedSession) -> int:
    """An enterprise with a stalled upgrade case beside one that has just come to conversion; the id of the first."""
    first = registered(session, unit_id=first_unit(session))
    case_id = opened(session, first)
    take(session, case_id, "near_line", date(2025, 2, 1))
    second = registered(session, 2, "长春重型机械有限公司")
    opened(session, second, Track.CONVERT)
    return first


def test_a_case_is_opened_moved_on_and_ended(client: FlaskClient, session: GuardedSession) -> None:
    which, today = registered(session), local_today()
    sign_in_as(client, session, Role.CASEWORKER)
    first = today - timedelta(days=30)
    answer = sent(client, f"/enterprises/{which}/cases/new", track="upgrade", opened_on=str(first))
    assert answer.status_code == 303, answer.text
    (file,) = cases_of(session, [which])[which]
    path = f"/cases/{file.case.id}"
    assert sent(client, f"{path}/step", step="eligible").status_code == 422
    answer = sent(client, f"{path}/step", step="eligible", actual_on=str(first - timedelta(days=1)))
    assert answer.status_code == 422
    assert "日期早于新增日期" in answer.text
    assert sent(client, f"{path}/step", step="eligible", actual_on=str(today)).status_code == 303
    assert "达标" in client.get(f"/enterprises/{which}").text
    assert sent(client, f"{path}/close", exit="given_up", closed_on=str(today), reason="企业放弃").status_code == 303
    assert "企业放弃" in client.get(path).text
    assert sent(client, f"{path}/reopen", reason="录错").status_code == 303
    assert sent(client, f"{path}/steps/eligible/withdraw", reason="录错").status_code == 303
    assert sent(client, f"{path}/withdraw", reason="录错").status_code == 303
    assert client.get(path).status_code == 404
    assert "撤回事项" in client.get(f"/enterprises/{which}/history").text


def test_an_enterprise_is_taken_into_the_plan_and_out_again(client: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    sign_in_as(client, session, Role.CASEWORKER)
    assert sent(client, f"/enterprises/{which}/plan", title="national", year="2026").status_code == 303
    ((plan, _officer),) = plans_of(session, [which])[which]
    assert "国家级" in client.get(f"/enterprises/{which}").text
    assert sent(client, f"/plans/{plan.id}/withdraw", reason="目标调整").status_code == 303
    assert client.get(f"/plans/{plan.id}/withdraw").status_code == 404


def test_every_number_of_the_pipeline_opens_a_list_as_long_as_it_says(
    client: FlaskClient, session: GuardedSession
) -> None:
    busy(session)
    sign_in_as(client, session, Role.LEADER)
    page = client.get("/pipeline?as_of=2025-09-30")
    assert page.status_code == 200
    links = re.findall(r'<a class="fig[^"]*" href="(/pipeline/cases/[^"]+)">(?:\D*)(\d+)', page.text)
    assert len(links) >= 8
    for address, number in links:
        rows = client.get(address.replace("&amp;", "&")).text.count("<tr data-row")
        assert rows == int(number), address


def test_every_measure_of_cases_can_be_listed(client: FlaskClient, session: GuardedSession) -> None:
    busy(session)
    sign_in_as(client, session, Role.CASEWORKER)
    today = local_today()
    for key, measure in CASE_MEASURES.items():
        text = client.get(f"/pipeline/cases/{key}").text
        assert text.count("<tr data-row") == measure.count(session, MeasureQuery(today.year, today)), key
    assert client.get("/pipeline/cases/nothing").status_code == 404


def test_the_unit_and_the_day_stand_in_the_address(client: FlaskClient, session: GuardedSession) -> None:
    busy(session)
    unit = first_unit(session)
    sign_in_as(client, session, Role.CASEWORKER)
    assert client.get(f"/pipeline/cases/pipeline.upgrade?unit={unit}").text.count("<tr data-row") == 1
    assert client.get(f"/pipeline/cases/pipeline.convert?unit={unit}").text.count("<tr data-row") == 0
    assert client.get("/pipeline/cases/pipeline.convert?unit=none").text.count("<tr data-row") == 1
    assert client.get("/pipeline/cases/pipeline.upgrade?as_of=2025-01-09").text.count("<tr data-row") == 0


def test_a_clerk_sees_the_cases_of_the_own_unit_whatever_the_address_says(
    client: FlaskClient, session: GuardedSession
) -> None:
    which = busy(session)
    sign_in_as(client, session, Role.CLERK, unit_id=first_unit(session) + 1)
    assert client.get("/pipeline/cases/pipeline.upgrade?unit=none").text.count("<tr data-row") == 0
    (file,) = cases_of(session, [which])[which]
    assert client.get(f"/cases/{file.case.id}").status_code == 404


def test_a_clerk_is_shown_the_cases_counted_on_another_day_though_they_have_left_since(
    client: FlaskClient, session: GuardedSession
) -> None:
    which, unit = busy(session), first_unit(session)
    with transaction(session):
        assign_units(session, BY, [UnitChange(which, unit + 1, date(2025, 9, 1))])
    sign_in_as(client, session, Role.CLERK, unit_id=unit)
    then = client.get("/pipeline/cases/pipeline.upgrade?as_of=2025-08-31").text
    assert then.count("<tr data-row") == 1
    assert f'href="/enterprises/{which}"' not in then
    assert 'href="/cases/' not in then
    assert client.get("/pipeline/cases/pipeline.upgrade").text.count("<tr data-row") == 0
