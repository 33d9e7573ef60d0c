"""What the pages gain when scripts run, in a real browser: keys, focus, and forms that are sent once and not lost."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, Route

from tests.look.drawing import STATIC
from tests.look.drawing import page as drawn

HOST = "http://register.test"
ROWS = "".join(f'<tr data-row><td><a data-open href="/e/{n}">E{n}</a></td></tr>' for n in range(3))
LIST = f"""{{% block content %}}<table>{ROWS}</table>
<details data-menu data-key="f"><summary>Filter</summary><input></details>{{% endblock %}}"""
FORM = """{% block content %}<div id="errors" tabindex="-1"><a href="#revenue">Revenue</a></div>
<form method="post" data-guard="x">
<input id="revenue" name="revenue" aria-invalid="true"><input id="staff" name="staff" aria-invalid="true">
<div class="save"><button class="primary" data-busy="Saving…">Save the figures</button></div></form>{% endblock %}"""


@pytest.fixture
def posts() -> list[str]:
    """The addresses that were posted to."""
    return []


@pytest.fixture
def opened(page: Page, posts: list[str]) -> Callable[..., Page]:
    """Opens a page of the register from memory; nothing leaves the browser."""

    def open_page(body: str, **given: Any) -> Page:
        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(HOST)
            file = STATIC / path.removeprefix("/static/")
            if route.request.method == "POST":
                posts.append(path)
                route.fulfill(status=204)
            elif path.startswith("/static/") and file.is_file():
                route.fulfill(path=file)
            elif path == "/":
                route.fulfill(body=drawn(body, **given), content_type="text/html; charset=utf-8")
            else:
                route.fulfill(body="<title>elsewhere</title>", content_type="text/html")

        page.route("**/*", answer)
        page.goto(HOST + "/")
        return page

    return open_page


def cursor(page: Page) -> int:
    return int(
        page.evaluate("[...document.querySelectorAll('[data-row]')].findIndex(row => row.classList.contains('cur'))")
    )


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_j_and_k_walk_the_list_and_enter_opens_the_row(opened: Callable[..., Page]) -> None:
    page = opened(LIST)
    for key in "jjk":
        page.keyboard.press(key)
    assert cursor(page) == 0
    page.keyboard.press("Enter")
    page.wait_for_url("**/e/0")


def test_g_and_a_letter_go_to_a_section(opened: Callable[..., Page]) -> None:
    page = opened(LIST)
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/dashboard/list")


def test_single_keys_rest_while_typing(opened: Callable[..., Page]) -> None:
    page = opened(LIST)
    page.keyboard.press("/")
    assert focused(page) == "gsearch"
    page.keyboard.type("jk")
    assert cursor(page) == -1 and page.input_value("#gsearch") == "jk"


def test_single_keys_can_be_switched_off_and_stay_off(opened: Callable[..., Page]) -> None:
    page = opened(LIST)
    page.keyboard.press("?")
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    assert cursor(page) == -1


def test_escape_closes_what_is_open(opened: Callable[..., Page]) -> None:
    page = opened(LIST)
    page.keyboard.press("f")
    assert page.locator("details[data-key=f][open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details[data-key=f][open]").count() == 0


def test_errors_take_the_focus_and_lead_to_their_fields(opened: Callable[..., Page]) -> None:
    page = opened(FORM)
    assert focused(page) == "errors"
    page.locator("#errors a").click()
    assert focused(page) == "revenue"
    page.keyboard.press("Alt+ArrowDown")
    assert focused(page) == "staff"


def test_a_form_is_sent_once_and_its_button_says_so_without_changing_its_width(
    opened: Callable[..., Page], posts: list[str]
) -> None:
    page = opened(FORM)
    button = page.locator(".primary")
    wide = button.evaluate("button => button.offsetWidth")
    button.evaluate("button => { button.click(); button.click(); }")
    assert button.inner_text() == "Saving…" and button.evaluate("button => button.offsetWidth") == wide
    page.wait_for_timeout(100)
    assert posts == ["/"]


def test_ctrl_enter_saves_from_within_a_field(opened: Callable[..., Page], posts: list[str]) -> None:
    page = opened(FORM)
    page.locator("#revenue").press("Control+Enter")
    page.wait_for_timeout(100)
    assert posts == ["/"]


def test_leaving_with_unsaved_changes_is_asked_about(opened: Callable[..., Page]) -> None:
    page = opened(FORM.replace('id="errors"', 'id="none"'))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("#revenue").fill("5")
    page.locator(".brand").click(no_wait_after=True)
    page.wait_for_timeout(200)
    assert asked == ["beforeunload"]


def test_ctrl_z_undoes_what_was_just_done(opened: Callable[..., Page], posts: list[str]) -> None:
    page = opened("", messages=(("ok", {"text": "Done", "undo_url": "/undo/7"}),))
    page.keyboard.press("Control+z")
    page.wait_for_timeout(100)
    assert posts == ["/undo/7"]
