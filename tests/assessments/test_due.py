"""Verdicts that are due: known without a list of their own, judged beside the server, whatever was killed before."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, select

from sme_tracker.assessments import drafting
from sme_tracker.assessments.background import Background, work
from sme_tracker.assessments.due import enterprises, judge_portion, judge_waiting, mark_due, waiting
from sme_tracker.assessments.judging import differing
from sme_tracker.assessments.models import RuleAssignment, StoredRuleSet, VerdictRecord
from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, make_session_factory, transaction
from sme_tracker.enterprises import actions
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from tests.assessments.bureau import BY, code, provincial, with_rules
from tests.assessments.test_pages import words
from tests.assessments.test_rule_sets import SHARE, draft
from tests.conftest import CONFIG
from tests.signing import add_user, sign_in_as

STRICTER = {SHARE: "50", "criteria[4].condition.any_of[1].where.rank.at_most": "1"}
PATIENCE_S = 30


def published(session: GuardedSession) -> tuple[int, Author]:
    """A stricter Little Giant standard, published by a leader."""
    writer, leader = (Author(add_user(session, role)[0].id, "form", BY.at) for role in (Role.CASEWORKER, Role.LEADER))
    made = draft(session, writer, STRICTER).id
    with transaction(session):
        drafting.publish(session, leader, session.get_one(StoredRuleSet, made))
    return made, leader


def test_assigning_a_standard_judges_the_first_and_leaves_the_rest_to_the_background(
    client: FlaskClient, session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rules(session)
    sign_in_as(client, session, Role.LEADER)
    today = local_today()
    ids = [provincial(session, number) for number in (1, 2, 3)]
    made, leader = published(session)
    monkeypatch.setattr(drafting, "judge_portion", partial(judge_portion, most=1))
    with transaction(session):
        new = drafting.NewAssignment(made, "new", "china", BY.at.date(), ends_current=True)
        drafting.assign(session, leader, new)
    assert waiting(session, today) == 2
    assert set(differing(session, today)) == {(which, "national") for which in ids[1:]}
    for address in ("/verdicts/near", "/verdicts/missing", "/rule-sets/little-giant-next"):
        assert "正在重新判定：已完成 1 / 3 户" in words(client.get(address).text)
    work(session)
    assert waiting(session, today) == 0
    assert list(differing(session, today)) == []
    assert "正在重新判定" not in client.get("/verdicts/near").text


def test_a_standard_that_begins_later_makes_verdicts_due_on_its_day(session: GuardedSession) -> None:
    with_rules(session)
    provincial(session)
    made, leader = published(session)
    today = local_today()
    begins = today + timedelta(days=1)
    with transaction(session):
        drafting.assign(session, leader, drafting.NewAssignment(made, "new", "china", begins, ends_current=True))
    assert waiting(session, today) == 0
    assert waiting(session, begins) == 1


def test_who_was_never_judged_is_due_and_who_no_standard_is_meant_for_is_not(session: GuardedSession) -> None:
    with_rules(session)
    today = local_today()
    provincial(session)
    with transaction(session):
        session.execute(delete(VerdictRecord))
    assert waiting(session, today) == 1
    assert judge_waiting(session, today) == 1
    with transaction(session):
        session.execute(delete(RuleAssignment))
        mark_due(session, today)
    assert judge_waiting(session, today) == 1
    assert session.scalars(select(VerdictRecord.level)).all() == []
    assert waiting(session, today) == 0


def test_only_those_named_are_made_due(session: GuardedSession) -> None:
    with_rules(session)
    first, second = provincial(session), provincial(session, 2)
    with transaction(session):
        mark_due(session, local_today(), [second])
        assert judge_portion(session, local_today()) == [second]
        assert judge_portion(session, local_today(), first) == []


def test_work_that_was_killed_goes_on_with_the_next_start_of_any_server(own_engine: Engine) -> None:
    background, other, today = Background(own_engine.url), Background(own_engine.url), local_today()
    with make_session_factory(own_engine, CONFIG.history_key, settle)() as session:
        with_rules(session)
        with transaction(session):
            new = [actions.NewEnterprise(code(number), f"长春第{number}仪表有限公司") for number in range(600)]
            actions.register(session, BY, new)
        with transaction(session):
            mark_due(session, today)
        everybody = enterprises(session)
        background.start()
        _wait(session, lambda: waiting(session, today) < everybody)
        background.stop()
        assert 0 < waiting(session, today) < everybody
        background.start()
        background.start()  # the second time finds it at work
        other.start()  # as a second server would
        _wait(session, lambda: waiting(session, today) == 0)
        assert list(differing(session, today)) == []
    background.stop()
    other.stop()


def _wait(session: GuardedSession, until: Callable[[], bool]) -> None:
    """Look until it is so, anew each time."""
    end = time.monotonic() + PATIENCE_S
    while not until():
        session.rollback()
        assert time.monotonic() < end, "nothing happens"
        time.sleep(0.05)
    session.rollback()
