"""Why an enterprise is not on the list: asked about any, answered with what the standard asks and its clause."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from sme_tracker.assessments import judging
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.rules.terms import RecognitionKind, Role, Status, Title
from sme_tracker.shortlists.draft import draft
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.why import Bar, answers
from tests.assessments import bureau
from tests.signing import sign_in_as

TODAY = local_today()
KEY = ShortlistKey(Title.NATIONAL, TODAY.year)


def _by() -> Author:
    return Author(None, "test", utc_now())


@pytest.fixture
def firm(session: GuardedSession) -> int:
    """A provincial enterprise that meets the standard."""
    bureau.with_rules(session)
    return bureau.provincial(session)


def _bars(session: GuardedSession, which: int) -> list[Bar]:
    one = session.get_one(Enterprise, which)
    viewer = type("Viewer", (), {"role": Role.LEADER, "unit_id": None})()
    (answer,) = answers(session, viewer, draft(session, KEY, TODAY), one.code)
    assert (answer.row is None) == bool(answer.bars)
    return list(answer.bars)


def test_a_candidate_is_found_with_its_rank_and_nothing_bars_it(session: GuardedSession, firm: int):
    assert _bars(session, firm) == []


def test_who_never_held_the_level_below_is_told_so(session: GuardedSession, firm: int):
    with transaction(session):
        (which,) = enterprises.register(session, _by(), [enterprises.NewEnterprise(bureau.code(9), "长春无级有限公司")])
    assert _bars(session, which) == [Bar.LEVEL_BELOW]


def test_who_holds_the_level_already_is_told_so(session: GuardedSession, firm: int):
    held = recognitions.NewRecognition(
        firm, Title.NATIONAL, RecognitionKind.NEW, TODAY, TODAY, TODAY + timedelta(days=1095)
    )
    with transaction(session):
        recognitions.recognise(session, _by(), [held])
    assert _bars(session, firm) == [Bar.LEVEL_HELD]


@pytest.mark.parametrize(
    ("until", "bars"), [(TODAY - timedelta(days=1), []), (TODAY, [Bar.BARRED, Bar.VETOED])], ids=["over", "last day"]
)
def test_who_is_barred_is_told_so_up_to_the_last_day(session: GuardedSession, firm: int, until: date, bars: list[Bar]):
    with transaction(session):
        enterprises.update_profiles(session, _by(), {firm: {"barred_until": until}})
    assert _bars(session, firm) == bars


def test_who_moved_out_is_told_so(session: GuardedSession, firm: int):
    moved = enterprises.StatusChange(firm, Status.MOVED_OUT, TODAY, "迁往沈阳")
    with transaction(session):
        enterprises.change_statuses(session, _by(), [moved])
    assert _bars(session, firm) == [Bar.NOT_ACTIVE]


def test_the_page_says_what_the_standard_asks_with_the_clause(client: FlaskClient, session: GuardedSession, firm: int):
    short = bureau.provincial(session, 2, ip_assets=[])
    sign_in_as(client, session, Role.LEADER)
    page = client.get(f"/shortlists/{KEY}/why?q={session.get_one(Enterprise, short).code}")
    assert page.status_code == 200
    assert "类知识产权" in page.text and "附件 2（四）" in page.text and "缺数据" in page.text
    assert f"/enterprises/{short}?level=national&amp;day={TODAY}#gap" in page.text


def test_a_list_of_a_year_gone_by_answers_for_its_last_day(client: FlaskClient, session: GuardedSession, firm: int):
    sign_in_as(client, session, Role.LEADER)
    page = client.get(f"/shortlists/national-2024/why?q={session.get_one(Enterprise, firm).code}")
    assert "2024-12-31" in page.text and "当日未持有下一级称号" in page.text


def test_nobody_is_found_in_a_sentence_and_another_list_is_none(
    client: FlaskClient, session: GuardedSession, firm: int
):
    sign_in_as(client, session, Role.LEADER)
    assert "没有找到这样的企业" in client.get(f"/shortlists/{KEY}/why?q=龘鑫").text
    assert client.get("/shortlists/municipal-2026/why?q=长春").status_code == 404


def test_one_that_cannot_be_judged_is_answered_without_a_verdict(
    session: GuardedSession, firm: int, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_asked: object) -> None:
        raise ZeroDivisionError

    listed = draft(session, KEY, TODAY)
    monkeypatch.setattr(judging, "judge", fails)
    viewer = type("Viewer", (), {"role": Role.LEADER, "unit_id": None})()
    (answer,) = answers(session, viewer, listed, session.get_one(Enterprise, firm).code)
    assert (answer.verdict, list(answer.bars)) == (None, [])
