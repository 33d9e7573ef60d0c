"""The administrator's lists and the auditor's history, in a browser: both languages, at a desk and on a phone."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import Role
from tests.enterprises.test_actions import registered
from tests.journeys.entering import enter, sign_in
from tests.journeys.test_sign_in import DESK, PHONE
from tests.signing import add_user

CHOSEN = "Kai-Fa-Qu-2026!"
SCREENS = pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@SCREENS
@LANGUAGES
def test_the_administrator_keeps_the_lists(
    page: Page,
    live_server: str,
    session: GuardedSession,
    assert_accessible: Callable[[], None],
    screen: ViewportSize,
    language: str,
) -> None:
    page.set_viewport_size(screen)
    enter(page, live_server, session, Role.ADMINISTRATOR, language)
    for address in (
        "/lists",
        "/lists/industries",
        "/lists/batches",
        "/lists/units/1",
        "/lists/batches/new",
        "/settings",
    ):
        page.goto(live_server + address)
        assert_accessible()
    page.goto(f"{live_server}/lists/chains/new")
    page.locator("#code").fill("AUTO")
    page.locator("#name").fill("汽车电子")
    page.locator(".save .btn.primary").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible()
    page.locator("#code").fill("ELEC")
    page.locator(".save .btn.primary").click()
    expect(page.get_by_role("link", name="汽车电子")).to_be_visible()


@SCREENS
@LANGUAGES
def test_a_new_colleague_gets_a_code_and_chooses_a_password(
    page: Page,
    live_server: str,
    session: GuardedSession,
    assert_accessible: Callable[[], None],
    screen: ViewportSize,
    language: str,
) -> None:
    page.set_viewport_size(screen)
    user, password = add_user(session, Role.ADMINISTRATOR)
    sign_in(page, live_server, user.name, password, language)
    page.goto(f"{live_server}/users/new")
    assert_accessible()
    page.locator("#name").fill("gaoyuan")
    page.locator("#full_name").fill("高远")
    page.locator("#role").select_option("leader")
    page.locator(".save .btn.primary").click()
    for given, is_right in (("not this one", False), (password, True)):
        expect(page.locator("#confirm_password")).to_be_focused()
        assert_accessible()
        page.keyboard.type(given)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_count(0 if is_right else 1)
    expect(page.locator("#one-time-code")).to_be_visible()
    assert_accessible()
    code = page.locator("#one-time-code").inner_text()
    page.goto(f"{live_server}/users")
    assert_accessible()
    page.context.clear_cookies()
    sign_in(page, live_server, "gaoyuan", code, language)
    expect(page.locator("#new")).to_be_focused()
    assert_accessible()
    page.locator("#new").fill("weak")
    page.locator("#again").fill("weak")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible()
    page.locator("#new").fill(CHOSEN)
    page.locator("#again").fill(CHOSEN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview")


@SCREENS
@LANGUAGES
def test_the_auditor_reads_and_proves_the_history(
    page: Page,
    live_server: str,
    session: GuardedSession,
    assert_accessible: Callable[[], None],
    screen: ViewportSize,
    language: str,
) -> None:
    which = registered(session, name="长春东光机械有限公司")
    with transaction(session):
        by = Author(None, "import 12", utc_now())
        actions.rename(session, by, [actions.Renaming(which, "吉林东光集团有限公司", date(2025, 6, 1))])
    page.set_viewport_size(screen)
    enter(page, live_server, session, Role.AUDITOR, language)
    page.goto(f"{live_server}/history")
    expect(page.get_by_text("吉林东光集团有限公司").first).to_be_visible()
    assert_accessible()
    page.locator("details.filter > summary").first.click()
    assert_accessible()
    page.locator("select[name=action]").select_option("rename")
    page.locator(".editor button").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert_accessible()
    page.get_by_role("button", name="核验历史" if language == "zh" else "Verify the chain").click()
    expect(page.locator(".banner.ok")).to_be_visible()
    assert_accessible()
