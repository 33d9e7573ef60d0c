"""Writing lists: streamed, whole, safe to open, and the same again when they are read back."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineError, CalamineWorkbook

from sme_tracker.sheets import workbook
from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.workbook import OutgoingSheet, stream_book, stream_xlsx
from sme_tracker.sheets.writing import INCOMPLETE, Column, Row, defused, stream_csv, undefused

COLUMNS = [
    Column("name", "企业名称", width=36),
    Column("code", "统一社会信用代码", width=22),
    Column("revenue_wan", "营业收入", "wan"),
    Column("rd_share_percent", "研发占比", "percent"),
    Column("staff", "从业人数", "whole"),
    Column("founded_on", "成立日期", "date"),
]
ROW = ("长春甲精密有限公司", "912201010000000007", Decimal("1234.50"), Decimal("12.3"), 88, date(2004, 1, 2))
HEAD = ["企业名称", "统一社会信用代码", "营业收入（万元）", "研发占比（%）", "从业人数", "成立日期"]
NOTES = [("级别 Level", "省级"), ("截至 As of", "2022-09-30")]

storable_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
names = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=40
)
money = st.decimals(min_value=-(10**10), max_value=10**10, places=2)
days = st.dates(min_value=date(1900, 3, 1), max_value=date(2200, 1, 1))
rows = st.lists(
    st.tuples(
        names,
        st.none() | names,
        st.none() | money,
        st.none() | st.decimals(0, 100, places=1),
        st.none() | st.integers(-(10**9), 10**9),
        st.none() | days,
    ),
    max_size=5,
)


def written_xlsx(written: list[Row], columns: list[Column] = COLUMNS) -> io.BytesIO:
    return io.BytesIO(b"".join(stream_xlsx(columns, written, "企业", NOTES)))


def written_csv(written: list[Row], columns: list[Column] = COLUMNS) -> str:
    content = b"".join(stream_csv(columns, written))
    assert content.startswith(b"\xef\xbb\xbf")
    return content.decode("utf-8-sig")


def opened(content: io.BytesIO) -> list[list[object]]:
    """What openpyxl sees on the first sheet, with days as days."""
    sheet = openpyxl.load_workbook(content).worksheets[0]
    return [[cell.value.date() if cell.is_date else cell.value for cell in row] for row in sheet.iter_rows()]


@given(rows)
@settings(max_examples=60, deadline=None)
def test_a_workbook_read_back_is_cell_for_cell_what_was_written(written: list[Row]) -> None:
    content = written_xlsx(written)
    expected = [HEAD, *[list(row) for row in written]]
    assert [[plain(cell) for cell in row] for row in opened(content)] == [
        [plain(cell) for cell in row] for row in expected
    ]
    content.seek(0)
    calamine = list(CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).iter_rows())
    assert [[plain(cell) for cell in row] for row in calamine] == [[plain(cell) for cell in row] for row in expected]


def plain(cell: object) -> object:
    return float(cell) if isinstance(cell, int | Decimal) else None if cell == "" else cell


@given(rows)
@settings(max_examples=60, deadline=None)
def test_a_csv_is_rectangular_and_gives_back_every_text(written: list[Row]) -> None:
    read = list(csv.reader(io.StringIO(written_csv(written), newline=""), strict=True))
    assert {len(row) for row in read} == {len(COLUMNS)}
    assert [[undefused(cell) for cell in row[:2]] for row in read[1:]] == [[row[0], row[1] or ""] for row in written]


@given(storable_text)
def test_defusing_can_always_be_undone(text: str) -> None:
    assert undefused(defused(text)) == text


@given(
    st.sampled_from("=+-@＝＋－＠\t\r"), st.sampled_from(["", " ", "\u3000", "\u00a0", "\ufeff", "'"]), storable_text
)
def test_no_csv_cell_of_text_starts_a_formula(sign: str, before: str, text: str) -> None:
    (_, (cell, *_)) = csv.reader(io.StringIO(written_csv([(before + sign + text, *ROW[1:])]), newline=""))
    assert cell.startswith("'")
    assert undefused(cell) == before + sign + text


def test_a_negative_amount_stays_a_number_in_csv() -> None:
    assert ",-5.20," in written_csv([(*ROW[:2], Decimal("-5.2"), *ROW[3:])])


def test_numbers_and_days_are_written_as_they_are_read_in_an_office() -> None:
    assert written_csv([ROW]).splitlines() == [
        ",".join(HEAD),
        '长春甲精密有限公司,"=""912201010000000007""",1234.50,12.3,88,2004-01-02',
    ]


