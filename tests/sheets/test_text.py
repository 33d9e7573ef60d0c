"""Tables that come as text: any encoding an office writes, any delimiter, and damage mended and named by its line."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from sme_tracker.imports.plan import read_file
from sme_tracker.sheets.decoding import BROKEN, decode
from sme_tracker.sheets.pasted import pasted_sheet
from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import Limits, Row, Sheet, SheetRefused
from tests.imports.test_file import a_code

TABLE = "企业名称,代码\r\n长春甲有限公司,007\r\n"
GRID = [["企业名称", "代码"], ["长春甲有限公司", "007"]]


def sheet_of(tmp_path: Path, content: bytes, name: str = "a.csv") -> tuple[Sheet, list[Row]]:
    path = tmp_path / "stored"
    path.write_bytes(content)
    (read,) = [(sheet, list(sheet.rows)) for sheet in read_workbook(path, name)]
    return read


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.CSV"])
@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("gb18030"),
        b"\xff\xfe" + TABLE.encode("utf-16-le"),
        b"\xfe\xff" + TABLE.encode("utf-16-be"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-16-be"),
    ],
)
def test_every_encoding_with_its_mark_or_without_is_read(tmp_path: Path, content: bytes, name: str) -> None:
    sheet, rows = sheet_of(tmp_path, content, name)
    assert (rows, sheet.repairs) == (GRID, [])


def test_latin_text_in_utf_16_without_a_mark_is_not_taken_for_nuls(tmp_path: Path) -> None:
    assert sheet_of(tmp_path, "name,code\nA,1\n".encode("utf-16-le"))[1] == [["name", "code"], ["A", "1"]]


def test_utf_16_cut_in_the_middle_is_refused_by_its_last_line(tmp_path: Path) -> None:
    for content in (TABLE.encode("utf-16-le")[:-1], (b"\xff\xfe" + TABLE.encode("utf-16-le"))[:-1]):
        with pytest.raises(SheetRefused) as refused:
            sheet_of(tmp_path, content)
        assert (refused.value.code, refused.value.params) == ("damaged_text", {"line": 2})


@pytest.mark.parametrize(
    ("stray", "mended"), [(b"\xa0", " "), (b"\xff", " "), (b"\x80", " "), ("长".encode("gbk")[:1], BROKEN)]
)
def test_a_stray_byte_in_gb18030_is_mended_and_its_line_named(tmp_path: Path, stray: bytes, mended: str) -> None:
    content = TABLE.encode("gb18030") + "长春乙".encode("gbk") + stray + ",008\r\n".encode("gbk")
    sheet, rows = sheet_of(tmp_path, content)
    assert rows == [*GRID, [f"长春乙{mended}", "008"]]
    assert [(repair.row, repair.text) for repair in sheet.repairs] == [(3, f"长春乙{mended},008")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le"])
def test_a_nul_is_left_out_and_its_line_named(tmp_path: Path, encoding: str) -> None:
    sheet, rows = sheet_of(tmp_path, TABLE.replace("甲", "\0甲").encode(encoding))
    assert rows == GRID
    assert [repair.row for repair in sheet.repairs] == [2]


def test_lost_characters_have_a_sentence_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        f"企业名称,统一社会信用代码,成立日期\n长春{BROKEN}有限公司,{a_code()},2020-01-01\n"
        f"长春乙有限公司,{a_code(1)},2020{BROKEN}\n",
        encoding="utf-8",
    )
    said = [(one.finding.code, one.row, one.column) for one in read_file(path, "a.csv").problems if one.row != 1]
    assert said == [("cell.broken_characters", 2, "企业名称"), ("cell.broken_characters", 3, "成立日期")]


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("other", ["\t", ",", ";"])
def test_a_text_is_parted_by_what_finds_the_head(tmp_path: Path, delimiter: str, other: str) -> None:
    scope = f'"{other.join("甲乙丙丁戊己庚辛壬")}"'
    lines = [["企业名称", "统一社会信用代码", "经营范围"], ["长春甲有限公司", a_code(), scope]]
    path = tmp_path / "a.txt"
    path.write_text("\n".join(delimiter.join(line) for line in lines), encoding="utf-8")
    (row,) = read_file(path, "a.txt").rows
    assert row.code == a_code()


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_unquoted_marks_of_another_kind_do_not_part_a_text(tmp_path: Path, delimiter: str) -> None:
    other = ";" if delimiter == "," else ","
    lines = [["企业名称", "统一社会信用代码", "经营范围"], ["长春甲有限公司", a_code(), other.join("甲乙丙丁戊己庚辛")]]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(delimiter.join(line) for line in lines), encoding="utf-8")
    assert len(read_file(path, "a.csv").rows) == 1


def test_what_rates_the_grid_is_handed_in(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b,c,d,e\n", encoding="utf-8")

    def fewest(rows: Sequence[Row]) -> float:
        return -len(rows[0])

    assert [list(sheet.rows) for sheet in read_workbook(path, "a.csv", merit=fewest)] == [[["a;b,c,d,e"]]]


@pytest.mark.parametrize("stated", ["sep=;\r\n", "SEP=;\n", '"sep=;"\r\n', "sep=;\r"])
def test_a_line_that_states_the_delimiter_is_obeyed_and_no_row(tmp_path: Path, stated: str) -> None:
    _, rows = sheet_of(tmp_path, (stated + "名称;经营范围\r\n甲;1,2,3,4\r\n").encode())
    assert rows == [["名称", "经营范围"], ["甲", "1,2,3,4"]]


def test_lines_are_counted_from_the_stated_delimiter_on(tmp_path: Path) -> None:
    with pytest.raises(SheetRefused) as refused:
        sheet_of(tmp_path, 'sep=;\r\n名称;代码\r\n"甲"乙;1\r\n'.encode())
    assert refused.value.params == {"line": 3}


def test_a_text_that_is_mostly_damage_is_no_gb18030(tmp_path: Path) -> None:
    with pytest.raises(SheetRefused) as refused:
        decode(b"a\n" + "长".encode("gbk") + b"\xff,\xff,\xff\n")
    assert (refused.value.code, refused.value.params) == ("unknown_encoding", {"line": 2})


PASTED = [["序号", "企业名称", "所在地区"], ["1", "长春甲有限公司", "朝阳区"], ["2", "长春乙有限公司", "二道区"]]


@pytest.mark.parametrize("apart", ["\t", ",", "，", ";", "  ", " ", "\u3000", " \u3000 "])
def test_pasted_lines_are_parted_by_what_parts_them_evenly(apart: str) -> None:
    text = "\r\n".join(apart.join(row) for row in PASTED)
    assert list(pasted_sheet(text).rows) == PASTED


def test_a_pasted_list_keeps_its_lines_and_what_stands_around_it() -> None:
    text = "关于公布名单的通知\n\n" + "\n".join(" ".join(row) for row in PASTED)
    assert list(pasted_sheet(text).rows) == [["关于公布名单的通知"], [], *PASTED]


def test_a_cell_of_several_lines_pasted_from_a_workbook_stays_one() -> None:
    assert list(pasted_sheet('名称\t地址\n甲\t"一号\n二号"\n').rows) == [["名称", "地址"], ["甲", "一号\n二号"]]


def test_names_alone_are_one_cell_a_line() -> None:
    assert list(pasted_sheet("长春甲有限公司\n长春乙有限公司").rows) == [["长春甲有限公司"], ["长春乙有限公司"]]


def test_a_pasted_text_without_end_is_refused() -> None:
    with pytest.raises(SheetRefused) as refused:
        list(pasted_sheet("甲\n" * 60, limits=Limits(rows=50)).rows)
    assert refused.value.code == "endless_rows"
