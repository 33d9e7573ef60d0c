"""What a heading says: its field, and year, level, unit and remarks in any order and any bracket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.imports.headings import MONEY_UNITS, Heading, heading_of, stated_unit
from sme_tracker.rules.terms import Title
from tests.imports.vocabulary import KNOWN


def said(*levels: object) -> Heading:
    return heading_of(levels, KNOWN)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("*统一社会\n信用代码", "统一社会信用代码"),
        ("1.企业名称", "企业名称"),
        ("（一）企业名称", "企业名称"),
        ("企业名称（全称）", "企业名称"),
        ("统一社会信用代码（18位）", "统一社会信用代码"),
        ("成立时间（年月日）", "成立时间"),
        ("县（市）区、开发区", "县市区、开发区"),
        ("行业（代码）", "行业代码"),
        ("有效期（止）", "有效期止"),
        ("有效期（起）", "有效期起"),
        ("年末从业人数", "从业人数"),
        ("企业联系人", "联系人"),
    ],
)
def test_what_adds_nothing_is_taken_off(written: str, words: str) -> None:
    assert said(written) == Heading(words)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("营业收入(元)", "元"),
        ("营业收入万元", "万元"),
        ("营业收入/亿元", "亿元"),
        ("营业收入【元】", "元"),
        ("营业收入〔万元〕", "万元"),
        ("营业收入￥", "元"),
        ("营业收入（￥）", "元"),
        ("营业收入（亿）", "亿元"),
        ("营业收入（百万）", "百万元"),
        ("营业收入（千万元）", "千万元"),
        ("营业收入(k)", "千元"),
        ("营业收入（单位：亿）", "亿元"),
        ("营业收入（人民币：万元）", "万元"),
        ("营业收入（元，合并口径）", "元"),
        ("营业收入（元，经审计）", "元"),
        ("营业收入（万元/年）", "万元"),
        ("Revenue, CNY 10,000 (万元)", "万元"),
        ("R&D expense (CNY)", "元"),
        ("从业人员（千人）", "千人"),
        ("从业人数_人", "人"),
        ("研发投入(%)", "%"),
    ],
)
def test_a_unit_is_found_in_any_bracket_and_beside_any_remark(written: str, unit: str) -> None:
    heading = said(written)
    assert (heading.unit, heading.unread) == (unit, ())
    assert heading.words in KNOWN


@pytest.mark.parametrize(
    "written",
    [
        "2021年营业收入",
        "2021营业收入",
        "营业收入2021",
        "营业收入_2021",
        "营业收入（2021年）",
        "营业收入(2021)",
        "2021年1-12月营业收入",
        "营业收入（2021年1-12月）",
        "2021年12月31日营业收入",
        "截至2021年底营业收入",
        "2021年度营业收入(人民币)",
        "营业收入-2021年-万元",
        "营业收入（单位：万元，2021年）",
        "营业收入（2021年，元）",
        "营业收入（元，2021年度）",
    ],
)
def test_a_year_is_found_before_behind_and_in_brackets(written: str) -> None:
    heading = said(written)
    assert (heading.words, heading.year, heading.unread, heading.part_of_year) == ("营业收入", 2021, (), None)


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("2021年1-6月营业收入", "1-6月"),
        ("营业收入（2021年上半年）", "上半年"),
        ("2021年前三季度营业收入", "前三季度"),
        ("2021年9月末营业收入", "9月末"),
        ("营业收入（2021年第一季度，万元）", "第一季度"),
    ],
)
def test_a_part_of_a_year_is_no_year(written: str, part: str) -> None:
    assert (said(written).year, said(written).part_of_year) == (2021, part)


@pytest.mark.parametrize(
    ("written", "unread"),
    [
        ("研发费用（元，不含委外）", "不含委外"),
        ("研发费用（占营业收入比重%）", "占营业收入比重%"),
        ("营业收入（含税）", "含税"),
        ("21年营业收入", "21年"),
        ("营业收入（2019-2021年）", "2019-2021年"),
        ("净利润（扣非）", "扣非"),
    ],
)
def test_what_is_not_understood_is_kept_to_be_asked(written: str, unread: str) -> None:
    assert said(written).unread == (unread,)


@pytest.mark.parametrize(
    ("written", "currency"),
    [
        ("营业收入（万美元）", "美元"),
        ("注册资本(美元)", "美元"),
        ("净利润(HKD)", "hkd"),
        ("税收（澳门元）", "澳门元"),
        ("营业收入（外币）", "外币"),
    ],
)
def test_foreign_currency_is_no_unit_of_yuan(written: str, currency: str) -> None:
    assert (said(written).currency, said(written).unit) == (currency, None)


def test_years_said_from_the_sheets_own_year_are_counted_back() -> None:
    assert (said("上年营业收入").words, said("上年营业收入").years_back) == ("营业收入", 1)
    assert said("营业收入（前年）").years_back == 2
    assert said("本年度营业收入（万元）").years_back == 0


@pytest.mark.parametrize(
    ("levels", "title"),
    [
        (["省级认定时间"], Title.PROVINCIAL),
        (["国家级专精特新“小巨人”企业认定时间"], Title.NATIONAL),
        (["认定时间（省级）"], Title.PROVINCIAL),
        (["市级", "认定时间"], Title.MUNICIPAL),
        (["创新型中小企业", "认定时间"], Title.INNOVATIVE),
        (["重点“小巨人”", "认定时间"], Title.KEY_NATIONAL),
    ],
)
def test_a_level_may_stand_with_the_words_of_a_recognition(levels: list[str], title: Title) -> None:
    assert (said(*levels).words, said(*levels).title) == ("认定时间", title)


@pytest.mark.parametrize(
    "written", ["国家高新技术企业认定时间", "科技小巨人认定时间", "省级绿色工厂认定时间", "市级企业技术中心批次"]
)
def test_another_honour_is_no_level(written: str) -> None:
    assert said(written).title is None
    assert said(written).words not in KNOWN


@pytest.mark.parametrize(
    ("levels", "heading"),
    [
        (["近三年营业收入（万元）", 2019], Heading("营业收入", year=2019, unit="万元")),
        (["近三年（2019-2021年）主要指标", "2020年", "营业收入"], Heading("营业收入", year=2020)),
        (["经济指标", "2020年", "营业收入（元）"], Heading("营业收入", year=2020, unit="元")),
        (["2019年", "营业收入"], Heading("营业收入", year=2019)),
        (["联系人", "姓名"], Heading("联系人姓名")),
        (["联系人", "电话"], Heading("联系人电话")),
        (["企业基本情况", "法定代表人"], Heading("法定代表人")),
        (["企业名称", "企业名称"], Heading("企业名称")),
        (["法定代表人", "电话"], Heading("电话", unread=("法定代表人",))),
    ],
)
def test_several_lines_are_one_heading(levels: list[object], heading: Heading) -> None:
    assert said(*levels) == heading


def test_a_line_above_the_head_states_a_unit_or_a_currency() -> None:
    assert stated_unit("填报单位：某局 单位：亿") == Heading(unit="亿元")
    assert stated_unit("金额单位：人民币万元") == Heading(unit="万元")
    assert stated_unit("单位：美元") == Heading(currency="美元")
    assert stated_unit("单位：家") is None
    assert stated_unit("填报单位：朝阳区工信局") is None


@given(
    st.sampled_from(["营业收入", "研发费用", "净利润"]),
    st.sampled_from([*MONEY_UNITS, "亿", "万", "百万", "￥", "人民币万元", "单位：千元"]),
    st.integers(2000, 2099),
    st.permutations(["year", "unit", "remark"]),
    st.sampled_from(["（）", "()", "【】", "〔〕", "[]"]),
)
def test_year_unit_and_remark_are_read_in_any_order_and_bracket(
    words: str, unit: str, year: int, order: list[str], brackets: str
) -> None:
    parts = {"year": f"{year}年", "unit": unit, "remark": "经审计"}
    written = words + brackets[0] + "，".join(parts[one] for one in order) + brackets[1]
    heading = said(written)
    assert (heading.words, heading.year, heading.unread) == (words, year, ())
    assert heading.unit == said(f"{words}（{unit}）").unit
    assert heading.unit in MONEY_UNITS


@given(st.text(max_size=40))
def test_any_text_is_taken_apart_without_a_fault(text: str) -> None:
    assert isinstance(said(text), Heading)
