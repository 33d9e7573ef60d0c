"""Where each column of a sheet goes, and which of them have to be confirmed or chosen first."""

from collections.abc import Sequence

import pytest

from sme_tracker.imports.choices import Choice, ChoiceInvalid, choices_of, plain_choices
from sme_tracker.imports.columns import Column, State
from sme_tracker.imports.fields import FIELDS
from sme_tracker.imports.headings import plain
from sme_tracker.imports.lists import NotAList, Reading, SheetList, lists_in
from sme_tracker.rules.terms import Title
from sme_tracker.sheets.sheet import Cell, Sheet

BOTH = ["企业名称", "统一社会信用代码"]
FIRM: list[Cell] = ["甲有限公司", "91220102MA0AAAAA3A"]
DISTRICTS = Reading(is_district=lambda text: text in ("朝阳区", "绿园"))


def lists_of(*rows: Sequence[Cell], name: str = "表", reading: Reading = DISTRICTS) -> list[SheetList]:
    return lists_in(Sheet(name, iter([list(row) for row in rows])), reading)


def columns_of(*rows: Sequence[Cell], name: str = "表", reading: Reading = DISTRICTS) -> list[Column]:
    return lists_of(*rows, name=name, reading=reading)[0].columns


def column_of(heading: str, cell: Cell = 1.0, **more: str) -> Column:
    """How one column is read that stands beside name and code."""
    return columns_of([*BOTH, heading], [*FIRM, cell], **more)[-1]


def went(column: Column) -> str | None:
    return column.meaning.key if column.meaning else None


def asked(column: Column) -> list[str]:
    return [doubt.code.removeprefix("column.") for doubt in column.doubts]


def refusal_of(*rows: Sequence[Cell]) -> NotAList:
    with pytest.raises(NotAList) as refused:
        lists_of(*rows)
    return refused.value


def test_every_heading_belongs_to_one_field_of_its_part_and_is_written_plainly() -> None:
    for fields in FIELDS.values():
        headings = [heading for field in fields for heading in field.headings]
        assert len(headings) == len(set(headings))
        assert all(plain(heading) == heading for heading in headings)


def test_an_ordinary_municipal_ledger_goes_to_all_its_parts() -> None:
    head = ["序号", *BOTH, "所属县区", "认定级别", "认定批次", "认定时间", "有效期", "主导产品", "联系人", "联系电话"]
    columns = columns_of(
        [*head, "2021年营业收入(万元)"], [1, *FIRM, "朝阳区", "省级", "三", "2021", "三年", "a", "b", "c", 1]
    )
    assert [went(column) for column in columns] == [
        *("register.name", "register.code", "register.unit", "ledger.title", "ledger.batch", "ledger.published_on"),
        *("ledger.validity", "register.main_product", "register.contact_name", "register.contact_phone"),
        "figures.revenue_wan",
    ]
    assert {column.state for column in columns} == {State.SURE}


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        *(("公司全称", "register.name"), ("社会统一信用代码", "register.code"), ("统一社会信用编码", "register.code")),
        *(("18位社会信用代码", "register.code"), ("税号", "register.code"), ("纳税人识别号", "register.code")),
        *(
            ("所在区", "register.unit"),
            ("归属地", "register.unit"),
            ("辖区", "register.unit"),
            ("区域", "register.unit"),
        ),
        *(("专精特新级别", "ledger.title"), ("认定年度", "ledger.published_on"), ("获批时间", "ledger.published_on")),
        *(("有效截止日期", "ledger.valid_until"), ("成立年份", "register.founded_on")),
        *(("2021年年末从业人数", "figures.staff"), ("2021年12月31日资产总额（元）", "figures.assets_wan")),
        *(("2021年1-12月营业收入（元）", "figures.revenue_wan"), ("所在县（市、区）", "register.unit")),
    ],
)
def test_headings_that_real_ledgers_have_are_known(heading: str, key: str) -> None:
    other = "企业名称" if key != "register.name" else "信用代码"
    column = columns_of(["序号", heading, other, "地址"], [1, "x", "y", "z"])[0]
    assert (went(column), column.state) == (key, State.SURE)


