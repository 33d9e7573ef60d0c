"""Journeys through the product in a browser: nothing may fail unseen, and nothing may leave the host."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

from sme_tracker.db import GuardedSession, make_session_factory
from sme_tracker.settling import settle
from tests.conftest import CONFIG, Databases
from tests.journeys.serving import Register, served

REFUSAL = "Failed to load resource: the server responded with a status of 4"  # a refused form answers 409 or 422


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Journeys run on SQLite, unless a journey itself names the databases it runs on."""
    named = any(mark.args[0] == "databases" for mark in metafunc.definition.iter_markers("parametrize"))
    if not named:
        metafunc.definition.add_marker(pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session"))


@pytest.fixture(scope="session")
def register(databases: Databases, template_url: str) -> Iterator[Register]:
    """The running product."""
    register = Register(databases, template_url)
    yield register
    register.close()


@pytest.fixture(scope="session")
def served_at(register: Register) -> Iterator[str]:
    """The address of the running product."""
    with served(register.app) as address:
        yield address


@pytest.fixture
def live_server(register: Register, served_at: str) -> str:
    """The address of the product on a new database."""
    register.begin_anew()
    return served_at


@pytest.fixture
def session(register: Register, live_server: str) -> Iterator[GuardedSession]:
    """A session on the running product's database; what it commits the browser sees."""
    with make_session_factory(register.engine, CONFIG.history_key, settle)() as session:
        yield session


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desk in the bureau."""
    desk = {"width": 1366, "height": 768}
    return {**browser_context_args, "viewport": desk, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def page(page: Page, live_server: str) -> Iterator[Page]:
    """A page that tells, at the end, what went wrong on the way."""
    faults = watch(page, live_server)
    yield page
    assert faults == []


def watch(page: Page, live_server: str) -> list[str]:
    """What goes wrong on a page from now on: script errors, blocked content, foreign hosts."""
    faults: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REFUSAL):
            faults.append(message.text)

    def see(request: Request) -> None:
        if not request.url.startswith((live_server, "data:", "blob:")):
            faults.append(f"asked another host: {request.url}")

    page.set_default_timeout(10_000)
    page.on("console", hear)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", see)
    return faults


SQUEEZED = """() => [...document.querySelectorAll('tbody > tr > *, dd, p, li > *')].filter(part => {
    const style = getComputedStyle(part), box = part.getBoundingClientRect();
    const isSlim = box.width > 1 && box.width < 4 * parseFloat(style.fontSize);
    return isSlim && part.innerText.trim().length > 3 && box.height > 2.6 * parseFloat(style.lineHeight);
}).map(part => part.innerText)"""


def assert_fits(page: Page) -> None:
    """Asserts that the page is not wider than the screen and that no text stands in a column of single characters."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate(SQUEEZED) == []


@pytest.fixture
def assert_accessible(page: Page) -> Callable[[], None]:
    """Asserts that axe finds nothing wrong with the page as it stands, and that it fits the screen."""

    def check() -> None:
        found = Axe().run(page).response["violations"]
        assert [f"{fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]] == []
        assert_fits(page)

    return check
