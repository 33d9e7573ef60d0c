"""The link to the other language leads to a page that can be asked for, also from a page that answers a form."""

import re

from flask.testing import FlaskClient

from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from tests.signing import csrf, sign_in_as


def other_language(text: str) -> str:
    (address,) = re.findall(r'<a href="([^"]+)" lang="en"', text)
    return address.replace("&amp;", "&")


def test_it_keeps_what_the_address_asks(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    assert (
        other_language(client.get("/enterprises?q=长春&level=2").text)
        == "/enterprises?q=%E9%95%BF%E6%98%A5&level=2&lang=en"
    )


def test_from_a_refused_form_it_leads_back_to_the_form(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    token = csrf(client.get("/enterprises/new"))
    headers = {"Referer": "http://localhost/enterprises/new"}
    refused = client.post("/enterprises/new", data={"csrf_token": token, "name": ""}, headers=headers)
    assert refused.status_code == 422
    assert other_language(refused.text) == "/enterprises/new?lang=en"
    unknown = client.post("/enterprises/new", data={"csrf_token": token, "name": ""})
    assert other_language(unknown.text) == "/?lang=en"
