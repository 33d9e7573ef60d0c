"""On every day each enterprise counts once, at the highest level it holds."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.counting import (
    FAR_FUTURE,
    FAR_PAST,
    DatedFact,
    HeldTitle,
    Review,
    Span,
    Standing,
    bit,
    facts_in_force,
    highest,
    is_new_srdi,
    level_spans,
    merged,
    next_change,
    overlay,
    srdi_reference_day,
    value_on,
)
from sme_tracker.rules.terms import Level, RecognitionKind, ReviewResult, Status

ONE_DAY = timedelta(days=1)
EXPIRY = date(2022, 12, 31)


def title(level=Level.MUNICIPAL, valid_from=date(2020, 1, 1), valid_until=EXPIRY, **more):
    return HeldTitle(level, valid_from, valid_until, **more)


def level_on(day, *titles):
    return highest(value_on(level_spans(titles), day))


def standing_on(day, titles, statuses=()):
    return value_on(overlay(overlay([], "holds", level_spans(titles)), "status", facts_in_force(statuses)), day)


def test_an_enterprise_with_all_three_levels_counts_once_as_national():
    titles = [title(level) for level in (Level.MUNICIPAL, Level.NATIONAL, Level.PROVINCIAL)]
    assert level_on(date(2021, 6, 1), *titles) is Level.NATIONAL
    assert value_on(level_spans(titles), date(2021, 6, 1)) == 7


def test_an_expired_provincial_with_a_valid_municipal_counts_as_municipal():
    expired = title(Level.PROVINCIAL, valid_until=date(2021, 5, 31))
    assert level_on(date(2021, 6, 1), expired, title()) is Level.MUNICIPAL


def test_a_level_under_review_after_expiry_is_kept():
    under_review = title(Level.PROVINCIAL, reviews=(Review(date(2022, 12, 1)),))
    assert level_on(EXPIRY + ONE_DAY, under_review) is Level.PROVINCIAL
    assert level_on(date(2030, 1, 1), under_review) is Level.PROVINCIAL


def test_a_review_ends_the_level_on_the_day_it_is_decided_after_expiry():
    decided = title(reviews=(Review(date(2022, 12, 1), date(2023, 3, 1), ReviewResult.FAILED),))
    assert level_on(date(2023, 2, 28), decided) is Level.MUNICIPAL
    assert level_on(date(2023, 3, 1), decided) is Level.NONE


def test_a_review_decided_before_expiry_leaves_the_validity_as_it_is():
    decided = title(reviews=(Review(date(2022, 10, 1), date(2022, 11, 1), ReviewResult.FAILED),))
    assert level_on(EXPIRY, decided) is Level.MUNICIPAL
    assert level_on(EXPIRY + ONE_DAY, decided) is Level.NONE


def test_a_review_opened_on_the_last_valid_day_keeps_the_level_and_one_a_day_later_does_not():
    assert level_on(EXPIRY + ONE_DAY, title(reviews=(Review(EXPIRY),))) is Level.MUNICIPAL
    assert level_on(EXPIRY + ONE_DAY, title(reviews=(Review(EXPIRY + ONE_DAY),))) is Level.NONE


def test_a_renewal_takes_over_on_the_day_the_review_is_decided():
    old = title(reviews=(Review(date(2022, 12, 1), date(2023, 3, 1), ReviewResult.RENEWED),))
    new = title(valid_from=date(2023, 3, 1), valid_until=date(2026, 2, 28))
    assert {level_on(date(2023, 2, 27) + n * ONE_DAY, old, new) for n in range(4)} == {Level.MUNICIPAL}


def test_a_revoked_one_drops_to_the_next_valid_level_on_that_day():
    revoked = title(Level.NATIONAL, revoked_on=date(2022, 6, 1))
    assert level_on(date(2022, 5, 31), revoked, title()) is Level.NATIONAL
    assert level_on(date(2022, 6, 1), revoked, title()) is Level.MUNICIPAL


def test_a_revocation_also_ends_a_level_kept_by_a_review():
    revoked = title(reviews=(Review(date(2022, 12, 1)),), revoked_on=date(2023, 2, 1))
    assert level_on(date(2023, 1, 31), revoked) is Level.MUNICIPAL
    assert level_on(date(2023, 2, 1), revoked) is Level.NONE


@pytest.mark.parametrize("status", [Status.MOVED_OUT, Status.DEREGISTERED])
def test_a_moved_out_or_deregistered_enterprise_counts_nowhere(status):
    facts = [DatedFact(None, Status.ACTIVE), DatedFact(date(2021, 7, 1), status)]
    assert standing_on(date(2021, 6, 30), [title()], facts).level is Level.MUNICIPAL
    left = standing_on(date(2021, 7, 1), [title()], facts)
    assert (left.level, left.holds) == (Level.NONE, bit(Level.MUNICIPAL))


def test_a_level_holds_through_its_last_day_and_is_gone_after_midnight():
    assert level_on(EXPIRY, title()) is Level.MUNICIPAL
    assert level_on(EXPIRY + ONE_DAY, title()) is Level.NONE
    assert next_change(level_spans([title()]), EXPIRY) == date(2023, 1, 1)


def test_a_level_begins_on_its_first_valid_day():
    assert level_on(date(2019, 12, 31), title()) is Level.NONE
    assert level_on(date(2020, 1, 1), title()) is Level.MUNICIPAL


def test_a_title_without_end_in_sight_holds_for_ever():
    spans = level_spans([title(valid_until=date.max)])
    assert spans[-1] == Span(date(2020, 1, 1), FAR_FUTURE, 1)
    assert next_change(spans, date(2022, 1, 1)) is None


def test_the_totals_of_2021_are_counted_once_each():
    ladders = [[Level.MUNICIPAL]] * 374 + [[Level.MUNICIPAL, Level.PROVINCIAL]] * 84 + [list(Level)[1:]] * 27
    counted = [level_on(date(2021, 12, 31), *map(title, ladder)) for ladder in ladders]
    assert [counted.count(level) for level in list(Level)[1:]] == [374, 84, 27]


def test_the_first_unit_holds_from_the_beginning_and_the_last_until_further_notice():
    spans = facts_in_force([DatedFact(date(2021, 7, 1), 8), DatedFact(None, 3)])
    assert spans == [Span(FAR_PAST, date(2021, 7, 1), 3), Span(date(2021, 7, 1), FAR_FUTURE, 8)]


def test_before_the_first_dated_fact_nothing_is_said():
    spans = facts_in_force([DatedFact(date(2021, 7, 1), 8)])
    assert value_on(spans, date(2021, 6, 30)) is None
    assert next_change(spans, date(2021, 1, 1)) == date(2021, 7, 1)


def test_of_two_facts_from_one_day_the_later_recorded_holds():
    assert facts_in_force([DatedFact(None, "old"), DatedFact(None, "new")]) == [Span(FAR_PAST, FAR_FUTURE, "new")]


def test_no_facts_at_all_leave_an_active_enterprise_without_unit_and_level():
    assert overlay([], "unit_id", []) == [Span(FAR_PAST, FAR_FUTURE, Standing())]


def test_an_enterprise_is_new_only_if_it_held_no_level_the_day_before():
    assert srdi_reference_day(date(2022, 9, 19), date(2022, 9, 1)) == date(2022, 8, 31)
    assert srdi_reference_day(date(2022, 9, 1), date(2022, 9, 19)) == date(2022, 8, 31)
    assert is_new_srdi(RecognitionKind.NEW, 0)
    assert is_new_srdi(RecognitionKind.AUTOMATIC, 0)
    assert not is_new_srdi(RecognitionKind.NEW, bit(Level.MUNICIPAL))
    assert not is_new_srdi(RecognitionKind.RENEWED, 0)


days = st.dates(date(2019, 1, 1), date(2026, 12, 31))
reviews = st.builds(Review, days, st.none() | days)
titles = st.lists(
    st.builds(
        HeldTitle,
        st.sampled_from(list(Level)[1:]),
        days,
        days,
        st.lists(reviews, max_size=2).map(tuple),
        st.none() | days,
    ),
    max_size=5,
)
statuses = st.lists(st.builds(DatedFact, st.none() | days, st.sampled_from(Status)), max_size=4)


def holds_by_the_words_of_the_rule(held, day):
    in_validity = held.valid_from <= day <= held.valid_until
    kept = day >= held.valid_from and any(
        review.opened_on <= held.valid_until and (review.decided_on is None or day < review.decided_on)
        for review in held.reviews
    )
    revoked = held.revoked_on is not None and day >= held.revoked_on
    return (in_validity or kept) and not revoked


@given(titles, days)
def test_the_levels_held_are_those_whose_titles_hold(held, day):
    expected = {one.level for one in held if holds_by_the_words_of_the_rule(one, day)}
    mask = value_on(level_spans(held), day)
    assert {level for level in list(Level)[1:] if mask & bit(level)} == expected
    assert highest(mask) == max(expected, default=Level.NONE)


def assert_covers_all_time(spans):
    assert spans[0].from_day == FAR_PAST
    assert spans[-1].until_day == FAR_FUTURE
    for left, right in pairwise(spans):
        assert left.from_day < left.until_day == right.from_day
        assert left.value != right.value


@given(titles, statuses, st.lists(st.builds(DatedFact, st.none() | days, st.integers(1, 3)), max_size=4), days)
def test_an_overlay_changes_its_dimension_and_leaves_the_others(held, status_facts, unit_facts, day):
    base = overlay([], "holds", level_spans(held))
    with_status = overlay(base, "status", facts_in_force(status_facts))
    with_unit = overlay(with_status, "unit_id", facts_in_force(unit_facts))
    for spans in (base, with_status, with_unit):
        assert_covers_all_time(spans)
    standing = value_on(with_unit, day)
    assert standing == Standing(
        unit_id=value_on(facts_in_force(unit_facts), day),
        status=value_on(facts_in_force(status_facts), day) or Status.ACTIVE,
        holds=value_on(level_spans(held), day),
    )


@given(titles, titles)
def test_the_last_overlay_of_a_dimension_is_the_one_that_holds(first, second):
    once = overlay([], "holds", level_spans(second))
    assert overlay(overlay([], "holds", level_spans(first)), "holds", level_spans(second)) == once


@given(titles, days)
def test_nothing_changes_until_the_next_change(held, day):
    spans = level_spans(held)
    change = next_change(spans, day)
    if change is None:
        assert value_on(spans, day) == spans[-1].value
    else:
        assert value_on(spans, change - ONE_DAY) == value_on(spans, day) != value_on(spans, change)


@given(titles, st.randoms())
def test_the_order_of_the_recognitions_does_not_matter(held, random):
    shuffled = random.sample(held, len(held))
    assert level_spans(shuffled) == level_spans(held)


@given(titles)
def test_merging_twice_is_merging_once(held):
    spans = level_spans(held)
    assert merged(spans) == spans
