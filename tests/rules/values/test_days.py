"""Days and periods: whole days are sure, months and years estimates, and everything else is refused."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.validity import usual_end, usual_start
from sme_tracker.rules.values.days import Day, Known, Period, day, period, whole_day
from sme_tracker.rules.values.reading import Unread

JUNE = Day(date(2021, 6, 30), Known.MONTH)


def refused(read: Callable[[str], object], written: str) -> str:
    with pytest.raises(Unread) as caught:
        read(written)
    return caught.value.finding.code.removeprefix("value.")


@pytest.mark.parametrize(
    "written",
    [
        "2022-06-01",
        "2022.6.1",
        "2022/6/1",
        "2022年6月1日",
        "20220601",
        "２０２２．６．１",
        "二〇二二年六月一日",
        "2022年6月1号",
    ],
)
def test_a_whole_day_is_read_however_it_is_written(written: str) -> None:
    assert whole_day(written) == date(2022, 6, 1)


@pytest.mark.parametrize(
    "written", ["2022-W01-1", "2022W011", "2022-152", "6/1/2022", "去年", "2022-6", "22.6.1", "2022"]
)
def test_no_other_day_is_taken_for_a_whole_one(written: str) -> None:
    assert refused(whole_day, written) in {"not_a_day", "part_of_a_day", "two_digit_year"}


@pytest.mark.parametrize("written", ["2021年6月", "2021.06", "2021-6", "2021年六月", "202106"])
def test_a_month_is_its_last_day_and_an_estimate(written: str) -> None:
    read = day(written)
    assert read == JUNE and read.is_estimated
    assert read.may_be(date(2021, 6, 1)) and not read.may_be(date(2021, 5, 31))


def test_a_year_is_its_last_day_and_an_estimate() -> None:
    assert day("2021") == day("2021年度") == Day(date(2021, 12, 31), Known.YEAR)
    assert Day(date(2021, 12, 31), Known.YEAR).first == date(2021, 1, 1)


@pytest.mark.parametrize("written", ["3年", "三年", "叁年", "3", "三年期", "36个月", "有效期三年", "自公布之日起三年"])
def test_a_number_of_years_is_a_period(written: str) -> None:
    assert period(written) == Period(years=3)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2021-07-01至2024-06-30", Period(Day(date(2021, 7, 1)), Day(date(2024, 6, 30)))),
        ("2021.7.1-2024.6.30", Period(Day(date(2021, 7, 1)), Day(date(2024, 6, 30)))),
        ("2021-07-01-2024-06-30", Period(Day(date(2021, 7, 1)), Day(date(2024, 6, 30)))),
        ("3年（2021.7.1-2024.6.30）", Period(Day(date(2021, 7, 1)), Day(date(2024, 6, 30)))),
        ("2024-05-31", Period(until=Day(date(2024, 5, 31)))),
        ("有效期至2024年5月31日", Period(until=Day(date(2024, 5, 31)))),
        ("自2021年6月1日起三年", Period(Day(date(2021, 6, 1)), years=3)),
        ("2021.06-2024.06", Period(JUNE, years=3)),
        ("2021-2024", Period(Day(date(2021, 12, 31), Known.YEAR), years=3)),
        ("2021.06-2024.05", Period(JUNE, Day(date(2024, 5, 31), Known.MONTH))),
        ("2021年6月—2024年5月", Period(JUNE, Day(date(2024, 5, 31), Known.MONTH))),
    ],
)
def test_a_period_is_read_however_it_is_written(written: str, meant: Period) -> None:
    assert period(written) == meant


def test_of_two_months_the_first_begins_with_its_first_day() -> None:
    both, years = period("2021.06-2024.05"), period("2021.06-2024.06")
    assert both and years
    assert (both.starts_on, years.starts_on) == (date(2021, 6, 1), date(2021, 6, 30))


@pytest.mark.parametrize("written", ["2024.6.30-2021.7.1", "长期", "22年", "0年", "2021.06-2024.5.31", "另行通知"])
def test_what_says_no_period_is_refused(written: str) -> None:
    assert refused(period, written) in {"not_a_period", "not_a_day"}


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_two_days_are_a_period_with_any_stroke_between(one: date, other: date) -> None:
    first, last = sorted((one, other))
    for written in (
        f"{first}至{last}",
        f"{first}-{last}",
        f"{first:%Y.%m.%d}—{last:%Y.%m.%d}",
        f"自{first}起至{last}止",
    ):
        assert period(written) == Period(Day(first), Day(last))


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_the_usual_start_is_the_one_of_its_usual_end(start: date) -> None:
    assert usual_end(usual_start(usual_end(start))) == usual_end(start)
    assert usual_start(date(2024, 5, 31)) == date(2021, 6, 1)
