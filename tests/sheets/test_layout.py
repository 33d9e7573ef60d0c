"""What the layout of a workbook says: merged cells, what is hidden, painted emptiness, and where days begin."""

import struct
import time
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from sme_tracker.imports.plan import read_file
from sme_tracker.imports.rows import RegisterRow
from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import CellError, Limits, Merged, Row, Sheet, SheetRefused
from tests.imports.test_file import a_code
from tests.sheets.files import PARTS, record, write_table, write_xls, write_xlsx, xls_number, xls_text

CODES = [a_code(number) for number in range(3)]


def only_sheet(path: Path, name: str | None = None, limits: Limits | None = None) -> tuple[Sheet, list[Row]]:
    (read,) = [
        (sheet, list(sheet.rows)) for sheet in read_workbook(path, name or path.name, *([limits] if limits else []))
    ]
    return read


def text(address: str, value: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{value}</t></is></c>'


def test_what_stands_in_a_merged_cell_stands_in_all_it_covers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["2021年度台账"], ["名称", "县区"], ["甲", "朝阳区"], ["乙"], ["丙"], ["丁", "二道区"]):
        book.active.append(row)
    book.active.merge_cells("A1:B1")
    book.active.merge_cells("B3:B5")
    book.save(tmp_path / "a.xlsx")
    sheet, rows = only_sheet(tmp_path / "a.xlsx")
    assert rows[0] == ["2021年度台账", "2021年度台账"]
    assert [row[1] for row in rows[2:]] == ["朝阳区", "朝阳区", "朝阳区", "二道区"]
    assert sorted(sheet.merged) == [Merged(1, 1, 1, 2), Merged(3, 2, 5, 2)]


def test_merged_cells_of_an_xls_hold_as_well(tmp_path: Path) -> None:
    names = [xls_text(row, 1, name) for row, name in enumerate("甲乙丙")]
    merged = record(0x00E5, struct.pack("<HHHHH", 1, 0, 2, 0, 0))
    _, rows = only_sheet(write_xls(tmp_path / "a.xls", xls_text(0, 0, "朝阳区"), *names, merged))
    assert rows == [["朝阳区", "甲"], ["朝阳区", "乙"], ["朝阳区", "丙"]]


def test_a_row_in_which_nothing_stands_of_its_own_stays_empty(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["朝阳区", "甲"])
    book.active["B3"] = "乙"
    book.active.merge_cells("A1:A3")
    book.save(tmp_path / "a.xlsx")
    assert only_sheet(tmp_path / "a.xlsx")[1] == [["朝阳区", "甲"], [], ["朝阳区", "乙"]]


def test_an_error_in_a_merged_cell_is_an_error_in_all_it_covers(tmp_path: Path) -> None:
    cells = (
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>'
    )
    path = write_xlsx(
        tmp_path / "a.xlsx", f'{cells}</sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells><sheetData>'
    )
    assert only_sheet(path)[1] == [[CellError("#N/A"), 1], [CellError("#N/A"), 2]]


def test_a_row_that_holds_only_errors_is_not_lost(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="B3" t="e"><v>#REF!</v></c></row>',
    )
    assert only_sheet(path)[1] == [[1, None], [], [None, CellError("#REF!")]]


@pytest.mark.parametrize("overlapping", [False, True])
def test_ranges_without_end_cost_neither_time_nor_memory(tmp_path: Path, overlapping: bool) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="T{n}"><v>1</v></c></row>' for n in range(1, 2_001))
    ranges = "".join(f'<mergeCell ref="A{n if overlapping else 1}:XFD1048576"/>' for n in range(1, 20_001))
    path = write_xlsx(tmp_path / "a.xlsx", f"{cells}</sheetData><mergeCells>{ranges}</mergeCells><sheetData>")
    began = time.monotonic()
    assert len(only_sheet(path)[1]) == 2_000
    assert time.monotonic() - began < 10
    with pytest.raises(SheetRefused) as refused:
        only_sheet(path, limits=Limits(merged_ranges=10_000))
    assert refused.value.code == "too_many_merged"


def test_a_million_painted_rows_with_a_few_values_are_read_quickly(tmp_path: Path) -> None:
    filled = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 31))
    painted = "".join(f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(31, 1_048_577))
    path = write_xlsx(tmp_path / "a.xlsx", filled + painted)
    began = time.monotonic()
    assert only_sheet(path)[1] == [[n] for n in range(1, 31)]
    assert time.monotonic() - began < 15


def test_columns_that_are_only_painted_do_not_count(tmp_path: Path) -> None:
    cells = '<c r="A1"><v>1</v></c><c r="XFD1" s="1"/><c r="XFC1" s="1"></c>'
    assert only_sheet(write_xlsx(tmp_path / "a.xlsx", f'<row r="1">{cells}</row>'))[1] == [[1]]


def test_formulas_that_show_nothing_do_not_count_as_rows(tmp_path: Path) -> None:
    empty = "".join(f'<row r="{n}"><c r="A{n}" t="str"><f>""</f><v></v></c></row>' for n in range(2, 60))
    path = write_xlsx(tmp_path / "a.xlsx", f'<row r="1"><c r="A1"><v>1</v></c></row>{empty}')
    assert only_sheet(path, limits=Limits(rows=50))[1] == [[1]]


def test_empty_lines_at_the_end_of_a_text_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("名称,代码\n甲,1\n" + ",\n" * 100, encoding="utf-8")
    assert only_sheet(tmp_path / "a.csv", limits=Limits(rows=50))[1][1] == ["甲", "1"]


