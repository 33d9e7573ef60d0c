"""An enterprise whose judging raises an error is set aside and named, and nobody else is held up by it."""

from functools import partial

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from sme_tracker.assessments import actions, due, judging
from sme_tracker.assessments.background import something_waits, work
from sme_tracker.assessments.models import EvidenceRecord, JudgingFailure, VerdictRecord
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import Role
from tests.assessments.bureau import BY, code, provincial, with_rules
from tests.assessments.test_limits import asked_in_form, faults, raise_it
from tests.assessments.test_pages import words
from tests.signing import add_user, sign_in_as


@pytest.fixture
def spoilt(session: GuardedSession) -> int:
    """An enterprise with a paper no rule can read, beside a sound one; both are due."""
    with_rules(session)
    which = provincial(session)
    provincial(session, 2)
    with transaction(session):
        paper = session.scalars(
            select(EvidenceRecord).where(EvidenceRecord.enterprise_id == which, EvidenceRecord.kind == "market_shares")
        ).one()
        session.execute(
            update(EvidenceRecord)
            .where(EvidenceRecord.id == paper.id)
            .values(data={"share_percent": "12", "rank": "second", "scope": "national"})
        )
        due.mark_due(session, local_today())
    return which


def test_an_enterprise_that_cannot_be_judged_is_set_aside_and_the_others_are_judged(
    client: FlaskClient, session: GuardedSession, spoilt: int
) -> None:
    work(session)
    assert not something_waits(session)
    session.expire_all()
    assert {row.enterprise_id for row in session.scalars(select(VerdictRecord))} == {spoilt + 1}
    noted = session.scalars(select(JudgingFailure)).one()
    assert (noted.enterprise_id, noted.attempts, noted.error) == (spoilt, 3, "TypeError")
    assert any(code(1) in said and "判定出错 3 次（TypeError）" in said for said in faults(session))
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/enterprises/{spoilt}?level=national")
    assert page.status_code == 200 and "判定本企业时出错（TypeError）" in page.text
    assert client.get(f"/enterprises/{spoilt}/edit").status_code == 200


def test_a_try_out_leaves_out_who_cannot_be_judged_and_says_so(
    client: FlaskClient, session: GuardedSession, spoilt: int
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = asked_in_form(client)
    work(session)
    page = words(client.get(address).text)
    assert "另有 1 户暂时无法判定，未计入" in page and "1 户退出" in page


def test_who_was_set_aside_is_judged_again_when_the_data_change_or_all_are_judged_anew(
    session: GuardedSession, spoilt: int
) -> None:
    work(session)
    with transaction(session):
        session.execute(
            update(EvidenceRecord)
            .where(EvidenceRecord.enterprise_id == spoilt, EvidenceRecord.kind == "market_shares")
            .values(data={"share_percent": "12", "rank": 2, "scope": "national"})
        )
        due.mark_due(session, local_today())
    assert due.waiting(session, local_today()) == 2
    work(session)
    assert session.scalars(select(JudgingFailure)).all() == []
    session.expire_all()
    assert {row.enterprise_id for row in session.scalars(select(VerdictRecord))} == {spoilt, spoilt + 1}


def test_what_is_recorded_of_an_enterprise_that_cannot_be_judged_is_saved(session: GuardedSession, spoilt: int) -> None:
    author = Author(add_user(session, Role.CASEWORKER)[0].id, "form", utc_now())
    with transaction(session):
        new = actions.NewJudgement(spoilt, "key_chain_link", True, "属于重点产业链", BY.at.date())
        actions.record_judgements(session, author, [new])
    assert session.get_one(JudgingFailure, spoilt).attempts == 1


def test_an_error_of_the_database_sets_nobody_aside(
    session: GuardedSession, spoilt: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = judging.SQLAlchemyError("the server went away")
    monkeypatch.setattr(judging, "facts_of", partial(raise_it, error))
    with pytest.raises(judging.SQLAlchemyError):
        due.judge_waiting(session, local_today())
    assert session.scalars(select(JudgingFailure)).all() == []
    with transaction(session):
        session.execute(delete(VerdictRecord))
