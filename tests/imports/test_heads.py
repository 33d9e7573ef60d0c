"""Where the head of a sheet stands, how many lines it has, and how many lists stand under it."""

from collections.abc import Sequence

import pytest

from sme_tracker.imports.heads import Head, blocks_of, find_head, is_head_again, said_above
from sme_tracker.sheets.sheet import Cell, Row
from tests.imports.vocabulary import WORDS

BOTH = ["企业名称", "统一社会信用代码"]


def rows(*written: Sequence[Cell]) -> list[Row]:
    return [list(row) for row in written]


def head_of(*written: Sequence[Cell]) -> Head:
    head = find_head(rows(*written), WORDS)
    assert head
    return head


def named(head: Head) -> list[tuple[str, int | None]]:
    return [(heading.words, heading.year) for heading in head.headings if heading.words not in BOTH]


def test_the_head_is_found_below_title_blank_rows_and_unit() -> None:
    sheet = rows(
        ["长春市企业名单"], [], ["填报单位：", None, "单位：元"], ["序号", *BOTH, "注册资本"], [1, "甲", "x", 5]
    )
    head = find_head(sheet, WORDS)
    assert head
    assert (head.first_row, head.last_row) == (4, 4)
    above = said_above(sheet[:3])
    assert (above.texts, above.unit) == (("长春市企业名单", "填报单位：", "单位：元"), "元")


def test_a_head_far_down_is_found_too() -> None:
    assert head_of(*[["填报说明"]] * 40, BOTH, ["甲", "x"]).first_row == 41


@pytest.mark.parametrize("years", [["2019年", "2020年"], [2019.0, 2020.0], ["2019", "2020年度"]])
@pytest.mark.parametrize("is_filled", [True, False], ids=["merged", "unmerged"])
def test_years_may_stand_under_a_figure(years: list[Cell], *, is_filled: bool) -> None:
    above = [*BOTH, "近三年营业收入（万元）", "近三年营业收入（万元）" if is_filled else None]
    below = [*(BOTH if is_filled else [None, None]), *years]
    head = head_of(above, below, ["甲", "x", 1.0, 2.0])
    assert (head.first_row, head.last_row) == (1, 2)
    assert named(head) == [("营业收入", 2019), ("营业收入", 2020)]
    assert [heading.unit for heading in head.headings[2:]] == ["万元", "万元"]


def test_figures_may_stand_under_years_and_these_under_a_group() -> None:
    head = head_of(
        [*BOTH, "经济指标", None, None, None],
        [None, None, "2020年", None, "2021年", None],
        [None, None, "营业收入", "研发费用", "营业收入", "研发费用"],
        ["甲", "x", 1, 1, 1, 1],
    )
    assert head.last_row == 3
    assert named(head) == [("营业收入", 2020), ("研发费用", 2020), ("营业收入", 2021), ("研发费用", 2021)]
    assert head.written[2] == "经济指标 › 2020年 › 营业收入"


def test_a_group_above_the_real_head_belongs_to_it() -> None:
    head = head_of([None, None, None, "2021年", None], ["序号", *BOTH, "营业收入", "研发费用"], [1, "甲", "x", 5, 6])
    assert named(head)[1:] == [("营业收入", 2021), ("研发费用", 2021)]


@pytest.mark.parametrize("title", [["2021年度企业汇总表"], ["2021年度企业汇总表"] * 5], ids=["one cell", "merged"])
def test_a_title_is_no_group(title: list[Cell]) -> None:
    head = head_of(title, ["序号", *BOTH, "营业收入", "研发费用"], [1, "甲", "x", 5, 6])
    assert (head.first_row, named(head)[1:]) == (2, [("营业收入", None), ("研发费用", None)])


def test_what_is_said_of_the_whole_sheet_is_no_line_of_the_head() -> None:
    sheet = rows(
        ["2021年度企业汇总表"],
        ["填报单位：市工信局", None, None, "单位：万元"],
        ["序号", *BOTH, "营业收入", "研发费用"],
        [1, "甲", "x", 5, 6],
    )
    head = find_head(sheet, WORDS)
    assert head
    assert (head.first_row, head.last_row, said_above(sheet[:2]).unit) == (3, 3, "万元")
    assert all(heading.unread == () for heading in head.headings)


def test_a_row_of_data_is_no_line_of_the_head() -> None:
    assert head_of([*BOTH, "级别"], ["甲", "x", "省级"]).last_row == 1
    assert head_of(["企业名称", "级别", "批次"], [None, "省级", "一"]).last_row == 1


def test_lists_side_by_side_are_told_apart() -> None:
    head = head_of(["序号", "企业名称", "信用代码", "序号", "企业名称", "信用代码"], [1, "甲", "x", 2, "乙", "y"])
    assert blocks_of(head, WORDS) == [range(3), range(3, 6)]
    assert blocks_of(head_of(["企业名称", "级别", "企业名称", "级别", "企业名称", "级别"]), WORDS) == [
        range(2),
        range(2, 4),
        range(4, 6),
    ]


def test_a_name_said_twice_in_one_list_is_not_two_lists() -> None:
    assert len(blocks_of(head_of(["企业名称", "信用代码", "级别", "企业名称", "行业代码"]), WORDS)) == 1


def test_a_head_that_comes_again_is_known_again() -> None:
    head = head_of([*BOTH, "级别"])
    assert is_head_again([*BOTH, "级别"], head, WORDS)
    assert is_head_again(["统一社会信用代码", "企业名称", "批次"], head, WORDS)
    assert not is_head_again(["企业名称有限公司", "912201", "省级"], head, WORDS)


def test_a_sheet_that_names_no_enterprise_has_no_head() -> None:
    assert find_head(rows(["地区", None, "企业数"], ["甲市", "City", "85274"]), WORDS) is None
    assert find_head(rows(["你好"], ["企业名称"]), WORDS) is None
