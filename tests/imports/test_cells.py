"""What a cell says, and what is refused because it could mean two things or nothing."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.imports import cells
from sme_tracker.rules.terms import RecognitionKind, Source
from sme_tracker.rules.values.capital import Capital
from sme_tracker.rules.values.days import Day, Known
from sme_tracker.rules.values.reading import Unread
from sme_tracker.sheets.sheet import Cell, CellError
from tests.rules.values.test_numbers import CAPITALS

CODE = "91220102MA0AAAAA3A"


def refused(read: Callable[..., object], cell: Cell, **options: object) -> str:
    with pytest.raises(Unread) as caught:
        read(cell, **options)
    return caught.value.finding.code.removeprefix("cell.").removeprefix("value.")


@pytest.mark.parametrize("nothing", [None, "", "  ", "N/A", "-", "—", "/", "无", "不详", "Ｎ／Ａ", "\u3000"])
def test_empty_has_many_spellings_and_is_never_zero(nothing: Cell) -> None:
    for read in (cells.text, cells.name, cells.code, cells.day, cells.money_wan, cells.whole, cells.titles):
        assert read(nothing) is None


def test_error_cells_are_refused_by_every_reader() -> None:
    for read in (cells.text, cells.name, cells.code, cells.day, cells.money_wan, cells.whole, cells.titles):
        assert refused(read, CellError("#N/A")) == "error"
        assert refused(read, CellError("=")) == "formula_without_value"


@pytest.mark.parametrize(
    "written", [CODE, f" {CODE}\t", "９１２２０１０２ＭＡ０ＡＡＡＡＡ３Ａ", CODE.lower(), "91220102-MA0AAAAA3A"]
)
def test_a_code_is_read_however_it_is_typed(written: str) -> None:
    assert cells.code(written) == CODE


@pytest.mark.parametrize("ruined", [9.1220102e17, 912201020000000000, "9.1220102E+17", 5.0])
def test_a_numeric_code_is_ruined_and_never_read(ruined: Cell) -> None:
    assert refused(cells.code, ruined) == "code_is_number"


def test_a_wrong_code_is_refused_with_a_suggestion_only_for_typed_letters() -> None:
    with pytest.raises(Unread) as typed:
        cells.code("9122O102MA0AAAAA3A")
    assert typed.value.finding.parameters["suggestion"] == CODE
    with pytest.raises(Unread) as wrong:
        cells.code("91220102MA0AAAAA3B")
    assert wrong.value.finding.parameters["suggestion"] is None


def test_sole_traders_are_refused_as_such() -> None:
    assert refused(cells.code, "92220521L46666353N") == "credit_code.sole_trader"


def test_a_name_is_kept_exactly_but_for_blanks_around_it() -> None:
    assert cells.name(" 长春（集团）Ａ 有限公司\u3000") == "长春（集团）Ａ 有限公司"


@pytest.mark.parametrize("bad", ["甲\n乙", "甲\u200b乙", "甲\x07"])
def test_a_name_with_an_invisible_character_is_refused(bad: str) -> None:
    assert refused(cells.name, bad) == "invisible_character"


def test_a_character_of_a_private_font_is_called_so_and_a_new_ideograph_is_none() -> None:
    assert refused(cells.name, "张\ue863") == "private_character"
    assert cells.name("张\U00031350") == "张\U00031350"


def test_damaged_characters_are_called_so_whatever_the_cell_should_hold() -> None:
    for read in (cells.text, cells.name, cells.day, cells.money_wan, cells.titles):
        assert refused(read, "2022\ufffd6月") == "damaged"


@pytest.mark.parametrize(
    "written",
    [
        date(2022, 6, 1),
        datetime(2022, 6, 1, 8),
        "2022-06-01",
        "2022.6.1",
        "2022/6/1",
        "2022年6月1日",
        "2022 年 6 月 1 日",
        "20220601",
        20220601.0,
        44713.0,
        44713.75,
        "２０２２－０６－０１",
        "2022-06-01 00:00:00",
    ],
)
def test_a_day_is_read_however_it_is_written(written: Cell) -> None:
    assert cells.day(written) == Day(date(2022, 6, 1))


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2022-02-30", "no_such_day"),
        ("20221301", "no_such_day"),
        ("22.6.1", "two_digit_year"),
        ("2022-W01-1", "not_a_day"),
        ("6/1/2022", "not_a_day"),
        ("去年", "not_a_day"),
        ("1022-06-01", "year_out_of_range"),
        (datetime(2222, 1, 1), "year_out_of_range"),
    ],
)
def test_a_day_that_is_not_certain_is_refused(written: Cell, reason: str) -> None:
    assert refused(cells.day, written) == reason


def test_of_a_month_or_year_the_last_day_is_an_estimate() -> None:
    for written in ("2022年6月", "2022.6", "2022-06", "2022年六月", "202206", 202206.0):
        assert cells.day(written) == Day(date(2022, 6, 30), Known.MONTH)
    for written in ("2022", "2022年", 2022.0):
        assert cells.day(written) == Day(date(2022, 12, 31), Known.YEAR)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    assert cells.day(f"{day.year}.{day.month}.{day.day}") == cells.day(f"{day:%Y%m%d}") == cells.day(day) == Day(day)


@pytest.mark.parametrize(
    ("written", "unit", "wan"),
    [
        ("12,345.678", "万元", "12345.68"),
        (12.3, "万元", "12.30"),
        ("123450", "元", "12.35"),
        ("1.5", "亿元", "15000.00"),
        ("3亿", "元", "30000.00"),
        ("￥20万元", "元", "20.00"),
        (0.1 + 0.2, "万元", "0.30"),
        (0, "万元", "0.00"),
    ],
)
def test_money_comes_in_wan_with_two_decimals(written: Cell, unit: str, wan: str) -> None:
    assert str(cells.money_wan(written, unit)) == wan


def test_a_loss_is_negative_only_where_there_can_be_one() -> None:
    for written in ("-5.2", "−5.2", "(5.20)", "（5.2）"):
        assert cells.money_wan(written, may_be_negative=True) == Decimal("-5.20")
        assert refused(cells.money_wan, written) == "negative"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("约2,180万", "approximate"),
        ("5,20", "not_a_number"),
        ("12%", "not_a_number"),
        ("1E+17", "not_a_number"),
        (True, "not_a_number"),
        (date(2022, 1, 1), "not_a_number"),
        (1e17, "number_too_long"),
        (float("nan"), "number_too_long"),
        ("99999999999", "too_large"),
    ],
)
def test_money_that_is_no_plain_number_is_refused(written: Cell, reason: str) -> None:
    assert refused(cells.money_wan, written) == reason


def test_what_a_spreadsheet_computed_is_read_as_the_number_it_means() -> None:
    assert str(cells.money_wan(1e-05)) == str(cells.money_wan(-3.637978807091713e-12, may_be_negative=True)) == "0.00"
    assert cells.whole(99.99999999999999) == 100


def test_a_count_is_whole() -> None:
    assert [cells.whole(written) for written in (12.0, "1,200人", " 7 ")] == [12, 1200, 7]
    assert refused(cells.whole, "12.5") == "not_a_count"
    assert refused(cells.whole, -1) == "negative"


@pytest.mark.parametrize(("written", "wan"), CAPITALS)
def test_registered_capital_is_read_in_all_its_spellings_and_kept_as_written(written: str, wan: str) -> None:
    assert cells.capital(written, None) == Capital(written, Decimal(wan))


@pytest.mark.parametrize("written", ["20(万美元)", "5(万欧元)", "3万港币", "USD 200,000"])
def test_foreign_capital_is_kept_as_written_and_not_converted(written: str) -> None:
    capital = cells.capital(written, "万元")
    assert capital and (capital.written, capital.wan) == (written, None)
    assert capital.unread and capital.unread.code == "value.foreign_currency"


def test_a_bare_capital_needs_the_unit_of_its_column() -> None:
    assert cells.capital(1000.0, "万元") == Capital("1000万元", Decimal("1000.00"))
    bare = cells.capital("1000", None)
    assert bare and bare.wan is None and bare.unread and not bare.unread.refuses


def test_the_words_of_kinds_and_sources_are_understood() -> None:
    assert cells.recognition_kind("复 核") is RecognitionKind.RENEWED
    assert cells.recognition_kind("新认定") is RecognitionKind.NEW
    assert cells.source("审计报告") is Source.AUDIT
    assert refused(cells.source, "听说") == "source_unclear"
    assert cells.fiscal_year("2021年度") == cells.fiscal_year(2021.0) == 2021
    assert refused(cells.fiscal_year, "近3年") == "not_a_year"


def test_a_number_of_days_is_a_day_also_where_it_stands_as_text() -> None:
    assert cells.day("44561") == cells.day(44561.75) == Day(date(2021, 12, 31))
