"""Cases climb their track step by step, and the board shows where they stand on any day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.counting import FAR_FUTURE, FAR_PAST, Span, value_on
from sme_tracker.rules.moves import (
    Case,
    DatedStep,
    check_closing,
    check_move,
    check_opening,
    check_withdrawal,
    column_of,
    done_on,
    ended_on,
    stage,
    step_spans,
    track,
    track_spans,
)
from sme_tracker.rules.terms import Track

ONE_DAY = timedelta(days=1)
OPENED = date(2022, 1, 10)
TODAY = date(2022, 9, 30)


def case(*steps, track=Track.UPGRADE, opened_on=OPENED, closed_on=None):
    return Case(track, opened_on, tuple(DatedStep(step, day) for step, day in steps), closed_on)


def codes(findings):
    return [finding.code for finding in findings]


@pytest.mark.parametrize("of", Track)
def test_each_track_climbs_through_its_five_columns_in_order(of):
    rules = track(of)
    columns = [step.column for step in rules.steps]
    assert columns == sorted(columns)
    assert set(columns) == {column.number for column in rules.columns} == {1, 2, 3, 4, 5}
    assert [column_of(of, step.code) for step in rules.steps] == columns


@pytest.mark.parametrize("of", Track)
def test_each_track_has_one_counting_step_and_it_is_the_first_of_the_last_column(of):
    rules = track(of)
    assert [step for step in rules.steps if step.counts] == [rules.counting_step]
    assert next(step for step in rules.steps if step.column == 5) == rules.counting_step


@pytest.mark.parametrize("of", Track)
def test_codes_are_told_apart_and_every_word_is_there_in_both_languages(of):
    rules = track(of)
    assert len({step.code for step in rules.steps}) == len(rules.steps)
    assert len({known.code for known in rules.exits}) == len(rules.exits)
    assert all(word.zh and word.en for word in (*rules.columns, *rules.steps, *rules.exits, rules))


def test_the_columns_read_as_on_the_board():
    words = {of: "/".join(column.zh for column in track(of).columns) for of in Track}
    assert words == {
        Track.UPGRADE: "摸排入库/重点培育/临近门槛/达标待入统/已入统",
        Track.CONVERT: "意向摸排/签约意向/中介进场/改制辅导/已改制",
        Track.GO_PUBLIC: "后备企业/签约券商/辅导备案/申报受理/已上市",
    }


def test_the_targets_count_the_entry_the_changed_licence_and_the_first_trading_day():
    assert [track(of).counting_step.code for of in Track] == ["entered", "licence_changed", "listed"]


def test_a_case_stands_at_each_step_from_its_day_until_the_next_and_nowhere_once_completed():
    upgrade = case(("near_line", date(2022, 3, 1)), ("entered", date(2022, 8, 1)))
    assert step_spans(upgrade) == [
        Span(FAR_PAST, OPENED, None),
        Span(OPENED, date(2022, 3, 1), "pool"),
        Span(date(2022, 3, 1), date(2022, 8, 1), "near_line"),
        Span(date(2022, 8, 1), FAR_FUTURE, None),
    ]
    assert done_on(upgrade) == ended_on(upgrade) == date(2022, 8, 1)


def test_a_case_left_by_a_side_exit_stands_nowhere_from_that_day():
    left = case(("near_line", date(2022, 3, 1)), closed_on=date(2022, 5, 1))
    assert value_on(step_spans(left), date(2022, 4, 30)) == "near_line"
    assert value_on(step_spans(left), date(2022, 5, 1)) is None
    assert done_on(left) is None


def test_of_two_steps_on_one_day_the_further_one_holds():
    day = date(2022, 3, 1)
    assert value_on(step_spans(case(("eligible", day), ("near_line", day))), day) == "eligible"


def test_a_case_completed_on_the_day_it_was_opened_was_never_open():
    assert step_spans(case(("entered", OPENED))) == [Span(FAR_PAST, FAR_FUTURE, None)]


def test_a_second_case_follows_the_first_on_the_same_track():
    first = case(closed_on=date(2022, 2, 1))
    second = case(opened_on=date(2022, 4, 1))
    spans = track_spans([second, first])
    stands = [value_on(spans, day) for day in (date(2022, 1, 31), date(2022, 3, 1), date(2022, 4, 1))]
    assert stands == ["pool", None, "pool"]


def test_without_cases_the_track_is_empty_over_all_time():
    assert track_spans([]) == [Span(FAR_PAST, FAR_FUTURE, None)]


def test_steps_may_be_skipped_forward():
    assert check_move(case(), "entered", TODAY, TODAY) == []


def test_a_step_may_share_the_day_of_the_opening_and_of_the_one_before():
    assert check_move(case(), "pool", OPENED, TODAY) == []
    assert check_move(case(("pool", OPENED)), "near_line", OPENED, TODAY) == []


@pytest.mark.parametrize("step", ["near_line", "pool"])
def test_a_step_before_or_at_the_current_one_is_refused(step):
    findings = check_move(case(("near_line", date(2022, 3, 1))), step, date(2022, 4, 1), TODAY)
    assert codes(findings) == ["move.step_behind"]
    assert findings[0].parameters == {"step": step, "current": "near_line"}


def test_a_step_dated_before_the_one_it_follows_is_refused_and_the_other_named():
    findings = check_move(case(("near_line", date(2022, 3, 1))), "eligible", date(2022, 2, 28), TODAY)
    assert codes(findings) == ["move.before_previous_step"]
    assert findings[0].parameters == {"previous": "near_line", "previous_on": date(2022, 3, 1)}


def test_a_step_dated_before_the_opening_is_refused():
    assert codes(check_move(case(), "near_line", OPENED - ONE_DAY, TODAY)) == ["move.before_opening"]


def test_a_step_taken_today_is_fine_and_one_of_tomorrow_is_not():
    assert check_move(case(), "near_line", TODAY, TODAY) == []
    assert codes(check_move(case(), "near_line", TODAY + ONE_DAY, TODAY)) == ["date.future"]


def test_every_reason_is_named_at_once():
    findings = check_move(case(closed_on=TODAY), "near_line", date(2023, 1, 1), TODAY)
    assert codes(findings) == ["date.future", "move.case_closed"]


def test_a_step_of_another_track_is_unknown():
    assert codes(check_move(case(), "listed", TODAY, TODAY)) == ["move.unknown_step"]


def test_a_completed_case_takes_only_what_comes_after_its_counting_step():
    done = case(("entered", date(2022, 8, 1)))
    assert check_move(done, "first_report", date(2022, 9, 1), TODAY) == []
    assert codes(check_move(done, "eligible", date(2022, 9, 1), TODAY)) == ["move.case_closed", "move.step_behind"]


def test_a_step_after_the_counting_one_leaves_the_day_of_completion():
    done = case(("entered", date(2022, 8, 1)), ("first_report", date(2022, 9, 1)), closed_on=date(2022, 8, 1))
    assert ended_on(done) == date(2022, 8, 1)
    assert step_spans(done)[-1] == Span(date(2022, 8, 1), FAR_FUTURE, None)


def test_a_second_case_needs_the_first_to_be_closed_before_it():
    closed = case(closed_on=date(2022, 3, 1))
    assert codes(check_opening([case()], TODAY, TODAY)) == ["case.already_open"]
    assert codes(check_opening([closed], date(2022, 2, 28), TODAY)) == ["case.before_earlier_closed"]
    assert check_opening([closed], date(2022, 3, 1), TODAY) == []
    assert codes(check_opening([], TODAY + ONE_DAY, TODAY)) == ["date.future"]


def test_a_case_ends_by_an_exit_of_its_own_track():
    assert check_closing(case(), "fell_back", TODAY, TODAY) == []
    assert codes(check_closing(case(), "rejected", TODAY, TODAY)) == ["case.unknown_exit"]


def test_a_case_does_not_end_before_its_last_step_nor_twice_nor_tomorrow():
    moved = case(("near_line", date(2022, 3, 1)))
    assert codes(check_closing(moved, "given_up", date(2022, 2, 28), TODAY)) == ["move.before_previous_step"]
    assert codes(check_closing(case(), "given_up", OPENED - ONE_DAY, TODAY)) == ["move.before_opening"]
    assert codes(check_closing(case(closed_on=OPENED), "given_up", TODAY, TODAY)) == ["move.case_closed"]
    assert codes(check_closing(case(), "given_up", TODAY + ONE_DAY, TODAY)) == ["date.future"]


def test_the_counting_step_is_not_withdrawn_under_a_later_case():
    done = case(("near_line", date(2022, 3, 1)), ("entered", date(2022, 5, 1)))
    later = case(opened_on=date(2022, 6, 1))
    assert check_withdrawal(done, "entered", []) == []
    assert codes(check_withdrawal(done, "entered", [later])) == ["case.later_case"]
    assert check_withdrawal(done, "near_line", [later]) == []
    assert codes(check_withdrawal(done, "eligible", [])) == ["move.step_not_taken"]


def test_the_stage_is_the_furthest_track_with_an_open_case():
    assert stage("pool", "intention", "reserve") is Track.GO_PUBLIC
    assert stage("pool", "intention", None) is Track.CONVERT
    assert stage("pool", None, None) is Track.UPGRADE
    assert stage(None, None, None) is None


days = st.dates(date(2022, 1, 1), date(2022, 12, 31))
attempts = st.sampled_from(Track).flatmap(
    lambda of: st.tuples(
        st.just(of),
        st.lists(st.tuples(st.sampled_from([step.code for step in track(of).steps]), days), max_size=8),
    )
)


@given(attempts, days)
def test_a_case_made_of_allowed_moves_only_ever_climbs(attempts, opened_on):
    of, moves = attempts
    climbed = Case(of, opened_on)
    for step, day in moves:
        if not check_move(climbed, step, day, date(2022, 12, 31)):
            climbed = Case(of, opened_on, (*climbed.steps, DatedStep(step, day)))
    stood_at = [span.value for span in step_spans(climbed) if span.value]
    places = [track(of).place(step) for step in stood_at]
    assert places == sorted(set(places))
    assert [taken.actual_on for taken in climbed.steps] == sorted(taken.actual_on for taken in climbed.steps)
    done = done_on(climbed)
    assert value_on(step_spans(climbed), done or date(2022, 12, 31)) == (None if done else stood_at[-1])


cases = st.builds(
    Case,
    st.just(Track.UPGRADE),
    days,
    st.lists(st.builds(DatedStep, st.sampled_from([step.code for step in track(Track.UPGRADE).steps]), days)).map(
        tuple
    ),
    st.none() | days,
)


@given(st.lists(cases, max_size=4))
def test_the_steps_of_any_cases_are_a_function_of_all_days(cases):
    spans = track_spans(cases)
    assert (spans[0].from_day, spans[-1].until_day) == (FAR_PAST, FAR_FUTURE)
    for left, right in pairwise(spans):
        assert left.from_day < left.until_day == right.from_day
        assert left.value != right.value