def test_the_workbook_has_a_frozen_bold_head_and_its_filters_on_a_second_sheet() -> None:
    book = openpyxl.load_workbook(written_xlsx([ROW]))
    sheet, notes = book.worksheets
    assert (sheet.title, sheet.freeze_panes, notes.title) == ("企业", "A2", "说明")
    assert all(cell.font.bold for cell in sheet[1]) and not sheet["A2"].font.bold
    assert sheet.column_dimensions["A"].width == 36
    assert [cell.number_format for cell in sheet[2]] == [
        "General",
        "General",
        "#,##0.00",
        "0.0",
        "#,##0",
        "yyyy\\-mm\\-dd",
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "n", "n", "n", "d"]
    assert list(notes.iter_rows(min_row=2, values_only=True)) == NOTES


def test_no_workbook_cell_is_a_formula_or_link() -> None:
    sheet = openpyxl.load_workbook(written_xlsx([("=1+1", "http://x", *ROW[2:])])).worksheets[0]
    assert [cell.data_type for cell in sheet[2]][:2] == ["s", "s"]
    assert sheet["A2"].value == "=1+1" and sheet["B2"].hyperlink is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x0bb\x00\ud800\uffff", "a\ufffdb\ufffd\ufffd\ufffd"),
        ("<b>&amp;'\"", "<b>&amp;'\""),
        (" a\r\nb\t", " a\r\nb\t"),
        ("_x0041__x000D_", "_x0041__x000D_"),
        ("长" * 32_767, "长" * 32_767),
        ("长" * 32_768, "长" * 32_766 + "…"),
        ("𠮷" * 20_000, "𠮷" * 16_383 + "…"),
    ],
)
def test_no_text_breaks_a_workbook(text: str, shown: str) -> None:
    content = written_xlsx([(text, *ROW[1:])])
    assert opened(content)[1][0] == shown
    content.seek(0)
    assert CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()[1][0] == shown


def test_numbers_a_workbook_cannot_hold_exactly_are_written_as_text() -> None:
    row = ("甲", "x", Decimal(10**17), Decimal("NaN"), 10**18, date(1899, 1, 1))
    assert opened(written_xlsx([row]))[1][2:] == [str(10**17), "NaN", str(10**18), "1899-01-01"]


def test_a_list_longer_than_a_sheet_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    numbers = [Column("n", "序号", "whole")]
    book = openpyxl.load_workbook(written_xlsx([(n,) for n in range(7)], numbers))
    assert book.sheetnames == ["企业", "企业 2", "企业 3", "说明"]
    assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets[:3]] == [
        ["序号", 0, 1, 2],
        ["序号", 3, 4, 5],
        ["序号", 6],
    ]


@pytest.mark.parametrize(
    ("wanted", "given_name"),
    [("a[b]:c*?/\\d", "a b  c    d"), ("'", "1"), ("长" * 40, "长" * 31), ("说明", "说明")],
)
def test_any_sheet_name_becomes_one_that_excel_takes(wanted: str, given_name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(stream_xlsx(COLUMNS, [], wanted, []))))
    assert book.sheetnames[0] == given_name
    assert len({name.lower() for name in book.sheetnames}) == 2


def broken_rows() -> Iterator[Row]:
    yield from [ROW] * 60
    raise ConnectionError("the database went away")


def test_an_interrupted_csv_says_so_in_a_last_row_of_the_same_shape() -> None:
    content = b""
    with pytest.raises(ConnectionError):
        for chunk in stream_csv(COLUMNS, broken_rows()):
            content += chunk
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert read[-1] == [INCOMPLETE, "", "", "", "", ""]
    assert {len(row) for row in read} == {6}


def test_an_interrupted_workbook_cannot_be_opened() -> None:
    content = b""
    with pytest.raises(ConnectionError):
        for chunk in stream_xlsx(COLUMNS, broken_rows(), "企业", NOTES):
            content += chunk
    with pytest.raises(CalamineError):
        CalamineWorkbook.from_filelike(io.BytesIO(content))


@pytest.mark.parametrize("stream", [stream_csv, lambda columns, rows: stream_xlsx(columns, rows, "企业", NOTES)])
def test_the_first_bytes_leave_before_the_first_row_is_fetched(stream: "type[stream_csv]") -> None:
    assert next(iter(stream(COLUMNS, broken_rows())))


