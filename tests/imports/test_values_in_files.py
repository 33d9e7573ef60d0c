"""What real ledgers write in their cells, by file: each value right, and one bad cell costs nothing but itself."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sme_tracker.imports.matching.known import KnownEnterprise, KnownTitle, Listed, Lists, Units, WordList
from sme_tracker.imports.matching.match import Matched, match_file
from sme_tracker.imports.matching.verdict import ChangedRecord, Circumstances, TitleGiven
from sme_tracker.imports.plan import Action, FileContent, read_file
from sme_tracker.imports.rows import FiguresRow, LedgerRow, RegisterRow
from sme_tracker.rules.findings import Severity
from sme_tracker.rules.terms import RecognitionKind, Title
from tests.imports.test_file import a_code
from tests.imports.test_matching import ANYBODY, CHAOYANG, LISTS, TODAY, jia, knowing
from tests.sheets.files import write_table

LEDGER = ["企业名称", "统一社会信用代码", "认定级别", "认定日期", "有效期"]
REGISTER = ["企业名称", "统一社会信用代码", "县区", "成立时间", "联系人", "联系电话"]


def content_of(tmp_path: Path, head: Sequence[str], *rows: list[object]) -> FileContent:
    return read_file(write_table(tmp_path / "表.xlsx", list(head), *rows), "表.xlsx")


def matched(content: FileContent, *known: KnownEnterprise, lists: Lists = LISTS) -> Matched:
    return match_file(content, [(content.rows, Circumstances(knowing(*known), lists, ANYBODY, TODAY))])


def titles_given(found: Matched) -> list[KnownTitle]:
    return [write.title for write in found.writes if isinstance(write, TitleGiven)]


@pytest.mark.parametrize("validity", ["3年", "三年", "叁年", "自2021年6月1日起三年", "有效期三年", "2021.06-2024.06"])
def test_a_period_in_words_is_three_years_from_the_day_of_recognition(tmp_path: Path, validity: str) -> None:
    content = content_of(tmp_path, LEDGER, ["甲有限公司", a_code(1), "省级", "2021-06-01", validity])
    (title,) = titles_given(matched(content, jia()))
    assert (title.valid_from, title.valid_until) == (date(2021, 6, 1), date(2024, 5, 31))
    assert content.problems == []


def test_a_ledger_as_ledgers_are_comes_in_with_every_row(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        LEDGER,
        ["甲", a_code(1), "省级", "2021年6月", "3年"],
        ["乙", a_code(2), "省级", "2021年6月", "2021.06-2024.05"],
        ["丙", a_code(3), "市级", None, "2024-05-31"],
        ["丁", a_code(4), "市级", None, "2021.06-2024.05"],
        ["戊", a_code(5), "市级", "2021", date(2024, 5, 31)],
    )
    found = matched(content)
    assert [line.action for line in found.plan.rows] == [Action.CREATE] * 5
    assert [(t.published_on, t.valid_from, t.valid_until) for t in titles_given(found)] == [
        (date(2021, 6, 30), date(2021, 6, 30), date(2024, 6, 29)),
        (date(2021, 6, 30), date(2021, 6, 30), date(2024, 5, 31)),
        (date(2021, 6, 1), date(2021, 6, 1), date(2024, 5, 31)),
        (date(2021, 6, 1), date(2021, 6, 1), date(2024, 5, 31)),
        (date(2021, 12, 31), date(2021, 12, 31), date(2024, 5, 31)),
    ]
    assert [sorted(row.estimated) for row in content.rows] == [
        ["published_on"],
        ["published_on", "valid_until"],
        [],
        ["valid_from", "valid_until"],
        ["published_on"],
    ]
    assert "row.usual_start" in {problem.finding.code for problem in found.plan.problems}


def test_a_month_that_has_not_ended_is_asked_and_never_guessed(tmp_path: Path) -> None:
    content = content_of(tmp_path, REGISTER, ["甲有限公司", a_code(1), "朝阳区", f"{TODAY.year}年12月", None, None])
    found = matched(content)
    assert [p.finding.code for p in found.plan.problems] == ["row.estimate_to_come"]
    assert found.writes and "founded_on" not in found.writes[0].profile  # type: ignore[union-attr]


def test_an_estimate_neither_doubles_nor_blurs_the_title_on_record(tmp_path: Path) -> None:
    recorded = KnownTitle(
        3, Title.PROVINCIAL, RecognitionKind.NEW, date(2021, 6, 8), date(2021, 6, 8), date(2024, 6, 7), batch="第一批"
    )
    content = content_of(tmp_path, LEDGER, ["甲有限公司", a_code(1), "省级", "2021年6月", "2021.06-2024.06"])
    known = knowing(jia())
    known.titles[a_code(1)] = [recorded]
    found = match_file(content, [(content.rows, Circumstances(known, LISTS, ANYBODY, TODAY))])
    assert [line.action for line in found.plan.rows] == [Action.UNCHANGED]
    assert found.writes == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("国家高新技术企业", "other_honour"),
        ("国家级绿色工厂", "other_honour"),
        ("科技小巨人企业", "other_honour"),
        ("瞪羚企业", "other_honour"),
        ("拟申报国家级", "title_not_held"),
        ("已取消省级", "title_not_held"),
        ("国家级(复核未通过)", "title_not_held"),
        ("省级（已过期）", "title_not_held"),
    ],
)
def test_another_honour_or_a_title_not_held_is_refused_and_called_so(tmp_path: Path, words: str, reason: str) -> None:
    content = content_of(tmp_path, LEDGER, ["甲", a_code(1), words, "2022-03-01", None])
    assert content.rows == []
    assert [(p.finding.code, p.column, p.severity) for p in content.problems] == [
        (f"value.{reason}", "认定级别", Severity.ERROR)
    ]


def test_several_titles_in_one_cell_are_all_given(tmp_path: Path) -> None:
    content = content_of(tmp_path, LEDGER, ["甲有限公司", a_code(1), "省级、市级", "2022-03-01", None])
    found = matched(content, jia())
    assert [title.title for title in titles_given(found)] == [Title.PROVINCIAL, Title.MUNICIPAL]
    assert len(found.plan.rows) == 1


def test_one_bad_optional_cell_costs_itself_and_nothing_else(tmp_path: Path) -> None:
    head = ["企业名称", "信用代码", "年度", "营业收入（万元）", "研发费用（万元）", "净利润（万元）", "从业人数"]
    content = content_of(
        tmp_path,
        head,
        ["甲", a_code(1), 2021, "约5000", 120, 1e-05, 99.99999999999999],
        ["乙", a_code(2), "去年", 100, None, None, None],
        ["丙", a_code(3), 2021, "20万美元", "未标明", "(5.2)", "1.2千人"],
    )
    rows = [row for row in content.rows if isinstance(row, FiguresRow)]
    assert [(r.row, r.revenue_wan, r.rd_expense_wan, r.net_profit_wan, r.staff) for r in rows] == [
        (2, None, Decimal("120.00"), Decimal("0.00"), 100),
        (4, None, None, Decimal("-5.20"), 1200),
    ]
    assert [(p.finding.code, p.row, p.column, p.severity) for p in content.problems] == [
        ("value.approximate", 2, "营业收入（万元）", Severity.NOTICE),
        ("value.not_a_year", 3, "年度", Severity.ERROR),
        ("value.foreign_amount", 4, "营业收入（万元）", Severity.NOTICE),
    ]


def test_a_ruined_phone_and_a_broken_address_do_not_cost_the_enterprise(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        [*REGISTER, "详细地址"],
        ["甲", a_code(1), "朝阳区", "六月", "张三", "1.38E+10", "第一行\n第二行"],
        ["乙", a_code(2), "朝阳区", None, "李四", "0431-00001234 转801／0431-00005678", None],
    )
    rows = [row for row in content.rows if isinstance(row, RegisterRow)]
    assert [(r.contact_name, r.contact_phone, r.founded_on, r.address) for r in rows] == [
        ("张三", None, None, "第一行 第二行"),
        ("李四", "0431-00001234 转801、0431-00005678", None, None),
    ]
    assert [p.finding.code for p in content.problems] == ["value.not_a_day", "value.phone_is_number"]


def test_what_stands_behind_a_name_is_no_part_of_it(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        REGISTER[:3],
        ["长春乙有限公司（原长春老乙有限公司）", a_code(1), "朝阳区"],
        ["长春丙有限公司（已注销）", a_code(2), "朝阳区"],
        ["长春某某有限公司（长春分公司）", a_code(3), "朝阳区"],
    )
    rows = [row for row in content.rows if isinstance(row, RegisterRow)]
    assert [(row.name, row.former_name, row.is_branch) for row in rows] == [
        ("长春乙有限公司", "长春老乙有限公司", False),
        ("长春丙有限公司", None, False),
        ("长春某某有限公司（长春分公司）", None, True),
    ]
    assert [problem.finding.code for problem in content.problems] == ["row.name_note"]


def test_a_branch_in_brackets_gets_no_title(tmp_path: Path) -> None:
    content = content_of(tmp_path, LEDGER, ["长春某某有限公司（长春分公司）", a_code(1), "省级", "2022-03-01", None])
    found = matched(content)
    assert [line.action for line in found.plan.rows] == [Action.REFUSED]
    assert "title.branch" in {problem.finding.code for problem in found.plan.problems}


@pytest.mark.parametrize("written", ["长春甲(吉林)有限公司", "長春甲（吉林）有限公司", "长春甲〔吉林〕 有限公司"])
def test_typography_is_no_renaming(tmp_path: Path, written: str) -> None:
    content = content_of(tmp_path, REGISTER[:3], [written, a_code(1), "朝阳区"])
    found = matched(content, jia(name="长春甲（吉林）有限公司", unit_id=CHAOYANG))
    assert [line.action for line in found.plan.rows] == [Action.UNCHANGED]


def test_a_ledger_by_name_finds_the_enterprise_under_characters_that_look_alike(tmp_path: Path) -> None:
    content = content_of(tmp_path, LEDGER, ["长春⻋辆⻔业有限公司", None, "省级", "2022-03-01", None])
    found = matched(content, jia(name="长春车辆门业有限公司"))
    assert [write.code for write in found.writes if isinstance(write, TitleGiven)] == [a_code(1)]


@pytest.mark.parametrize(
    "written", ["朝阳", "朝阳区工信局", "吉林省长春市朝阳区", "朝陽區", "长春朝阳", "朝阳区管委会"]
)
def test_a_district_is_known_as_people_write_it(tmp_path: Path, written: str) -> None:
    content = content_of(tmp_path, REGISTER[:3], ["甲有限公司", a_code(1), written])
    found = matched(content, jia())
    assert [write.unit_id for write in found.writes if isinstance(write, ChangedRecord)] == [CHAOYANG]


def test_a_word_for_several_units_is_not_guessed_and_its_candidates_are_said(tmp_path: Path) -> None:
    zones = (
        Listed(1, "经开区", ("JK", "长春经济技术开发区", "经开区")),
        Listed(2, "汽开区", ("QK", "长春汽车经济技术开发区", "汽开区")),
        Listed(3, "南关区", ("NG", "长春市南关区", "南关区")),
    )
    lists = Lists(Units(zones), WordList([]), WordList([]))
    rows = ["甲", a_code(1), "经济技术开发区"], ["乙", a_code(2), "北湖"]
    found = matched(content_of(tmp_path, REGISTER[:3], *rows), lists=lists)
    assert [(p.finding.code, p.finding.parameters["units"]) for p in found.plan.problems] == [
        ("row.unit_unclear", "经开区、汽开区"),
        ("row.unit_unknown", "经开区、汽开区、南关区"),
    ]


def test_three_figures_are_no_industry_as_they_may_have_lost_a_zero() -> None:
    industries = [Listed("A01", "农业", ("A01", "01", "农业")), Listed("B11", "开采专业", ("B11", "11", "开采专业"))]
    lists = Lists(Units([]), WordList([*industries, Listed("C36", "汽车制造业", ("C36", "36"))]), WordList([]))
    assert lists.industry("111") is None
    assert [
        lists.industry(code) for code in ("0111", "B111", "C3670", "36", "3670 汽车整车制造", "汽车制造（C36）")
    ] == [*("A0111", "B111", "C3670", "C36", "C3670", "C36")]


def test_the_row_of_a_ledger_says_how_long_its_title_is_valid(tmp_path: Path) -> None:
    content = content_of(tmp_path, LEDGER, ["甲", a_code(1), "省级", "2021-06-01", "三年"])
    (row,) = content.rows
    assert isinstance(row, LedgerRow) and (row.valid_until, row.valid_years) == (None, 3)
