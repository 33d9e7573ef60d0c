"""Try-outs: asked for in a form, computed beside the server, shown with who would move, and taken out as a workbook."""

import io
from datetime import timedelta

import openpyxl
import pytest
from click import ClickException
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from sme_tracker.accounts.models import UserSession
from sme_tracker.assessments import asked_tryouts, command, drafting, queries
from sme_tracker.assessments.background import something_waits, work
from sme_tracker.assessments.models import StoredRuleSet, TryOutRecord
from sme_tracker.assessments.tryout import TryOut
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.exports.models import Export
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.terms import Role
from sme_tracker.web.language import speaking
from tests.assessments.bureau import BY, provincial
from tests.assessments.test_pages import words
from tests.assessments.test_rule_sets import KEY, SHARE
from tests.signing import csrf, sign_in_as

STRICTER = {f"at:{SHARE}": "50", "at:criteria[4].condition.any_of[1].where.rank.at_most": "1"}
"""A market share nobody has, so that whoever was eligible leaves."""


def ask(client: FlaskClient, **more: str) -> TestResponse:
    """Ask in the form what the stricter values would do."""
    address = f"/rule-sets/{KEY}/what-if"
    sent = {"csrf_token": csrf(client.get(address)), "version": "1", "do": "try"} | STRICTER | more
    return client.post(address, data=sent)


