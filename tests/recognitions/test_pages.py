"""Titles in the browser: recorded, reviewed, corrected, and refused at the field."""

import re
from datetime import date, timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession
from sme_tracker.recognitions.queries import titles_of
from sme_tracker.rules.terms import Role, Title
from tests.enterprises.test_actions import first_unit, registered
from tests.recognitions.test_actions import recognised, title
from tests.signing import csrf, sign_in_as

DOCUMENT = {"published_on": "2022-05-10", "valid_from": "2022-05-10", "valid_until": "2025-05-09"}


def sent(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    """The answer to a form as its page gives it out."""
    page = client.get(address)
    assert page.status_code == 200, page.text
    once = re.search(r'name="once" value="([^"]+)"', page.text)
    return client.post(address, data={"csrf_token": csrf(page), "once": once[1] if once else "", **fields})


def test_a_recognition_is_recorded_and_shows_on_the_page(client: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    sign_in_as(client, session, Role.CASEWORKER)
    answer = sent(client, f"/enterprises/{which}/recognise", title="provincial", kind="new", batch="第五批", **DOCUMENT)
    assert answer.status_code == 303, answer.text
    page = client.get(f"/enterprises/{which}").text
    assert "第五批" in page
    assert "省级专精特新" in page


def test_a_form_sent_twice_records_once(client: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/enterprises/{which}/recognise")
    once = re.search(r'name="once" value="([^"]+)"', page.text)
    assert once
    form = {"csrf_token": csrf(page), "once": once[1], "title": "municipal", "kind": "new", **DOCUMENT}
    for _ in range(2):
        assert client.post(f"/enterprises/{which}/recognise", data=form).status_code == 303
    assert len(titles_of(session, [which])[which]) == 1


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(
    client: FlaskClient, session: GuardedSession
) -> None:
    which = registered(session, founded_on=date(2023, 1, 1))
    sign_in_as(client, session, Role.CASEWORKER)
    answer = sent(client, f"/enterprises/{which}/recognise", title="municipal", kind="new", **DOCUMENT)
    assert answer.status_code == 422
    assert "企业 2023-01-01 才成立" in answer.text
    assert 'value="2022-05-10"' in answer.text
    answer = sent(client, f"/enterprises/{which}/recognise", title="municipal", kind="new", published_on="2022-02-30")
    assert answer.status_code == 422
    assert "2022-02-30" in answer.text


def test_a_review_is_opened_decided_and_renews_the_title(client: FlaskClient, session: GuardedSession) -> None:
    which, today = registered(session), local_today()
    first = today - timedelta(days=1000)
    (recognition_id,) = recognised(session, title(which, Title.NATIONAL, first, today + timedelta(days=90)))
    sign_in_as(client, session, Role.CASEWORKER)
    assert sent(client, f"/titles/{recognition_id}/review", opened_on=str(today)).status_code == 303
    assert "复核中" in client.get(f"/titles/{recognition_id}").text
    passed = {"result": "renewed", "decided_on": str(today)}
    assert sent(client, f"/titles/{recognition_id}/decide", **passed).status_code == 422
    answer = sent(
        client,
        f"/titles/{recognition_id}/decide",
        published_on=str(today),
        valid_from=str(today + timedelta(days=91)),
        valid_until=str(today + timedelta(days=1186)),
        **passed,
    )
    assert answer.status_code == 303, answer.text
    assert [held.recognition.kind for held in titles_of(session, [which])[which]] == ["renewed", "new"]


def test_a_title_is_revoked_corrected_and_withdrawn(client: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    (recognition_id,) = recognised(session, title(which))
    sign_in_as(client, session, Role.CASEWORKER)
    assert sent(client, f"/titles/{recognition_id}/revoke", revoked_on="2023-01-05", reason="").status_code == 422
    answer = sent(client, f"/titles/{recognition_id}/revoke", revoked_on="2023-01-05", reason="数据造假")
    assert answer.status_code == 303
    answer = sent(
        client, f"/titles/{recognition_id}/correct", title="provincial", kind="new", reason="级别录错", **DOCUMENT
    )
    assert answer.status_code == 303, answer.text
    assert client.get(f"/titles/{recognition_id}").status_code == 404
    (held,) = titles_of(session, [which])[which]
    assert (held.title, held.revocation is not None) == (Title.PROVINCIAL, True)
    assert client.get(f"/titles/{held.recognition.id}").status_code == 200
    assert sent(client, f"/titles/{held.recognition.id}/withdraw", reason="重复").status_code == 303
    assert titles_of(session, [which])[which] == []
    assert client.get(f"/enterprises/{which}/history").status_code == 200


def test_a_leader_reads_and_a_clerk_of_another_unit_finds_nothing(client: FlaskClient, session: GuardedSession) -> None:
    which = registered(session, unit_id=first_unit(session))
    (recognition_id,) = recognised(session, title(which))
    sign_in_as(client, session, Role.LEADER)
    assert client.get(f"/titles/{recognition_id}").status_code == 200
    assert client.get(f"/titles/{recognition_id}/revoke").status_code == 403
    client.get("/sign-out")
    other = client.application.test_client()
    sign_in_as(other, session, Role.CLERK, unit_id=first_unit(session) + 1)
    assert other.get(f"/titles/{recognition_id}").status_code == 404
    assert other.get(f"/enterprises/{which}/recognise").status_code == 404
