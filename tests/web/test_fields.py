"""What form fields understand of what officials type."""

from decimal import Decimal

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from sme_tracker.web.fields import AmountField, LongTextField, TextField


class OneAmount(Form):
    amount = AmountField("营业收入")


def read(typed: str) -> tuple[object, list[str]]:
    form = OneAmount(MultiDict({"amount": typed}))
    form.validate()
    return form.amount.data, [str(error) for error in form.amount.errors]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1,234.5", "1234.5"),
        ("１，２３４．５", "1234.5"),
        ("12 345.67", "12345.67"),
        ("−5.2", "-5.2"),
        ("－５", "-5"),
        ("0.", "0.00"),
        ("12万", "12.00"),
        ("1.5亿", "15000.00"),
        ("3,000元", "0.30"),
    ],
)
def test_an_amount_is_read_however_its_digits_were_typed(typed: str, meant: str) -> None:
    assert read(typed) == (Decimal(meant), [])


@pytest.mark.parametrize(
    "typed", ["1,5", "12,34,567", "1_000", "1e3", "1e5", "Infinity", "12万两", "--1", ".", "一百", "١٢", "五千"]
)
def test_what_could_mean_another_number_is_refused_and_not_guessed(app: Flask, typed: str) -> None:
    with app.test_request_context():
        assert read(typed) == (None, [f"“{typed}”不是数字。"])


@pytest.mark.parametrize("typed", ["9" * 400, "10000000000", "-99999999999.99"])
def test_a_number_too_large_to_be_right_is_refused(app: Flask, typed: str) -> None:
    with app.test_request_context():
        assert read(typed)[1] == ["数字过大，请核对单位。"]


class TwoTexts(Form):
    line = TextField("地址", 10)
    lines = LongTextField("经营范围", 10)


@pytest.mark.parametrize("name", ["line", "lines"])
def test_a_text_says_how_long_it_is_how_long_it_may_be_and_keeps_what_was_typed(app: Flask, name: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        form = TwoTexts(MultiDict({name: "x" * 150_000}))
        assert not form.validate()
        assert [str(error) for error in form[name].errors] == ["The text has 150000 characters; 10 are the most."]
        assert form[name].data == "x" * 150_000
        assert 'maxlength="10"' in form[name]()


@pytest.mark.parametrize("name", ["line", "lines"])
def test_a_vertical_tab_is_no_blank_not_even_around_a_text(app: Flask, name: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        for typed in ("a\x0bb", "\x0bab", "ab\x1f"):
            form = TwoTexts(MultiDict({name: typed}))
            assert not form.validate(), repr(typed)
        assert TwoTexts(MultiDict({name: " a b\u3000"})).validate()
