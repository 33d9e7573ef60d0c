"""Before a form is saved it says which verdicts would change, and what it says is what saving makes of them."""

import re
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.facts import facts_of
from sme_tracker.assessments.save_preview import as_judged
from sme_tracker.db import GuardedSession
from sme_tracker.enterprises.models import Enterprise, YearlyFigure
from sme_tracker.enterprises.previews import KEY, AsSaved, Preview
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.figures import FIGURES
from sme_tracker.rules.terms import Role
from tests.assessments.bureau import figures, provincial, verdict, with_rules
from tests.enterprises.test_pages import fill
from tests.signing import sign_in_as


def words(page: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def typed(year: int, **other: object) -> dict[str, str]:
    """The figures of a year as somebody types them."""
    right = figures(year, **other)
    return {name: "" if getattr(right, name) is None else str(getattr(right, name)) for name in FIGURES}


@pytest.fixture
def which(client: FlaskClient, session: GuardedSession) -> int:
    """An enterprise that fits the standard above its own, and a caseworker at its forms."""
    with_rules(session)
    sign_in_as(client, session, Role.CASEWORKER)
    return provincial(session)


def test_the_figures_form_says_which_verdicts_would_turn_and_saves_nothing(
    client: FlaskClient, session: GuardedSession, which: int
) -> None:
    address = f"/enterprises/{which}/figures?year=2025&source=audit"
    marks = verdict(session, which).marks
    told = session.scalar(select(func.count(HistoryEntry.id)))
    sent = typed(2025, rd_expense_wan=Decimal(100))
    page = fill(client, address, **sent, check="page")
    assert page.status_code == 200
    assert 'name="rd_expense_wan"' in page.text and 'value="100"' in page.text
    assert re.search(r"研发.*?达标 → 不达标", words(page.text))
    assert verdict(session, which).marks == marks
    assert session.scalar(select(func.count(HistoryEntry.id))) == told
    assert session.scalar(select(func.count(YearlyFigure.id))) == 3


def test_the_part_alone_is_what_the_page_holds(client: FlaskClient, which: int) -> None:
    address = f"/enterprises/{which}/figures?year=2025&source=audit"
    part = fill(client, address, **typed(2025, rd_expense_wan=Decimal(100)), check="part")
    assert part.status_code == 200
    assert "<form" not in part.text and "达标 → 不达标" in words(part.text)


def test_an_emptied_figure_makes_the_verdict_undecided(client: FlaskClient, which: int) -> None:
    address = f"/enterprises/{which}/figures?year=2025&source=audit"
    part = words(fill(client, address, **typed(2025, liabilities_wan=None), check="part").text)
    assert "缺数据" in part and "缺 1" in part


def test_what_cannot_be_read_yet_stays_as_it_is_saved(client: FlaskClient, which: int) -> None:
    address = f"/enterprises/{which}/figures?year=2025&source=audit"
    part = words(fill(client, address, **typed(2025) | {"rd_expense_wan": "一百"}, check="part").text)
    assert "待更正后判定" in part and "没有判定会变化" in part
    page = fill(client, address, **typed(2025) | {"rd_expense_wan": "一百"}, check="page")
    assert page.status_code == 422 and 'value="一百"' in page.text


def test_the_edit_form_judges_the_day_of_founding_and_a_bar(client: FlaskClient, which: int) -> None:
    address = f"/enterprises/{which}/edit"
    part = words(
        fill(client, address, founded_on="2026-01-01", niche_since="2026-01-01", industry_code="C36", check="part").text
    )
    assert "达标 → 不达标" in part


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("figures?year=2025&source=audit", typed(2025, rd_expense_wan=Decimal(200), staff=900)),
        ("figures?year=2024&source=platform", typed(2024, revenue_wan=Decimal(33000))),
        ("edit", {"founded_on": "2025-06-01", "niche_since": "2025-06-01", "barred_until": "2099-01-01"}),
        ("edit", {"enterprise_type": "有限责任公司分公司", "founded_on": "2010-01-01", "industry_code": ""}),
    ],
)
def test_what_is_shown_before_is_what_saving_makes_of_it(
    app: Flask,
    client: FlaskClient,
    session: GuardedSession,
    which: int,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    sent: dict[str, str],
) -> None:
    foreseen: list[EnterpriseFacts] = []

    def note(session: Session, one: Enterprise, saved: AsSaved, _today: date) -> dict[str, object]:
        foreseen.append(as_judged(facts_of(session, [one.id])[one.id], saved))
        return {"effects": [], "others": "", "error": ""}

    monkeypatch.setitem(app.extensions, KEY, [Preview("assessments/save_preview.html", note)])
    address = f"/enterprises/{which}/{path}"
    assert fill(client, address, **sent, check="part").status_code == 200
    assert fill(client, address, **sent).status_code == 303
    session.expire_all()
    assert foreseen == [facts_of(session, [which])[which]]
