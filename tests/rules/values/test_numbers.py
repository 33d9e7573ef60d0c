"""Money, capital, counts and years: what is certain is read, what is not is refused by name."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.values.capital import Capital, capital
from sme_tracker.rules.values.numbers import PEOPLE_UNITS, UNITS_IN_WAN, count, money, names_unit, number, year
from sme_tracker.rules.values.reading import Unread, said


def refused(read: Callable[[str], object], written: str) -> str:
    with pytest.raises(Unread) as caught:
        read(written)
    return caught.value.finding.code.removeprefix("value.")


@pytest.mark.parametrize(
    ("written", "wan"),
    [
        ("5000元", "0.50"),
        ("5千元", "0.50"),
        ("5万元", "5.00"),
        ("5十万", "50.00"),
        ("5百万元", "500.00"),
        ("5千万", "5000.00"),
        ("1.5亿", "15000.00"),
        ("1.5亿元", "15000.00"),
        ("３億元", "30000.00"),
        ("3萬", "3.00"),
        ("（5.2）", "-5.20"),
        ("(5.20)万元", "-5.20"),
        ("−5.2", "-5.20"),
        ("1,234.5", "1234.50"),
        ("人民币50万元整", "50.00"),
        ("0.00001", "0.00"),
    ],
)
def test_money_is_read_in_every_unit_and_comes_in_wan(written: str, wan: str) -> None:
    assert str(money(written, may_be_negative=True)) == wan


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1e5", "not_a_number"),
        ("五千", "not_a_number"),
        ("5,20", "not_a_number"),
        ("12%", "not_a_number"),
        ("约5000", "approximate"),
        ("5000左右", "approximate"),
        (">300", "approximate"),
        ("5000万元以上", "approximate"),
        ("5000-6000", "approximate"),
        ("20万美元", "foreign_amount"),
        ("USD 200,000", "foreign_amount"),
        ("-3万", "negative"),
        ("99999999999", "too_large"),
    ],
)
def test_money_that_is_not_certain_is_refused_by_name(written: str, reason: str) -> None:
    assert refused(money, written) == reason


def test_a_foreign_currency_is_named() -> None:
    with pytest.raises(Unread) as caught:
        money("20万美元")
    assert caught.value.finding.parameters == {"value": "20万美元", "currency": "美元"}


@given(st.decimals(0, 1000, places=2), st.sampled_from(sorted(UNITS_IN_WAN)))
def test_a_unit_in_the_cell_and_one_of_the_column_mean_the_same(amount: Decimal, unit: str) -> None:
    assert money(f"{amount}{unit}") == money(f"{amount:,}", unit)


@pytest.mark.parametrize("written", ["", "—", "/", "无", "不详", "空", "未填", "未标明", "N/A", "（无）", "--", "……"])
def test_marks_of_nothing_say_nothing(written: str) -> None:
    assert said(written) == ""
    assert money(written) is count(written) is year(written) is capital(written) is None


CAPITALS = [
    ("10,005(万元人民币)", "10005.00"),
    ("50万人民币", "50.00"),
    ("30万元人民币", "30.00"),
    ("30万人民币元", "30.00"),
    ("3(万)", "3.00"),
    ("3万", "3.00"),
    ("人民币50万元整", "50.00"),
    ("500元", "0.05"),
    ("1亿元", "10000.00"),
    ("500千元", "50.00"),
    ("5百万元", "500.00"),
    ("RMB 50万元", "50.00"),
    ("¥500万", "500.00"),
    ("100.1234567万元", "100.12"),
    ("1 000万元", "1000.00"),
]
"""Registered capital as people spell it, and how much it is in 万元."""


@pytest.mark.parametrize(("written", "wan"), CAPITALS)
def test_capital_is_read_in_all_its_spellings_and_kept_as_written(written: str, wan: str) -> None:
    assert capital(written) == Capital(written, Decimal(wan))


def test_a_count_takes_units_of_people_and_drops_the_residue_of_arithmetic() -> None:
    assert [count(written) for written in ("1,200人", "1.2千人", "99.99999999999999", "12家")] == [1200, 1200, 100, 12]
    assert count("1.2", "千人") == 1200
    assert [count("5", unit) for unit in PEOPLE_UNITS] == [5 * times for times in PEOPLE_UNITS.values()]
    assert refused(count, "12.5") == "not_a_count"
    assert refused(count, "约300人") == "approximate"
    assert refused(count, "10000001") == "too_large"


def test_a_plain_number_has_no_unit_and_two_decimals() -> None:
    assert number("1,234.5") == Decimal("1234.5")
    assert refused(number, "3万") == "not_a_number"
    assert refused(number, "1.234") == "too_many_decimals"


def test_a_year_is_four_figures_within_all_records() -> None:
    assert year("2021年度") == year("2021年") == year(" ２０２１ ") == year("2021.0") == 2021
    assert refused(year, "21年") == refused(year, "近3年") == "not_a_year"
    assert refused(year, "1899") == refused(year, "2201") == "year_out_of_range"


def test_only_a_unit_that_is_written_is_named() -> None:
    assert [names_unit(written) for written in ("5万", "5元", "20万美元", "5", "亿阳公司")] == [True] * 3 + [False] * 2
