"""A municipal ledger as it really is: register, recognitions and figures in one sheet, written as people write."""

from pathlib import Path

import openpyxl
import pytest

from sme_tracker.imports.choices import Choice
from sme_tracker.imports.lists import Reading
from sme_tracker.imports.plan import FileContent, read_file
from sme_tracker.imports.rows import FiguresRow, LedgerRow, RegisterRow
from sme_tracker.rules.terms import Title
from tests.imports.test_file import a_code
from tests.sheets.files import write_table

HEAD = [
    "序号",
    "企业名称",
    "统一社会信用代码",
    "所属县区",
    "认定级别",
    "认定时间",
    "有效期",
    "主导产品",
    "联系人",
    "2021年营业收入(元)",
]
DISTRICTS = frozenset({"朝阳", "朝阳区", "绿园区"})


def content_of(tmp_path: Path, *rows: list[object], reading: Reading | None = None) -> FileContent:
    reading = reading or Reading(is_district=DISTRICTS.__contains__)
    return read_file(write_table(tmp_path / "a.xlsx", *rows), "a.xlsx", reading)


def codes(content: FileContent) -> list[tuple[str, int | None]]:
    return [(problem.finding.code, problem.row) for problem in content.problems]


def test_each_part_of_a_row_comes_in(tmp_path: Path) -> None:
    row = [1, "甲有限公司", a_code(1), "朝阳", "省级", "2021年6月", "三年", "机床", "张三", 50_000_000]
    register, recognised, figures = content_of(tmp_path, HEAD, row).rows
    assert isinstance(register, RegisterRow) and isinstance(recognised, LedgerRow) and isinstance(figures, FiguresRow)
    assert (register.main_product, register.contact_name, register.unit) == ("机床", "张三", "朝阳")
    assert (recognised.title, str(recognised.published_on)) == (Title.PROVINCIAL, "2021-06-30")
    assert recognised.valid_years == 3
    assert recognised.estimated.keys() == {"published_on"}
    assert (figures.fiscal_year, figures.revenue_wan) == (2021, 5000)


def test_one_bad_part_does_not_cost_the_others(tmp_path: Path) -> None:
    row = [1, "甲有限公司", a_code(1), "朝阳", "国家高新技术企业", "2021-06-01", "三年", "机床", None, "约5000"]
    content = content_of(tmp_path, HEAD, row)
    assert [type(one) for one in content.rows] == [RegisterRow]
    assert codes(content)[1:] == [("value.other_honour", 2), ("value.approximate", 2)]


def test_a_row_that_only_names_its_enterprise_comes_in_with_a_register_and_is_named_without(tmp_path: Path) -> None:
    other = [1, "甲有限公司", a_code(1), "朝阳", "省级", "2021-06-01", "三年", "机床", None, 50_000_000]
    bare = [2, "乙有限公司", a_code(2), "朝阳", *[None] * 6]
    rows = content_of(tmp_path, HEAD, other, bare).rows
    assert [(type(row), row.name) for row in rows if row.row == 3] == [(RegisterRow, "乙有限公司")]
    ledger = content_of(tmp_path, HEAD[:7], other[:7], bare[:7])
    assert [(type(row), row.name) for row in ledger.rows] == [(LedgerRow, "甲有限公司")]
    assert ("row.only_named", 3) in codes(ledger)


def test_two_titles_in_a_cell_are_two_recognitions(tmp_path: Path) -> None:
    row = [1, "甲有限公司", a_code(1), "朝阳", "省级、市级", "2021-06-01", "三年", None, None, None]
    titles = [one.title for one in content_of(tmp_path, HEAD, row).rows if isinstance(one, LedgerRow)]
    assert titles == [Title.PROVINCIAL, Title.MUNICIPAL]


def test_titles_side_by_side_are_recognitions_of_their_own(tmp_path: Path) -> None:
    head = ["企业名称", "信用代码", "市级认定时间", "省级认定时间", "国家级认定时间"]
    rows = content_of(tmp_path, head, ["甲有限公司", a_code(1), "2019-06-01", "2021-06-01", None]).rows
    assert [(one.title, one.published_on.year) for one in rows if isinstance(one, LedgerRow) and one.published_on] == [
        (Title.MUNICIPAL, 2019),
        (Title.PROVINCIAL, 2021),
    ]


def test_a_level_that_only_the_title_line_says_is_asked_first(tmp_path: Path) -> None:
    rows = [
        ["2022年度吉林省专精特新中小企业名单"],
        ["企业名称", "信用代码", "认定日期"],
        ["甲有限公司", a_code(1), "2022-06-01"],
    ]
    content = content_of(tmp_path, *rows)
    assert [type(row) for row in content.rows] == [RegisterRow]
    assert ("sheet.title_proposed", 2) in codes(content)
    for reading in (Reading(confirms=True), Reading(titles={"Sheet": Title.PROVINCIAL})):
        (recognised,) = [row for row in content_of(tmp_path, *rows, reading=reading).rows if isinstance(row, LedgerRow)]
        assert recognised.title is Title.PROVINCIAL


def test_a_row_without_its_level_never_takes_that_of_the_title_line(tmp_path: Path) -> None:
    rows = [["2021年长春市专精特新企业汇总表"], ["企业名称", "信用代码", "级别", "认定日期"]]
    rows += [["甲有限公司", a_code(1), "省级", "2021-06-01"], ["乙有限公司", a_code(2), None, "2021-06-01"]]
    content = content_of(tmp_path, *rows, reading=Reading(confirms=True))
    assert [row.title for row in content.rows if isinstance(row, LedgerRow)] == [Title.PROVINCIAL]
    assert ("row.no_title", 4) in codes(content)


