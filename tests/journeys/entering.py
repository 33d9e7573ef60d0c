"""Signing in by the browser, for journeys."""

from playwright.sync_api import Page

from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from tests.signing import add_user


def enter(page: Page, address: str, session: GuardedSession, role: Role, language: str) -> None:
    """Sign a new account of the role in."""
    user, password = add_user(session, role)
    page.goto(f"{address}/sign-in?lang={language}")
    page.locator("#name").fill(user.name)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
