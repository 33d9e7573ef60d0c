"""Recognising a file by its head: which row, which kind, which columns, in which unit."""

from collections.abc import Sequence

import pytest

from sme_tracker.imports.fields import FIELDS, FileKind
from sme_tracker.imports.old_columns import Layout, NotAList, UnreadColumn, heading_of, recognise
from sme_tracker.sheets.sheet import Cell, Sheet

REGISTER = ["企业名称", "统一社会信用代码"]


def layout_of(*rows: Sequence[Cell]) -> Layout:
    return recognise(Sheet("表", iter([list(row) for row in rows])))[0]


def refusal_of(*rows: Sequence[Cell]) -> NotAList:
    with pytest.raises(NotAList) as refused:
        layout_of(*rows)
    return refused.value


def keys(layout: Layout) -> list[str]:
    return [column.field.key for column in layout.columns]


def test_every_heading_belongs_to_one_field_of_its_kind_and_is_written_plainly() -> None:
    for fields in FIELDS.values():
        headings = [heading for field in fields for heading in field.headings]
        assert len(headings) == len(set(headings))
        assert all(heading_of(heading).words == heading for heading in headings)


@pytest.mark.parametrize(
    ("written", "words", "unit", "year"),
    [
        ("2021年营业收入（万元）", "营业收入", "万元", 2021),
        ("营业收入(元)", "营业收入", "元", None),
        ("营业收入万元", "营业收入", "万元", None),
        ("研发费用（万元）2021年度", "研发费用", "万元", 2021),
        ("注册资本（人民币万元）", "注册资本", "万元", None),
        ("*统一社会\n信用代码", "统一社会信用代码", None, None),
        ("1.企业名称", "企业名称", None, None),
        ("县（市）区、开发区", "县区、开发区", None, None),
        ("行业（代码）", "行业", None, None),
        ("Revenue, CNY 10,000 (万元)", "revenue", "万元", None),
        ("R&D expense (CNY)", "r&dexpense", "元", None),
    ],
)
def test_a_heading_is_taken_apart(written: str, words: str, unit: str | None, year: int | None) -> None:
    heading = heading_of(written)
    assert (heading.words, heading.unit, heading.year) == (words, unit, year)


def test_a_register_a_ledger_and_figures_are_told_apart_by_their_columns() -> None:
    assert layout_of([*REGISTER, "所属区县", "成立日期", "行业"]).kind is FileKind.REGISTER
    assert layout_of([*REGISTER, "所属区县", "级别", "认定日期"]).kind is FileKind.LEDGER
    assert layout_of([*REGISTER, "年度", "营业收入"]).kind is FileKind.FIGURES
    assert layout_of(["Enterprise name", "Credit code", "Level", "Published on"]).kind is FileKind.LEDGER
    assert (
        layout_of([*REGISTER, "法定代表人", "成立日期", "行业", "地址", "主导产品", "级别", "批次"]).kind
        is FileKind.REGISTER
    )


def test_the_head_is_found_below_a_title_and_a_unit() -> None:
    layout = layout_of(
        ["长春市企业名单"], [], ["填报单位：", None, "单位：元"], ["序号", *REGISTER, "注册资本"], [1, "甲", "x", 5]
    )
    assert (layout.head_row, layout.first_row, layout.unit) == (4, 5, "元")
    assert keys(layout) == ["name", "code", "registered_capital"]


def test_two_lines_of_headings_are_one_head() -> None:
    layout = layout_of(
        [*REGISTER, "营业收入（万元）", None, "从业人数"],
        [None, None, "2020年", "2021年", "2021年"],
        ["甲", "x", 1.0, 2.0, 3.0],
    )
    assert (layout.kind, layout.first_row) == (FileKind.FIGURES, 3)
    assert [(column.field.key, column.unit, column.year) for column in layout.columns[2:]] == [
        ("revenue_wan", "万元", 2020),
        ("revenue_wan", "万元", 2021),
        ("staff", None, 2021),
    ]


def test_extra_and_doubled_columns_are_named() -> None:
    layout = layout_of(["序号", *REGISTER, "公司名称", "吉祥物", "年度", "地址", "行业"])
    assert layout.unread == (
        UnreadColumn("公司名称", is_doubled=True),
        UnreadColumn("吉祥物", is_doubled=False),
        UnreadColumn("年度", is_doubled=False, belongs_to=FileKind.FIGURES),
    )


@pytest.mark.parametrize(
    ("head", "kind", "missing"),
    [
        (["企业名称", "法定代表人", "地址"], "register", "统一社会信用代码"),
        (["企业名称", "批次", "文号"], "ledger", "级别"),
        (["企业名称", "级别", "证书编号"], "ledger", "认定日期"),
        (["信用代码", "营业收入", "净利润"], "figures", "年度"),
    ],
)
def test_missing_columns_are_named(head: list[Cell], kind: str, missing: str) -> None:
    refused = refusal_of(head, ["甲"])
    assert refused.code == "columns_missing"
    assert (refused.params["kind"], refused.params["missing"], refused.params["row"]) == (kind, missing, 1)


@pytest.mark.parametrize(
    ("head", "kind", "missing"),
    [
        ([*REGISTER, "认定批次", "公布日期", "有效期止"], "ledger", "级别"),
        ([*REGISTER, "营业收入", "研发费用"], "figures", "年度"),
    ],
)
def test_name_and_code_do_not_make_a_register_of_what_is_about_something_else(
    head: list[Cell], kind: str, missing: str
) -> None:
    refused = refusal_of(head)
    assert (refused.code, refused.params["kind"], refused.params["missing"]) == ("columns_missing", kind, missing)


def test_a_register_may_hold_name_and_code_alone() -> None:
    assert layout_of(REGISTER).kind is FileKind.REGISTER
    assert layout_of([*REGISTER, "备注"]).kind is FileKind.REGISTER


def test_a_sheet_without_a_head_is_refused_with_the_columns_it_needs() -> None:
    refused = refusal_of(["你好"], ["x", "y"])
    assert (refused.code, refused.params["expected"]) == ("no_head", "企业名称、统一社会信用代码")
    assert refusal_of([None], []).code == "empty_sheet"


def test_a_table_of_statistics_is_not_a_list() -> None:
    rows = [[f"{place}市", "City", "85274", 129198.0] for place in "甲乙丙丁戊己"]
    assert refusal_of(["各地区企业数量"], ["单位：个"], ["地区", None, "企业数", "活动数"], *rows).code == "not_a_list"


def test_a_head_below_the_twentieth_row_is_not_looked_for() -> None:
    assert refusal_of(*[["x"]] * 20, REGISTER).code == "no_head"
    assert layout_of(*[["x"]] * 19, REGISTER).head_row == 20
