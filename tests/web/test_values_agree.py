"""A form and a file read the same of everything that can be written."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from sme_tracker.imports import cells
from sme_tracker.rules.values.days import Day
from sme_tracker.rules.values.reading import Unread
from sme_tracker.web.fields import AmountField, CountField, DayField, PhoneField, YearField


class OneOfEach(Form):
    amount = AmountField("营业收入")
    count = CountField("从业人数")
    year = YearField("年度")
    day = DayField("成立日期")
    phone = PhoneField("电话")


def by_form(name: str, written: str) -> Any:
    form = OneOfEach(MultiDict({name: written}))
    form.validate()
    return None if form[name].errors else form[name].data


def by_file(name: str, written: str) -> Any:
    read: dict[str, Any] = {
        "amount": lambda cell: cells.money_wan(cell, may_be_negative=True),
        "count": cells.whole,
        "year": cells.fiscal_year,
        "day": cells.day,
    }
    try:
        value = read[name](written)
    except Unread:
        return None
    if isinstance(value, Day):  # of a month or year a form goes on asking for the day
        return None if value.is_estimated else value.value
    return value


written = st.one_of(
    st.text("0123456789.,-()（）+ 万亿千元人年月日/约eE%", max_size=12),
    st.dates(date(1890, 1, 1), date(2210, 1, 1)).flatmap(
        lambda day: st.sampled_from(
            [f"{day}", f"{day:%Y.%m.%d}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日"]
        )
    ),
    st.decimals(-(10**11), 10**11, places=3).map(str),
    st.sampled_from(["2022-W01-1", "1e5", "1.5亿", "（5.2）", "无", "NaN", "99.99999999999999", "１２３"]),
)


@pytest.mark.parametrize("name", ["amount", "count", "year", "day"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(written=written)
def test_a_form_reads_what_a_file_reads_but_asks_where_a_file_must_round(app: Flask, name: str, written: str) -> None:
    with app.test_request_context():
        by_hand, read = by_form(name, written), by_file(name, written)
    if by_hand is None and read is not None:
        assert name == "amount" and len(written.partition(".")[2].strip(" )）")) > 2
    else:
        assert by_hand == read


def test_a_form_takes_no_phone_that_a_file_would_not(app: Flask) -> None:
    with app.test_request_context():
        for typed in ("1.38E+10", "张三"):
            form = OneOfEach(MultiDict({"phone": typed}))
            assert not form.validate() and form.phone.data == typed
    assert by_form("phone", "０４３１－００００１２３４/0431-00005678") == "0431-00001234、0431-00005678"
    assert by_form("phone", "  ") is None


@pytest.mark.parametrize("typed", ["2022-06-01", "2022.6.1", "2022/6/1", "2022年6月1日", "20220601"])
def test_a_day_is_taken_by_the_form_however_it_is_written(typed: str) -> None:
    assert by_form("day", typed) == date(2022, 6, 1)


@pytest.mark.parametrize("typed", ["2022-W01-1", "2022年6月", "2022", "22-06-01"])
def test_a_form_asks_for_a_whole_day(app: Flask, typed: str) -> None:
    with app.test_request_context():
        form = OneOfEach(MultiDict({"day": typed}))
        assert not form.validate()
        assert form.day.data is None and typed in form.day()
