"""Reading a whole file: typed rows, and everything wrong by sheet, row, column and value."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from sme_tracker.imports.fields import FileKind
from sme_tracker.imports.leftover import left_out
from sme_tracker.imports.plan import FileContent, read_file
from sme_tracker.imports.rows import FiguresRow, LedgerRow, Problem, RegisterRow
from sme_tracker.rules.branches import is_branch
from sme_tracker.rules.credit_code import check_character, organisation_check_character
from sme_tracker.rules.findings import Severity
from sme_tracker.rules.terms import RecognitionKind, Source, Title
from sme_tracker.sheets.sheet import SheetRefused
from tests.sheets.files import write_table

HEAD = ["企业名称", "统一社会信用代码", "县区", "注册资本（万元）"]


def a_code(number: int = 0) -> str:
    subject = f"MA{number:06d}"
    first17 = f"91220102{subject}{organisation_check_character(subject)}"
    return first17 + check_character(first17)


def content_of(tmp_path: Path, *rows: list[object]) -> FileContent:
    return read_file(write_table(tmp_path / "名单.xlsx", *rows), "名单.xlsx")


def said(content: FileContent) -> list[tuple[str, int | None, str | None, str | None]]:
    return [(problem.finding.code, problem.row, problem.column, problem.value) for problem in content.problems]


def test_a_register_comes_in_as_enterprises(tmp_path: Path) -> None:
    content = content_of(
        tmp_path, [*HEAD, "成立日期"], ["甲有限公司", a_code(), "朝阳区", "50万人民币", date(2004, 1, 2)]
    )
    assert (content.parts, content.problems) == ({FileKind.REGISTER}, [])
    assert content.rows == [
        RegisterRow(
            sheet="Sheet",
            row=2,
            code=a_code(),
            name="甲有限公司",
            unit="朝阳区",
            registered_capital="50万人民币",
            registered_capital_wan=Decimal(50),
            founded_on=date(2004, 1, 2),
        )
    ]


def test_a_bad_cell_is_lost_alone_and_a_row_only_without_its_enterprise(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        [*HEAD, "成立日期"],
        ["甲", a_code(1), "朝阳区", None, "2004-02-30"],
        ["乙", None, "朝阳区", None, None],
        [None, a_code(2), "朝阳区", None, None],
        ["丙", 9.1e17, "朝阳区", None, "04.1.2"],
        ["丁", a_code(3), None, "约50", None],
        [None, None, "朝阳区", None, "2004-01-02"],
    )
    assert [(row.row, row.name, row.code) for row in content.rows] == [
        (2, "甲", a_code(1)),
        (3, "乙", None),
        (4, None, a_code(2)),
        (6, "丁", a_code(3)),
    ]
    assert said(content) == [
        ("value.no_such_day", 2, "成立日期", "2004-02-30"),
        ("value.code_is_number", 5, "统一社会信用代码", "9.1e+17"),
        ("value.two_digit_year", 5, "成立日期", "04.1.2"),
        ("value.capital_unread", 6, "注册资本（万元）", "约50"),
        ("row.no_unit", 6, "县区", None),
        ("row.no_code", 7, "统一社会信用代码", None),
    ]
    refusing = [problem.row for problem in content.problems if problem.severity is Severity.ERROR]
    assert refusing == [5, 7]


def test_a_code_twice_in_one_file_is_an_error_on_the_second_that_says_what_differs(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (HEAD, ["甲", a_code(), "朝阳区", None]):
        book.active.append(row)
    second = book.create_sheet("二")
    for row in (HEAD, ["甲甲", a_code().lower(), "朝阳区", None]):
        second.append(row)
    book.save(tmp_path / "a.xlsx")
    content = read_file(tmp_path / "a.xlsx", "a.xlsx")
    assert [row.name for row in content.rows] == ["甲"]
    (problem,) = content.problems
    assert (problem.finding.code, problem.sheet, problem.row, problem.value) == ("row.twice", "二", 2, a_code())
    assert problem.finding.parameters == {"sheet": "Sheet", "row": 2, "columns": "企业名称"}


def test_remarks_totals_lone_numbers_and_repeated_heads_are_no_enterprises(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        ["序号", *HEAD],
        [1, "甲", a_code(), "朝阳区", None],
        [None, None, None, None, None],
        ["序号", *HEAD],
        [2, None, None, None, None],
        ["合 计", None, None, None, 99],
        ["数据来源:某资讯", None, None, None, None],
        ["注：以上", None, None, None, None],
    )
    assert [row.name for row in content.rows] == ["甲"]
    assert [(code, row) for code, row, _, _ in said(content)] == [
        ("row.repeated_head", 4),
        ("row.only_a_number", 5),
        ("row.footer", 6),
        ("row.footer", 7),
        ("row.footer", 8),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["企业名称", "统一社会信用代码", "所属县区", "主要产品"], ["统一社会信用代码", "企业名称", "所属县区"]),
        (
            ["企业名称", "统一社会信用代码", "所属县区"],
            ["序号", "统一社会信用代码", "企业名称", "主要产品", "所属县区"],
        ),
    ],
    ids=["narrower", "wider"],
)
def test_another_head_further_down_is_read_whole_be_it_narrower_or_wider(
    tmp_path: Path, first: list[str], second: list[str]
) -> None:
    def row(head: list[str], name: str, number: int) -> list[str | None]:
        cells = {"企业名称": name, "统一社会信用代码": a_code(number), "所属县区": "朝阳区", "主要产品": "齿轮"}
        return [cells.get(heading) for heading in head]

    content = content_of(tmp_path, first, row(first, "甲", 1), second, row(second, "乙", 2))
    rows = [row for row in content.rows if isinstance(row, RegisterRow)]
    assert [(row.name, row.code) for row in rows] == [("甲", a_code(1)), ("乙", a_code(2))]
    assert [row.main_product for row in rows] == ["齿轮" if "主要产品" in head else None for head in (first, second)]
    assert [(code, row) for code, row, _, _ in said(content)] == [("row.repeated_head", 3)]


def test_columns_missing_extra_and_converted_are_said_once(tmp_path: Path) -> None:
    content = content_of(
        tmp_path, ["企业名称", "信用代码", "注册资本（元）", "吉祥物"], ["甲", a_code(), 500_000, "虎"]
    )
    assert said(content) == [
        ("sheet.unit_converted", 1, "注册资本（元）", None),
        ("column.heading_unknown", 1, "吉祥物", None),
        ("sheet.no_unit_column", 1, None, None),
    ]
    (row,) = content.rows
    assert isinstance(row, RegisterRow) and (row.registered_capital, row.registered_capital_wan) == ("500000元", 50)


def test_a_unit_that_nobody_says_is_asked_before_an_amount_is_read(tmp_path: Path) -> None:
    head = [*HEAD[:3], "2021年营业收入"]
    with_units = content_of(tmp_path, head, ["甲", a_code(), "朝阳区", "50万元"])
    assert with_units.problems == []
    bare = content_of(tmp_path, head, ["甲", a_code(1), "朝阳区", "50万元"], ["乙", a_code(2), "朝阳区", 50])
    assert said(bare) == [("column.unit_assumed", 1, "2021年营业收入", None)]
    assert [type(row) for row in bare.rows] == [RegisterRow, RegisterRow]


def test_a_capital_without_unit_is_kept_as_written_and_is_no_amount(tmp_path: Path) -> None:
    head = [*HEAD[:3], "注册资本"]
    content = content_of(tmp_path, head, ["甲", a_code(1), "朝阳区", "50万元"], ["乙", a_code(2), "朝阳区", 50])
    assert said(content) == [("value.capital_unread", 3, "注册资本", "50")]
    assert [getattr(row, "registered_capital_wan", 0) for row in content.rows] == [50, None]


def test_a_ledger_comes_in_as_recognitions(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        ["企业名称", "信用代码", "级别", "批次", "认定文号", "证书编号", "认定日期", "有效期", "类型"],
        ["甲", a_code(), "省级", "第三批", "吉工信〔2022〕1号", "220001", "2022.6.1", "2022.7.1-2025.6.30", "新认定"],
        ["乙", a_code(1), "省级", None, None, None, "2022.6.1", "2025.7.1至2022.6.30", None],
        ["丙", a_code(2), None, None, None, None, "2022.6.1", None, None],
        ["甲", a_code(), "市级", None, None, None, "2021.6.1", None, None],
        ["甲", a_code(), "市级", None, None, None, "2021.6.1", None, None],
    )
    assert content.rows[0] == LedgerRow(
        sheet="Sheet",
        row=2,
        code=a_code(),
        name="甲",
        title=Title.PROVINCIAL,
        kind=RecognitionKind.NEW,
        batch="第三批",
        document_no="吉工信〔2022〕1号",
        certificate_no="220001",
        published_on=date(2022, 6, 1),
        valid_from=date(2022, 7, 1),
        valid_until=date(2025, 6, 30),
    )
    assert [row.row for row in content.rows] == [2, 3, 5]
    assert content.rows[1].name == "乙" and getattr(content.rows[1], "valid_until", None) is None
    assert [(code, row) for code, row, _, _ in said(content)] == [
        ("value.not_a_period", 3),
        ("row.no_title", 4),
        ("row.twice_alike", 6),
    ]


def test_yearly_figures_come_in_by_rows_and_by_columns(tmp_path: Path) -> None:
    by_rows = content_of(
        tmp_path,
        ["信用代码", "年度", "数据来源", "营业收入（万元）", "净利润（万元）", "从业人数"],
        [a_code(), 2021, "审计", 1234.5, -5.2, 88],
        [a_code(), "2022", "审计", None, None, -1],
    )
    assert by_rows.rows == [
        FiguresRow(
            sheet="Sheet",
            row=2,
            code=a_code(),
            fiscal_year=2021,
            source=Source.AUDIT,
            revenue_wan=Decimal("1234.50"),
            net_profit_wan=Decimal("-5.20"),
            staff=88,
        ),
        FiguresRow(sheet="Sheet", row=3, code=a_code(), fiscal_year=2022, source=Source.AUDIT),
    ]
    assert said(by_rows) == [("value.negative", 3, "从业人数", "-1")]
    by_columns = content_of(
        tmp_path, ["企业名称", "信用代码", "2020年营业收入（元）", "2021年营业收入（元）"], ["甲", a_code(), 1e7, 2e7]
    )
    assert [(row.fiscal_year, row.revenue_wan) for row in by_columns.rows if isinstance(row, FiguresRow)] == [
        (2020, 1000),
        (2021, 2000),
    ]


def test_sheets_that_are_no_lists_are_named_unless_they_are_hidden(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["说明：请填写第二张表"])
    listed = book.create_sheet("名单")
    for row in (HEAD, ["甲", a_code(), "朝阳区", None]):
        listed.append(row)
    ledger = book.create_sheet("认定")
    ledger.append(["企业名称", "信用代码", "级别", "认定日期"])
    hidden = book.create_sheet("选项")
    hidden.append(["朝阳区"])
    hidden.sheet_state = "hidden"
    book.create_sheet("空")
    book.save(tmp_path / "a.xlsx")
    content = read_file(tmp_path / "a.xlsx", "a.xlsx")
    assert list(content.lists) == ["名单", "认定"] and len(content.rows) == 1
    assert [(problem.finding.code, problem.sheet) for problem in content.problems] == [
        ("sheet.not_read", "Sheet"),
    ]


def test_a_file_without_any_list_is_refused_for_its_most_telling_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("名单").append(["你好", "x"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(SheetRefused) as refused:
        read_file(tmp_path / "a.xlsx", "a.xlsx")
    assert (refused.value.code, refused.value.params["sheet"]) == ("no_head", "名单")


def test_a_mended_row_of_a_damaged_csv_is_named(tmp_path: Path) -> None:
    head, row = f"企业名称,信用代码\n万|科,{a_code()}\n".encode("gbk").split(b"|")
    (tmp_path / "a.csv").write_bytes(head + b"\xa0 " + row)
    content = read_file(tmp_path / "a.csv", "a.csv")
    assert [enterprise.name for enterprise in content.rows] == ["万  科"]
    assert said(content)[-1] == ("row.repaired", 2, None, f"万  科,{a_code()}")


def test_the_rows_left_out_can_be_taken_back_as_a_file(tmp_path: Path) -> None:
    path = write_table(
        tmp_path / "a.xlsx", ["名单"], HEAD, ["甲", a_code(), "朝阳区", 5], ["乙", 9.1e17, None, "50万元"]
    )
    content = read_file(path, "a.xlsx")
    reasons = {(p.sheet, p.row): "代码失真" for p in content.problems if p.row and p.severity is Severity.ERROR}
    taken = left_out(path, "a.xlsx", reasons, ["文件行号", "原因"])
    assert [column.heading for column in taken.columns] == [*HEAD, "文件行号", "原因"]
    assert [list(row) for row in taken.rows] == [["乙", "9.1e+17", "", "50万元", "4", "代码失真"]]


@pytest.mark.parametrize(
    "name",
    [
        "中国农业银行股份有限公司长岭永久路支行",
        "长春市精密机械有限公司九台分公司",
        "中国石油天然气股份有限公司吉林长春销售分公司大屯加油站",
        "东辽县农村信用合作联社石驿信用社",
        "某财团延吉代表处",
        "某商业银行营业部（筹）",
    ],
)
def test_branches_are_recognised_by_their_names(name: str) -> None:
    assert is_branch(name)


@pytest.mark.parametrize(
    "name",
    [
        "长春市精密机械有限公司",
        "吉林支行路食品有限公司",
        "长春市大屯加油站",
        "九台市分行信息咨询（集团）有限公司",
        "德惠市信用社",
    ],
)
def test_whole_enterprises_are_not_taken_for_branches(name: str) -> None:
    assert not is_branch(name)


def test_the_type_on_the_licence_makes_a_branch_too() -> None:
    assert is_branch("头道供销社农资商店", "集体分支机构(非法人)")


def test_problems_of_a_long_cell_show_its_beginning(tmp_path: Path) -> None:
    content = content_of(tmp_path, HEAD, ["长" * 300, a_code(), "朝阳区", None])
    (problem,) = content.problems
    assert isinstance(problem, Problem) and problem.value == "长" * 99 + "…"


def test_cells_behind_the_last_heading_are_said_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    rows = [
        f"甲有限公司,{a_code(1)},南关区,多余,还有",
        f"乙有限公司,{a_code(2)},朝阳区",
        f"丙有限公司,{a_code(3)},南关区,,  ",
    ]
    path.write_text("\n".join([",".join(HEAD[:3]), *rows]), encoding="utf-8")
    content = read_file(path, "名单.csv")
    assert said(content) == [("row.beyond_head", 2, None, "多余、还有")]
    assert [problem.severity for problem in content.problems] == [Severity.NOTICE]
    assert len(content.rows) == 3


def test_a_column_without_a_heading_is_said_once(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        [*HEAD[:2], None, HEAD[2]],
        ["甲有限公司", a_code(1), None, "南关区"],
        ["乙有限公司", a_code(2), "备查", "朝阳区"],
        ["丙有限公司", a_code(3), "备查", "朝阳区"],
    )
    assert said(content) == [("row.without_heading", 3, None, "备查")]


@pytest.mark.parametrize("heading", ["地址", "主导产品", "联系电话", "法定代表人"])
def test_a_file_takes_no_longer_text_and_no_more_unseen_signs_than_a_form(tmp_path: Path, heading: str) -> None:
    head = [*HEAD[:2], heading]
    path = tmp_path / "名单.csv"
    rows = [f"甲有限公司,{a_code(1)},{'x' * 501}", f"乙有限公司,{a_code(2)},a\x0bb"]
    path.write_text("\n".join([",".join(head), *rows]), encoding="utf-8")
    content = read_file(path, "名单.csv")
    found = [(code, row, column) for code, row, column, _value in said(content) if code.startswith("cell.")]
    assert found == [("cell.too_long", 2, heading), ("cell.invisible_character", 3, heading)]
    assert [getattr(row, "address", None) for row in content.rows] == [None, None]
