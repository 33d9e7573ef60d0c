"""Long answers take turns: two at a time beside the pages, and who comes later is asked to wait."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from sme_tracker.app import create_app
from sme_tracker.db import GuardedSession, make_engine
from sme_tracker.exports.models import Export
from sme_tracker.rules.terms import Role
from sme_tracker.web.guard import public
from sme_tracker.web.long_answers import AGAIN_S, AT_ONCE, MARK, Places, long_answer
from tests.conftest import CONFIG
from tests.signing import csrf, sign_in_as

SHORT = {"assessments.export_gap_list", "assessments.download"}
"""They send a file, but one about a single enterprise."""


@pytest.fixture
def auditor(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    sign_in_as(client, session, Role.AUDITOR)
    return client


@pytest.fixture
def full(app: Flask) -> Iterator[list[Callable[[], None]]]:
    """What gives back the places of the application, all of which are taken."""
    held = [give_back for _time in range(AT_ONCE) if (give_back := places_of(app).take())]
    assert len(held) == AT_ONCE
    yield held
    for give_back in held:
        give_back()


def places_of(app: Flask) -> Places:
    """Where the application gives long answers."""
    places: Places = app.extensions["long_answers"]
    return places


def export(auditor: FlaskClient, address: str = "/history/export", **more: str) -> TestResponse:
    """The whole history on its way out, of which only the beginning has been taken."""
    sent = {"csrf_token": csrf(auditor.get("/history")), "format": "csv"} | more
    return auditor.post(address, data=sent, headers={"Referer": "http://localhost/history?action=rename"})


def test_the_third_is_asked_to_wait_at_once_and_nothing_is_entered_for_it(
    auditor: FlaskClient, session: GuardedSession, full: list[Callable[[], None]]
) -> None:
    third = export(auditor)
    assert (third.status_code, third.headers["Retry-After"]) == (503, str(AGAIN_S))
    assert re.search(r"最多约 \d+ 秒轮到您", third.text)
    assert session.scalar(select(func.count()).select_from(Export)) == 0
    full[0]()
    assert export(auditor).mimetype == "text/csv"
    assert session.scalar(select(func.count()).select_from(Export)) == 1


@pytest.mark.usefixtures("full")
def test_the_page_of_who_waits_sends_the_same_form_again(auditor: FlaskClient) -> None:
    waiting = export(auditor, "/history/export?action=rename&lang=en", odd='"><b>')
    assert 'action="/history/export?action=rename&amp;lang=en" data-again="5"' in waiting.text
    assert 'name="format" value="csv"' in waiting.text
    assert 'name="odd" value="&#34;&gt;&lt;b&gt;"' in waiting.text
    assert 'name="came_from" value="/history?action=rename"' in waiting.text
    assert waiting.text.count(csrf(waiting)) == waiting.text.count('name="csrf_token"')
    assert "Refresh" not in waiting.headers  # which would ask by GET


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [("", "/history?action=rename"), ("/exports", "/exports"), ("//evil.example/", "/history?action=rename")],
)
def test_where_one_came_from_is_kept_and_never_leads_elsewhere(
    auditor: FlaskClient, came_from: str, leads_to: str
) -> None:
    assert f'href="{leads_to}">返回' in export(auditor, came_from=came_from).text


@pytest.mark.usefixtures("full")
def test_pages_are_answered_while_long_answers_are_given(auditor: FlaskClient) -> None:
    assert auditor.get("/history").status_code == 200
    assert auditor.get("/healthz").status_code == 200


def test_an_export_holds_its_place_until_it_is_read(app: Flask, auditor: FlaskClient) -> None:
    one = export(auditor)
    others = [places_of(app).take() for _time in range(AT_ONCE)]
    assert others.count(None) == 1
    assert one.data
    others.append(places_of(app).take())
    assert others.count(None) == 1
    for give_back in others:
        if give_back:
            give_back()


@pytest.fixture
def breaking(fresh_app: Flask) -> FlaskClient:
    """An application with long answers of its own, most of which fail."""

    @fresh_app.get("/breaks-before")
    @public
    @long_answer
    def breaks_before() -> str:
        raise RuntimeError

    @fresh_app.get("/breaks-within")
    @public
    @long_answer
    def breaks_within() -> Response:
        def rows() -> Iterator[str]:
            yield "one"
            raise RuntimeError

        return Response(rows())

    @fresh_app.get("/page")
    @public
    @long_answer
    def page() -> str:
        return "a page"

    @fresh_app.get("/file")
    @public
    @long_answer
    def file() -> Response:
        return Response(iter(["one", "two"]))

    return fresh_app.test_client()


@pytest.mark.parametrize("how", ["read", "closed", "let go"])
def test_a_place_is_given_back_once_the_answer_is(breaking: FlaskClient, how: str) -> None:
    held = [breaking.get("/file") for _time in range(AT_ONCE)]
    assert breaking.get("/file").status_code == 503
    one = held.pop()
    if how == "read":
        assert one.data
    elif how == "closed":
        one.close()
    del one
    assert breaking.get("/file").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_place_is_lost_to_a_page_or_a_failure(breaking: FlaskClient, method: str) -> None:
    for _time in range(AT_ONCE + 1):
        assert breaking.open("/breaks-before", method=method).status_code == 500
        assert breaking.open("/page", method=method).status_code == 200
        breaking.open("/file", method=method).close()
        within = breaking.open("/breaks-within", method=method)
        if method == "GET":
            with pytest.raises(RuntimeError):
                within.get_data()
    assert breaking.get("/file").text == "onetwo"


def test_a_page_that_has_to_wait_asks_again_by_itself(breaking: FlaskClient) -> None:
    held = [breaking.get("/file") for _time in range(AT_ONCE)]
    waiting = breaking.get("/page?x=1&y=2", headers={"Accept-Language": "en"})
    assert (waiting.status_code, waiting.headers["Refresh"]) == (503, str(AGAIN_S))
    assert 'href="/page?x=1&amp;y=2">Ask again now' in waiting.text
    assert "Waiting for a turn" in waiting.text
    held.pop().close()
    assert breaking.get("/page?x=1&y=2").text == "a page"


def test_how_long_it_may_take_is_what_the_longest_of_the_last_took() -> None:
    places = Places(1)
    give_back = places.take()
    assert give_back is not None and places.take() is None
    assert places.longest_wait_s() == 10
    for _time in range(20):
        give_back()
        give_back = places.take()
        assert give_back is not None
    assert places.longest_wait_s() == AGAIN_S


def test_giving_a_place_back_twice_makes_no_second_one() -> None:
    places = Places(1)
    give_back = places.take()
    assert give_back is not None
    give_back()
    give_back()
    assert places.take() is not None
    assert places.take() is None


def test_whatever_sends_a_list_out_and_the_proof_of_the_history_take_turns() -> None:
    views = create_app(CONFIG, make_engine("sqlite:///nowhere.sqlite")).view_functions
    marked = {endpoint for endpoint, view in views.items() if hasattr(view, MARK)}
    sending = {
        endpoint
        for endpoint, view in views.items()
        if {"send_table", "attachment", "send_file"} & set(_innermost(view).__code__.co_names)
    }
    assert sending - SHORT <= marked
    assert {"exports.export_history", "enterprises.export_list", "imports.left_out_rows"} <= sending
    pages = {"history.verify", "shortlists.version", "shortlists.changes", "shortlists.paper"}
    assert pages <= marked


def _innermost(view: object) -> object:
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return view
