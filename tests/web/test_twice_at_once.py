"""One form sent twice at the same moment, by one who presses twice or from two tabs: it is written once."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sme_tracker.app import create_app
from sme_tracker.assessments.models import EvidenceRecord
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.enterprises.models import EnterpriseStatus, EnterpriseUnit
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.terms import DecisionWord, Role, Title
from sme_tracker.settling import settle
from sme_tracker.shortlists.actions import decide, freeze
from sme_tracker.shortlists.models import ShortlistVersion, VersionUndone
from sme_tracker.shortlists.queries import ShortlistKey
from tests.assessments.bureau import BY, TODAY, provincial, with_rules
from tests.conftest import CONFIG, Databases
from tests.signing import add_user, confirm, csrf, sign_in

TABS = 2


@pytest.fixture
def app(databases: Databases, template_url: str) -> Iterator[Flask]:
    """The product on a database of its own, where every request has a connection of its own."""
    url = databases.create(template_url)
    engine = make_engine(url)
    yield create_app(replace(CONFIG, testing=False), engine)
    engine.dispose()
    databases.drop(url)


@pytest.fixture
def session(app: Flask) -> Iterator[GuardedSession]:
    """A session on that database."""
    with make_session_factory(app.extensions["engine"], CONFIG.history_key, settle)() as session:
        yield session


def send_at_once(
    app: Flask, session: GuardedSession, path: str, typed: Mapping[str, object], role: Role = Role.CASEWORKER
) -> list[int]:
    """The statuses of the answers when somebody sends the same form from two tabs at the same moment."""
    user, password = add_user(session, role)
    first = app.test_client()
    assert sign_in(first, user.name, password).status_code == 303
    confirm(session, user)
    session.rollback()
    token, cookie = csrf(first.get("/account")), first.get_cookie("sme")
    assert cookie
    start = Barrier(TABS, timeout=30)

    def send(tab: FlaskClient) -> int:
        tab.set_cookie("sme", cookie.value)
        start.wait()
        return tab.post(path, data={**typed, "csrf_token": token}).status_code

    with ThreadPoolExecutor(TABS) as pool:
        return list(pool.map(send, [app.test_client() for _ in range(TABS)]))


def test_a_unit_is_changed_once(app: Flask, session: GuardedSession) -> None:
    which = provincial(session)
    unit = session.scalars(select(ReportingUnit.id)).first()
    typed = {"unit_id": unit, "from_day": "2026-05-01", "reason": "迁入"}
    assert send_at_once(app, session, f"/enterprises/{which}/unit", typed) == [303, 303]
    changes = select(func.count()).where(EnterpriseUnit.enterprise_id == which, EnterpriseUnit.from_day.is_not(None))
    assert session.scalar(changes.where(EnterpriseUnit.in_force())) == 1


def test_a_status_is_changed_once(app: Flask, session: GuardedSession) -> None:
    which = provincial(session)
    typed = {"status": "moved_out", "from_day": "2026-05-01", "reason": "外迁"}
    assert send_at_once(app, session, f"/enterprises/{which}/status", typed) == [303, 303]
    left = select(func.count()).where(EnterpriseStatus.enterprise_id == which, EnterpriseStatus.status == "moved_out")
    assert session.scalar(left.where(EnterpriseStatus.in_force())) == 1


def test_an_empty_list_is_noted_once(app: Flask, session: GuardedSession) -> None:
    which = provincial(session)
    path = f"/enterprises/{which}/evidence/certificates/none"
    assert send_at_once(app, session, path, {"list": "certificates"}) == [303, 303]
    noted = select(func.count()).where(EvidenceRecord.enterprise_id == which, EvidenceRecord.kind == "none_of")
    assert session.scalar(noted.where(EvidenceRecord.in_force())) == 1


def test_a_shortlist_is_frozen_once(app: Flask, session: GuardedSession) -> None:
    with_rules(session)
    provincial(session)
    answers = send_at_once(app, session, f"/shortlists/national-{TODAY.year}/freeze", {}, Role.LEADER)
    assert sorted(answers) == [303, 422]
    assert session.scalar(select(func.count(ShortlistVersion.id))) == 1


def test_a_freeze_is_undone_once(app: Flask, session: GuardedSession) -> None:
    with_rules(session)
    which, key = provincial(session), ShortlistKey(Title.NATIONAL, TODAY.year)
    with transaction(session):
        decide(session, BY, key, [which], DecisionWord.RECOMMENDED, "")
        freeze(session, BY, key)
    answers = send_at_once(app, session, f"/shortlists/{key}/v1/undo", {"reason": "名单有误"}, Role.LEADER)
    assert sorted(answers) == [303, 422]
    assert session.scalar(select(func.count(VersionUndone.version_id))) == 1