@pytest.mark.parametrize(
    ("heading", "unit", "year"),
    [
        ("2021年营业收入（万元）", "万元", 2021),
        ("营业收入（2021年，元）", "元", 2021),
        ("营业收入（元）2021", "元", 2021),
        ("2021年1-12月营业收入（亿）", "亿元", 2021),
    ],
)
def test_a_figure_has_the_unit_and_year_of_its_heading(heading: str, unit: str, year: int) -> None:
    column = column_of(heading)
    assert (went(column), column.unit, column.year, column.state) == ("figures.revenue_wan", unit, year, State.SURE)


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("2021年营业收入（万美元）", "heading_foreign"),
        ("2021年研发费用（占营业收入比重%）", "heading_of_a_share"),
        ("2021年研发投入(%)", "heading_unit_of_other_kind"),
        ("2021年从业人数(%)", "heading_unit_of_other_kind"),
        ("2021年1-6月营业收入（万元）", "heading_part_of_year"),
        ("吉祥物", "heading_unknown"),
    ],
)
def test_what_is_not_the_figure_is_left_to_be_chosen(heading: str, why: str) -> None:
    column = column_of(heading)
    assert (went(column), column.state, asked(column)) == (None, State.CHOOSE, [why])


def test_a_remark_that_is_not_understood_is_confirmed_first() -> None:
    column = column_of("2021年研发费用（元，不含委外）")
    assert (went(column), column.unit, column.state) == ("figures.rd_expense_wan", "元", State.CONFIRM)
    assert asked(column) == ["heading_remark"]


def test_a_unit_that_nobody_says_is_proposed_by_the_size_of_the_amounts() -> None:
    assert (column_of("2021年营业收入").unit, column_of("2021年营业收入").state) == ("万元", State.CONFIRM)
    assert column_of("2021年营业收入", 50_000_000.0).unit == "元"
    assert column_of("2021年营业收入", "1.2亿").state is State.SURE


def test_a_unit_or_currency_above_the_head_holds_for_all_amounts() -> None:
    assert columns_of(["单位：亿"], [*BOTH, "2021年营业收入"], [*FIRM, 1.5])[-1].unit == "亿元"
    foreign = columns_of(["单位：万美元"], [*BOTH, "2021年营业收入", "2021年净利润（元）"], [*FIRM, 1.5, 2.0])
    assert (asked(foreign[2]), foreign[3].unit) == (["heading_foreign"], "元")


def test_the_year_of_a_figure_comes_from_its_heading_a_column_or_the_sheet() -> None:
    assert columns_of([*BOTH, "年度", "营业收入（元）"], [*FIRM, 2021, 1.0])[-1].state is State.SURE
    of_title = columns_of(["2021年度企业汇总表"], [*BOTH, "营业收入（元）"], [*FIRM, 1.0])[-1]
    assert (of_title.year, of_title.state, asked(of_title)) == (2021, State.CONFIRM, ["year_assumed"])
    of_last_year = column_of("上年营业收入（元）", name="2022年")
    assert (of_last_year.year, of_last_year.state) == (2021, State.CONFIRM)
    undated = columns_of([*BOTH, "2021年营业收入（元）", "从业人数"], [*FIRM, 1.0, 2.0])[-1]
    assert (went(undated), undated.state, asked(undated)) == ("figures.staff", State.CHOOSE, ["year_missing"])


def test_titles_side_by_side_have_their_own_days() -> None:
    columns = columns_of([*BOTH, "市级认定时间", "省级认定时间", "省级有效期"], [*FIRM, "2020", "2021", "三年"])[2:]
    assert [(went(column), column.title) for column in columns] == [
        ("ledger.published_on", Title.MUNICIPAL),
        ("ledger.published_on", Title.PROVINCIAL),
        ("ledger.validity", Title.PROVINCIAL),
    ]


def test_a_region_that_holds_districts_is_the_district() -> None:
    assert went(column_of("所在地区", "绿园")) == "register.unit"
    assert went(column_of("地区", "220102")) == "register.registered_region"


def test_the_kind_is_that_of_a_title_where_the_sheet_is_about_titles() -> None:
    assert went(column_of("类型", "有限责任公司")) == "register.enterprise_type"
    assert went(columns_of([*BOTH, "级别", "类型"], [*FIRM, "省级", "新认定"])[-1]) == "ledger.kind"


def test_of_two_columns_to_one_place_the_second_is_asked() -> None:
    columns = columns_of([*BOTH, "公司名称"], [*FIRM, "甲"])
    assert (columns[-1].state, asked(columns[-1])) == (State.CHOOSE, ["column_doubled"])


def test_people_may_be_counted_in_thousands() -> None:
    assert (column_of("2021年从业人员（千人）").unit, column_of("2021年从业人员（千人）").state) == ("千人", State.SURE)


