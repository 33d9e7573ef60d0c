"""What comes with the product may be changed and withdrawn like anything else: the check has nothing to say of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sme_tracker import checking
from sme_tracker.assessments import drafting
from sme_tracker.assessments.models import RuleAssignment, StoredRuleSet
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author
from sme_tracker.reference import actions as lists
from sme_tracker.reference.models import Batch, Chain, Industry, ReportingUnit
from sme_tracker.rules.terms import Indicator, Role
from sme_tracker.shortlists.table_templates import layout_of, save_template, templates
from sme_tracker.targets.actions import TargetValue, set_targets
from sme_tracker.web.language import speaking
from tests.checking.tampering import tamper
from tests.signing import add_user, csrf, sign_in_as

TODAY = local_today()


@pytest.fixture(autouse=True)
def _supplied(session: GuardedSession) -> Iterator[None]:
    """The rule sets that ship with the product, and a terminal that speaks English."""
    with transaction(session):
        load_shipped(session, utc_now())
    with speaking("en"):
        yield


@pytest.fixture
def by(session: GuardedSession) -> Author:
    """A leader, who may withdraw what applies."""
    return Author(add_user(session, Role.LEADER)[0].id, "form", utc_now())


def faults(session: GuardedSession) -> list[str]:
    return [fault.sentence for fault in checking.faults(session, TODAY)]


def assignments(session: GuardedSession) -> list[RuleAssignment]:
    return list(session.scalars(select(RuleAssignment).where(RuleAssignment.in_force())))


def test_withdrawing_every_shipped_assignment(session: GuardedSession, by: Author) -> None:
    shipped = [row.id for row in assignments(session)]
    assert len(shipped) > 5
    for which in shipped:
        with transaction(session):
            drafting.withdraw_assignment(session, replace(by, at=utc_now()), which, "试")
    assert faults(session) == []


def test_withdrawing_one_on_its_page(client: FlaskClient, session: GuardedSession) -> None:
    first = assignments(session)[0]
    which, key = first.id, session.get_one(StoredRuleSet, first.rule_set_id).key
    sign_in_as(client, session, Role.LEADER)
    token = csrf(client.get(f"/rule-sets/{key}"))
    sent = {"csrf_token": token, "reason": "试"}
    assert client.post(f"/rule-sets/{key}/assignments/{which}/withdraw", data=sent).status_code == 303
    assert which not in [row.id for row in assignments(session)]
    assert faults(session) == []


def test_letting_a_standard_of_ones_own_follow_a_shipped_one(session: GuardedSession, by: Author) -> None:
    former = next(row for row in assignments(session) if row.until_day is None)
    writer = Author(add_user(session, Role.CASEWORKER)[0].id, "form", utc_now())
    from_day = max(former.from_day, TODAY) + timedelta(days=30)
    with transaction(session):
        draft = drafting.copy_to_draft(session, writer, session.get_one(StoredRuleSet, former.rule_set_id), "our-own")
        drafting.publish(session, by, draft)
        order = drafting.NewAssignment(draft.id, former.purpose, former.jurisdiction, from_day, ends_current=True)
        assigned = drafting.assign(session, replace(by, at=utc_now()), order)
    assert faults(session) == []
    with transaction(session):
        drafting.withdraw_assignment(session, replace(by, at=utc_now()), assigned, "试")
    assert faults(session) == []


def test_a_shipped_assignment_withdrawn_past_the_register_is_found_all_the_same(session: GuardedSession) -> None:
    which = assignments(session)[0].id
    tamper(session, f"UPDATE rule_assignment SET retired_at = '2026-01-01 00:00:00' WHERE id = {which}")
    assert f"History: nothing tells of row {which} of rule_assignment being recorded." in faults(session)


def test_editing_every_supplied_template_again_and_again(session: GuardedSession, by: Author) -> None:
    supplied = templates(session)
    assert supplied
    for lines in (["一"], ["二"], list(supplied[0].lines)):
        for template in templates(session):
            with transaction(session):
                layout = replace(layout_of(template), lines=lines)
                save_template(session, replace(by, at=utc_now()), template.code, layout, template.id)
        assert faults(session) == []


def test_changing_and_closing_what_the_lists_hold(session: GuardedSession, by: Author) -> None:
    with transaction(session):
        lists.add_item(session, by, Chain, {"code": "L1", "name": "光电信息"})
        lists.add_item(session, by, Industry, {"code": "C3999", "name": "其他"})
        batch = {"code": "B1", "name": "第一批", "title": "national", "year": 2022, "published_on": date(2022, 1, 1)}
        lists.add_item(session, by, Batch, batch)
    for table in (ReportingUnit, Industry, Chain, Batch):
        for item in list(session.scalars(select(table).limit(3))):
            with transaction(session):
                changed = {"name": f"{item.name}（改）", "closed_from": date(2030, 1, 1)}
                lists.change_item(session, replace(by, at=utc_now()), item, changed)
    with transaction(session):
        lists.name_bureau(session, by, {"bureau_name": "某局", "bureau_name_en": None})
    assert faults(session) == []


def test_setting_and_taking_back_targets(session: GuardedSession, by: Author) -> None:
    for value in (10, 12, None):
        with transaction(session):
            target = TargetValue(2026, next(iter(Indicator)), None, value)
            set_targets(session, replace(by, at=utc_now()), [target])
    assert faults(session) == []


def test_a_unit_changed_past_the_register_is_found(session: GuardedSession, by: Author) -> None:
    unit = session.scalars(select(ReportingUnit)).first()
    assert unit
    which, code = unit.id, unit.code
    with transaction(session):
        lists.change_item(session, by, unit, {"name": "某区"})
    tamper(session, f"UPDATE reporting_unit SET name = '别区' WHERE id = {which}")
    expected = f"History: list item {code}, Name: stored is 别区, the history says 某区."
    assert expected in faults(session)
