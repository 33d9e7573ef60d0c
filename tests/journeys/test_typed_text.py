"""The session ends while somebody types, in a browser: after signing in again everything is there and can be saved."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import update

from sme_tracker.accounts.models import User, UserSession
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.terms import Role
from tests.enterprises.test_actions import BY, registered
from tests.journeys.test_administration import SCREENS
from tests.signing import add_user

TYPED = "乙地 <胜利> & 1 号"


def _sign_in(page: Page, user: User, password: str) -> None:
    page.locator("#name").fill(user.name)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")


def _end_sessions(session: GuardedSession) -> None:
    with transaction(session):
        session.execute(update(UserSession).values(ended_at=utc_now()))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@SCREENS
def test_the_session_ends_while_a_form_is_typed_into(
    page: Page,
    live_server: str,
    session: GuardedSession,
    assert_accessible: Callable[[], None],
    screen: ViewportSize,
    scripts: bool,
) -> None:
    which = registered(session, address="甲地", niche="丝杠")
    user, password = add_user(session, Role.CASEWORKER)
    page.set_viewport_size(screen)
    if not scripts:
        page.route("**/app.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    form, brought_back = f"{live_server}/enterprises/{which}/edit", page.locator("[data-brought-back]")
    page.goto(f"{live_server}/sign-in?lang=zh")
    _sign_in(page, user, password)
    page.goto(form)
    page.locator("#address").fill(TYPED)
    page.locator("#business_scope").fill("生产\n研发")
    page.locator("#founded_on").fill("2015-05-05")
    _end_sessions(session)
    page.locator(".save .primary").click()
    expect(page.locator(".kept")).to_be_visible()
    assert_accessible()
    _sign_in(page, user, "wrong")
    expect(page.locator("#errors")).to_be_visible()
    _sign_in(page, user, password)
    expect(brought_back).to_be_visible()
    assert page.url == form
    expect(page.locator("#address")).to_have_value(TYPED)
    expect(page.locator("#business_scope")).to_have_value("生产\n研发")
    expect(page.locator("#founded_on")).to_have_value("2015-05-05")
    expect(page.locator("#niche")).to_have_value("丝杠")
    assert_accessible()
    page.locator(".save .primary").click()
    page.wait_for_url(f"{live_server}/enterprises/{which}")
    session.rollback()
    assert session.get_one(Enterprise, which).address == TYPED
    page.goto(form)
    expect(brought_back).to_be_hidden()


def test_the_tab_keeps_what_was_typed_until_it_is_dropped_saved_or_the_account_signs_out(
    page: Page, live_server: str, session: GuardedSession
) -> None:
    which, other = registered(session, address="甲地"), registered(session, 2, "长春重型机械有限公司")
    user, password = add_user(session, Role.CASEWORKER)
    somebody, anothers = add_user(session, Role.CASEWORKER)
    form, brought_back = f"{live_server}/enterprises/{which}/edit", page.locator("[data-brought-back]")
    page.goto(f"{live_server}/sign-in?lang=zh")
    page.on("dialog", lambda dialog: dialog.accept())

    def type_and_leave() -> None:
        page.goto(form)
        page.locator("#address").fill(TYPED)
        page.goto(f"{live_server}/enterprises/{other}/edit")
        expect(brought_back).to_be_hidden()
        expect(page.locator("#address")).to_have_value("")

    _sign_in(page, user, password)
    type_and_leave()
    _end_sessions(session)
    page.goto(form)
    _sign_in(page, user, password)
    expect(page.locator("#address")).to_have_value(TYPED)
    brought_back.locator("[data-leave]").click()
    expect(brought_back).to_be_hidden()
    expect(page.locator("#address")).to_have_value("甲地")

    type_and_leave()
    _end_sessions(session)
    page.goto(form)
    _sign_in(page, somebody, anothers)
    expect(page.locator("#address")).to_have_value("甲地")
    expect(brought_back).to_be_hidden()
    assert page.evaluate("Object.keys(sessionStorage).length") == 0

    page.locator("#address").fill(TYPED)
    page.locator(".save [data-leave]").click()
    page.goto(form)
    expect(page.locator("#address")).to_have_value("甲地")

    page.locator("#address").fill(TYPED)
    page.locator(".person summary").click()
    page.locator(".person form[action='/sign-out'] button").click()
    page.wait_for_url("**/sign-in")
    assert page.evaluate("Object.keys(sessionStorage).length") == 0


def test_a_save_that_meets_somebody_elses_is_not_taken_for_saved(
    page: Page, live_server: str, session: GuardedSession
) -> None:
    which = registered(session, address="甲地")
    user, password = add_user(session, Role.CASEWORKER)
    form, brought_back = f"{live_server}/enterprises/{which}/edit", page.locator("[data-brought-back]")
    page.goto(f"{live_server}/sign-in?lang=zh")
    page.on("dialog", lambda dialog: dialog.accept())
    _sign_in(page, user, password)
    page.goto(form)
    page.locator("#address").fill(TYPED)
    with transaction(session):
        actions.update_profiles(session, BY, {which: {"address": "丙地"}})
    page.locator(".save .primary").click()
    expect(page.locator("table.pickone")).to_be_visible()
    page.goto(form)
    expect(brought_back).to_be_visible()
    expect(page.locator("#address")).to_have_value(TYPED)
    page.locator(".save .primary").click()
    expect(page.locator("table.pickone")).to_be_visible()
    page.locator("#pick-address-mine").check()
    page.locator(".save .primary").click()
    page.wait_for_url(f"{live_server}/enterprises/{which}")
    page.goto(form)
    expect(brought_back).to_be_hidden()
    expect(page.locator("#address")).to_have_value(TYPED)