def test_what_somebody_chose_goes_before_what_is_proposed() -> None:
    choices = {
        "吉祥物": Choice("register.niche"),
        "营业收入": Choice("figures.revenue_wan", "元", 2020),
        "备注": Choice(),
    }
    reading = Reading(choices=choices_of(plain_choices(choices)))
    columns = columns_of([*BOTH, "吉祥物", "营业收入", "备注"], [*FIRM, "a", 1.0, "b"], reading=reading)[2:]
    assert [(went(column), column.unit, column.year, column.state) for column in columns] == [
        ("register.niche", None, None, State.SURE),
        ("figures.revenue_wan", "元", 2020, State.SURE),
        (None, None, None, State.LEFT_OUT),
    ]


def test_a_unit_of_another_kind_of_field_is_not_taken_along_when_somebody_chooses_another() -> None:
    reading = Reading(
        choices={"吉祥物": Choice("figures.staff", "万元", 2021), "口号": Choice("figures.tax_wan", "人", 2021)}
    )
    staff, tax = columns_of([*BOTH, "吉祥物", "口号"], [*FIRM, 5.0, 7.0], reading=reading)[2:]
    assert (staff.unit, staff.state) == (None, State.SURE)
    assert (tax.unit, tax.state, asked(tax)) == ("万元", State.CONFIRM, ["unit_assumed"])


def test_an_amount_somebody_chose_without_a_unit_has_its_unit_asked_and_the_one_of_its_heading_taken() -> None:
    reading = Reading(choices={"吉祥物": Choice("figures.revenue_wan", None, 2021)})
    large = columns_of([*BOTH, "吉祥物"], [*FIRM, 231_400_000.0], reading=reading)[-1]
    assert (large.unit, large.state, asked(large)) == ("元", State.CONFIRM, ["unit_assumed"])
    with_own = columns_of([*BOTH, "吉祥物"], [*FIRM, "2.3亿元"], reading=reading)[-1]
    assert (with_own.unit, with_own.state) == (None, State.SURE)
    of_heading = Reading(choices={"吉祥物（千元）": Choice("figures.revenue_wan", None, 2021)})
    told = columns_of([*BOTH, "吉祥物（千元）"], [*FIRM, 5.0], reading=of_heading)[-1]
    assert (told.unit, told.state) == ("千元", State.SURE)


def test_a_mapping_without_a_year_leaves_the_year_to_be_said_anew() -> None:
    reading = Reading(choices={"营业收入（元）": Choice("figures.revenue_wan", "元")})
    of_title = columns_of(["2022年度企业汇总表"], [*BOTH, "营业收入（元）"], [*FIRM, 1.0], reading=reading)[-1]
    assert (of_title.year, of_title.state, asked(of_title)) == (2022, State.CONFIRM, ["year_assumed"])
    undated = columns_of([*BOTH, "营业收入（元）"], [*FIRM, 1.0], reading=reading)[-1]
    assert (undated.state, asked(undated)) == (State.CHOOSE, ["year_missing"])


def test_what_is_proposed_may_be_confirmed_at_once_and_what_must_be_chosen_may_not() -> None:
    reading = Reading(confirms=True)
    columns = columns_of([*BOTH, "2021年营业收入", "吉祥物"], [*FIRM, 1.0, "a"], reading=reading)[2:]
    assert [column.state for column in columns] == [State.SURE, State.CHOOSE]


@pytest.mark.parametrize(
    "kept", [[], {"备注": 3}, {"备注": {"unit": "斤"}}, {"备注": {"year": "去年"}}, {"备注": {"title": "王"}}]
)
def test_a_mapping_that_is_none_is_refused(kept: object) -> None:
    with pytest.raises(ChoiceInvalid):
        choices_of(kept)


def test_lists_side_by_side_are_read_each_for_itself() -> None:
    left, right = lists_of(["企业名称", "信用代码", "企业名称", "信用代码"], ["甲", "x", "乙", "y"])
    assert [went(column) for column in right.columns] == ["register.name", "register.code"]
    assert list(left.rows) == [(2, ["甲", "x", None, None])]
    assert list(right.rows) == [(2, [None, None, "乙", "y"])]


def test_a_sheet_without_a_head_is_refused_with_the_columns_it_needs() -> None:
    refused = refusal_of(["你好"], ["x", "y"])
    assert (refused.code, refused.params["expected"]) == ("no_head", "企业名称、统一社会信用代码")
    assert refusal_of([None], []).code == "empty_sheet"


def test_a_table_of_statistics_is_not_a_list() -> None:
    rows = [[f"{place}市", "City", "85274", 129198.0] for place in "甲乙丙丁戊己"]
    assert refusal_of(["各地区企业数量"], ["单位：个"], ["地区", None, "企业数", "活动数"], *rows).code == "not_a_list"
