"""A try-out harms nobody: bounded, stopped, deleted, ended by force; what fails three times is set aside and named."""

from functools import partial

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update

from sme_tracker import checking
from sme_tracker.assessments import asked_tryouts, command, due, tryout
from sme_tracker.assessments.asked_tryouts import MOST_OPEN, Question, ask, try_next
from sme_tracker.assessments.background import something_waits, work
from sme_tracker.assessments.models import StoredRuleSet, TryOutRecord, VerdictRecord
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, make_session_factory, transaction
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.canonical import checksum
from sme_tracker.rules.shipped import rule_set_from
from sme_tracker.rules.terms import Role
from sme_tracker.rules.text.editing import edited, places
from sme_tracker.settling import settle
from sme_tracker.web.language import speaking
from tests.assessments.bureau import BY, provincial, with_rules
from tests.assessments.test_due import published
from tests.assessments.test_pages import words
from tests.assessments.test_rule_sets import KEY, SHARE
from tests.assessments.test_tryouts import STRICTER
from tests.conftest import CONFIG
from tests.signing import csrf, sign_in_as

YEARS_KEY = "srdi-2-2026"
REVIEW_KEY = "srdi-63-2022"
"""By this standard who holds the provincial title is reviewed."""
YEARS = "criteria[2].condition.all_of[0].years"
ENDLESS = {"years": "999999999999", "a huge number": "9" * 400, "negative": "-3", "nan": "NaN", "exponent": "1e9"}


def asked_in_form(client: FlaskClient, **values: str) -> str:
    """The address of a try-out that was asked for in the form."""
    address = f"/rule-sets/{KEY}/what-if"
    sent = {"csrf_token": csrf(client.get(address)), "version": "1", "do": "try"}
    answer = client.post(address, data=sent | STRICTER | values)
    assert answer.status_code == 303, words(answer.text)
    return answer.location


def asked(session: GuardedSession, share: str = "50") -> int:
    """A try-out nobody has begun."""
    row = session.scalars(select(StoredRuleSet).where(StoredRuleSet.key == KEY)).one()
    other = rule_set_from(edited(row.table, {SHARE: share}))
    with transaction(session):
        row = session.scalars(select(StoredRuleSet).where(StoredRuleSet.key == KEY)).one()
        return ask(session, BY, Question(row, other, row, "new", True, None, local_today()))


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
    monkeypatch.setattr(tryout, "facts_of", partial(raise_it, raised))
    work(session)
    assert (record(session).failure, record(session).attempts) == (failure, 1)
    assert sentence in caseworker.get(address).text and sentence in caseworker.get("/try-outs").text
    assert not any("试算" in said for said in faults(session))


def raise_it(error: Exception, *_arguments: object) -> None:
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
    with make_session_factory(own_engine, CONFIG.history_key, settle)() as session:
        with_rules(session)
        provincial(session)
        asked(session)
        seen = []
        real = tryout.judge

        def watched(*arguments: object) -> object:
            seen.append(session.in_transaction())
            return real(*arguments)

        monkeypatch.setattr(tryout, "judge", watched)
        work(session)
    assert seen == [False, False]
