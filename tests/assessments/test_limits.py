"""A try-out harms nobody: bounded, stopped, deleted, ended by force; what fails three times is set aside and named."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, select, update

from sme_tracker import checking
from sme_tracker.assessments import actions, asked_tryouts, background, command, due, judging, tryout, tryout_process
from sme_tracker.assessments.asked_tryouts import MOST_OPEN, Question, ask, is_held, try_next
from sme_tracker.assessments.background import Background, something_waits, work
from sme_tracker.assessments.models import EvidenceRecord, JudgingFailure, StoredRuleSet, TryOutRecord, VerdictRecord
from sme_tracker.assessments.tryout_process import Limits, TryOutProcess
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, make_session_factory, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.canonical import checksum
from sme_tracker.rules.shipped import rule_set_from
from sme_tracker.rules.terms import Role
from sme_tracker.rules.text.editing import edited, places
from sme_tracker.web.language import speaking
from tests.assessments.bureau import BY, code, provincial, with_rules
from tests.assessments.test_due import published
from tests.assessments.test_pages import words
from tests.assessments.test_rule_sets import KEY, SHARE
from tests.assessments.test_tryouts import STRICTER
from tests.conftest import CONFIG
from tests.signing import add_user, csrf, sign_in_as

PATIENCE_S = 120
YEARS_KEY = "srdi-2-2026"
REVIEW_KEY = "srdi-63-2022"
"""By this standard who holds the provincial title is reviewed."""
YEARS = "criteria[2].condition.all_of[0].years"
ENDLESS = {"years": "999999999999", "a huge number": "9" * 400, "negative": "-3", "nan": "NaN", "exponent": "1e9"}


@pytest.fixture
def caseworker(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    """A caseworker's browser, at a bureau with one eligible enterprise."""
    with_rules(session)
    provincial(session)
    sign_in_as(client, session, Role.CASEWORKER)
    return client


def asked_in_form(client: FlaskClient, **values: str) -> str:
    """The address of a try-out that was asked for in the form."""
    address = f"/rule-sets/{KEY}/what-if"
    sent = {"csrf_token": csrf(client.get(address)), "version": "1", "do": "try"}
    answer = client.post(address, data=sent | STRICTER | values)
    assert answer.status_code == 303, words(answer.text)
    return answer.location


def record(session: GuardedSession) -> TryOutRecord:
    """The one try-out there is."""
    session.expire_all()
    return session.scalars(select(TryOutRecord)).one()


def sign_in_anew(client: FlaskClient, session: GuardedSession, role: Role, unit_id: int | None = None) -> None:
    """Somebody else at the same browser."""
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    sign_in_as(client, session, role, unit_id)


def faults(session: GuardedSession) -> list[str]:
    """What the check says, in Chinese."""
    session.expire_all()
    with speaking("zh"):
        return [fault.sentence for fault in checking.faults(session, local_today())]


# Numbers


@pytest.mark.parametrize("value", ENDLESS.values(), ids=ENDLESS)
def test_a_what_if_beyond_the_bounds_is_refused_in_a_sentence_and_keeps_what_was_typed(
    caseworker: FlaskClient, session: GuardedSession, value: str
) -> None:
    address = f"/rule-sets/{YEARS_KEY}/what-if"
    sent = {"csrf_token": csrf(caseworker.get(address)), "version": "1", "do": "try", f"at:{YEARS}": value}
    answer = caseworker.post(address, data=sent)
    assert answer.status_code == 422
    assert f'href="#at:{YEARS}"' in answer.text
    row = session.scalars(select(StoredRuleSet).where(StoredRuleSet.key == YEARS_KEY)).one()
    criterion = row.table["criteria"][2]["zh"]
    assert f"{criterion}：“{value[:24]}" in answer.text and "应为整数，1 至 50 年" in answer.text
    assert f'value="{value}"' in answer.text
    assert session.scalars(select(TryOutRecord.id)).all() == []


