"""How much the pages of one enterprise ask of the database: the same few statements however much there is to tell."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from sme_tracker.clock import local_today
from sme_tracker.daily import begin_day
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions, queries
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.profiles import TYPED
from sme_tracker.pipeline.actions import Planning, plan
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.terms import Role, Source, Title
from tests.assessments.bureau import BY, provincial, with_rules
from tests.enterprises.test_actions import registered
from tests.enterprises.test_pages import VERSION
from tests.signing import csrf, sign_in_as

PAGE, FORM, FIGURES_FORM = 14, 6, 4
SAVE, SAVE_THAT_IS_JUDGED, SAVE_OF_FIGURES = 11, 19, 21


@pytest.fixture
def caseworker(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    """A browser with a caseworker signed in, in a bureau that judges."""
    with_rules(session)
    sign_in_as(client, session, Role.CASEWORKER)
    return client


def statements(session: GuardedSession, ask: Callable[[], TestResponse], status: int = 200) -> int:
    """How many statements the answer takes, without those that begin and end a transaction."""
    counted: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            counted.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        assert ask().status_code == status
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    return len(counted)


def told_of_at_length(session: GuardedSession, which: int) -> None:
    """Record more of the enterprise than most have."""
    with transaction(session):
        years = [(which, YearlyFigures(year, Source.AUDIT, revenue_wan=Decimal(year))) for year in range(2010, 2026)]
        actions.record_figures(session, BY, years)
        actions.add_contacts(session, BY, [actions.NewContact(which, f"联系人{number}") for number in range(20)])
        plan(session, BY, [Planning(which, Title.NATIONAL, year, None) for year in range(BY.at.year, BY.at.year + 5)])


@pytest.mark.parametrize(
    ("path", "most"), [("", PAGE), ("/edit", FORM), ("/figures?year=2025&source=audit", FIGURES_FORM)]
)
def test_a_page_asks_the_same_however_much_there_is_to_tell(
    caseworker: FlaskClient, session: GuardedSession, path: str, most: int
) -> None:
    which = provincial(session)

    def page() -> TestResponse:
        return caseworker.get(f"/enterprises/{which}{path}")

    page()
    before = statements(session, page)
    told_of_at_length(session, which)
    assert statements(session, page) <= before <= most


@pytest.mark.parametrize(
    ("path", "typed", "most"),
    [
        ("/edit", {"address": "硅谷大街1号"}, SAVE),
        ("/edit", {"founded_on": "2011-05-04"}, SAVE_THAT_IS_JUDGED),
        ("/figures?year=2025&source=audit", {"revenue_wan": "9200"}, SAVE_OF_FIGURES),
    ],
)
def test_a_save_asks_only_for_what_it_may_change(
    caseworker: FlaskClient, session: GuardedSession, path: str, typed: dict[str, str], most: int
) -> None:
    which = provincial(session)
    told_of_at_length(session, which)
    begin_day(session, local_today())
    form = caseworker.get(f"/enterprises/{which}{path}")
    version = VERSION.search(form.text)
    one = session.get_one(Enterprise, which)
    stands = {name: value for name in TYPED if (value := getattr(one, name)) is not None}
    sent = {"csrf_token": csrf(form), "version": version[1] if version else ""} | stands | typed

    def save() -> TestResponse:
        return caseworker.post(f"/enterprises/{which}{path}", data=sent)

    assert statements(session, save, 303) <= most


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
def test_the_history_of_an_enterprise_is_found_by_the_enterprise_and_not_by_the_instant_of_an_import(
    session: GuardedSession,
) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    try:
        queries.history_of(session, registered(session), 5)
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)
    statement = next(one for one in reversed(asked) if "of_all" in one)
    cursor = session.connection().connection.cursor()
    steps = [row[3] for row in cursor.execute(f"explain query plan {statement}", [1] * statement.count("?"))]
    assert any("ix_history_entry_enterprise" in step for step in steps)
    assert not any("ix_history_entry_at" in step for step in steps), steps