def test_a_section_gives_its_rows_their_district_and_subtotals_are_none(tmp_path: Path) -> None:
    head = ["序号", "企业名称", "信用代码"]
    content = content_of(
        tmp_path,
        ["2021年企业汇总表"],
        head,
        ["一、朝阳区（2户）"],
        [1, "甲有限公司", a_code(1)],
        [2, "乙有限公司", a_code(2)],
        ["朝阳区小计", None, 2],
        ["二、绿园区（1户）"],
        [3, "丙有限公司", a_code(3)],
        ["制表日期：2022-03-01"],
        ["填表人：李四    联系电话：1234567"],
    )
    assert [(row.name, row.unit) for row in content.rows] == [
        ("甲有限公司", "朝阳区"),
        ("乙有限公司", "朝阳区"),
        ("丙有限公司", "绿园区"),
    ]
    assert [code for code, row in codes(content) if row and row > 2] == [
        *("row.section", "row.footer", "row.section", "row.footer", "row.footer"),
    ]


def test_the_same_as_above_is_the_cell_above(tmp_path: Path) -> None:
    head = ["企业名称", "信用代码", "所属县区"]
    rows = [["甲有限公司", a_code(1), "朝阳区"], ["乙有限公司", a_code(2), "同上"], ["丙有限公司", a_code(3), "〃"]]
    assert [row.unit for row in content_of(tmp_path, head, *rows).rows] == ["朝阳区"] * 3


def test_two_lists_side_by_side_are_four_enterprises(tmp_path: Path) -> None:
    head = ["序号", "企业名称", "信用代码"] * 2
    rows = [[1, "甲", a_code(1), 3, "丙", a_code(3)], [2, "乙", a_code(2), 4, "丁", a_code(4)]]
    assert sorted(row.name or "" for row in content_of(tmp_path, head, *rows).rows) == sorted("甲乙丙丁")


def test_years_as_numbers_under_a_merged_heading_are_years(tmp_path: Path) -> None:
    head = ["企业名称", "信用代码", "近三年营业收入（万元）", None, None]
    rows = content_of(tmp_path, head, [None, None, 2019, 2020, 2021], ["甲", a_code(1), 1, 2, 3]).rows
    assert [(row.fiscal_year, row.revenue_wan) for row in rows if isinstance(row, FiguresRow)] == [
        (2019, 1),
        (2020, 2),
        (2021, 3),
    ]


def test_several_sheets_of_different_kinds_are_one_file(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["企业名称", "信用代码", "地址"])
    book.active.append(["甲有限公司", a_code(1), "某路1号"])
    ledger = book.create_sheet("认定")
    ledger.append(["信用代码", "级别", "认定日期"])
    ledger.append([a_code(1), "省级", "2021-06-01"])
    book.save(tmp_path / "a.xlsx")
    content = read_file(tmp_path / "a.xlsx", "a.xlsx")
    assert [type(row) for row in content.rows] == [RegisterRow, LedgerRow]


@pytest.mark.parametrize(
    ("heading", "cell", "wan"),
    [
        ("2021年营业收入（2021年，元）", 50_000_000, 5000),
        ("营业收入（元，合并口径）2021", 50_000_000, 5000),
        ("2021年营业收入（百万）", 5, 500),
        ("2021年营业收入【元】", 50_000, 5),
        ("2021年营业收入（亿）", 1.5, 15_000),
        ("2021年营业收入（千万元）", 1.5, 1500),
    ],
)
def test_the_unit_beside_anything_else_counts(tmp_path: Path, heading: str, cell: float, wan: int) -> None:
    (figures,) = content_of(tmp_path, ["信用代码", heading], [a_code(1), cell]).rows
    assert isinstance(figures, FiguresRow)
    assert (figures.fiscal_year, figures.revenue_wan) == (2021, wan)


def test_no_column_is_left_out_unsaid_and_a_choice_brings_it_in(tmp_path: Path) -> None:
    rows = [["企业名称", "信用代码", "吉祥物", "从业人数"], ["甲有限公司", a_code(1), "虎", 12]]
    assert codes(content_of(tmp_path, *rows))[:2] == [("column.heading_unknown", 1), ("column.year_missing", 1)]
    chosen = Reading(choices={"吉祥物": Choice("register.niche"), "从业人数": Choice("figures.staff", year=2021)})
    register, figures = content_of(tmp_path, *rows, reading=chosen).rows
    assert isinstance(register, RegisterRow) and isinstance(figures, FiguresRow)
    assert (register.niche, figures.staff, figures.fiscal_year) == ("虎", 12, 2021)


def test_a_value_mended_once_is_mended_in_every_row(tmp_path: Path) -> None:
    rows = [["信用代码", "级别", "认定日期"], *([a_code(n), "省甲级", "2021-06-01"] for n in (1, 2))]
    assert [code for code, _row in codes(content_of(tmp_path, *rows)) if code.startswith("value")] == [
        "value.level_unclear"
    ] * 2
    mended = Reading(fixes={"fix:级别|省甲级": "省级"})
    read = content_of(tmp_path, *rows, reading=mended).rows
    assert [row.title for row in read if isinstance(row, LedgerRow)] == [Title.PROVINCIAL] * 2
