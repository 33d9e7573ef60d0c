"""By what somebody stands on the list: the head counts and names those who are on it against the rule, rows say why."""

import re

import pytest
from flask.testing import FlaskClient

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.terms import Role
from sme_tracker.shortlists import actions
from sme_tracker.shortlists.bars import Bar
from sme_tracker.shortlists.draft import Basis, draft
from tests.shortlists import round as of_year
from tests.shortlists.round import KEY, NEW_YEAR, TODAY
from tests.signing import sign_in_as


@pytest.fixture
def firms(session: GuardedSession) -> list[int]:
    """甲 was put forward and holds the title by now, 乙 is barred but added by hand; 丙 and 丁 are there by rule."""
    found = of_year.candidates(session, 4)
    of_year.put_forward(session, found[0], found[2])
    of_year.recognise(session, found[0])
    with transaction(session):
        enterprises.update_profiles(session, of_year.by(), {found[1]: {"barred_until": TODAY}})
        actions.add_by_hand(session, of_year.by(), KEY, found[1], "处务会议定")
    return found


def test_the_draft_knows_by_what_each_stands_on_it(session: GuardedSession, firms: list[int]):
    rows = {row.candidate.enterprise_id: row for row in draft(session, KEY, TODAY).rows}
    assert [rows[which].basis for which in firms] == [Basis.PUT_FORWARD, Basis.BY_HAND, Basis.RULE, Basis.RULE]
    assert Bar.LEVEL_HELD in rows[firms[0]].bars and Bar.BARRED in rows[firms[1]].bars
    assert rows[firms[2]].bars == rows[firms[3]].bars == ()
    assert rows[firms[0]].candidate.recognised_on == TODAY


def test_the_head_counts_and_names_apart_who_is_there_against_the_rule(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/shortlists/{KEY}").text
    head = re.sub(r"<[^>]+>|\s", "", page[page.index("<h1>") : page.index('id="list"')])
    assert "候选4户：按条件列入2户（持有下一级称号、不在禁报期、无一票否决）、因已上报保留1户、人工列入1户" in head
    assert "因已上报保留1户：长春甲有限公司" in head and "人工列入1户：长春乙有限公司" in head


def test_the_row_says_why_and_a_filter_shows_them(client: FlaskClient, session: GuardedSession, firms: list[int]):
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/shortlists/{KEY}?basis=put_forward").text
    rows = re.findall(r'<tr id="c-(\d+)".*?</tr>', page, re.DOTALL)
    assert rows == [str(firms[0])]
    row = re.sub(r"<[^>]+>|\s", "", page[page.index(f'id="c-{firms[0]}"') :])
    assert "因已上报保留：已获本级或更高称号" in row


def test_the_page_that_asks_why_agrees(client: FlaskClient, session: GuardedSession, firms: list[int]):
    sign_in_as(client, session, Role.LEADER)
    page = client.get(f"/shortlists/{KEY}/why?q={session.get_one(Enterprise, firms[0]).code}").text
    assert "在名单上，排第" in page and "因已上报保留" in page and "按条件不应列入" in page
    assert "当日已持有本级或更高层级" in page
    plain = client.get(f"/shortlists/{KEY}/why?q={session.get_one(Enterprise, firms[3]).code}").text
    assert "在名单上，排第" in plain and "按条件不应列入" not in plain


def test_file_version_and_paper_say_it_too(client: FlaskClient, session: GuardedSession, firms: list[int]):
    sign_in_as(client, session, Role.LEADER)
    lines = of_year.send(client, "export", format="csv").data.decode("utf-8-sig").splitlines()
    assert lines[0].endswith("列入方式") and sum("因已上报保留：" in line for line in lines) == 1
    of_year.freeze(session)
    for path in ("v1", "paper?version=1", "paper"):
        page = client.get(f"/shortlists/{KEY}/{path}").text
        assert "因已上报保留：已获本级或更高称号" in page and "人工列入：" in page


def test_a_district_sees_who_of_its_own_is_put_forward_and_why_it_is_kept(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    unit = session.query(ReportingUnit.id).order_by(ReportingUnit.sort).first()
    assert unit
    with transaction(session):
        changes = [enterprises.UnitChange(which, unit[0], NEW_YEAR) for which in firms[:3]]
        enterprises.assign_units(session, of_year.by(), changes)
    sign_in_as(client, session, Role.CLERK, unit[0])
    page = client.get(f"/district-lists/{KEY}").text
    assert "已上报 2" in page and "因已上报保留：已获本级或更高称号" in page