HIDDEN_XLSX = (
    f'<row r="1">{text("A1", "名称")}</row><row r="2" hidden="1">{text("A2", "甲")}</row>'
    f'<row r="3" ht="0" customHeight="1">{text("A3", "乙")}</row>'
    f'<row r="4" hidden="true" outlineLevel="1">{text("A4", "丙")}</row>'
    f'<row r="5" ht="15" hidden="0">{text("A5", "丁")}</row>'
)
COLUMNS = (
    '<cols><col min="2" max="3" width="9" hidden="1"/><col min="4" max="4" width="0"/><col min="5" max="5"/></cols>'
)


def test_hidden_rows_and_columns_are_carried_and_read(tmp_path: Path) -> None:
    sheet_xml = write_xlsx(tmp_path / "a.xlsx", HIDDEN_XLSX)
    main = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    path = write_xlsx(
        sheet_xml,
        "",
        {"xl/worksheets/sheet1.xml": f"{main}{COLUMNS}<sheetData>{HIDDEN_XLSX}</sheetData></worksheet>"},
    )
    sheet, rows = only_sheet(path)
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({2, 3, 4}, {2, 3, 4})
    assert [row[0] for row in rows] == ["名称", "甲", "乙", "丙", "丁"]


def test_hidden_rows_and_columns_of_an_xls_are_carried(tmp_path: Path) -> None:
    seen = record(0x0208, struct.pack("<7HH", 0, 0, 1, 255, 0, 0, 0x100, 15))
    hidden = record(0x0208, struct.pack("<7HH", 1, 0, 1, 255, 0, 0, 0x120, 15))
    columns = record(0x007D, struct.pack("<6H", 1, 2, 2304, 15, 1, 0))
    path = write_xls(tmp_path / "a.xls", columns, seen, hidden, xls_text(0, 0, "甲"), xls_text(1, 0, "乙"))
    sheet, rows = only_sheet(path)
    assert (sheet.hidden_rows, sheet.hidden_columns, rows) == ({2}, {2, 3}, [["甲"], ["乙"]])


def test_an_import_reads_hidden_rows_and_says_how_many(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["企业名称", "统一社会信用代码"], *[[f"长春{n}有限公司", code] for n, code in enumerate(CODES)]):
        book.active.append(row)
    for hidden in (3, 4, 900):
        book.active.row_dimensions[hidden].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.save(tmp_path / "a.xlsx")
    content = read_file(tmp_path / "a.xlsx", "a.xlsx")
    said = {problem.finding.code: problem for problem in content.problems}
    assert len(content.rows) == 3
    asked = {"rows": 2, "first": 3, "question": "hidden_rows:Sheet"}
    assert said["sheet.hidden_rows"].finding.parameters == asked
    assert said["sheet.hidden_column"].column == "统一社会信用代码"


def test_an_import_names_a_hidden_sheet_that_holds_a_list_and_no_other(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for title, state in (("企业", "visible"), ("旧表", "hidden"), ("更旧", "veryHidden")):
        sheet = book.create_sheet(title)
        sheet.append(["企业名称", "统一社会信用代码"])
        sheet.append(["长春甲有限公司", CODES[0]])
        sheet.sheet_state = state
    book.create_sheet("选项").sheet_state = "hidden"
    book.remove(book["Sheet"])
    book.save(tmp_path / "a.xlsx")
    content = read_file(tmp_path / "a.xlsx", "a.xlsx")
    named = [problem.sheet for problem in content.problems if problem.finding.code == "sheet.hidden"]
    assert (len(content.rows), named) == (1, ["旧表", "更旧"])


@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_days_that_count_from_1904_are_not_four_years_off(tmp_path: Path, form: str) -> None:
    heads, values = ("企业名称", "统一社会信用代码", "成立日期"), ("长春甲有限公司", CODES[0])
    if form == "xlsx":
        path = write_table(tmp_path / "a.xlsx", list(heads), [*values, 42428])
        book = openpyxl.load_workbook(path)
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book.save(path)
    else:
        cells = [xls_text(0, column, head) for column, head in enumerate(heads)]
        cells += [xls_text(1, column, value) for column, value in enumerate(values)]
        path = write_xls(tmp_path / "a.xls", record(0x0022, b"\x01\x00"), *cells, xls_number(1, 2, 42428))
    (row,) = read_file(path, path.name).rows
    assert isinstance(row, RegisterRow) and row.founded_on == date(2020, 2, 29)


def test_a_workbook_says_whether_its_days_count_from_1904(tmp_path: Path) -> None:
    workbook = PARTS["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="true"/><sheets>')
    path = write_xlsx(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>', {"xl/workbook.xml": workbook})
    assert only_sheet(path)[0].begins_1904
    assert not only_sheet(write_table(tmp_path / "b.xlsx", ["x"]))[0].begins_1904


def test_a_ledger_reads_enterprises_merged_over_their_years_and_a_two_line_head(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows = (
        ["企业经营情况表"],
        ["企业名称", "统一社会信用代码", "年度", "经营指标（万元）", None],
        [None, None, None, "营业收入", "研发费用"],
        ["长春甲有限公司", CODES[0], 2020, 100, 10],
        [None, None, 2021, 200, 20],
        ["合计", None, None, 300, 30],
    )
    for row in rows:
        book.active.append(row)
    for area in ("A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "A4:A5", "B4:B5", "A6:C6"):
        book.active.merge_cells(area)
    book.save(tmp_path / "a.xlsx")
    content = read_file(tmp_path / "a.xlsx", "a.xlsx")
    read = [(row.code, row.fiscal_year, int(row.revenue_wan), int(row.rd_expense_wan)) for row in content.rows]
    assert read == [(CODES[0], 2020, 100, 10), (CODES[0], 2021, 200, 20)]
    assert [problem.finding.code for problem in content.problems if problem.row == 6] == ["row.footer"]
