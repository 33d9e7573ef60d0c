"""A file against what is known: what comes in new, what changes, what stays, what is refused and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sme_tracker.enterprises.actions import NewEnterprise
from sme_tracker.imports.matching.known import (
    Known,
    KnownEnterprise,
    KnownTitle,
    Listed,
    Lists,
    Reach,
    Units,
    WordList,
)
from sme_tracker.imports.matching.match import Matched, match_file
from sme_tracker.imports.matching.verdict import (
    Answers,
    ChangedRecord,
    Circumstances,
    ContactGiven,
    FiguresGiven,
    TitleGiven,
)
from sme_tracker.imports.plan import Action, read_file
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.terms import RecognitionKind, Source, Title
from tests.imports.test_file import a_code
from tests.sheets.files import write_table

TODAY = date(2022, 9, 30)
NANGUAN, CHAOYANG = 1, 2
LISTS = Lists(
    units=Units([
        Listed(NANGUAN, "南关区", ("NG", "长春市南关区", "南关区", "Nanguan District")),
        Listed(CHAOYANG, "朝阳区", ("CY", "长春市朝阳区", "朝阳区", "Chaoyang District")),
    ]),
    industries=WordList([Listed("C36", "汽车制造业", ("C36", "36", "汽车制造业"))]),
    chains=WordList([Listed(7, "汽车零部件", ("AUTO", "汽车零部件"))]),
    batches={(Title.MUNICIPAL, "第三批"): date(2021, 12, 1)},
)  # fmt: skip
REGISTER = ["企业名称", "统一社会信用代码", "县区", "行业", "产业链", "联系人", "联系电话"]
FIGURES = ["企业名称", "信用代码", "年度", "营业收入（万元）"]
LEDGER = ["企业名称", "信用代码", "级别", "批次", "认定日期", "有效期止", "复核开始日期", "撤销日期", "撤销原因"]
ANYBODY, CLERK_OF_NANGUAN = Reach(), Reach(NANGUAN, is_limited=True)


def jia(**facts: object) -> KnownEnterprise:
    return KnownEnterprise(**{"id": 11, "code": a_code(1), "name": "甲有限公司", **facts})  # type: ignore[arg-type]


def knowing(*enterprises: KnownEnterprise) -> Known:
    known = Known()
    for enterprise in enterprises:
        known.add(enterprise)
    return known


def matched(
    tmp_path: Path,
    head: Sequence[str],
    *rows: list[object],
    known: Known | None = None,
    reach: Reach = ANYBODY,
    answers: Mapping[str, str] | None = None,
) -> Matched:
    content = read_file(write_table(tmp_path / "名单.xlsx", list(head), *rows), "名单.xlsx")
    around = Circumstances(known or Known(), LISTS, reach, TODAY, Answers(answers or {}))
    return match_file(content, [(content.rows, around)])


def actions(found: Matched) -> list[Action]:
    return [line.action for line in found.plan.rows]


def said(found: Matched) -> list[tuple[str, int | None, str | None, str | None]]:
    return [(problem.finding.code, problem.row, problem.column, problem.value) for problem in found.plan.problems]


def test_an_enterprise_nobody_knows_comes_in_with_unit_industry_and_chain(tmp_path: Path) -> None:
    found = matched(
        tmp_path, REGISTER, ["甲有限公司", a_code(1), "长春市朝阳区", "C3670", "AUTO", "李梅", "13800000000"]
    )
    assert (actions(found), said(found)) == ([Action.CREATE], [])
    profile = {"industry_code": "C3670", "chain_id": 7}
    assert found.writes == [
        NewEnterprise(a_code(1), "甲有限公司", CHAOYANG, profile=profile),
        ContactGiven(a_code(1), "李梅", "13800000000"),
    ]


def test_what_the_file_says_anew_is_shown_old_and_new(tmp_path: Path) -> None:
    known = knowing(jia(unit_id=NANGUAN, profile={"industry_code": "C36", "chain_id": None}))
    found = matched(
        tmp_path,
        REGISTER,
        ["甲股份有限公司", a_code(1), "朝阳区", "36", "汽车零部件", None, None],
        known=known,
        answers={f"rename:{a_code(1)}": "yes"},
    )
    (line,) = found.plan.rows
    assert line.action is Action.CHANGE
    assert line.changes == {
        "chain_id": (None, "汽车零部件"),
        "name": ("甲有限公司", "甲股份有限公司"),
        "unit_id": ("南关区", "朝阳区"),
    }
    assert found.writes == [ChangedRecord(11, {"chain_id": 7}, "甲股份有限公司", CHAOYANG)]
    assert [code for code, *_ in said(found)] == ["row.renamed", "row.moves"]


def test_empty_cells_and_former_names_change_nothing(tmp_path: Path) -> None:
    known = knowing(jia(unit_id=NANGUAN, profile={"industry_code": "C36"}, former_names=frozenset({"老甲厂"})))
    known.contacts[a_code(1)] = {"李梅": "13800000000"}
    found = matched(tmp_path, REGISTER, ["老甲厂", a_code(1), None, None, None, "李梅", None], known=known)
    assert (actions(found), found.writes) == ([Action.UNCHANGED], [])
    assert [code for code, *_ in said(found)] == ["row.no_unit", "row.former_name"]


def test_words_that_are_in_no_list_are_said_and_left_empty(tmp_path: Path) -> None:
    found = matched(tmp_path, REGISTER, ["甲有限公司", a_code(1), "梨树县", "Z99", "绿茶", None, None])
    assert found.writes == [NewEnterprise(a_code(1), "甲有限公司")]
    assert said(found) == [
        ("row.unit_unknown", 2, "县区", "梨树县"),
        ("row.industry_unknown", 2, "行业", "Z99"),
        ("row.chain_unknown", 2, "产业链", "绿茶"),
    ]


def test_a_branch_is_marked_and_said(tmp_path: Path) -> None:
    found = matched(tmp_path, REGISTER[:3], ["甲有限公司南关分公司", a_code(1), "南关区"])
    assert found.writes == [NewEnterprise(a_code(1), "甲有限公司南关分公司", NANGUAN)]
    assert said(found) == [("row.branch", 2, "企业名称", "甲有限公司南关分公司")]


def test_a_clerk_cannot_create_move_or_import_into_another_district(tmp_path: Path) -> None:
    known = knowing(jia(unit_id=CHAOYANG), KnownEnterprise(12, a_code(2), "乙", unit_id=NANGUAN))
    found = matched(
        tmp_path,
        REGISTER[:3],
        ["甲有限公司", a_code(1), None],
        ["乙", a_code(2), "朝阳区"],
        ["丙", a_code(3), "朝阳区"],
        ["丁", a_code(4), "某某区"],
        ["戊", a_code(5), None],
        known=known,
        reach=CLERK_OF_NANGUAN,
    )
    assert actions(found) == [Action.REFUSED] * 4 + [Action.CREATE]
    assert found.writes == [NewEnterprise(a_code(5), "戊", NANGUAN)]
    errors = [(p.finding.code, p.row, p.column) for p in found.plan.problems if p.finding.refuses]
    assert errors == [
        ("row.enterprise_of_other_unit", 2, "统一社会信用代码"),
        ("row.other_unit", 3, "县区"),
        ("row.other_unit", 4, "县区"),
        ("row.other_unit", 5, "县区"),
    ]


@pytest.mark.parametrize("head", [REGISTER[:2], LEDGER[:5], FIGURES], ids=["register", "ledger", "figures"])
def test_of_another_districts_enterprise_only_what_the_file_says_is_repeated(tmp_path: Path, head: list[str]) -> None:
    more = {5: ["市级", "第一批", "2021-06-01"], 4: [2021, 100]}.get(len(head), [])
    known = knowing(jia(name="密不外传有限公司", unit_id=CHAOYANG, former_names=frozenset({"旧名"})))
    found = matched(tmp_path, head, ["任意名称", a_code(1), *more], known=known, reach=CLERK_OF_NANGUAN)
    (line,), (problem,) = found.plan.rows, [one for one in found.plan.problems if one.finding.refuses]
    assert (line.action, line.name, line.code) == (Action.REFUSED, "任意名称", a_code(1))
    assert (problem.finding.code, problem.enterprise) == ("row.enterprise_of_other_unit", "任意名称")
    assert "密不外传" not in f"{found.plan}"


def test_a_name_of_another_district_is_nobodys_to_a_clerk(tmp_path: Path) -> None:
    known = knowing(jia(unit_id=CHAOYANG), jia(id=12, code=a_code(2), unit_id=NANGUAN))
    ledger = [LEDGER[:5], ["甲有限公司", None, "市级", None, "2021-06-01"]]
    both = matched(tmp_path, *ledger, known=known, reach=CLERK_OF_NANGUAN)
    assert [line.code for line in both.plan.rows] == [a_code(2)]
    foreign = matched(tmp_path, *ledger, known=knowing(jia(unit_id=CHAOYANG)), reach=CLERK_OF_NANGUAN)
    assert [code for code, *_ in said(foreign)] == ["row.name_unknown"]
    assert [line.code for line in foreign.plan.rows] == [None]


def test_a_ledger_brings_its_enterprises_along(tmp_path: Path) -> None:
    found = matched(
        tmp_path,
        LEDGER[:6],
        ["甲有限公司", a_code(1), "市级", "第一批", "2019-06-01", "2022-05-31"],
        ["甲有限公司", None, "省级", None, "2021-06-01", None],
    )
    assert actions(found) == [Action.CREATE, Action.CREATE]
    record, municipal, provincial = found.writes
    assert record == NewEnterprise(a_code(1), "甲有限公司")
    assert isinstance(municipal, TitleGiven) and isinstance(provincial, TitleGiven)
    assert (municipal.title.kind, municipal.title.valid_from) == (RecognitionKind.NEW, date(2019, 6, 1))
    assert (provincial.code, provincial.title.valid_until) == (a_code(1), date(2024, 5, 31))
    assert [code for code, *_ in said(found)] == ["row.enterprise_new", "row.usual_end"]


def test_a_name_that_is_nobodys_or_everybodys_asks_for_the_code(tmp_path: Path) -> None:
    known = knowing(jia(), jia(id=12, code=a_code(2)))
    found = matched(
        tmp_path,
        LEDGER[:5],
        ["甲有限公司", None, "市级", None, "2021-06-01"],
        ["丙", None, "市级", None, "2021-06-01"],
        [None, a_code(3), "市级", None, "2021-06-01"],
        known=known,
    )
    assert said(found) == [
        ("row.name_ambiguous", 2, "企业名称", "甲有限公司"),
        ("row.name_unknown", 3, "企业名称", "丙"),
        ("row.code_unknown", 4, "信用代码", a_code(3)),
    ]
    assert found.writes == []


def test_a_known_title_is_corrected_reviewed_and_revoked_but_never_doubled(tmp_path: Path) -> None:
    title = KnownTitle(
        21, Title.MUNICIPAL, RecognitionKind.NEW, date(2021, 12, 1), date(2021, 12, 1), date(2024, 11, 30), "第三批"
    )
    known = knowing(jia())
    known.titles[a_code(1)] = [title]
    same = matched(tmp_path, LEDGER[:4], [None, a_code(1), "市级", "第三批"], known=known)
    assert (actions(same), same.writes) == ([Action.UNCHANGED], [])
    known.given.clear()
    row = [None, a_code(1), "市级", "第三批", None, "2024-12-31", "2022-08-01", "2022-09-01", "更名未报告"]
    changed = matched(tmp_path, LEDGER, row, known=known)
    (line,), (write,) = changed.plan.rows, changed.writes
    assert line.changes == {
        "valid_until": (date(2024, 11, 30), date(2024, 12, 31)),
        "review_opened_on": (None, date(2022, 8, 1)),
        "revoked_on": (None, date(2022, 9, 1)),
    }
    assert isinstance(write, TitleGiven) and write.title.id == 21 and write.is_corrected
    assert (write.opens_review_on, write.revoked_on) == (date(2022, 8, 1), date(2022, 9, 1))


def test_a_correction_names_the_days_it_only_estimates(tmp_path: Path) -> None:
    title = KnownTitle(
        21, Title.MUNICIPAL, RecognitionKind.NEW, date(2021, 12, 1), date(2021, 12, 1), date(2024, 11, 30), "第三批"
    )

    def corrected(valid_until: str) -> TitleGiven:
        known = knowing(jia())
        known.titles[a_code(1)] = [title]
        row = [None, a_code(1), "市级", "第三批", "2021-12-01", valid_until]
        (write,) = matched(tmp_path, LEDGER[:6], row, known=known).writes
        assert isinstance(write, TitleGiven)
        return write

    assert (corrected("2024年12月").title.valid_until, corrected("2024年12月").title.estimated) == (
        date(2024, 12, 31),
        "valid_until",
    )
    assert corrected("2024-12-31").title.estimated is None


def test_titles_that_cannot_be_are_refused(tmp_path: Path) -> None:
    known = knowing(jia(founded_on=date(2020, 1, 1)), KnownEnterprise(12, a_code(2), "乙分公司", is_branch=True))
    found = matched(
        tmp_path,
        LEDGER,
        [None, a_code(1), "市级", None, "2019-06-01", None, None, None, None],
        [None, a_code(1), "省级", None, "2030-06-01", None, None, None, None],
        [None, a_code(1), "国家级", None, None, None, None, None, None],
        [None, a_code(1), "国家级", None, "2022-06-01", None, None, "2022-07-01", None],
        [None, a_code(2), "市级", None, "2022-06-01", None, None, None, None],
        known=known,
    )
    errors = [(p.finding.code, p.row, p.column) for p in found.plan.problems if p.finding.refuses]
    assert errors == [
        ("title.before_founding", 2, "认定日期"),
        ("date.future", 3, "认定日期"),
        ("row.no_published_on", 4, "认定日期"),
        ("reason.missing", 5, "撤销原因"),
        ("title.branch", 6, "企业名称"),
    ]


def test_figures_come_in_change_or_stay_by_year_and_source(tmp_path: Path) -> None:
    known = knowing(jia())
    recorded = YearlyFigures(2020, Source.AUDIT, revenue_wan=Decimal(100), staff=30)
    known.figures[a_code(1), 2020, Source.AUDIT] = recorded
    head = ["企业名称", "信用代码", "数据来源", "2020年营业收入（万元）", "2021年营业收入（万元）"]
    found = matched(tmp_path, head, [None, a_code(1), "审计", 100, 120], ["乙", a_code(2), "审计", 1, 1], known=known)
    assert actions(found) == [Action.CREATE, Action.REFUSED]
    assert found.writes == [FiguresGiven(a_code(1), YearlyFigures(2021, Source.AUDIT, revenue_wan=Decimal(120)))]
    known.given.clear()
    changed = matched(tmp_path, head, ["甲有限公司", None, "审计", 101, None], known=known)
    assert changed.plan.rows[0].changes == {"revenue_wan": (Decimal(100), Decimal(101))}
    assert changed.writes == [
        FiguresGiven(a_code(1), YearlyFigures(2020, Source.AUDIT, revenue_wan=Decimal(101), staff=30))
    ]


def test_the_same_figures_under_code_and_name_are_refused_the_second_time(tmp_path: Path) -> None:
    head = ["企业名称", "信用代码", "年度", "数据来源", "营业收入（万元）"]
    found = matched(
        tmp_path,
        head,
        [None, a_code(1), 2021, "审计", 1],
        ["甲有限公司", None, 2021, "审计", 2],
        known=knowing(jia()),
    )
    assert actions(found) == [Action.CREATE, Action.REFUSED]
    assert said(found) == [("row.given_before", 3, "企业名称", "甲有限公司")]


def test_figures_without_a_source_are_the_enterprises_own_and_said_once(tmp_path: Path) -> None:
    known = knowing(jia())
    head = ["信用代码", "年度", "营业收入（万元）"]
    found = matched(tmp_path, head, [a_code(1), 2021, 1], [a_code(1), 2020, 1], known=known)
    assert actions(found) == [Action.CREATE, Action.CREATE]
    assert said(found) == [("row.source_assumed", 2, None, None)]
