"""The standards in the list of enterprises: the strip as a column, and filters by verdict and by a single finding."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, update

from sme_tracker.assessments import actions
from sme_tracker.assessments.due import judge_due
from sme_tracker.assessments.models import StoredRuleSet, VerdictRecord
from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import choosing
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.terms import Role
from tests.assessments.bureau import BY, provincial, with_rules
from tests.enterprises.list import register
from tests.signing import csrf, sign_in_as

NAME = re.compile(r'<td class="nm" title="([^"]*)"')
PLAIN, GIANT = "长春第一铸造有限公司", "长春启衡精密传动有限公司"


@pytest.fixture
def caseworker(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    """A caseworker at a register of a provincial enterprise that lacks one paper, and one of which nothing is known."""
    with_rules(session)
    provincial(session, ip_assets=[])
    register.add(session, [PLAIN], first=5_000)
    with transaction(session):
        judge_due(session, local_today())
    sign_in_as(client, session, Role.CASEWORKER)
    return client


@pytest.fixture(params=[1000, 0], ids=["few", "many"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether what a filter picks is looked up one by one, or tested enterprise by enterprise."""
    monkeypatch.setattr(choosing, "FEW", request.param)


def listed(client: FlaskClient, asked: str) -> list[str]:
    """The names on the list, which are as many as it says."""
    text = client.get(f"/enterprises?{asked}").text
    names = [unescape(name) for name in NAME.findall(text)]
    said = re.search(r'<div class="bar"><span><b>(\d+)</b>', text)
    assert said and int(said[1]) == len(names)
    return sorted(names)


def test_the_strip_shows_the_findings_for_the_next_level_up(caseworker: FlaskClient) -> None:
    text = caseworker.get("/enterprises?cols=name,gap&sort=name").text
    strips = re.findall(r'<a class="strip" href="([^"]*)" aria-label="([^"]*)"', text)
    addresses = [unescape(address) for address, _label in strips]
    assert [re.sub(r"\d+", "1", address) for address in addresses] == [
        "/enterprises/1?level=national&purpose=new#gap",
        "/enterprises/1?level=innovative&purpose=new#gap",
    ]
    assert "国家级“小巨人” · 新申报：达标 6" in strips[0][1]
    assert "缺数据 1：" in strips[0][1]
    assert re.search(r"缺数据</b> 1\b", caseworker.get(addresses[0]).text)


def test_the_strip_follows_the_standard_that_a_filter_names(caseworker: FlaskClient) -> None:
    text = caseworker.get("/enterprises?cols=name,gap&standard=national").text
    assert re.findall(r"level=(\w+)&amp;purpose=new#gap", text) == ["national", "national"]


def test_the_strip_tells_of_today_only(caseworker: FlaskClient) -> None:
    past = (local_today() - timedelta(days=30)).isoformat()
    text = caseworker.get(f"/enterprises?cols=name,gap&standard=national&verdict=near&as_of={past}").text
    assert 'class="strip"' not in text
    assert "standard、verdict" in text


def test_a_verdict_by_a_standard_that_applies_no_longer_is_not_shown_as_one_by_its_successor(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    former = session.scalar(select(StoredRuleSet.id).where(StoredRuleSet.key == "little-giant-63-2022"))
    with transaction(session):
        session.execute(update(VerdictRecord).where(VerdictRecord.level == "national").values(rule_set_id=former))
    text = caseworker.get("/enterprises?cols=name,gap&status=active&level=2").text
    assert GIANT in text
    assert 'class="strip"' not in text
    assert listed(caseworker, "standard=national") == []


@pytest.mark.usefixtures("few")
def test_by_verdict(caseworker: FlaskClient) -> None:
    assert listed(caseworker, "standard=national") == [GIANT, PLAIN]
    assert listed(caseworker, "standard=national&verdict=undecidable") == [GIANT]
    assert listed(caseworker, "standard=national&verdict=near") == [PLAIN]
    assert listed(caseworker, "standard=national&verdict=undecidable&level=2") == [GIANT]
    assert listed(caseworker, "standard=national&verdict=eligible") == []
    assert listed(caseworker, "standard=provincial-review") == [GIANT]
    assert listed(caseworker, "standard=national&verdict=undecidable&status=any&chain=none") == [GIANT]


@pytest.mark.usefixtures("few")
def test_by_the_finding_of_one_criterion(caseworker: FlaskClient, session: GuardedSession) -> None:
    assert listed(caseworker, "criterion=national.class1_ip&result=missing") == [GIANT, PLAIN]
    assert listed(caseworker, "criterion=national.class1_ip") == [GIANT, PLAIN]
    assert listed(caseworker, "criterion=national.class1_ip&result=met") == []
    which = session.scalar(select(Enterprise.id).where(Enterprise.name == GIANT))
    assert which
    with transaction(session):
        actions.record_nothing(session, BY, [actions.NothingThere(which, "ip_assets", local_today())])
    assert listed(caseworker, "criterion=national.class1_ip&result=not_met") == [GIANT]
    assert listed(caseworker, "criterion=national.class1_ip&result=missing") == [PLAIN]
    assert listed(caseworker, "criterion=national.class1_ip&result=not_met&standard=national&verdict=near") == [GIANT]


@pytest.mark.parametrize(
    "asked", ["verdict=near", "standard=lunar", "standard=national&verdict=great", "criterion=national", "result=met"]
)
def test_what_says_nothing_is_left_aside_and_said_so(caseworker: FlaskClient, asked: str) -> None:
    text = caseworker.get(f"/enterprises?{asked}").text
    assert len(NAME.findall(text)) == 2
    assert "网址中有无法识别的内容，已忽略" in text


def test_a_criterion_that_no_standard_asks_for_picks_nobody(caseworker: FlaskClient) -> None:
    assert listed(caseworker, "criterion=national.moon&result=met") == []


def test_the_filters_are_chips_that_open_what_may_be_chosen(caseworker: FlaskClient) -> None:
    text = caseworker.get("/enterprises?standard=national&verdict=near").text
    assert "国家级“小巨人” · 新申报：临近达标" in text
    assert '<option value="national" selected>' in text
    assert '<optgroup label="国家级“小巨人” · 新申报">' in text
    caseworker.get("/enterprises?lang=en")
    english = caseworker.get("/enterprises?criterion=national.class1_ip&result=missing").text
    assert ": data missing" in english


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_export_says_the_strip_in_words(caseworker: FlaskClient, form: str) -> None:
    address = "/enterprises/export?cols=name,gap&standard=national"
    sent: Any = {"csrf_token": csrf(caseworker.get("/enterprises")), "format": form}
    answer = caseworker.post(address, data=sent)
    if form == "csv":
        text = answer.data.decode("utf-8-sig")
    else:
        rows = load_workbook(BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True)
        text = "\n".join(str(cell) for row in rows for cell in row)
    assert "与认定标准差距" in text
    assert re.search("国家级“小巨人” · 新申报：缺数据：[^；\n]+", text)