def test_a_what_if_is_asked_for_computed_beside_the_server_and_then_shown(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    address = ask(caseworker).location
    waits = caseworker.get(address)
    assert "正在试算" in waits.text and waits.headers["Refresh"].startswith("2; url=/rule-sets/")
    work(session)
    page = caseworker.get(address)
    text = words(page.text)
    assert "Refresh" not in page.headers
    assert "判定 1 户" in text or "试算 1 户" in text
    assert "0 户进入，1 户退出" in text and "长春启衡精密传动有限公司" in text
    assert "10%" in text and "50%" in text


def test_what_is_tried_leaves_the_rule_set_the_verdicts_and_the_history_alone(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    before = session.scalar(select(func.count(HistoryEntry.id)))
    digest = session.scalar(select(StoredRuleSet.digest).where(StoredRuleSet.key == KEY))
    address = ask(caseworker).location
    work(session)
    caseworker.get(address)
    session.expire_all()
    assert session.scalar(select(func.count(HistoryEntry.id))) == before
    assert session.scalar(select(StoredRuleSet.digest).where(StoredRuleSet.key == KEY)) == digest


def test_two_who_ask_the_same_get_the_same_until_the_records_change(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    first = ask(caseworker).location
    assert ask(caseworker).location == first
    work(session)
    assert ask(caseworker).location == first
    provincial(session, 2)
    assert "台账又有变动" in caseworker.get(first).text
    again = caseworker.post(f"{first}/again", data={"csrf_token": csrf(caseworker.get(first))}).location
    assert again != first
    work(session)
    assert "2 户退出" in words(caseworker.get(again).text)


def test_a_try_out_whose_worker_was_killed_is_taken_up_by_the_next(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    address = ask(caseworker).location
    with transaction(session):
        session.execute(update(TryOutRecord).values(worker="killed", beat_at=utc_now()))
    assert not asked_tryouts.try_next(session)
    assert something_waits(session)
    with transaction(session):
        long_ago = utc_now() - asked_tryouts.STALLED - timedelta(seconds=1)
        session.execute(update(TryOutRecord).values(beat_at=long_ago))
    assert asked_tryouts.try_next(session)
    assert "1 户退出" in words(caseworker.get(address).text)


def test_a_worker_that_lost_its_try_out_writes_nothing(caseworker: FlaskClient, session: GuardedSession) -> None:
    ask(caseworker)
    with transaction(session):
        session.execute(update(TryOutRecord).values(worker="another"))
    with pytest.raises(asked_tryouts.LostIt):
        asked_tryouts._note(session, 1, "not mine", done=7)
    session.expire_all()
    assert session.scalars(select(TryOutRecord.done)).all() == [0]


def test_values_that_were_tried_can_be_gone_on_from(caseworker: FlaskClient, session: GuardedSession) -> None:
    address = ask(caseworker).location
    form = caseworker.get(f"/rule-sets/{KEY}/what-if?tried={address.rsplit('/', 1)[1]}")
    assert f'name="at:{SHARE}" value="50"' in form.text
    assert caseworker.get(f"/rule-sets/{KEY}/what-if?tried=999999").status_code == 404


def test_who_enters_and_leaves_goes_out_as_a_workbook_and_is_in_the_register(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    address = ask(caseworker).location
    work(session)
    token = csrf(caseworker.get(address))
    answer = caseworker.post(f"{address}/export?show=leave", data={"csrf_token": token})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
    assert rows[0][:5] == ("统一社会信用代码", "企业名称", "所属县区", "现有层级", "变化")
    assert rows[1][1:] == ("长春启衡精密传动有限公司", "未指定县区", "省级", "退出", "符合条件", "临近达标")
    assert session.scalars(select(Export.what)).all() == ["try_out"]
    nobody = caseworker.post(f"{address}/export?show=enter", data={"csrf_token": token})
    assert openpyxl.load_workbook(io.BytesIO(nobody.data)).worksheets[0].max_row == 1


def test_a_clerk_tries_over_the_own_unit_and_sees_nobody_elses(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    of_all = ask(caseworker).location
    caseworker.post("/sign-out", data={"csrf_token": csrf(caseworker.get("/account"))})
    unit = session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.id)).first()
    sign_in_as(caseworker, session, Role.CLERK, unit_id=unit)
    assert caseworker.get(of_all).status_code == 404
    own = ask(caseworker).location
    assert own != of_all
    work(session)
    assert "判定 0 户" in words(caseworker.get(own).text) or "试算 0 户" in words(caseworker.get(own).text)


def test_a_draft_is_tried_beside_the_standard_that_applies_and_takes_its_try_outs_along(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    caseworker.post(f"/rule-sets/{KEY}/copy", data={"csrf_token": csrf(caseworker.get("/rule-sets")), "key": "next"})
    sent = {"csrf_token": csrf(caseworker.get("/rule-sets/next/edit")), "version": "1", "do": "try"} | STRICTER
    address = caseworker.post("/rule-sets/next/edit", data=sent).location
    work(session)
    assert "1 户退出" in words(caseworker.get(address).text)
    draft = queries.find_rule_set(session, "next")
    assert draft
    with transaction(session):
        drafting.delete_draft(session, BY, session.get_one(StoredRuleSet, draft.id))
    assert session.scalars(select(TryOutRecord.id)).all() == []


def test_values_that_cannot_be_tried_are_refused_at_their_field(caseworker: FlaskClient) -> None:
    answer = ask(caseworker, **{f"at:{SHARE}": "0.5"})
    assert answer.status_code == 422 and "百分数" in answer.text


def test_a_page_that_looks_again_by_itself_does_not_keep_the_session_alive(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    address = ask(caseworker).location
    before = utc_now() - timedelta(minutes=5)
    with transaction(session):
        session.execute(update(UserSession).values(seen_at=before))
    assert caseworker.get(f"{address}?by_itself=1").status_code == 200
    session.expire_all()
    assert session.scalars(select(UserSession.seen_at)).one() == before
    caseworker.get(address)
    session.expire_all()
    assert session.scalars(select(UserSession.seen_at)).one() > before


def test_a_rule_set_is_tried_out_from_the_command_line(caseworker: FlaskClient, session: GuardedSession) -> None:
    told: list[tuple[int, int]] = []
    today = local_today()

    def tried(key: str) -> TryOut:
        return command.tried(session, key, "new", everybody=False, today=today, progress=lambda *far: told.append(far))

    found = tried("little-giant-63-2022")
    with speaking("zh"):
        said = command.lines(session, found)
    assert told == [(0, 1), (1, 1)]
    assert said[0].startswith("符合条件: 1 → ") and len(said) >= 4
    with pytest.raises(ClickException), speaking("zh"):
        tried("nobody-wrote-it")
