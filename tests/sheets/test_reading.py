"""Reading workbooks: what arrives as which cell, and what each kind of file that cannot be read is told."""

import threading
from datetime import date, datetime
from pathlib import Path

import openpyxl
import psutil
import pytest
from openpyxl.chart import BarChart

from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import LIMITS, CellError, Limits, Row, SheetRefused
from tests.sheets.files import (
    container,
    record,
    write_table,
    write_xls,
    write_xlsx,
    xls_error,
    xls_number,
    xls_text,
    zip_bytes,
)

CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'


def rows_of(path: Path, name: str | None = None, limits: Limits = LIMITS) -> list[Row]:
    return [row for sheet in read_workbook(path, name or path.name, limits) for row in sheet.rows]


def refusal_of(path: Path, name: str | None = None, limits: Limits = LIMITS) -> SheetRefused:
    with pytest.raises(SheetRefused) as refused:
        rows_of(path, name, limits)
    return refused.value


def test_cells_of_a_workbook_arrive_as_what_they_are(tmp_path: Path) -> None:
    path = write_table(
        tmp_path / "a.xlsx", ["名称", 14, 2.5, True, date(2022, 6, 1), datetime(2022, 6, 1, 3, 4), None, " x "]
    )
    (row,) = rows_of(path)
    assert row == ["名称", 14, 2.5, True, date(2022, 6, 1), datetime(2022, 6, 1, 3, 4), None, " x "]
    assert type(row[4]) is date and type(row[5]) is datetime and row[3] is True


def test_rows_and_columns_keep_their_places_when_the_sheet_starts_further_in(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["C3"] = "x"
    book.save(tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx")[2] == [None, None, "x"]


def test_error_cells_and_formulas_without_a_value_are_errors_not_blanks(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx",
        '<row r="2"><c r="B2" t="e"><v>#DIV/0!</v></c><c r="C2"><f>1+1</f><v></v></c><c r="D2"><f>1+1</f><v>2</v></c>'
        '<c r="E2" t="str"><f>""</f><v></v></c><c r="F2" s="1"/><c r="G2" t="inlineStr"><is><t>x</t></is></c></row>',
    )
    assert rows_of(path)[1] == [None, CellError("#DIV/0!"), CellError("="), 2, None, None, "x"]


def test_an_xls_workbook_is_read_with_its_error_cells(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", xls_text(0, 0, "名称"), xls_number(0, 1, 2.5), xls_error(0, 2, 0x2A))
    assert rows_of(path) == [["名称", 2.5, CellError("#N/A")]]


def test_sheets_come_one_by_one_with_hidden_ones_marked_and_charts_left_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.create_sheet("选项").sheet_state = "hidden"
    book.create_chartsheet("图").add_chart(BarChart())
    book.save(tmp_path / "a.xlsx")
    assert [(sheet.name, sheet.is_hidden) for sheet in read_workbook(tmp_path / "a.xlsx", "a.xlsx")] == [
        ("Sheet", False),
        ("选项", True),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_exactly_in_every_encoding_an_office_writes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('企业名称,代码\r\n长春㐀镕（集团）,007\r\n"多\n行",\r\n'.encode(encoding))
    assert rows_of(path) == [["企业名称", "代码"], ["长春㐀镕（集团）", "007"], ["多\n行", None]]


def test_a_csv_may_be_parted_by_tabs_or_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("名称\t代码,旧\n甲\t1\n", encoding="utf-16")
    assert rows_of(path) == [["名称", "代码,旧"], ["甲", "1"]]


def test_a_damaged_blank_in_gbk_is_mended_and_its_row_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("名称\n柳工\n".encode("gbk") + "万".encode("gbk") + b"\xa0 " + "科\n".encode("gbk"))
    (sheet,) = read_workbook(path, "a.csv")
    assert list(sheet.rows) == [["名称"], ["柳工"], ["万  科"]]
    assert [(repair.row, repair.text) for repair in sheet.repairs] == [(3, "万  科")]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        ("名称,地区\n甲,".encode("gbk") + b"\xff\xff\n", "unknown_encoding", 2),
        ("企業名稱,地區\n長春精密機械有限公司,長春\n".encode("big5"), "unknown_encoding", 1),
        ("企业名称\n".encode() + b"\xe4\xbd\n" + "长春".encode() * 9, "damaged_text", 2),
        ("企业名称\n".encode("utf-8-sig") + b"\xff", "damaged_text", 2),
        ('名称\n甲\n"乙,1\n丙,2\n'.encode(), "unclosed_quote", 3),
        ('名称\n"甲"乙,1\n'.encode(), "stray_quote", 2),
        (f"名称\n{'长' * 140_000}\n".encode(), "cell_too_long", 2),
    ],
)
def test_a_csv_that_cannot_be_read_for_certain_is_refused_by_line(
    tmp_path: Path, content: bytes, code: str, line: int
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    refused = refusal_of(path)
    assert (refused.code, refused.params) == (code, {"line": line})


def test_traditional_characters_in_gb18030_are_not_taken_for_big5(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("企業名稱\n長春\n".encode("gb18030"))
    assert rows_of(path) == [["企業名稱"], ["長春"]]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "empty_file"),
        ("a.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>", "web_page"),
        (
            "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "other_workbook",
        ),
        ("a.xlsx", b"PK\x03\x04 and then nothing of the kind", "damaged_workbook"),
        ("a.xlsx", zip_bytes({"word/document.xml": "<w/>", "[Content_Types].xml": "<t/>"}), "not_a_workbook"),
        ("a.xlsx", zip_bytes({"content.xml": "<office/>"}), "other_workbook"),
        ("a.xlsx", container({"EncryptionInfo": b"", "EncryptedPackage": b""}), "encrypted"),
        ("a.xls", container({"Workbook": record(0x0809, bytes(16)) + record(0x002F, bytes(6))}), "encrypted"),
        ("a.xls", container({"Workbook": b"", "_VBA_PROJECT_CUR": b""}), "macros"),
        ("a.xls", container({"WordDocument": b""}), "not_a_workbook"),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\xff" * 600, "damaged_workbook"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_workbook"),
    ],
)
def test_what_is_not_one_of_the_three_kinds_is_refused_by_its_content(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / "stored"
    path.write_bytes(content)
    assert refusal_of(path, name).code == code


def test_a_container_that_lists_itself_in_a_circle_is_refused_at_once(tmp_path: Path) -> None:
    content = bytearray(container({"Workbook": b""}))
    content[68:72] = (0).to_bytes(4, "little")
    content[512 + 508 : 512 + 512] = (0).to_bytes(4, "little")
    path = tmp_path / "a.xls"
    path.write_bytes(content + bytes(1_000_000))
    assert refusal_of(path).code in {"damaged_workbook", "unreadable_workbook"}


def test_macros_are_refused_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", CELL, {"xl/vbaProject.bin": b"\0"})
    assert refusal_of(path).code == "macros"
    assert refusal_of(write_xlsx(path, CELL), "a.xlsm").code == "macros"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>', "endless_columns"),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>', "endless_columns"),
        ("<row r='1'><c r='GS1'><v>1</v></c></row>", "endless_columns"),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "endless_rows"),
        ('<row r="200001"><c r="A200001"><f>1+1</f><v>2</v></c></row>', "endless_rows"),
        ("<row>" + "<c><v>1</v></c>" * 201 + "</row>", "endless_columns"),
    ],
)
def test_endless_sheets_are_refused(tmp_path: Path, rows: str, code: str) -> None:
    assert refusal_of(write_xlsx(tmp_path / "a.xlsx", rows)).code == code


