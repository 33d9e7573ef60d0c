"""The user guide: read in the product by whoever is signed in, in the language being spoken."""

import pytest
from flask.testing import FlaskClient

from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from tests.house.sources import ROOT
from tests.signing import sign_in_as


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_every_chapter_of_the_guide_is_reached_from_help(
    client: FlaskClient, session: GuardedSession, spoken: str
) -> None:
    sign_in_as(client, session, Role.LEADER)
    assert 'href="/guide"' in client.get("/account").text
    page = client.get(f"/guide?lang={spoken}", follow_redirects=True).text
    written = (ROOT / "docs" / f"guide.{spoken}.md").read_text("utf-8")
    headings = [line.removeprefix("## ") for line in written.splitlines() if line.startswith("## ")]
    assert "<table>" in page and len(headings) > 4
    for number, heading in enumerate(headings, 1):
        assert f'<h2 id="chapter-{number}">{heading}</h2>' in page
        assert f'<a href="#chapter-{number}">{heading}</a>' in page


def test_nobody_reads_the_guide_without_signing_in(client: FlaskClient) -> None:
    assert client.get("/guide").status_code == 303
    assert 'href="/guide"' not in client.get("/sign-in").text