@pytest.mark.parametrize("value", ["--5", "9" * 5000, "", "²", "1,000,000,000"], ids=lambda value: value[:8] or "empty")
def test_a_number_nobody_can_read_is_refused_in_a_draft_as_well(
    caseworker: FlaskClient, session: GuardedSession, value: str
) -> None:
    sent = {"csrf_token": csrf(caseworker.get(f"/rule-sets/{KEY}"))}
    assert caseworker.post(f"/rule-sets/{KEY}/copy", data=sent | {"key": "next"}).status_code == 303
    for place in places(session.scalars(select(StoredRuleSet.table).where(StoredRuleSet.key == "next")).one()):
        if place.is_number and place.field in ("at_least", "years", "within_years", "near_most"):
            fields = {"version": "1", "do": "save", f"at:{place.path}": value}
            answer = caseworker.post("/rule-sets/next/edit", data=sent | fields)
            assert answer.status_code == 422, place
            assert f'id="at:{place.path}" name="at:{place.path}" value="{value}"' in answer.text


def stored_beyond_bounds(session: GuardedSession, key: str = REVIEW_KEY) -> None:
    """A rule set as it could be stored before numbers had bounds."""
    with transaction(session):
        row = session.scalars(select(StoredRuleSet).where(StoredRuleSet.key == key)).one()
        place = next(each for each in places(row.table) if each.field in ("years", "within_years"))
        row.table = edited(row.table, {place.path: "999999999999"})
        row.digest = checksum(row.table)


def test_a_stored_set_beyond_the_bounds_fails_alone_with_a_sentence(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    sound = asked_in_form(caseworker)
    stored_beyond_bounds(session)
    with transaction(session):
        due.mark_due(session, local_today())
    work(session)
    session.expire_all()
    levels = session.scalars(select(VerdictRecord.level)).all()
    assert "national" in levels and "provincial" not in levels
    assert "1 户退出" in words(caseworker.get(sound).text)
    assert "数值超出范围" in caseworker.get("/rule-sets").text
    page = words(caseworker.get(f"/rule-sets/{REVIEW_KEY}").text)
    assert "已暂停用于判定" in page and "“999999999999”超出范围，应为整数，1 至 50 年" in page
    assert any(REVIEW_KEY in said and "999999999999" in said for said in faults(session))
    enterprise = session.scalars(select(VerdictRecord.enterprise_id)).first()
    panel = caseworker.get(f"/enterprises/{enterprise}?level=provincial")
    assert panel.status_code == 200 and "本标准有数值超出范围" in panel.text
    with pytest.raises(command.click.ClickException, match="999999999999"), speaking("zh"):
        command.tried(
            session, REVIEW_KEY, "new", everybody=True, today=local_today(), progress=lambda _done, _all: None
        )


def test_a_try_out_of_values_stored_before_there_were_bounds_ends_with_the_sentence(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    address = asked_in_form(caseworker)
    with transaction(session):
        asked = session.scalars(select(TryOutRecord)).one()
        place = next(each for each in places(asked.table) if each.field == "within_years")
        asked.table = edited(asked.table, {place.path: "999999999999"})
    work(session)
    page = caseworker.get(address)
    assert record(session).failure == "rules" and "Refresh" not in page.headers
    assert "“999999999999”超出范围" in page.text
    again = caseworker.post(f"{address}/again", data={"csrf_token": csrf(page)})
    assert again.status_code == 422 and "“999999999999”超出范围" in again.text


def test_a_set_beyond_the_bounds_is_neither_published_nor_assigned_but_can_be_copied_and_mended(
    client: FlaskClient, session: GuardedSession
) -> None:
    with_rules(session)
    made, _leader = published(session)
    key = session.get_one(StoredRuleSet, made).key
    stored_beyond_bounds(session, key)
    sign_in_as(client, session, Role.LEADER)
    token = {"csrf_token": csrf(client.get(f"/rule-sets/{key}"))}
    answer = client.post(
        f"/rule-sets/{key}/assign", data=token | {"purpose": "new", "from_day": "2030-01-01", "ends_current": "y"}
    )
    assert answer.status_code == 422 and "999999999999" in answer.text
    sign_in_anew(client, session, Role.CASEWORKER)
    token = {"csrf_token": csrf(client.get(f"/rule-sets/{key}"))}
    assert client.post(f"/rule-sets/{key}/copy", data=token | {"key": "mended"}).status_code == 303
    table = session.scalars(select(StoredRuleSet.table).where(StoredRuleSet.key == "mended")).one()
    path = next(each.path for each in places(table) if str(each.value) == "999999999999")
    mended = client.post("/rule-sets/mended/edit", data=token | {"version": "1", "do": "save", f"at:{path}": "3"})
    assert mended.status_code == 303


# Stopping, deleting, too many


def test_who_asked_for_a_try_out_may_stop_it_and_delete_it(caseworker: FlaskClient, session: GuardedSession) -> None:
    address = asked_in_form(caseworker)
    token = {"csrf_token": csrf(caseworker.get(address))}
    assert f'action="{address}/stop"' in caseworker.get(address).text
    assert f'action="{address}/stop"' in caseworker.get("/try-outs").text
    assert caseworker.post(f"{address}/stop", data=token).status_code == 303
    assert not something_waits(session)
    page = caseworker.get(address)
    assert "已停止。" in page.text and "Refresh" not in page.headers
    assert caseworker.post(f"{address}/delete", data=token).location == "/try-outs"
    assert caseworker.get(address).status_code == 404
    assert session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.id)).all()[-3:] == [
        "stop_try_out",
        "delete_try_out",
        "not_found",
    ]


