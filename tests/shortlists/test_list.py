"""The page of a shortlist: page by page, filtered, and decided on in one go, however long it is."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from sme_tracker.assessments.facts import facts_of
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.actions import record_figures
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import DecisionWord, Role, Title
from sme_tracker.shortlists import actions, filters
from sme_tracker.shortlists import draft as judging
from sme_tracker.shortlists.changes import against, draft_in_short, version_in_short
from sme_tracker.shortlists.draft import draft, judged_draft
from sme_tracker.shortlists.queries import ShortlistKey
from tests.assessments import bureau
from tests.signing import csrf, sign_in_as

TODAY = local_today()
KEY = ShortlistKey(Title.NATIONAL, TODAY.year)
GOOD = DecisionWord.RECOMMENDED


def _by() -> Author:
    return Author(None, "test", utc_now())


@pytest.fixture
def firms(session: GuardedSession, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seven candidates in the order of the list, shown three to a page."""
    monkeypatch.setattr(filters, "PAGE_SIZE", 3)
    bureau.with_rules(session)
    for number in range(1, 8):
        bureau.provincial(session, number)
    return [row.candidate.enterprise_id for row in draft(session, KEY, TODAY).rows]


def _shown(page: TestResponse) -> list[int]:
    return [int(which) for which in re.findall(r'<tr id="c-(\d+)"', page.text)]


def _way(page: TestResponse, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page.text)
    assert found, f"no link {rel}"
    return found[1].replace("&amp;", "&")


def _decided(session: GuardedSession) -> dict[int, DecisionWord | None]:
    return {row.candidate.enterprise_id: row.decision for row in draft(session, KEY, TODAY).rows}


def test_the_list_is_turned_page_by_page(client: FlaskClient, session: GuardedSession, firms: list[int]):
    sign_in_as(client, session, Role.CASEWORKER)
    first = client.get(f"/shortlists/{KEY}")
    second = client.get(_way(first, "next"))
    third = client.get(_way(second, "next"))
    assert [_shown(page) for page in (first, second, third)] == [firms[:3], firms[3:6], firms[6:]]
    assert _shown(client.get(_way(third, "prev"))) == firms[3:6]
    assert _shown(client.get(f"/shortlists/{KEY}?end=1")) == firms[6:]
    assert _shown(client.get(f"/shortlists/{KEY}?after=nobody")) == firms[:3]


