"""Saving, in a browser: the verdicts that would turn, and two people's figures meeting field by field."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import select

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions
from sme_tracker.enterprises.models import YearlyFigure
from sme_tracker.rules.terms import Role
from tests.assessments.bureau import BY, figures, provincial, with_rules
from tests.journeys.test_administration import LANGUAGES, SCREENS, enter

WORDS = {"zh": ("达标 →", "不达标", "缺数据"), "en": ("met →", "Not met", "Missing")}


@SCREENS
@LANGUAGES
def test_the_form_says_what_would_turn_while_it_is_filled_in(
    page: Page,
    live_server: str,
    session: GuardedSession,
    assert_accessible: Callable[[], None],
    screen: ViewportSize,
    language: str,
) -> None:
    with_rules(session)
    which = provincial(session)
    page.set_viewport_size(screen)
    enter(page, live_server, session, Role.CASEWORKER, language)
    page.goto(f"{live_server}/enterprises/{which}/figures?year=2025&source=audit")
    was, not_met, missing = WORDS[language]
    changes = page.locator("#changes")
    page.locator("#rd_expense_wan").fill("300")
    expect(changes).to_contain_text(was)
    expect(changes).to_contain_text(not_met)
    page.locator("#rd_expense_wan").fill("")
    expect(changes).to_contain_text(missing)
    assert_accessible()
    page.locator("button[name=check]").click()
    expect(changes).to_contain_text(missing)
    expect(page.locator("#rd_expense_wan")).to_have_value("")
    assert_accessible()
    page.goto(f"{live_server}/enterprises/{which}/edit")
    page.locator("#founded_on").fill("2026-01-01")
    page.locator("#niche_since").fill("2026-01-01")
    expect(changes).to_contain_text(not_met)
    assert_accessible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@SCREENS
def test_two_peoples_figures_meet_and_are_chosen_by_keyboard(
    page: Page,
    live_server: str,
    session: GuardedSession,
    assert_accessible: Callable[[], None],
    screen: ViewportSize,
    scripts: bool,
) -> None:
    which = provincial(session)
    page.set_viewport_size(screen)
    enter(page, live_server, session, Role.CASEWORKER, "zh")
    if not scripts:
        page.route("**/app.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{live_server}/enterprises/{which}/figures?year=2025&source=audit")
    with transaction(session):
        actions.record_figures(session, BY, [(which, figures(2025, staff=230, rd_staff=61))])
    page.locator("#staff").fill("240")
    page.locator("#rd_staff").fill("62")
    page.locator(".save .primary").click()
    expect(page.locator("table.pickone")).to_be_visible()
    assert_accessible()
    page.locator("#pick-staff").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#pick-staff-mine")).to_be_checked()
    page.locator(".save .primary").focus()
    page.keyboard.press("Enter")
    link = page.locator("#errors a")
    expect(link).to_have_count(1)
    expect(page.locator("#pick-staff-mine")).to_be_checked()
    assert_accessible()
    page.locator("[name='other.rd_staff']").fill("63")
    page.locator("[name='pick.rd_staff'][value=other]").focus()
    page.keyboard.press("Space")
    page.locator(".save .primary").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server}/enterprises/{which}")
    session.rollback()
    row = session.scalars(select(YearlyFigure).where(YearlyFigure.fiscal_year == 2025, YearlyFigure.in_force())).one()
    assert (row.staff, row.rd_staff) == (240, 63)