def test_another_caseworker_may_not_end_it_and_the_leader_may(caseworker: FlaskClient, session: GuardedSession) -> None:
    address = asked_in_form(caseworker)
    sign_in_anew(caseworker, session, Role.CASEWORKER)
    token = {"csrf_token": csrf(caseworker.get("/account"))}
    assert caseworker.post(f"{address}/stop", data=token).status_code == 403
    assert caseworker.post(f"{address}/delete", data=token).status_code == 403
    assert f"{address}/stop" not in caseworker.get(address).text + caseworker.get("/try-outs").text
    assert record(session).finished_at is None
    sign_in_anew(caseworker, session, Role.LEADER)
    token = {"csrf_token": csrf(caseworker.get(address))}
    assert caseworker.post(f"{address}/stop", data=token).status_code == 303
    assert record(session).failure == "stopped"


def test_the_leader_sees_and_ends_what_a_district_asked_for_and_districts_see_their_own(
    client: FlaskClient, session: GuardedSession
) -> None:
    with_rules(session)
    first, second = session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.id)).all()[:2]
    sign_in_as(client, session, Role.CLERK, first)
    address = asked_in_form(client)
    assert address in client.get("/try-outs").text
    sign_in_anew(client, session, Role.CLERK, second)
    token = {"csrf_token": csrf(client.get("/account"))}
    assert address not in client.get("/try-outs").text
    for end in ("stop", "delete"):
        assert client.post(f"{address}/{end}", data=token).status_code == 404
    sign_in_anew(client, session, Role.LEADER)
    token = {"csrf_token": csrf(client.get(address))}
    assert client.post(f"{address}/delete", data=token).status_code == 303
    assert session.scalars(select(TryOutRecord.id)).all() == []


def test_nobody_has_more_than_a_few_try_outs_waiting(caseworker: FlaskClient, session: GuardedSession) -> None:
    for share in range(20, 20 + MOST_OPEN):
        asked_in_form(caseworker, **{f"at:{SHARE}": str(share)})
    address = f"/rule-sets/{KEY}/what-if"
    sent = {"csrf_token": csrf(caseworker.get(address)), "version": "1", "do": "try", f"at:{SHARE}": "77"}
    answer = caseworker.post(address, data=sent)
    assert answer.status_code == 422
    assert "您已有 3 个试算未完成" in answer.text and 'value="77"' in answer.text
    asked_in_form(caseworker, **{f"at:{SHARE}": "20"})  # what is there already costs nothing
    work(session)
    assert caseworker.post(address, data=sent).status_code == 303


