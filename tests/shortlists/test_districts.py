"""Districts recommend first, the city decides: whose word counts, until when, and who sees it."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import DecisionWord, Role, Title
from sme_tracker.shortlists import actions
from sme_tracker.shortlists.draft import draft, judged_draft
from sme_tracker.shortlists.models import DistrictWord
from sme_tracker.shortlists.queries import ShortlistKey
from tests.assessments import bureau
from tests.signing import csrf, sign_in_as

TODAY = local_today()
KEY = ShortlistKey(Title.NATIONAL, TODAY.year)
GOOD, BAD = DecisionWord.RECOMMENDED, DecisionWord.NOT_RECOMMENDED


def _by() -> Author:
    return Author(None, "test", utc_now())


@pytest.fixture
def units(session: GuardedSession) -> list[int]:
    """Two reporting units."""
    return list(session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.sort).limit(2)))


@pytest.fixture
def firms(session: GuardedSession, units: list[int]) -> list[int]:
    """Three candidates: two of the first unit, one of the second."""
    bureau.with_rules(session)
    found = [bureau.provincial(session, number) for number in (1, 2, 3)]
    with transaction(session):
        wanted = [(found[0], units[0]), (found[1], units[0]), (found[2], units[1])]
        changes = [enterprises.UnitChange(which, unit, date(2010, 1, 1)) for which, unit in wanted]
        enterprises.assign_units(session, _by(), changes)
    return found


def _say(session: GuardedSession, unit: int, ids: list[int], word: DecisionWord, reason: str = "") -> None:
    with transaction(session):
        actions.recommend(session, _by(), KEY, unit, ids, word, reason)


def _words(session: GuardedSession) -> dict[int, DecisionWord | None]:
    return {row.candidate.enterprise_id: row.district_word for row in draft(session, KEY, TODAY).rows}


def test_a_district_speaks_of_its_own_candidates_only(session: GuardedSession, units: list[int], firms: list[int]):
    with pytest.raises(Refused):
        _say(session, units[0], firms, GOOD)
    _say(session, units[0], firms[:2], GOOD)
    assert _words(session) == {firms[0]: GOOD, firms[1]: GOOD, firms[2]: None}


def test_not_recommended_needs_a_reason_and_undecided_is_no_word_of_a_district(
    session: GuardedSession, units: list[int], firms: list[int]
):
    for word, reason in ((BAD, " "), (DecisionWord.UNDECIDED, "再看")):
        with pytest.raises(Refused):
            _say(session, units[0], firms[:1], word, reason)
    _say(session, units[0], firms[:1], BAD, "企业申请缓报")
    said = next(row.district for row in draft(session, KEY, TODAY).rows if row.district)
    assert (said.decision, said.reason, said.on) == (BAD, "企业申请缓报", TODAY)


def test_a_word_said_again_replaces_the_last_which_stays_on_record(
    session: GuardedSession, units: list[int], firms: list[int]
):
    _say(session, units[0], firms[:1], GOOD)
    _say(session, units[0], firms[:1], GOOD)
    _say(session, units[0], firms[:1], BAD, "企业申请缓报")
    rows = session.scalars(select(DistrictWord).order_by(DistrictWord.id)).all()
    assert [(row.decision, row.retired_at is None) for row in rows] == [(GOOD, False), (BAD, True)]
    told = session.scalars(select(HistoryEntry.changes).where(HistoryEntry.action == "shortlist.district")).all()
    assert [entry["decision"] for entry in told] == [[None, GOOD], [GOOD, BAD]]


def test_what_is_kept_of_the_candidates_is_what_judging_them_anew_says(session: GuardedSession, firms: list[int]):
    assert draft(session, KEY, TODAY) == judged_draft(session, KEY, TODAY)[0]


def test_the_word_is_frozen_with_the_list(session: GuardedSession, units: list[int], firms: list[int]):
    _say(session, units[0], firms[:1], BAD, "企业申请缓报")
    with transaction(session):
        version = actions.freeze(session, _by(), KEY)
    code = session.scalar(select(Enterprise.code).where(Enterprise.id == firms[0]))
    frozen = {each["code"]: each["district"] for each in version.content["candidates"]}
    assert frozen.pop(code)["reason"] == "企业申请缓报"
    assert set(frozen.values()) == {None}


def test_once_the_outcome_is_entered_the_districts_have_said_theirs(
    session: GuardedSession, units: list[int], firms: list[int]
):
    with transaction(session):
        actions.decide(session, _by(), KEY, firms, GOOD, "")
        actions.freeze(session, _by(), KEY)
        refused = [(which, "证明不足") for which in firms]
        actions.enter_result(session, _by(), KEY, actions.Result("1 号", TODAY, TODAY, [], refused))
    with pytest.raises(Refused):
        _say(session, units[0], firms[:1], GOOD)
    past = ShortlistKey(Title.NATIONAL, TODAY.year - 1)
    with pytest.raises(Refused), transaction(session):
        actions.recommend(session, _by(), past, units[0], firms[:1], GOOD, "")


def test_the_city_is_told_that_entering_an_outcome_closes_the_list_for_the_districts(
    client: FlaskClient, session: GuardedSession, units: list[int], firms: list[int]
):
    _say(session, units[0], firms[:2], GOOD)
    with transaction(session):
        actions.put_forward(session, _by(), [actions.Forwarding(firms[0], KEY.title, KEY.year, TODAY)])
    sign_in_as(client, session, Role.CASEWORKER)
    silent = session.get_one(ReportingUnit, units[1]).short_name
    page = client.get(f"/shortlists/{KEY}/result").text
    assert "全部县区即不能再对本名单提出意见" in page and f"尚未提完意见（户）：{silent} 1" in page
    with transaction(session):
        result = actions.Result("1 号", TODAY, TODAY, [], [(firms[0], "证明不足")])
        actions.enter_result(session, _by(), KEY, result)
    assert "即不能再对本名单提出意见" not in client.get(f"/shortlists/{KEY}/result").text


def test_a_clerk_recommends_in_bulk_and_sees_neither_other_units_nor_what_the_city_decided(
    client: FlaskClient, session: GuardedSession, units: list[int], firms: list[int]
):
    with transaction(session):
        actions.decide(session, _by(), KEY, firms, BAD, "市里的理由")
    sign_in_as(client, session, Role.CLERK, units[0])
    assert f"/district-lists/{KEY}" in client.get("/district-lists").text
    page = client.get(f"/district-lists/{KEY}")
    assert "市里的理由" not in page.text
    assert f'value="{firms[0]}"' in page.text and f'value="{firms[2]}"' not in page.text
    fields = {"csrf_token": csrf(page), "everyone": "2", "decision": "recommended"}
    assert client.post(f"/district-lists/{KEY}/recommend?show=none", data=fields).status_code == 303
    assert _words(session) == {firms[0]: GOOD, firms[1]: GOOD, firms[2]: None}
    foreign = {"csrf_token": csrf(page), "one": f"{firms[2]}.recommended"}
    assert client.post(f"/district-lists/{KEY}/recommend", data=foreign).status_code == 422
    silent = {"csrf_token": csrf(page), "one": f"{firms[0]}.not_recommended"}
    refused = client.post(f"/district-lists/{KEY}/recommend", data=silent)
    assert refused.status_code == 422 and f'href="#reason-{firms[0]}"' in refused.text
    assert client.get(f"/shortlists/{KEY}").status_code == 403


def test_the_city_sees_the_word_beside_its_decision_and_filters_by_it(
    client: FlaskClient, session: GuardedSession, units: list[int], firms: list[int]
):
    _say(session, units[0], firms[:1], BAD, "企业申请缓报")
    sign_in_as(client, session, Role.CASEWORKER)
    assert "企业申请缓报" in client.get(f"/shortlists/{KEY}").text
    shown = client.get(f"/shortlists/{KEY}?district=not_recommended").text
    assert f'id="c-{firms[0]}"' in shown and f'id="c-{firms[1]}"' not in shown
    assert f'id="c-{firms[1]}"' in client.get(f"/shortlists/{KEY}?district=none&unit={units[0]}").text
    assert client.get(f"/district-lists/{KEY}").status_code == 403
