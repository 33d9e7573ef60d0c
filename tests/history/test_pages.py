"""The auditor reads the whole history, filters it, takes it out, and proves that nobody has changed it."""

import csv
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import QueuePool, event, func, select

from sme_tracker.app import create_app
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.enterprises import actions
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.history.models import HistoryEntry
from sme_tracker.history.queries import AT_ONCE, Filters, count
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from tests.checking.tampering import tamper
from tests.conftest import CONFIG, Databases
from tests.enterprises.test_actions import registered
from tests.signing import add_user, csrf, sign_in_as


@pytest.fixture
def auditor(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    sign_in_as(client, session, Role.AUDITOR)
    return client


def renamed(session: GuardedSession) -> tuple[int, int]:
    """An enterprise that a caseworker renamed: the caseworker and the enterprise."""
    which = registered(session, name="长春东光机械有限公司")
    user, _password = add_user(session, Role.CASEWORKER)
    with transaction(session):
        by = Author(user.id, "form", utc_now(), "192.0.2.7")
        actions.rename(session, by, [actions.Renaming(which, "吉林东光集团有限公司", date(2025, 6, 1))])
    return user.id, which


def noted(session: GuardedSession, count: int, through: str = "import 12") -> None:
    """Entries of an import."""
    with transaction(session):
        record(
            session, Author(None, through, utc_now()), [Entry("import", "import", number) for number in range(count)]
        )


def test_a_change_is_shown_from_old_to_new_with_who_and_where(auditor: FlaskClient, session: GuardedSession) -> None:
    renamed(session)
    page = auditor.get("/history").text
    for told in ("更名", "吉林东光集团有限公司", "192.0.2.7", "91220101"):
        assert told in page, told


def test_filters_narrow_the_list_and_the_total(auditor: FlaskClient, session: GuardedSession) -> None:
    user_id, _which = renamed(session)
    today = local_today().isoformat()
    for query in (f"who={user_id}", "action=rename", f"who={user_id}&through=form&from={today}&to={today}"):
        page = auditor.get(f"/history?{query}").text
        assert "本页 1 条，共 1 条" in page, query
        assert "192.0.2.7" in page


def test_entries_of_one_enterprise_are_found_by_its_code(auditor: FlaskClient, session: GuardedSession) -> None:
    _user, which = renamed(session)
    code = session.get_one(actions.profile.Enterprise, which).code
    page = auditor.get(f"/history?code={code.lower()}").text
    assert "本页 2 条，共 2 条" in page


def test_imports_are_found_whatever_their_number(auditor: FlaskClient, session: GuardedSession) -> None:
    noted(session, 1, "import 12")
    noted(session, 1, "import 7")
    assert "共 2 条" in auditor.get("/history?through=import").text


def test_what_the_address_names_wrongly_is_said(auditor: FlaskClient) -> None:
    page = auditor.get("/history?who=99999999&action=x&code=y&from=2022-02-30&to=z&through=w")
    assert page.status_code == 200
    for label in ("操作人", "操作", "企业", "起始日期", "截止日期", "途径"):
        assert label in page.text


def test_pages_join_without_gap_or_overlap(auditor: FlaskClient, session: GuardedSession) -> None:
    noted(session, 120)
    newest = session.scalar(select(func.max(HistoryEntry.id)))
    assert newest is not None
    second = auditor.get(f"/history?before={newest - 49}").text
    assert f">{newest - 50}<" in second
    assert f">{newest - 49}<" not in second
    back = auditor.get(f"/history?after={newest - 50}").text
    assert f">{newest}<" in back
    assert f">{newest - 49}<" in back
    assert f">{newest - 50}<" not in back


@pytest.mark.parametrize(
    "place", ["before=0", "after=99999999999999999999", "before=x", "after=-1", "before=4294967296"]
)
def test_any_place_gives_a_page(auditor: FlaskClient, place: str) -> None:
    assert auditor.get(f"/history?{place}").status_code == 200


def test_a_whole_history_is_proved_whole_and_the_proof_is_noted(auditor: FlaskClient, session: GuardedSession) -> None:
    answer = auditor.post("/history/verify", data={"csrf_token": csrf(auditor.get("/history"))})
    assert answer.status_code == 200
    assert "均与封存时一致" in answer.text
    last = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()
    assert (last.action, last.changes["findings"]) == ("verify_history", [None, 0])


def test_an_entry_changed_in_the_database_is_named(auditor: FlaskClient, session: GuardedSession) -> None:
    noted(session, 3)
    entry = session.scalar(select(func.max(HistoryEntry.id))) or 0
    tamper(session, f"UPDATE history_entry SET through = 'form' WHERE id = {entry - 1}")
    answer = auditor.post("/history/verify", data={"csrf_token": csrf(auditor.get("/history"))})
    assert f"操作日志：第 {entry - 1} 条与封存时不符。" in answer.text


def test_the_history_is_taken_out_as_filtered(auditor: FlaskClient, session: GuardedSession) -> None:
    renamed(session)
    token = csrf(auditor.get("/history"))
    answer = auditor.post("/history/export?action=rename", data={"csrf_token": token, "format": "csv"})
    assert answer.status_code == 200
    head, *rows = csv.reader(answer.data.decode("utf-8-sig").splitlines())
    assert head[:3] == ["序号", "时间", "操作人"]
    assert len(rows) == 1
    assert "长春东光机械有限公司 → 吉林东光集团有限公司" in rows[0][8]
    assert rows[0][4] == "192.0.2.7"


def test_taking_it_out_asks_for_each_name_once_however_many_entries_tell_it(
    auditor: FlaskClient, session: GuardedSession
) -> None:
    told = {"unit_id": (1, 2)}
    with transaction(session):
        entries = [Entry("assign_unit", "enterprise", number, changes=told) for number in range(50)]
        record(session, Author(None, "form", utc_now()), entries)
    token = csrf(auditor.get("/history"))
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    answer = auditor.post("/history/export?action=assign_unit", data={"csrf_token": token, "format": "csv"})
    rows = answer.data.decode("utf-8-sig").splitlines()[1:]
    event.remove(session.get_bind(), "before_cursor_execute", note)
    assert len(rows) == 50
    assert sum("reporting_unit" in statement for statement in asked) <= 4


def test_nothing_stays_open_in_the_database_while_it_is_sent(databases: Databases, template_url: str) -> None:
    url = databases.create(template_url)
    engine = make_engine(url)
    client = create_app(CONFIG, engine).test_client()
    with make_session_factory(engine, CONFIG.history_key, settle)() as session:
        sign_in_as(client, session, Role.AUDITOR)
        noted(session, 2 * AT_ONCE)
        before = count(session, Filters())
    token = csrf(client.get("/history"))
    answer = client.post("/history/export", data={"csrf_token": token, "format": "csv"})
    pieces = answer.iter_encoded()
    rows = sum(next(pieces).count(b"\r\n") for _piece in range(3))
    assert AT_ONCE < rows < before
    assert isinstance(engine.pool, QueuePool) and engine.pool.checkedout() == 0
    rows += sum(piece.count(b"\r\n") for piece in pieces)
    assert rows - 1 == before + 1  # below the head, and with the entry of the export itself
    answer.close()
    engine.dispose()
    databases.drop(url)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CASEWORKER, Role.LEADER, Role.CLERK])
def test_nobody_else_reads_or_verifies_it(client: FlaskClient, session: GuardedSession, role: Role) -> None:
    sign_in_as(client, session, role, 1 if role is Role.CLERK else None)
    assert client.get("/history").status_code == 403
    token = csrf(client.get("/my-account", follow_redirects=True))
    assert client.post("/history/verify", data={"csrf_token": token}).status_code == 403
    assert client.post("/history/export", data={"csrf_token": token}).status_code == 403