def test_a_worker_whose_try_out_is_stopped_or_deleted_meanwhile_writes_nothing(
    caseworker: FlaskClient, session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_in_form(caseworker)
    real = tryout.facts_of

    def stopped_meanwhile(*asked: object) -> object:
        with transaction(session):
            asked_tryouts.stop(session, BY, session.scalars(select(TryOutRecord)).one())
        return real(*asked)

    monkeypatch.setattr(tryout, "facts_of", stopped_meanwhile)
    assert try_next(session)
    assert (record(session).failure, record(session).result) == ("stopped", None)


# Failing


@pytest.mark.parametrize(
    ("raised", "failure", "sentence"),
    [(MemoryError(), "memory", "占用内存超过上限"), (asked_tryouts.TookTooLong(), "time", "超过 10 分钟未完成")],
    ids=["memory", "time"],
)
def test_a_try_out_that_takes_too_much_ends_at_once_and_says_why(
    caseworker: FlaskClient,
    session: GuardedSession,
    monkeypatch: pytest.MonkeyPatch,
    raised: Exception,
    failure: str,
    sentence: str,
) -> None:
    address = asked_in_form(caseworker)
    monkeypatch.setattr(tryout, "facts_of", partial(_raise, raised))
    work(session)
    assert (record(session).failure, record(session).attempts) == (failure, 1)
    assert sentence in caseworker.get(address).text and sentence in caseworker.get("/try-outs").text
    assert not any("试算" in said for said in faults(session))


def _raise(error: Exception, *_arguments: object) -> None:
    raise error


def test_a_try_out_that_raises_is_tried_three_times_and_then_set_aside_and_named(
    caseworker: FlaskClient, session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned = asked_in_form(caseworker)
    sound = asked_in_form(caseworker, **{f"at:{SHARE}": "60"})
    real = asked_tryouts._trial

    def trial(session: GuardedSession, which: int) -> object:
        if poisoned.endswith(f"/{which}"):
            raise ZeroDivisionError
        return real(session, which)

    monkeypatch.setattr(asked_tryouts, "_trial", trial)
    work(session)
    assert not something_waits(session)
    assert "1 户退出" in words(caseworker.get(sound).text)
    sentence = "试算出错 3 次（ZeroDivisionError），不再自动重试。"
    assert sentence in caseworker.get(poisoned).text
    assert any(sentence in said and KEY in said for said in faults(session))
    caseworker.post(f"{poisoned}/delete", data={"csrf_token": csrf(caseworker.get(poisoned))})
    assert not any(sentence in said for said in faults(session))


def test_a_try_out_whose_worker_died_three_times_does_not_begin_again(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    address = asked_in_form(caseworker)
    for _start in range(3):
        assert asked_tryouts.claim(session, "one that dies") is not None
        with transaction(session):
            session.execute(update(TryOutRecord).values(beat_at=utc_now() - 2 * asked_tryouts.STALLED))
    assert not try_next(session)
    assert not something_waits(session)
    assert "试算进程 3 次意外终止" in caseworker.get(address).text


def test_nothing_is_read_while_a_try_out_is_computed(
    caseworker: FlaskClient, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_session_factory(own_engine, CONFIG.history_key)() as session:
        with_rules(session)
        provincial(session)
        _asked(session)
        seen = []
        real = tryout.judge

        def watched(*arguments: object) -> object:
            seen.append(session.in_transaction())
            return real(*arguments)

        monkeypatch.setattr(tryout, "judge", watched)
        work(session)
    assert seen == [False, False]


# Verdicts first


def test_verdicts_that_are_due_do_not_wait_for_a_try_out(
    caseworker: FlaskClient, session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_in_form(caseworker)
    with transaction(session):
        due.mark_due(session, local_today())
    left = []
    real = tryout.facts_of

    def facts_of(*asked: object) -> object:
        left.append(due.waiting(session, local_today()))
        return real(*asked)

    monkeypatch.setattr(tryout, "facts_of", facts_of)
    work(session)
    assert left == [0]


def _asked(session: GuardedSession, share: str = "50") -> int:
    """A try-out nobody has begun."""
    row = session.scalars(select(StoredRuleSet).where(StoredRuleSet.key == KEY)).one()
    other = rule_set_from(edited(row.table, {SHARE: share}))
    with transaction(session):
        row = session.scalars(select(StoredRuleSet).where(StoredRuleSet.key == KEY)).one()
        return ask(session, BY, Question(row, other, row, "new", True, None, local_today()))


def _wait(session: GuardedSession, until: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Look until it is so, anew each time."""
    end = time.monotonic() + PATIENCE_S
    while not until():
        meanwhile()
        session.commit()
        session.expire_all()
        assert time.monotonic() < end, "nothing happens"
        time.sleep(0.05)


def _bureau(session: GuardedSession, others: int = 0) -> None:
    with_rules(session)
    provincial(session)
    if others:
        with transaction(session):
            new = [enterprises.NewEnterprise(code(number), f"长春第{number}仪表厂") for number in range(2, others + 2)]
            enterprises.register(session, BY, new)


def test_a_try_out_that_hangs_is_ended_by_force_while_verdicts_are_judged(own_engine: Engine) -> None:
    with make_session_factory(own_engine, CONFIG.history_key)() as session:
        _bureau(session, 300)
        which = _asked(session)
        beside = TryOutProcess(own_engine.url, Limits(seconds=1, grace_s=1))
        beside.look_after(session)
        assert beside._process
        os.kill(beside._process.pid, signal.SIGSTOP)  # as if one portion never came to its end
        with transaction(session):
            due.mark_due(session, local_today())
        due.judge_waiting(session, local_today(), lambda _done, _all: beside.look_after(session))
        assert due.waiting(session, local_today()) == 0
        work(session, beside)
        session.expire_all()
        assert session.get_one(TryOutRecord, which).failure == "time"


def test_a_try_out_without_memory_is_given_up_and_the_worker_goes_on(own_engine: Engine) -> None:
    with make_session_factory(own_engine, CONFIG.history_key)() as session:
        _bureau(session)
        which = _asked(session)
        work(session, TryOutProcess(own_engine.url, Limits(memory_bytes=20_000_000)))
        session.expire_all()
        starved = session.get_one(TryOutRecord, which)
        assert (starved.result, starved.failure) in [(None, "memory"), (None, "died"), (None, "error")]
        fed = _asked(session, "60")
        work(session, TryOutProcess(own_engine.url))
        session.expire_all()
        assert session.get_one(TryOutRecord, fed).result


def test_a_try_out_gives_signs_of_life_in_a_long_portion_and_its_process_ends_when_it_is_stopped(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tryout_process, "BEAT_S", 0)
    with make_session_factory(own_engine, CONFIG.history_key)() as session:
        _bureau(session)
        which = _asked(session)
        beside = TryOutProcess(own_engine.url)
        beside.look_after(session)
        process = beside._process
        assert process and process.poll() is None
        os.kill(process.pid, signal.SIGSTOP)
        begun_at = session.get_one(TryOutRecord, which).beat_at
        beside.look_after(session)
        session.expire_all()
        alive_at = session.get_one(TryOutRecord, which).beat_at
        assert begun_at and alive_at and alive_at > begun_at
        with transaction(session):
            asked_tryouts.stop(session, BY, session.get_one(TryOutRecord, which))
        _wait(session, lambda: process.poll() is not None, lambda: beside.look_after(session))
        assert not is_held(session, *beside._held)


def test_a_try_out_ends_with_its_worker_and_is_begun_again_by_the_next(own_engine: Engine) -> None:
    first, second, third = (Background(own_engine.url) for _server in range(3))
    with make_session_factory(own_engine, CONFIG.history_key)() as session, closing_all(first, second, third):
        _bureau(session)
        which = _asked(session)
        first.start()
        _wait(session, lambda: session.get_one(TryOutRecord, which).worker is not None)
        assert first._process
        first._process.kill()
        first._process.wait()
        with transaction(session):  # as if the time had passed after which a worker is taken for dead
            session.execute(update(TryOutRecord).values(beat_at=utc_now() - 2 * asked_tryouts.STALLED))
        second.start()
        third.start()  # as a second server would
        _wait(session, lambda: session.get_one(TryOutRecord, which).finished_at is not None)
        assert session.get_one(TryOutRecord, which).result


@contextmanager
def closing_all(*workers: Background) -> Iterator[None]:
    """Whatever becomes of the test, its workers end with it."""
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()


def test_stopping_a_worker_that_does_not_listen_ends_it_without_an_error(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LAST_WORDS_S", 0.2)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(); time.sleep(60)"
    worker = Background(own_engine.url)
    worker._process = process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    worker.stop()
    process.stdout.close()
    assert process.poll() is not None
    assert worker._process is None
    worker.stop()


# Enterprises nobody can judge


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
    monkeypatch.setattr(judging, "facts_of", partial(_raise, error))
    with pytest.raises(judging.SQLAlchemyError):
        due.judge_waiting(session, local_today())
    assert session.scalars(select(JudgingFailure)).all() == []
    with transaction(session):
        session.execute(delete(VerdictRecord))
