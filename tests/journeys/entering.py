"""Signing in by the browser, for journeys."""

from playwright.sync_api import Page

from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from tests.signing import add_user, confirm


def enter(page: Page, address: str, session: GuardedSession, role: Role, language: str) -> None:
    """Sign a new account of the role in; the password was given again, too."""
    user, password = add_user(session, role)
    sign_in(page, address, user.name, password, language)
    confirm(session, user)


def sign_in(page: Page, address: str, name: str, password: str, language: str) -> None:
    """Sign in with a password or a one-time code."""
    page.goto(f"{address}/sign-in?lang={language}")
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
