"""The long way of a standard and a list, in a browser: from a draft of the rules to a new national title."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from sme_tracker.assessments import actions as evidence
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.history.chain import Author
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.terms import Indicator, RecognitionKind, Role, Source, Title
from sme_tracker.targets.actions import TargetValue, set_targets
from tests.assessments.bureau import PAPERS, code
from tests.assessments.test_rule_sets import KEY
from tests.journeys.conftest import assert_fits, watch
from tests.journeys.entering import enter
from tests.journeys.test_sign_in import PHONE

TODAY = local_today()
YEARS = range(TODAY.year - 4, TODAY.year)
STRONG, WEAK = "长春启衡精密传动有限公司", "吉林远大光电仪器有限公司"
STRICTER = "little-giant-next"
SUM_OF_RD = '[name="at:criteria[2].condition.all_of[0].at_least"]'
FIGURES = ("revenue_wan", "main_revenue_wan", "rd_expense_wan", "assets_wan", "liabilities_wan", "staff", "rd_staff")
LIST = f"/shortlists/national-{TODAY.year}"


@pytest.fixture
def bureau(session: GuardedSession) -> None:
    """Two provincial enterprises with all papers; what one spent on research last year it says itself, unaudited."""
    by = Author(None, "form", utc_now())
    with transaction(session):
        load_shipped(session, by.at)
        set_targets(session, by, [TargetValue(TODAY.year, Indicator.SPRINT, None, 5)])
        profile = {"founded_on": date(2010, 1, 1), "niche_since": date(2012, 1, 1), "industry_code": "C36"}
        both = enumerate((STRONG, WEAK))
        new = [enterprises.NewEnterprise(code(number), name, profile=profile) for number, name in both]
        strong, weak = enterprises.register(session, by, new)
        audited = [(strong, figures(year, "0.06")) for year in YEARS]
        audited += [(weak, figures(year, "0.035")) for year in YEARS if year < YEARS[-1]]
        enterprises.record_figures(session, by, audited)
        own_word = replace(figures(YEARS[-1], "0.031"), source=Source.SELF_REPORTED)
        enterprises.record_figures(session, by, [(weak, own_word)])
        for which in (strong, weak):
            _entitle(session, by, which)


def figures(year: int, intensity: str) -> YearlyFigures:
    """The audited figures of a year, all right but for the share that goes to research."""
    revenue = Decimal(round(20_000 * 1.08 ** (year - YEARS[0])))
    return YearlyFigures(
        year,
        Source.AUDIT,
        revenue_wan=revenue,
        main_revenue_wan=revenue * Decimal("0.95"),
        rd_expense_wan=(revenue * Decimal(intensity)).quantize(Decimal("0.01")),
        assets_wan=revenue,
        liabilities_wan=revenue * Decimal("0.5"),
        staff=226,
        rd_staff=60,
    )


def _entitle(session: GuardedSession, by: Author, which: int) -> None:
    """The provincial title, valid today, and every paper the national standard asks for."""
    begins, ends = date(TODAY.year - 1, 1, 1), date(TODAY.year + 1, 12, 31)
    title = recognitions.NewRecognition(which, Title.PROVINCIAL, RecognitionKind.NEW, begins, begins, ends)
    recognitions.recognise(session, by, [title])
    for kind, listed in PAPERS.items():
        this_year = [data | ({"year": TODAY.year} if "year" in data else {}) for data in listed]
        rows = [evidence.NewEvidence(which, kind, kind, from_day=begins, data=data) for data in this_year]
        evidence.record_evidence(session, by, rows)


@pytest.fixture
def desk(
    browser: Browser, browser_context_args: dict[str, Any], session: GuardedSession, live_server: str
) -> Iterator[Callable[[Role], Page]]:
    """Sits somebody of a role down at a desk of their own."""
    contexts, faults = [], []

    def sit_down(role: Role) -> Page:
        contexts.append(browser.new_context(**browser_context_args, base_url=live_server))
        page = contexts[-1].new_page()
        faults.append(watch(page, live_server))
        enter(page, live_server, session, role, "zh")
        return page

    yield sit_down
    for context in contexts:
        context.close()
    assert [fault for of_one in faults for fault in of_one] == []


def test_from_a_draft_of_the_rules_to_a_national_title(
    bureau: None, desk: Callable[[Role], Page], tmp_path: Path
) -> None:
    caseworker, leader = desk(Role.CASEWORKER), desk(Role.LEADER)
    _see_on_the_overview(leader, "0 / 5", "省 2 · 国 0")
    _draft_a_stricter_standard(caseworker)
    _publish_and_assign_it(leader)
    _enter_the_figures_a_near_miss_lacks(caseworker)
    _recommend_both(caseworker)
    _freeze(leader, 1)
    _see_on_the_overview(leader, "2 / 5", "省 2 · 国 0")
    _correct_a_figure(caseworker)
    _freeze(leader, 2)
    _see_what_changed_and_why(leader)
    _read_on_a_phone(leader, caseworker)
    _take_the_list_out(leader, tmp_path / "list.xlsx")
    _enter_the_outcome(caseworker)
    _see_on_the_overview(leader, "2 / 5", "省 1 · 国 1")


def _see_on_the_overview(page: Page, sprint: str, levels: str) -> None:
    page.goto("/overview")
    expect(page.get_by_role("link", name=f"冲刺国家级：{sprint}")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="全市").last).to_contain_text(levels)


def _read_on_a_phone(leader: Page, caseworker: Page) -> None:
    to_read = ["/overview", "/targets", LIST, f"{LIST}/freeze", f"{LIST}/v1", f"{LIST}/changes", f"/rule-sets/{KEY}"]
    to_do = [f"{LIST}/result", f"{LIST}/why", "/table-templates/recommendation", "/verdicts/near", "/verdicts/missing"]
    for page, addresses in ((leader, to_read), (caseworker, [*to_do, "/rule-sets", "/verdicts/missing?scope=all"])):
        desk = page.viewport_size
        page.set_viewport_size(PHONE)
        for language in ("en", "zh"):
            for address in addresses:
                page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
                assert_fits(page)
        if desk:
            page.set_viewport_size(desk)


def _draft_a_stricter_standard(page: Page) -> None:
    page.goto(f"/rule-sets/{KEY}")
    page.locator("[name=key]").fill(STRICTER)
    page.get_by_role("button", name="复制").click()
    page.locator(SUM_OF_RD).fill("1700")
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_text("0 户进入，1 户退出")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("link", name=WEAK)).to_be_visible()
    page.get_by_role("link", name="返回修改数值").click()
    expect(page.locator(SUM_OF_RD)).to_have_value("1700")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(f"**/{STRICTER}")
    expect(page.get_by_role("button", name="发布")).to_have_count(0)


def _publish_and_assign_it(page: Page) -> None:
    page.goto(f"/rule-sets/{STRICTER}")
    page.get_by_role("button", name="发布").click()
    page.locator("[name=from_day]").fill(TODAY.isoformat())
    page.locator("[name=ends_current]").check()
    page.get_by_role("button", name="设定适用期").click()
    expect(page.get_by_role("complementary").get_by_text(TODAY.isoformat())).to_be_visible()


def _enter_the_figures_a_near_miss_lacks(page: Page) -> None:
    page.goto("/verdicts/near?level=national")
    page.get_by_role("link", name=WEAK).click()
    expect(page.locator("#gap")).to_contain_text("临近达标")
    page.goto(f"{page.url.partition('?')[0]}/figures?year={YEARS[-1]}")
    audited = figures(YEARS[-1], "0.04")
    for name in FIGURES:
        page.locator(f"#{name}").fill(str(getattr(audited, name)))
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#gap")).to_contain_text("符合条件")
    page.goto("/verdicts/near?level=national")
    expect(page.get_by_role("link", name=WEAK)).to_have_count(0)


def _recommend_both(page: Page) -> None:
    page.goto(LIST)
    for name in (STRONG, WEAK):
        page.get_by_role("checkbox", name=name).check()
    page.locator("#decision").get_by_text("拟推荐", exact=True).click()
    page.get_by_role("button", name="保存意见").click()
    expect(page.get_by_role("status").get_by_text("2 户")).to_be_visible()


def _freeze(page: Page, number: int) -> None:
    page.goto(LIST)
    page.get_by_role("link", name=f"定稿（第 {number} 版）").click()
    page.get_by_role("button", name=f"定稿（第 {number} 版").click()
    page.wait_for_url(f"**/v{number}")


def _correct_a_figure(page: Page) -> None:
    page.goto(LIST)
    page.get_by_role("link", name=STRONG).first.click()
    page.goto(f"{page.url.partition('?')[0].partition('#')[0]}/figures?year={YEARS[-1]}")
    page.locator("#liabilities_wan").fill("21000")
    page.locator("#reason").fill("审计调整")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(lambda url: "figures" not in url)


def _see_what_changed_and_why(page: Page) -> None:
    expect(page.get_by_role("listitem").filter(has_text=STRONG)).to_contain_text("达标 → 不达标")
    page.get_by_role("link", name="逐项对照，附原因").click()
    expect(page.locator("main")).to_contain_text("数据变更")


def _take_the_list_out(page: Page, path: Path) -> None:
    page.goto(LIST)
    page.locator("summary").filter(has_text="导出").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=".xlsx").click()
    download.value.save_as(path)
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2, values_only=True)
    assert {code(0), code(1)} <= {cell for row in rows for cell in row}


def _enter_the_outcome(page: Page) -> None:
    page.goto(f"{LIST}/result")
    page.locator("#published_on").fill(TODAY.isoformat())
    page.locator("#document_number").fill("工信部企业函 1 号")
    page.get_by_label(WEAK).first.select_option("recognised")
    page.get_by_role("button", name="录入认定结果").click()
    expect(page.get_by_role("row", name=WEAK)).to_contain_text("已认定")
