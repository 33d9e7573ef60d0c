"""What a rule set is refused for on its pages: at the field, with the reason, and nothing is kept of it."""

import io
from collections.abc import Callable
from datetime import date
from importlib import resources

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from sme_tracker.assessments.models import RuleAssignment, StoredRuleSet
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.rules import sets
from sme_tracker.rules.terms import Role
from tests.assessments.bureau import BY, code, with_rules
from tests.assessments.test_pages import words
from tests.assessments.test_rule_sets import KEY
from tests.signing import csrf, sign_in_as

BAND = "at:scorecard[1].bands[1].from"


@pytest.fixture
def caseworker(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    """A caseworker's browser, at a bureau with the rule sets that ship."""
    with_rules(session)
    sign_in_as(client, session, Role.CASEWORKER)
    return client


@pytest.fixture
def leader(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    """A leader's browser at the same bureau."""
    with_rules(session)
    sign_in_as(client, session, Role.LEADER)
    return client


def send(client: FlaskClient, address: str, page: str = "/rule-sets", **values: object) -> TestResponse:
    return client.post(address, data={"csrf_token": csrf(client.get(page)), **values})


def hand_in(client: FlaskClient, body: bytes, name: str = "标准.toml") -> TestResponse:
    """Hand a file in as a new draft."""
    return send(client, "/rule-sets/from-file", file=(io.BytesIO(body), name))


def in_shipped_format(change: Callable[[str], str]) -> bytes:
    """The Little Giant standard as it ships under a key of its own, changed."""
    text = (resources.files(sets) / f"{KEY}.toml").read_text(encoding="utf-8")
    changed = change(text.replace(f'key = "{KEY}"', 'key = "of-ours"'))
    assert changed != text
    return changed.encode()


def drafts(session: GuardedSession) -> int:
    return session.scalar(select(func.count(StoredRuleSet.id)).where(StoredRuleSet.state == "draft")) or 0


def test_bands_that_overlap_are_refused_at_the_band(caseworker: FlaskClient, session: GuardedSession) -> None:
    send(caseworker, "/rule-sets/innovative-63-2022/copy", key="of-ours")
    answer = send(
        caseworker, "/rule-sets/of-ours/edit", "/rule-sets/of-ours/edit", version="1", do="save", **{BAND: "6"}
    )
    assert answer.status_code == 422
    assert f'href="#{BAND}"' in answer.text
    assert f'id="{BAND}" name="{BAND}" value="6" inputmode="decimal" aria-invalid="true"' in answer.text
    assert "分档" in answer.text


@pytest.mark.parametrize(
    ("was", "becomes", "at", "sentence"),
    [
        ('figure = "debt_ratio_percent"', 'figure = "turnover"', "figure", "没有“turnover”这项"),
        ('at_most = 75\nunit = "percent"', "at_most = 75", "unit", "单位"),
    ],
    ids=["an unknown figure", "a threshold without unit"],
)
def test_a_file_with_what_nobody_could_judge_by_is_refused_with_the_place(
    caseworker: FlaskClient, session: GuardedSession, was: str, becomes: str, at: str, sentence: str
) -> None:
    answer = hand_in(caseworker, in_shipped_format(lambda text: text.replace(was, becomes)))
    assert answer.status_code == 422
    assert f"criteria[1].condition.all_of[3].{at}" in answer.text and sentence in answer.text
    assert drafts(session) == 0


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("-3", "资产负债率：“-3”超出范围，应为数字，0 至 100%。"),
        ("9" * 400, f"资产负债率：“{'9' * 24}…”超出范围，应为数字，0 至 100%。"),
        ("nan", "资产负债率：“NaN”超出范围，应为数字，0 至 100%。"),
        ("7e1", "资产负债率：“7E+1”超出范围，应为数字，0 至 100%。"),
        ("9" * 5000, "不是内置标准格式（TOML）的文件"),
    ],
    ids=["negative", "400 digits", "not a number", "an exponent", "5000 digits"],
)
def test_a_number_beyond_its_bounds_in_a_file_is_refused_with_the_criterion_the_number_and_the_bounds(
    caseworker: FlaskClient, session: GuardedSession, number: str, sentence: str
) -> None:
    answer = hand_in(caseworker, in_shipped_format(lambda text: text.replace("at_most = 75", f"at_most = {number}")))
    assert answer.status_code == 422 and sentence in answer.text
    assert drafts(session) == 0


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x01", "不是内置标准格式"),
        (b"PK\x03\x04 a workbook", "不是内置标准格式"),
        (b"# " + b"x" * 250_000, "超过 200 kB"),
        (b"", "请先选择文件"),
    ],
    ids=["a picture", "a workbook", "too large", "nothing"],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    caseworker: FlaskClient, session: GuardedSession, body: bytes, sentence: str
) -> None:
    answer = hand_in(caseworker, body)
    assert answer.status_code == 422 and sentence in answer.text
    assert drafts(session) == 0


def test_a_file_with_a_key_that_is_taken_is_refused(caseworker: FlaskClient, session: GuardedSession) -> None:
    shipped = (resources.files(sets) / f"{KEY}.toml").read_bytes()
    answer = hand_in(caseworker, shipped)
    assert answer.status_code == 422 and KEY in answer.text
    assert hand_in(caseworker, in_shipped_format(str)).status_code == 303
    assert drafts(session) == 1


@pytest.mark.parametrize("key", ["", "两个字", "Upper", KEY])
def test_a_key_that_cannot_be_is_refused_at_its_field(
    caseworker: FlaskClient, session: GuardedSession, key: str
) -> None:
    answer = send(caseworker, f"/rule-sets/{KEY}/copy", f"/rule-sets/{KEY}", key=key)
    assert answer.status_code == 422
    assert 'href="#key"' in answer.text
    assert drafts(session) == 0


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"from_day": "2026-05-01"}, "from_day"),
        ({"from_day": ""}, "from_day"),
        ({"from_day": "2099-02-01", "until_day": "2099-01-01"}, "until_day"),
    ],
    ids=["overlaps another", "no first day", "ends before it begins"],
)
def test_days_that_cannot_be_are_refused_at_their_field(
    leader: FlaskClient, session: GuardedSession, days: dict[str, str], field: str
) -> None:
    before = session.scalar(select(func.count(RuleAssignment.id)))
    address = "/rule-sets/little-giant-63-2022"
    answer = send(leader, f"{address}/assign", address, purpose="new", **days)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'name="{field}" value="{days[field]}" aria-invalid="true"' in answer.text
    assert session.scalar(select(func.count(RuleAssignment.id))) == before


def test_a_rule_set_in_use_cannot_be_thrown_away(caseworker: FlaskClient, session: GuardedSession) -> None:
    answer = send(caseworker, f"/rule-sets/{KEY}/delete", f"/rule-sets/{KEY}")
    assert answer.status_code == 422 and "已发布" in answer.text
    assert session.scalar(select(StoredRuleSet.key).where(StoredRuleSet.key == KEY))


def test_an_enterprise_without_any_figures_is_told_so_in_one_sentence(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    with transaction(session):
        profile = {"founded_on": date(2015, 1, 1)}
        new = enterprises.NewEnterprise(code(7), "长春空白有限公司", profile=profile)
        (which,) = enterprises.register(session, BY, [new])
    page = words(caseworker.get(f"/enterprises/{which}").text)
    assert page.count("尚未录入年度数据，涉及年度数据的条件均为缺数据。") == 1