def test_our_own_exports_come_in_again_as_they_went_out(tmp_path: Path) -> None:
    row = ("=甲", "+86", Decimal("-5.20"), None, 3, date(2004, 1, 2))
    (tmp_path / "a.csv").write_bytes(b"".join(stream_csv(COLUMNS, [row])))
    (tmp_path / "a.xlsx").write_bytes(written_xlsx([row]).getvalue())
    (csv_sheet,) = read_workbook(tmp_path / "a.csv", "a.csv")
    assert list(csv_sheet.rows) == [HEAD, ["=甲", "+86", "-5.20", None, "3", "2004-01-02"]]
    xlsx_rows, _ = [list(sheet.rows) for sheet in read_workbook(tmp_path / "a.xlsx", "a.xlsx")]
    assert xlsx_rows == [HEAD, ["=甲", "+86", -5.2, None, 3, date(2004, 1, 2)]]


def test_a_list_filters_prints_across_and_repeats_its_head(tmp_path: Path) -> None:
    title = ["认定名单", ""]
    content = b"".join(stream_xlsx(COLUMNS, [ROW] * 3, "甲's 表", NOTES, above=title))
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A3:F6", "A4")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"


def test_columns_are_wide_enough_for_their_heads() -> None:
    columns = [Column("a", "上年度研究与试验发展经费支出", "wan", width=10), Column("b", "甲", width=30)]
    sheet = openpyxl.load_workbook(written_xlsx([], columns)).worksheets[0]
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (39, 30)


def test_coded_columns_drop_down_from_a_hidden_sheet() -> None:
    levels, kinds = ("市级", "省级", "国家级"), tuple(f"第{n}类，很长的名称“甲”" for n in range(60))
    columns = [
        Column("level", "级别", choices=levels),
        Column("name", "名称"),
        Column("kind", "类别", choices=kinds),
        Column("again", "上次级别", choices=levels),
    ]
    book = openpyxl.load_workbook(written_xlsx([("省级", "甲", kinds[0], None)], columns))
    sheet, notes, options = book.worksheets
    rules = {str(rule.sqref): (rule.type, rule.formula1) for rule in sheet.data_validations.dataValidation}
    assert rules == {
        "A2:A1048576": ("list", "选项!$A$1:$A$3"),
        "C2:C1048576": ("list", "选项!$B$1:$B$60"),
        "D2:D1048576": ("list", "选项!$A$1:$A$3"),
    }
    assert (options.title, options.sheet_state, notes.sheet_state) == ("选项", "hidden", "visible")
    assert [cell.value for cell in options["A"][:4]] == [*levels, None]
    assert [cell.value for cell in options["B"]] == list(kinds)


def test_many_lists_go_out_in_one_workbook() -> None:
    one, other = [Column("n", "序号", "whole")], [Column("name", "企业名称"), Column("day", "日期", "date")]
    sheets = [OutgoingSheet("企业", one, [(1,), (2,)]), OutgoingSheet("企业", other, [("甲", date(2020, 1, 2))])]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(stream_book(sheets, NOTES))))
    assert book.sheetnames == ["企业", "企业 2", "说明"]
    assert [sheet.print_title_rows for sheet in book.worksheets] == ["$1:$1", "$1:$1", None]
    assert [sheet.auto_filter.ref for sheet in book.worksheets] == ["A1:A3", "A1:B2", None]


RUINED = ["912201010000000007", "007", "0", "12E5", "3-1", "2021/6", "123456789012", "12345", "ＡＢ", "1-2-3", "138e10"]


@pytest.mark.parametrize("text", RUINED)
def test_digits_that_a_spreadsheet_would_ruin_are_protected_in_csv(text: str, tmp_path: Path) -> None:
    content = written_csv([(text, text, *ROW[2:])])
    (_, (name, code, *_)) = csv.reader(io.StringIO(content, newline=""), strict=True)
    assert name == code == (text if text in {"0", "12345", "ＡＢ"} else f'="{text}"')
    (tmp_path / "a.csv").write_text(content, encoding="utf-8-sig")
    (sheet,) = read_workbook(tmp_path / "a.csv", "a.csv")
    assert list(sheet.rows)[1][:2] == [text, text]


@given(st.text("0123456789Ee-/ '\"=+", max_size=20))
def test_anything_made_of_digits_comes_back_from_csv(text: str) -> None:
    assert undefused(defused(text)) == text


def test_usual_and_unusual_cells_of_one_column_are_all_written_whole() -> None:
    texts = ["长春", None, "a b", "<&>", "_x0041_", "", " x", "长" * 20_000]
    numbers = [Decimal("1.50"), None, 2, Decimal("NaN"), 10**18, 0, -3, 1e-05]
    columns = [Column("t", "文字"), Column("n", "数", "whole")]
    rows = opened(written_xlsx(list(zip(texts, numbers, strict=True)), columns))[1:]
    assert [row[0] for row in rows] == [text or None for text in texts]
    assert [row[1] for row in rows] == [1.5, None, 2, "NaN", str(10**18), 0, -3, 1e-05]