def test_the_outermost_cell_allowed_is_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", '<row r="1"><c r="GR1"><v>1</v></c></row>')
    assert rows_of(path) == [[None] * 199 + [1]]


def test_text_that_looks_like_a_far_address_is_just_text(tmp_path: Path) -> None:
    text = '<row r="1"><c r="A1" t="inlineStr"><is><t>see r="XFD1"</t></is></c></row>'
    assert rows_of(write_xlsx(tmp_path / "a.xlsx", text)) == [['see r="XFD1"']]


def test_a_merged_range_over_everything_costs_nothing(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx", f'{CELL}</sheetData><mergeCells><mergeCell ref="A1:XFD5000"/></mergeCells><sheetData>'
    )
    assert rows_of(path)[0] == [1]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "docProps/core.xml"])
def test_a_document_type_in_any_part_is_refused(tmp_path: Path, part: str) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    assert refusal_of(write_xlsx(tmp_path / "a.xlsx", CELL, {part: laughs})).code == "document_type"


def test_a_part_hidden_in_utf_16_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", CELL, {"xl/styles.xml": "<!DOCTYPE x><x/>".encode("utf-16")})
    assert refusal_of(path).code == "damaged_workbook"


def test_unpacked_size_is_counted_not_believed(tmp_path: Path) -> None:
    one_cell = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 30_000_000}</t></is></c></row>'
    path = write_xlsx(tmp_path / "a.xlsx", one_cell)
    assert path.stat().st_size < 100_000
    assert refusal_of(path, limits=Limits(unpacked_bytes=20_000_000)).code == "unpacked_too_big"


def test_a_file_over_the_size_limit_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 2_000)
    refused = refusal_of(path, limits=Limits(file_bytes=1_000))
    assert refused.code == "file_too_big"


def test_more_memory_than_allowed_ends_the_child_and_not_the_server(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", CELL + '<row r="200000"><c r="GR200000"><v>1</v></c></row>')
    assert refusal_of(path, limits=Limits(memory_bytes=300_000_000)).code == "unreadable_workbook"
    assert rows_of(write_xlsx(tmp_path / "b.xlsx", CELL)) == [[1]]


def test_a_system_that_refuses_to_limit_memory_still_reads_workbooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = (
        "import resource\n\ndef setrlimit(which, limits):\n    raise ValueError\n\nresource.setrlimit = setrlimit\n"
    )
    (tmp_path / "sitecustomize.py").write_text(refusing, encoding="ascii")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert rows_of(write_xlsx(tmp_path / "a.xlsx", CELL)) == [[1]]


def test_a_workbook_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.xlsx", ["x"])
    assert refusal_of(path, limits=Limits(seconds=0.000_1)).code == "too_slow"


def test_nothing_is_left_behind_when_reading_stops_early(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.xlsx", *[["x"] * 20] * 3_000)
    threads, children = threading.active_count(), psutil.Process().children()
    sheets = read_workbook(path, "a.xlsx")
    assert next(next(sheets).rows) == ["x"] * 20
    sheets.close()
    assert threading.active_count() == threads
    assert psutil.Process().children() == children


def test_many_error_cells_are_refused_rather_than_remembered(tmp_path: Path) -> None:
    errors = "".join(f'<row r="{n}"><c r="A{n}" t="e"><v>#N/A</v></c></row>' for n in range(1, 12))
    assert (
        refusal_of(write_xlsx(tmp_path / "a.xlsx", errors), limits=Limits(error_cells=10)).code
        == "too_many_error_cells"
    )
