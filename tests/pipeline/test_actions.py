"""What can be done to cases and the plan, what is refused, and how the counts follow."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from sme_tracker.clock import end_of_day
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.measure import MeasureQuery
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author, broken_links
from sme_tracker.history.models import HistoryEntry
from sme_tracker.pipeline import actions
from sme_tracker.pipeline.audit import differences
from sme_tracker.pipeline.goals import COMPLETED
from sme_tracker.pipeline.measures import AT_STEP, OPEN_CASES, REACHED, STALLED, count_cases, median_days
from sme_tracker.pipeline.models import CaseStep
from sme_tracker.pipeline.queries import cases_of, plans_of
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Title, Track
from tests.enterprises.test_actions import BY, refusal, registered
from tests.recognitions.test_actions import at

OPENED = date(2025, 1, 10)
LATER = date(2025, 3, 1)
DONE = date(2025, 6, 1)


def opened(
    session: GuardedSession, which: int, track: Track = Track.UPGRADE, day: date = OPENED, by: Author = BY
) -> int:
    """The id of a case that has just been opened."""
    with transaction(session):
        return actions.open_cases(session, by, [actions.CaseOpening(which, track, day)])[0]


def take(session: GuardedSession, case_id: int, step: str, day: date | None, by: Author = BY, **more: date) -> None:
    """Take a step on the day."""
    with transaction(session):
        actions.take_steps(session, by, [actions.StepTaken(case_id, step, day, **more)])


def asked(day: date, known_on: date | None = None) -> MeasureQuery:
    """What is asked of measures for the day."""
    return MeasureQuery(day.year, day, end_of_day(known_on) if known_on else None)


def steps(session: GuardedSession, which: int) -> list[tuple[str, date | None, date | None]]:
    """The steps of the latest case: code, taken on, planned for."""
    file = cases_of(session, [which])[which][0]
    return [(step.step, step.actual_on, step.planned_on) for step in file.steps]


def test_an_open_case_counts_until_it_is_done_and_then_for_the_target(session: GuardedSession) -> None:
    which = registered(session)
    case_id = opened(session, which)
    take(session, case_id, "eligible", LATER)
    take(session, case_id, "entered", DONE)
    counted = [OPEN_CASES[Track.UPGRADE].count(session, asked(day)) for day in (OPENED, LATER, DONE)]
    assert counted == [1, 1, 0]
    assert [COMPLETED[Track.UPGRADE].count(session, asked(day)) for day in (DONE - timedelta(days=1), DONE)] == [0, 1]
    assert list(differences(session)) == []


def test_several_steps_of_a_case_recorded_at_once_build_on_each_other(session: GuardedSession) -> None:
    which = registered(session)
    case_id = opened(session, which)
    rows = [("near_line", OPENED), ("eligible", LATER), ("entered", DONE)]
    with transaction(session):
        actions.take_steps(session, BY, [actions.StepTaken(case_id, step, day) for step, day in rows])
    assert sorted(steps(session, which)) == sorted((step, day, None) for step, day in rows)
    assert COMPLETED[Track.UPGRADE].count(session, asked(DONE)) == 1
    assert list(differences(session)) == []


def test_steps_recorded_at_once_that_do_not_follow_each_other_are_refused_together(session: GuardedSession) -> None:
    case_id = opened(session, registered(session))
    backwards = [actions.StepTaken(case_id, "eligible", LATER), actions.StepTaken(case_id, "near_line", LATER)]
    with pytest.raises(Refused), transaction(session):
        actions.take_steps(session, BY, backwards)
    assert session.scalar(select(func.count()).select_from(CaseStep)) == 0


def test_a_case_stands_at_its_furthest_step(session: GuardedSession) -> None:
    which = registered(session)
    case_id = opened(session, which)
    take(session, case_id, "near_line", LATER)
    places = [AT_STEP[Track.UPGRADE, step].count(session, asked(LATER)) for step in ("pool", "near_line", "eligible")]
    assert places == [0, 1, 0]
    assert AT_STEP[Track.UPGRADE, "pool"].count(session, asked(OPENED)) == 1
    assert [REACHED[Track.UPGRADE, column].count(session, asked(LATER)) for column in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert session.get_one(Enterprise, which).stage == Track.UPGRADE


def test_a_case_is_stalled_after_ninety_days_and_one_to_the_stock_exchange_after_a_hundred_and_eighty(
    session: GuardedSession,
) -> None:
    which = registered(session)
    opened(session, which)
    opened(session, which, Track.GO_PUBLIC)
    for days, stalled in ((90, (0, 0)), (91, (1, 0)), (180, (1, 0)), (181, (1, 1))):
        query = asked(OPENED + timedelta(days=days))
        assert tuple(STALLED[of].count(session, query) for of in (Track.UPGRADE, Track.GO_PUBLIC)) == stalled


def test_the_days_in_a_column_are_the_median_of_those_that_went_on(session: GuardedSession) -> None:
    for number, days in enumerate((10, 20, 60), start=1):
        case_id = opened(session, registered(session, number, f"长春第{number}机械有限公司"))
        take(session, case_id, "key_cultivation", OPENED + timedelta(days=days))
    assert median_days(session, asked(DONE)) == {(Track.UPGRADE, 1): 20}
    furthest = {found.step: found.cases for found in count_cases(session, asked(OPENED + timedelta(days=30)))}
    assert furthest == {"pool": 1, "key_cultivation": 2}


def test_a_step_goes_forward_in_time(session: GuardedSession) -> None:
    case_id = opened(session, registered(session))
    take(session, case_id, "eligible", LATER)
    for step, day, reason in (
        ("near_line", DONE, "move.step_behind"),
        ("entered", LATER - timedelta(days=1), "move.before_previous_step"),
        ("entered", date(2026, 4, 1), "date.future"),
        ("listed", DONE, "move.unknown_step"),
    ):
        with pytest.raises(Refused) as refused:
            take(session, case_id, step, day)
        assert refusal(refused) == [reason]


def test_the_day_of_a_step_is_put_right_between_its_neighbours(session: GuardedSession) -> None:
    which = registered(session)
    case_id = opened(session, which)
    take(session, case_id, "eligible", LATER)
    take(session, case_id, "entered", DONE)
    take(session, case_id, "eligible", LATER + timedelta(days=5))
    assert ("eligible", LATER + timedelta(days=5), None) in steps(session, which)
    for day, reason in ((DONE + timedelta(days=1), "move.after_next_step"), (date(2025, 1, 1), "move.before_opening")):
        with pytest.raises(Refused) as refused:
            take(session, case_id, "eligible", day)
        assert refusal(refused) == [reason]
    assert list(differences(session)) == []


def test_a_planned_step_keeps_its_plan_when_it_is_taken_and_may_be_withdrawn(session: GuardedSession) -> None:
    which = registered(session)
    case_id = opened(session, which)
    take(session, case_id, "eligible", None, planned_on=date(2026, 12, 31))
    take(session, case_id, "papers_submitted", None, planned_on=date(2027, 1, 31))
    take(session, case_id, "eligible", LATER)
    assert ("eligible", LATER, date(2026, 12, 31)) in steps(session, which)
    with transaction(session):
        actions.withdraw_step(session, BY, case_id, "papers_submitted", "计划取消")
    assert steps(session, which) == [("eligible", LATER, date(2026, 12, 31))]


def test_a_withdrawn_counting_step_opens_the_case_again_and_what_was_known_stays(session: GuardedSession) -> None:
    which = registered(session)
    case_id = opened(session, which)
    take(session, case_id, "entered", DONE)
    with transaction(session):
        actions.withdraw_step(session, at(2026, 4, 1), case_id, "entered", "录错企业")
    assert COMPLETED[Track.UPGRADE].count(session, asked(DONE)) == 0
    assert COMPLETED[Track.UPGRADE].count(session, asked(DONE, known_on=date(2026, 3, 31))) == 1
    assert OPEN_CASES[Track.UPGRADE].count(session, asked(DONE)) == 1
    assert list(differences(session)) == []


def test_there_is_at_most_one_open_case_on_a_track(session: GuardedSession) -> None:
    which = registered(session)
    opened(session, which)
    opened(session, which, Track.CONVERT)
    with pytest.raises(Refused) as refused:
        opened(session, which, day=LATER)
    assert refusal(refused) == ["case.already_open"]


def test_a_closed_case_is_not_open_and_may_be_opened_again(session: GuardedSession) -> None:
    which = registered(session)
    case_id = opened(session, which)
    with pytest.raises(Refused) as refused, transaction(session):
        actions.close_cases(session, BY, [actions.Closing(case_id, "rejected", LATER, "没有这种终止方式")])
    assert refusal(refused) == ["case.unknown_exit"]
    with transaction(session):
        actions.close_cases(session, BY, [actions.Closing(case_id, "given_up", LATER, "企业放弃")])
    assert OPEN_CASES[Track.UPGRADE].count(session, asked(LATER)) == 0
    with transaction(session):
        actions.withdraw_closing(session, BY, case_id, "录错")
    assert OPEN_CASES[Track.UPGRADE].count(session, asked(LATER)) == 1
    assert list(differences(session)) == []


def test_a_closed_case_stays_closed_once_there_is_a_later_one(session: GuardedSession) -> None:
    which = registered(session)
    case_id = opened(session, which)
    with transaction(session):
        actions.close_cases(session, BY, [actions.Closing(case_id, "given_up", LATER, "企业放弃")])
    opened(session, which, day=LATER)
    with pytest.raises(Refused) as refused, transaction(session):
        actions.withdraw_closing(session, BY, case_id, "录错")
    assert refusal(refused) == ["case.later_case"]


def test_a_withdrawn_case_was_never_there_as_known_now(session: GuardedSession) -> None:
    which = registered(session)
    case_id = opened(session, which)
    take(session, case_id, "eligible", LATER)
    with transaction(session):
        actions.withdraw_case(session, at(2026, 4, 1), case_id, "录错企业")
    assert cases_of(session, [which])[which] == []
    assert OPEN_CASES[Track.UPGRADE].count(session, asked(LATER)) == 0
    assert OPEN_CASES[Track.UPGRADE].count(session, asked(LATER, known_on=date(2026, 3, 31))) == 1
    assert list(differences(session)) == []


def test_an_enterprise_is_in_the_plan_once_for_a_title_and_year(session: GuardedSession) -> None:
    which = registered(session)
    row = actions.Planning(which, Title.NATIONAL, 2026)
    for _ in range(2):
        with transaction(session):
            actions.plan(session, BY, [row])
    (planned,) = plans_of(session, [which])[which]
    with transaction(session):
        actions.withdraw_plan(session, BY, planned.plan.id, "目标调整")
    assert plans_of(session, [which])[which] == []


def test_everything_done_is_told_in_the_history(session: GuardedSession) -> None:
    which = registered(session)
    case_id = opened(session, which)
    take(session, case_id, "eligible", LATER)
    with transaction(session):
        actions.withdraw_step(session, BY, case_id, "eligible", "录错")
        actions.close_cases(session, BY, [actions.Closing(case_id, "given_up", LATER, "企业放弃")])
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.enterprise_id == which).order_by(HistoryEntry.id))
    told = [entry.action for entry in entries][1:]
    assert told == ["case.open", "case.step", "case.withdraw_step", "case.close"]
    assert not list(broken_links(session))