def test_a_page_costs_the_same_statements_however_long_the_list(
    client: FlaskClient, session: GuardedSession, firms: list[int], monkeypatch: pytest.MonkeyPatch
):
    with transaction(session):
        actions.freeze(session, _by(), KEY)
    sign_in_as(client, session, Role.CASEWORKER)
    client.get(f"/shortlists/{KEY}")
    counts = []
    for size in (1, 50):
        monkeypatch.setattr(filters, "PAGE_SIZE", size)
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            statements.append(statement)  # noqa: B023 (the loop's own list is meant)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        assert client.get(f"/shortlists/{KEY}").status_code == 200
        event.remove(session.get_bind(), "before_cursor_execute", note)
        counts.append(len([each for each in statements if each.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 14, statements


def test_all_that_the_filter_shows_are_decided_on_across_the_pages(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    with transaction(session):
        actions.decide(session, _by(), KEY, firms[:2], GOOD, "")
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/shortlists/{KEY}?show=none")
    assert 'name="everyone" value="5"' in page.text
    fields = {"csrf_token": csrf(page), "everyone": "5", "decision": "undecided", "reason": "等省里通知"}
    assert client.post(f"/shortlists/{KEY}/decide?show=none", data=fields).status_code == 303
    decided = _decided(session)
    assert [decided[which] for which in firms] == [GOOD] * 2 + [DecisionWord.UNDECIDED] * 5


def test_a_filter_that_shows_others_by_now_decides_on_nobody(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/shortlists/{KEY}?show=none")
    with transaction(session):
        actions.decide(session, _by(), KEY, firms[:1], GOOD, "")
    fields = {"csrf_token": csrf(page), "everyone": "7", "decision": "recommended"}
    refused = client.post(f"/shortlists/{KEY}/decide?show=none", data=fields)
    assert refused.status_code == 422
    assert list(_decided(session).values()).count(GOOD) == 1


def test_the_button_of_a_row_decides_on_that_row_and_asks_for_the_reason_where_one_is_needed(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/shortlists/{KEY}")
    one = {"csrf_token": csrf(page), "one": f"{firms[1]}.recommended"}
    answer = client.post(f"/shortlists/{KEY}/decide?show=none", data=one)
    assert answer.status_code == 303 and answer.location.endswith(f"show=none#c-{firms[1]}")
    assert [which for which, word in _decided(session).items() if word is GOOD] == [firms[1]]
    silent = {"csrf_token": csrf(page), "one": f"{firms[2]}.undecided"}
    refused = client.post(f"/shortlists/{KEY}/decide", data=silent)
    assert refused.status_code == 422
    row = re.search(rf'<input type="checkbox" name="candidate" value="{firms[2]}"[^>]*>', refused.text)
    assert row and "checked" in row[0]
    assert re.search(r'name="decision" value="undecided" checked', refused.text)
    asked = re.search(rf'<tr id="c-{firms[2]}".*?</tr>', refused.text, re.DOTALL)
    name = next(
        row.candidate.name for row in draft(session, KEY, TODAY).rows if row.candidate.enterprise_id == firms[2]
    )
    assert asked and f"{name}：意见为“待定”，须填写理由。" in asked[0]
    assert refused.text.count('id="errors"') == 1 and f'id="reason-{firms[2]}"' in asked[0]
    given = {"csrf_token": csrf(page), "one": f"{firms[2]}.undecided", "reason": "等省里通知"}
    assert client.post(f"/shortlists/{KEY}/decide", data=given).status_code == 303
    unknown = {"csrf_token": csrf(page), "one": "999.recommended"}
    assert client.post(f"/shortlists/{KEY}/decide", data=unknown).status_code == 422


def test_a_reason_that_several_lack_names_them(client: FlaskClient, session: GuardedSession, firms: list[int]):
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/shortlists/{KEY}")
    fields = {"csrf_token": csrf(page), "everyone": "7", "decision": "not_recommended", "reason": " "}
    refused = client.post(f"/shortlists/{KEY}/decide", data=fields)
    assert refused.status_code == 422
    assert "等（另 4 户）：意见为“不推荐”，须填写理由。" in refused.text and 'href="#reason"' in refused.text


def test_which_word_is_chosen_is_drawn_without_what_old_browsers_lack(client: FlaskClient):
    style = (Path(client.application.static_folder or "") / "shortlist.css").read_text("utf-8")
    assert ":has(" not in style and "input:checked + .yes" in style


def test_the_list_shows_only_those_that_judging_says_are_near(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    outcomes = {row.candidate.enterprise_id: row.marks.outcome for row in draft(session, KEY, TODAY).rows if row.marks}
    sign_in_as(client, session, Role.CASEWORKER)
    for outcome in ("eligible", "near", "undecidable", "not"):
        page = client.get(f"/shortlists/{KEY}?outcome={outcome}&outcome=nonsense")
        assert _shown(page) == [which for which in firms if outcomes[which] == outcome][:3]


def test_a_version_in_short_tells_what_is_different_now(session: GuardedSession, firms: list[int]):
    with transaction(session):
        actions.decide(session, _by(), KEY, firms[:1], GOOD, "")
        version = actions.freeze(session, _by(), KEY)
        assert against(version_in_short(version), draft_in_short(draft(session, KEY, TODAY))).changed == set()
        actions.decide(session, _by(), KEY, firms[:1], DecisionWord.UNDECIDED, "再看")
    bureau.provincial(session, 9)
    now = draft(session, KEY, TODAY)
    changes = against(version_in_short(version), draft_in_short(now))
    codes = {row.candidate.enterprise_id: row.candidate.code for row in now.rows}
    assert [(code, old, new) for code, old, new in changes.decisions] == [(codes[firms[0]], "recommended", "undecided")]
    assert changes.entered == [codes[which] for which in codes if which not in firms]
    assert not changes.left and not changes.turned


def test_a_list_of_a_year_gone_by_is_judged_again_only_after_something_was_recorded(
    session: GuardedSession, firms: list[int], monkeypatch: pytest.MonkeyPatch
):
    past = ShortlistKey(Title.NATIONAL, TODAY.year - 1)
    before = draft(session, past, TODAY)
    judgings: list[int] = []

    def count(*arguments: Any) -> Any:
        judgings.append(1)
        return judge(*arguments)

    judge = judging._judge
    monkeypatch.setattr(judging, "_judge", count)
    assert draft(session, past, TODAY) == before and not judgings
    with transaction(session):
        rows = [(row.candidate.enterprise_id, bureau.figures(TODAY.year - 2)) for row in before.rows[:1]]
        record_figures(session, _by(), rows)
    assert draft(session, past, TODAY) == judged_draft(session, past, TODAY)[0]
    assert judgings


def test_one_that_cannot_be_judged_stands_on_the_list_and_breaks_nobody_elses_place(
    client: FlaskClient, session: GuardedSession, firms: list[int], monkeypatch: pytest.MonkeyPatch
):
    spoilt, judge = firms[0], judging.judged
    known_as = facts_of(session, [spoilt])[spoilt].enterprise

    def judged_but_one(rule_set: Any, facts: Any, *more: Any) -> Any:
        if facts.enterprise == known_as:
            raise ZeroDivisionError
        return judge(rule_set, facts, *more)

    monkeypatch.setattr(judging, "judged", judged_but_one)
    found, verdicts = judged_draft(session, KEY, TODAY)
    assert {row.candidate.enterprise_id for row in found.rows} == set(firms)
    assert verdicts.keys() == set(firms) - {spoilt}
    assert [row.candidate.enterprise_id for row in found.rows if row.marks is None] == [spoilt]
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/shortlists/{KEY}")
    assert page.status_code == 200
    assert client.post(f"/shortlists/{KEY}/export", data={"csrf_token": csrf(page)}).status_code == 200
