"""Signing in, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from tests.signing import add_user

DESK = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=390, height=844)


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(("language", "heading"), [("zh", "登录"), ("en", "Sign in")])
def test_the_way_in_is_open_to_everyone_in_both_languages(
    page: Page,
    live_server: str,
    assert_accessible: Callable[[], None],
    screen: ViewportSize,
    language: str,
    heading: str,
) -> None:
    page.set_viewport_size(screen)
    page.goto(f"{live_server}/sign-in?lang={language}")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    assert_accessible()


@pytest.mark.parametrize("databases", ["sqlite", "postgresql"], indirect=True, scope="session")
def test_a_caseworker_signs_in_and_out_again(
    page: Page, live_server: str, session: GuardedSession, assert_accessible: Callable[[], None]
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    page.goto(f"{live_server}/sign-in?lang=en")
    page.get_by_label("Account name").fill(user.name)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{live_server}/account")
    assert_accessible()
    page.get_by_text(user.name).first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
