"""Who has to wait for a place for a long answer gets it without doing anything, and with one button without script."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from sme_tracker.web.long_answers import AT_ONCE, Places
from tests.journeys.conftest import assert_fits
from tests.journeys.entering import enter
from tests.journeys.serving import Register

SCREENS = [("zh", {"width": 1366, "height": 768}), ("en", {"width": 390, "height": 844})]
WORDS = {"zh": ("正在排队", "立即重试", "如为下载"), "en": ("Waiting for a turn", "Ask again now", "Once a download")}
PlacesTaken = list[Callable[[], None]]


@pytest.fixture
def taken(register: Register) -> Iterator[PlacesTaken]:
    """What gives back the places of the product, all of which others have taken."""
    places: Places = register.app.extensions["long_answers"]
    held = [give_back for _time in range(AT_ONCE) if (give_back := places.take())]
    yield held
    for give_back in held:
        give_back()


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def scripted(request: pytest.FixtureRequest) -> bool:
    """Whether scripts run in the browser."""
    return bool(request.param)


@pytest.mark.parametrize(("language", "screen"), SCREENS)
def test_a_file_that_has_to_wait_comes_once_there_is_a_place(
    browser: Browser,
    live_server: str,
    session: GuardedSession,
    taken: PlacesTaken,
    scripted: bool,
    language: str,
    screen: dict[str, int],
) -> None:
    page = browser.new_context(viewport=screen, java_script_enabled=scripted).new_page()
    title, again, asked = WORDS[language]
    enter(page, live_server, session, Role.AUDITOR, language)
    page.goto(f"{live_server}/history?action=user.create")
    _export(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert page.get_by_role("button", name=again).is_visible()
    if scripted:
        assert Axe().run(page).response["violations"] == []
        assert_fits(page)
    taken[0]()
    with page.expect_download(timeout=20_000) as download:
        if not scripted:
            page.get_by_role("button", name=again).click()
    assert download.value.suggested_filename.endswith(".csv")
    if scripted:
        expect(page.get_by_text(asked)).to_be_visible()
    page.locator(".fault a.btn").click()
    page.wait_for_url("**/history?action=user.create")
    page.context.close()


def _export(page: Page) -> None:
    page.locator("summary", has_text="导出").or_(page.locator("summary", has_text="Export")).first.click()
    page.locator("form[data-download] button", has_text=".csv").click()
