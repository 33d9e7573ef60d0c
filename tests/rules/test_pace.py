"""Targets stand ahead of, on or short of pace, and units are ranked fairly."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.pace import (
    Pace,
    PaceWord,
    Progress,
    Summary,
    completion_percent,
    days_in_year,
    expected,
    pace,
    ranking,
    share_elapsed,
    summary,
)

SEPTEMBER = date(2022, 9, 30)
AHEAD, ON_PACE, SHORT = PaceWord
BOARD = [
    (158, 200, Pace(AHEAD, 8, 150), "79.0"),
    (17, 20, Pace(AHEAD, 2, 15), "85.0"),
    (97, 150, Pace(SHORT, 15, 112), "64.7"),
    (38, 50, Pace(ON_PACE, 1, 37), "76.0"),
    (2, 5, Pace(SHORT, 2, 4), "40.0"),
]


@pytest.mark.parametrize(("done", "target", "stands", "percent"), BOARD)
def test_the_board_of_september_2022_reads_as_drawn(done, target, stands, percent):
    assert pace(done, target, SEPTEMBER) == stands
    assert completion_percent(done, target) == Decimal(percent)


def test_the_summary_counts_two_ahead_one_on_pace_and_two_short():
    assert summary(pace(done, target, SEPTEMBER) for done, target, *_ in BOARD) == Summary(2, 1, 2)


def test_the_share_of_the_year_counts_the_day_itself():
    assert share_elapsed(SEPTEMBER) == Fraction(273, 365)
    assert share_elapsed(date(2022, 1, 1)) == Fraction(1, 365)
    assert share_elapsed(date(2022, 12, 31)) == 1
    assert share_elapsed(date(2024, 12, 30)) == Fraction(365, 366)
    assert (days_in_year(2022), days_in_year(2024)) == (365, 366)


def test_a_year_not_begun_has_no_share_and_one_that_is_over_has_all():
    assert share_elapsed(SEPTEMBER, 2023) == 0
    assert share_elapsed(SEPTEMBER, 2021) == 1
    assert expected(200, SEPTEMBER, 2021) == 200


@pytest.mark.parametrize(("done", "word"), [(96, SHORT), (97, ON_PACE), (100, ON_PACE), (104, ON_PACE), (105, AHEAD)])
def test_the_words_change_at_97_and_105_percent_of_pace(done, word):
    assert pace(done, 100, date(2022, 12, 31)).word is word


@pytest.mark.parametrize(("done", "word"), [(8, SHORT), (9, ON_PACE), (10, AHEAD)])
def test_a_target_under_ten_is_short_only_by_a_whole_enterprise(done, word):
    assert pace(done, 9, date(2022, 12, 31)).word is word


def test_less_than_one_enterprise_missing_of_a_small_target_is_on_pace():
    assert expected(5, SEPTEMBER) - 3 < 1
    assert pace(3, 5, SEPTEMBER).word is ON_PACE
    assert pace(9, 10, date(2022, 12, 31)).word is SHORT


def test_a_difference_that_rounds_to_none_is_on_pace():
    assert pace(0, 100, date(2022, 1, 1)) == Pace(ON_PACE, 0, 0)


def test_a_target_of_none_at_all_has_no_completion_and_any_more_is_ahead():
    assert completion_percent(3, 0) is None
    assert completion_percent(3, None) is None
    assert pace(0, 0, SEPTEMBER) == Pace(ON_PACE, 0, 0)
    assert pace(3, 0, SEPTEMBER) == Pace(AHEAD, 3, 0)


def test_completion_may_exceed_a_hundred_and_rounds_halves_up():
    assert completion_percent(5, 4) == Decimal("125.0")
    assert completion_percent(1, 16) == Decimal("6.3")


@given(st.integers(0, 500), st.integers(0, 300), st.dates(date(2022, 1, 1), date(2022, 12, 31)))
def test_the_word_fits_its_number(done, target, day):
    stands = pace(done, target, day)
    assert stands.difference == abs(done - stands.expected)
    if stands.word is AHEAD:
        assert done > stands.expected
    if stands.word is SHORT:
        assert done < stands.expected


@given(st.integers(0, 400), st.integers(0, 300), st.dates(date(2022, 1, 1), date(2022, 12, 31)))
def test_one_more_enterprise_never_worsens_the_word(done, target, day):
    order = [SHORT, ON_PACE, AHEAD]
    assert order.index(pace(done + 1, target, day).word) >= order.index(pace(done, target, day).word)


def ranks(*units):
    return [(ranked.rank, ranked.progress.key) for ranked in ranking([Progress(*unit) for unit in units])]


def test_units_are_ranked_by_completion_then_by_done():
    assert ranks(("绿园区", 10, 12), ("长春新区", 34, 40), ("净月高新区", 15, 18)) == [
        (1, "长春新区"),
        (2, "净月高新区"),
        (3, "绿园区"),
    ]


def test_equal_units_share_a_rank_and_the_next_rank_is_skipped():
    assert ranks(("a", 3, 6), ("b", 6, 6), ("c", 3, 6), ("d", 0, 6)) == [(1, "b"), (2, "a"), (2, "c"), (4, "d")]


def test_units_with_a_target_under_five_or_none_are_listed_last_without_a_rank():
    assert ranks(("双阳区", 3, 4), ("农安县", 2, None), ("公主岭市", 3, 5)) == [
        (1, "公主岭市"),
        (None, "双阳区"),
        (None, "农安县"),
    ]
