"""What people read when something is wrong, and what the log keeps of it."""

import logging
from dataclasses import replace

import pytest
from flask import Flask, abort
from sqlalchemy import text
from sqlalchemy.orm.exc import StaleDataError

from sme_tracker.app import create_app
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from sme_tracker.web.guard import public
from sme_tracker.web.pages import current_session
from tests.conftest import CONFIG, Databases
from tests.signing import sign_in_as


def _break(app: Flask, error: BaseException) -> None:
    """Let the page /broken fail."""

    @app.get("/broken")
    @public
    def broken() -> str:
        raise error


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 429])
@pytest.mark.parametrize(("lang", "word"), [("zh-CN", "回到首页"), ("en", "To the first page")])
def test_every_error_has_a_page_in_both_languages(fresh_app: Flask, status: int, lang: str, word: str) -> None:
    @fresh_app.get("/broken")
    @public
    def broken() -> None:
        abort(status)

    answer = fresh_app.test_client().get("/broken", headers={"Accept-Language": lang})
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert f'<html lang="{lang}"' in answer.text
    assert word in answer.text or status == 401


def test_a_fault_shows_a_number_to_quote_and_nothing_else(fresh_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    _break(fresh_app, RuntimeError("SELECT secret FROM /srv/tracker"))
    with caplog.at_level(logging.ERROR):
        answer = fresh_app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    for private in ("SELECT", "/srv", "Traceback", "RuntimeError", "Werkzeug", "Python"):
        assert private not in answer.text + str(answer.headers)
    number = caplog.records[-1].getMessage().split()[1]
    assert number in answer.text


@pytest.mark.parametrize(("lang", "word"), [("zh-CN", "稍等一分钟后再保存"), ("en", "wait a minute and save again")])
def test_a_save_that_waits_in_vain_for_its_turn_is_told_to_try_again(
    databases: Databases, template_url: str, lang: str, word: str
) -> None:
    url = databases.create(template_url)
    engine = make_engine(url)
    app = create_app(replace(CONFIG, testing=False), engine)

    @app.get("/busy")
    @public
    def busy() -> None:
        with transaction(current_session(), wait_ms=50):
            pass

    with make_session_factory(engine, CONFIG.history_key, settle)() as other, transaction(other):
        answer = app.test_client().get("/busy", headers={"Accept-Language": lang})
    engine.dispose()
    databases.drop(url)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "20")
    assert word in answer.text


def test_a_failed_statement_still_gets_the_fault_page_and_its_values_stay_out_of_the_log(
    fresh_app: Flask, session: GuardedSession, caplog: pytest.LogCaptureFixture
) -> None:
    @fresh_app.get("/broken")
    @public
    def broken() -> None:
        current_session().execute(text("SELECT :secret FROM nowhere"), {"secret": "hunter" + str(1 + 1)})

    client = fresh_app.test_client()
    sign_in_as(client, session, Role.LEADER)
    answer = client.get("/broken", headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    assert "The fault is ours" in answer.text
    assert "hunter2" not in caplog.text


def test_lines_cannot_be_forged_in_the_log(fresh_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    @fresh_app.get("/broken/<rest>")
    @public
    def broken(rest: str) -> None:
        raise RuntimeError

    fresh_app.test_client().get("/broken/x%0d%0aforged")
    assert "\nforged" not in caplog.records[-1].getMessage()


def test_a_save_that_was_overtaken_is_409_wherever_it_happens(fresh_app: Flask) -> None:
    _break(fresh_app, StaleDataError())
    assert fresh_app.test_client().get("/broken").status_code == 409
