"""A register on its way in, in a browser: uploaded, checked, written, and what was left out taken back."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import func, select

from sme_tracker.db import GuardedSession
from sme_tracker.enterprises.models import Enterprise, YearlyFigure
from sme_tracker.rules.terms import Role
from tests.conftest import CONFIG
from tests.imports.test_file import a_code
from tests.journeys.entering import enter
from tests.journeys.serving import Register
from tests.sheets.files import write_table

DESK, PHONE = ViewportSize(width=1366, height=768), ViewportSize(width=390, height=844)
HEAD = ["企业名称", "统一社会信用代码", "县区", "注册资本（万元）", "成立日期", "行业", "产业链"]
MORE = ["南关区", 1200, "2008-05-01", "C36", "汽车零部件"]


@pytest.fixture
def register_file(tmp_path: Path) -> Path:
    """Twenty enterprises, a sole trader, an impossible date, a name of a unit that is none."""
    good = [[f"长春第{number}精密零部件有限公司", a_code(number), *MORE] for number in range(20)]
    return write_table(
        tmp_path / "长春市企业底账.xlsx",
        HEAD,
        *good,
        ["朝阳区老张五金店", "92220106MA00000000", *MORE],
        ["长春第88精密零部件有限公司", a_code(88), "南关区", 50, "2008-02-30", "C36", None],
        ["长春第89精密零部件有限公司", a_code(89), "梨树县", 50, "2008-02-28", "C36", None],
    )


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(
    ("language", "check", "write", "done", "take_back"),
    [
        ("zh", "上传并核对", "写入 22 行，跳过 1 行", "导入完成：新建 22 行", "下载未导入的行（含原因列）"),
        (
            "en",
            "Upload and check",
            "Write 22 rows, leave out 1",
            "Imported: 22 new",
            "Download the rows left out, with reasons",
        ),
    ],
)
def test_a_caseworker_imports_a_register(
    page: Page,
    live_server: str,
    register: Register,
    session: GuardedSession,
    assert_accessible: Callable[[], None],
    register_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    screen: ViewportSize,
    language: str,
    check: str,
    write: str,
    done: str,
    take_back: str,
) -> None:
    monkeypatch.setitem(register.app.extensions, "config", replace(CONFIG, data_folder=tmp_path / "data"))
    page.set_viewport_size(screen)
    enter(page, live_server, session, Role.CASEWORKER, language)
    page.goto(f"{live_server}/import")
    assert_accessible()
    page.locator("#file").set_input_files(register_file)
    page.get_by_role("button", name=check).click()
    expect(page.get_by_role("button", name=write)).to_be_visible()
    assert_accessible()
    page.get_by_role("button", name=write).click()
    expect(page.get_by_text(done)).to_be_visible()
    assert_accessible()
    session.rollback()  # what was read before the import is let go
    assert session.scalar(select(func.count(Enterprise.id))) == 22
    with page.expect_download() as download:
        page.get_by_role("button", name=take_back).click()
    assert download.value.suggested_filename.endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)] == ["朝阳区老张五金店"]


@pytest.fixture
def ledger_file(tmp_path: Path) -> Path:
    """A ledger as a bureau keeps it: title, two kinds of unit, titles, a column nobody knows."""
    head = [
        "序号",
        "企业名称",
        "统一社会信用代码",
        "所属县区",
        "认定级别",
        "认定时间",
        "有效期",
        "营业收入(元)",
        "吉祥物",
    ]
    rows = [
        [number, f"长春试制{number}号有限公司", a_code(number), "朝阳", level, "2025年6月", "三年", 10_000_000, "虎"]
        for number, level in enumerate(["省级", "市级", "省甲级", "省甲级"], start=1)
    ]
    return write_table(tmp_path / "2021年台账.xlsx", ["2021年度长春市专精特新企业汇总表"], head, *rows)


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_a_mixed_ledger_is_mapped_mended_written_and_undone(
    page: Page,
    live_server: str,
    register: Register,
    session: GuardedSession,
    assert_accessible: Callable[[], None],
    ledger_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    screen: ViewportSize,
) -> None:
    monkeypatch.setitem(register.app.extensions, "config", replace(CONFIG, data_folder=tmp_path / "data"))
    page.set_viewport_size(screen)
    enter(page, live_server, session, Role.CASEWORKER, "zh")
    page.goto(f"{live_server}/import")
    page.locator("#file").set_input_files(ledger_file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("要选择 1")).to_be_visible()
    assert_accessible()
    page.get_by_label("吉祥物", exact=True).select_option("不导入此列")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.get_by_text("省甲级").first).to_be_attached()
    assert_accessible()
    page.get_by_label("改为").first.fill("省级")
    page.get_by_role("button", name="此类各行一并改").first.click()
    expect(page.get_by_text("省甲级")).to_have_count(0)
    page.get_by_role("button", name="写入 4 行").click()
    expect(page.get_by_text("导入完成：新建 4 行")).to_be_visible()
    session.rollback()
    assert sorted(session.scalars(select(Enterprise.level)).all()) == [1, 2, 2, 2]
    assert session.scalar(select(func.count(YearlyFigure.id)).where(YearlyFigure.revenue_wan == 1_000)) == 4
    page.get_by_role("link", name="撤销本次导入").click()
    expect(page.get_by_text("撤下新建企业 4 户")).to_be_visible()
    assert_accessible()
    page.get_by_label("原因").focus()
    page.keyboard.type("区县重报")
    page.keyboard.press("Enter")
    expect(page.get_by_text("导入已撤销。")).to_be_visible()
    expect(page.get_by_text("原因：区县重报")).to_be_visible()
    assert_accessible()
    session.rollback()
    assert set(session.execute(select(Enterprise.level, Enterprise.status)).all()) == {(0, "mistaken")}
