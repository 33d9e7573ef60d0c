"""The plan (培育库) in the list of enterprises, and on the ladder of each."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import choosing
from sme_tracker.pipeline.actions import Planning, plan, withdraw_plan
from sme_tracker.pipeline.queries import plans_of
from sme_tracker.rules.terms import Role, Title
from tests.enterprises.list import register
from tests.enterprises.list.register import BY
from tests.signing import sign_in_as

NAMES = ["长春甲精密有限公司", "长春乙精密有限公司", "长春丙精密有限公司"]
THIS_YEAR = local_today().year


@pytest.fixture
def ids(session: GuardedSession) -> list[int]:
    """甲 is planned for the national level next year and the year after, 乙 for the provincial one this year."""
    ids = register.add(session, NAMES)
    first, second, _third = ids
    with transaction(session):
        plan(
            session,
            BY,
            [
                Planning(first, Title.NATIONAL, THIS_YEAR + 2),
                Planning(first, Title.NATIONAL, THIS_YEAR + 1),
                Planning(second, Title.PROVINCIAL, THIS_YEAR),
                Planning(second, Title.MUNICIPAL, THIS_YEAR - 1),
            ],
        )
    return ids


def listed(client: FlaskClient, asked: str) -> list[str]:
    """The names on the list, which are as many as it says."""
    text = client.get(f"/enterprises?sort=name&{asked}").text
    names = [unescape(name) for name in re.findall(r'<td class="nm" title="([^"]*)"', text)]
    said = re.search(r'<div class="bar"><span><b>(\d+)</b>', text)
    assert said and int(said[1]) == len(names)
    return sorted(names, key=NAMES.index)


@pytest.mark.parametrize("few", [1000, 0])
def test_the_list_is_filtered_by_level_and_year_of_the_plan(
    client: FlaskClient, session: GuardedSession, ids: list[int], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "FEW", few)
    sign_in_as(client, session, Role.CASEWORKER)
    assert listed(client, "planned=national") == NAMES[:1]
    assert listed(client, f"planned_year={THIS_YEAR}") == NAMES[1:2]
    assert listed(client, f"planned=national&planned_year={THIS_YEAR}") == []
    assert listed(client, f"planned=national&planned_year={THIS_YEAR + 2}") == NAMES[:1]
    assert listed(client, "planned=national&level=0&status=any") == NAMES[:1]
    (row,) = [each.plan for each in plans_of(session, ids)[ids[1]] if each.plan.year == THIS_YEAR]
    with transaction(session):
        withdraw_plan(session, BY, row.id, "目标调整")
    assert listed(client, f"planned_year={THIS_YEAR}") == []


def test_the_chip_says_level_and_year(client: FlaskClient, session: GuardedSession, ids: list[int]) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    text = client.get(f"/enterprises?planned=national&planned_year={THIS_YEAR + 1}").text
    assert f"{THIS_YEAR + 1} 年国家级“小巨人”" in text
    assert f'<option value="{THIS_YEAR + 1}" selected>' in text
    for unread in ("planned=lunar", "planned_year=soon", "planned_year=123456789"):
        assert "无法识别的内容，已忽略" in client.get(f"/enterprises?{unread}").text
    assert ids


def test_the_ladder_shows_the_level_planned_next(client: FlaskClient, session: GuardedSession, ids: list[int]) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    steps = re.findall(
        r'<li class="l\d ?(\w*)"><b>.*?</span>([^<]*)</b>([^<]*)</li>', client.get(f"/enterprises/{ids[0]}").text
    )
    assert steps == [("open", "—", "未取得"), ("open", "—", "未取得"), ("planned", str(THIS_YEAR + 1), "计划申报")]
