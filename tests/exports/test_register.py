"""The register of exports: what was taken out of the house, by whom, in words."""

import re
from pathlib import Path

from flask.testing import FlaskClient

import sme_tracker
from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from sme_tracker.web.file_words import EXPORTED
from tests.signing import csrf, sign_in_as

SOURCES = sorted(Path(sme_tracker.__file__).parent.rglob("*.py"))


def take_out(client: FlaskClient, address: str) -> None:
    assert client.post(address, data={"csrf_token": csrf(client.get("/account"))}).status_code == 200


def test_the_auditor_reads_who_took_out_what(client: FlaskClient, session: GuardedSession) -> None:
    user = sign_in_as(client, session, Role.CASEWORKER)
    take_out(client, "/enterprises/export")
    assert client.get("/exports").status_code == 403
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    sign_in_as(client, session, Role.AUDITOR)
    page = client.get("/exports").text
    assert "企业名单" in page and user.full_name in page


def test_the_rows_behind_a_number_are_entered_in_words(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.LEADER)
    take_out(client, "/measures/level.provincial/export")
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    sign_in_as(client, session, Role.AUDITOR)
    client.get("/exports?lang=en")
    page = client.get("/exports").text
    assert "List behind a number" in page and "Indicator: " in page
    assert "level.provincial" not in page and ">measure<" not in page


def test_every_list_that_goes_out_has_a_name() -> None:
    named = {
        what for path in SOURCES for what in re.findall(r'Outgoing\(\s*(?:what=)?"([\w.]+)"', path.read_text("utf-8"))
    }
    assert len(named) > 5
    assert named <= set(EXPORTED)
