"""The page of the list: found, filtered, turned and restored by its address, in few statements and few bytes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.actions import UnitChange, assign_units, record_figures
from sme_tracker.enterprises.cells import CELLS
from sme_tracker.enterprises.columns import COLUMNS
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.terms import Role, Source
from tests.enterprises.list import register
from tests.signing import sign_in_as

NAME = re.compile(r'<td class="nm" title="([^"]*)"')
FRAME_STATEMENTS = 2
"""Who is signed in, and what the installation says of itself: asked by every page."""


def names(text: str) -> list[str]:
    """The names of the enterprises on the page, in their order."""
    return [unescape(name) for name in NAME.findall(text)]


def link(text: str, word: str) -> str:
    """Where the link with the word leads."""
    found = re.search(rf'<a [^>]*?href="([^"]*)"[^>]*>[^<]*{word}', text)
    assert found, f"no link says {word}"
    return unescape(found[1])


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    run: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            run.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield run
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def caseworker(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    """A caseworker at a register of sixty enterprises, in Chinese."""
    register.add(session, [f"长春第{number:02}精密有限公司" for number in range(60)], register.units(session)[0])
    sign_in_as(client, session, Role.CASEWORKER)
    return client


def test_the_page_turns_forwards_and_back_and_says_where_it_is(caseworker: FlaskClient) -> None:
    first = caseworker.get("/enterprises?sort=name").text
    assert len(names(first)) == 50
    assert "第 1–50 户，共 60 户" in first
    second = caseworker.get(link(first, "下一页")).text
    assert len(names(second)) == 10
    assert "第 51–60 户，共 60 户" in second
    assert names(caseworker.get(link(first, "最后一页")).text) == names(second)
    for word in ("上一页", "第一页"):
        assert names(caseworker.get(link(second, word)).text) == names(first)


def test_a_search_marks_what_was_typed_and_stays_in_the_box(caseworker: FlaskClient) -> None:
    text = caseworker.get("/enterprises?q=07精密").text
    assert names(text) == ["长春第07精密有限公司"]
    assert "长春第<mark>07精密</mark>有限公司" in text
    assert 'value="07精密"' in text


def test_a_search_without_a_hit_repeats_what_was_asked_and_offers_to_drop_the_last_filter(
    caseworker: FlaskClient,
) -> None:
    text = caseworker.get("/enterprises?q=精密&level=3&sort=name").text
    assert names(text) == []
    assert "搜索：精密；层级：国家级" in text
    assert len(names(caseworker.get(link(text, "去掉筛选“层级”")).text)) == 50


def test_an_empty_register_says_what_to_do(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    assert "台账里还没有企业" in client.get("/enterprises").text


def test_what_the_address_says_and_nobody_understands_is_said_in_one_line(caseworker: FlaskClient) -> None:
    text = caseworker.get("/enterprises?colour=red&level=9&sort=-name").text
    assert "已忽略：colour、level" in text
    assert 'aria-sort="descending"' in text
    assert len(names(text)) == 50


def test_a_filter_stands_as_a_chip_whose_cross_takes_it_away(caseworker: FlaskClient) -> None:
    text = caseworker.get("/enterprises?level=0&unit=none,1&sort=name").text
    assert "未指定县区" in text
    removed = re.search(r'class="x" href="([^"]*)" aria-label="移除筛选：层级"', text)
    assert removed
    assert unescape(removed[1]).partition("?")[2] == "unit=none%2C1&sort=name"


def test_the_page_speaks_english_too(caseworker: FlaskClient) -> None:
    text = caseworker.get("/enterprises?lang=en", follow_redirects=True).text
    assert "1–50 of 60 enterprises" in text
    assert "sorted by Level" in text


def test_columns_sort_and_height_are_kept_by_every_link_of_the_page(caseworker: FlaskClient) -> None:
    asked = "sort=-revenue&cols=name%2Ccode%2Cstep&density=compact"
    text = caseworker.get(f"/enterprises?{asked}").text
    assert re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^< ]+)', text) == ["企业", "信用代码", "进程与环节"]
    assert link(text, "下一页").startswith(f"/enterprises?{asked}&after=")
    assert names(caseworker.get(f"/enterprises?{asked}").text) == names(text)
    assert link(text, "宽松") == f"/enterprises?{asked.replace('compact', 'roomy')}"


def test_a_clerk_sees_the_own_unit_and_no_filter_by_unit(client: FlaskClient, session: GuardedSession) -> None:
    units = register.units(session)
    register.add(session, ["本区企业"], units[0], first=1)
    register.add(session, ["外区企业"], units[1], first=2)
    sign_in_as(client, session, Role.CLERK, units[0])
    for asked in ("", f"?unit={units[1]}", "?q=企业", "?status=any", "?as_of=2026-01-01"):
        text = client.get(f"/enterprises{asked}").text
        assert "外区企业" not in text
    assert names(client.get("/enterprises").text) == ["本区企业"]
    assert 'name="unit"' not in client.get("/enterprises").text


def test_a_clerk_is_shown_of_another_day_what_has_left_since_but_not_let_in(
    client: FlaskClient, session: GuardedSession
) -> None:
    unit, other = register.units(session)[:2]
    (which,) = register.add(session, ["迁往外区企业"], unit)
    with transaction(session):
        record_figures(session, register.BY, [(which, YearlyFigures(2025, Source.AUDIT, revenue_wan=Decimal(7_777)))])
        assign_units(session, register.BY, [UnitChange(which, other, date(2026, 2, 1))])
    sign_in_as(client, session, Role.CLERK, unit)
    assert names(client.get("/enterprises").text) == []
    text = client.get("/enterprises?as_of=2026-01-31&cols=name,code,unit,revenue,updated").text
    assert names(text) == ["迁往外区企业"]
    assert f'href="/enterprises/{which}"' not in text
    assert "7,777" not in text
    assert client.get(f"/enterprises/{which}").status_code == 404


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_keeps_no_enterprises_does_not_get_in(client: FlaskClient, session: GuardedSession, role: Role) -> None:
    sign_in_as(client, session, role)
    assert client.get("/enterprises").status_code == 403


@pytest.mark.parametrize(
    ("asked", "statements"),
    [
        ("", 4),
        ("?level=1&unit=1", 4),
        ("?page=last", 4),
        ("?q=精密", 5),
        ("?as_of=2026-01-01", 3),
        ("?chain=1", 5),
        ("?cols=name,gap", 5),
        ("?standard=national&verdict=near&cols=name,gap", 6),
    ],
)
def test_a_page_takes_few_statements_however_many_rows_it_has(
    caseworker: FlaskClient, engine: Engine, asked: str, statements: int
) -> None:
    caseworker.get("/enterprises")
    with counted(engine) as run:
        caseworker.get(f"/enterprises{asked}")
    assert len(run) == statements + FRAME_STATEMENTS, run


def test_fifty_rows_fit_into_120_kilobytes(caseworker: FlaskClient) -> None:
    assert len(caseworker.get("/enterprises?cols=code,level,unit,step,owner,niche,product").data) < 120 * 1024


@pytest.mark.parametrize(
    "asked",
    [
        "q=%00",
        "q=%ff",
        "q=" + "长" * 3000,
        "after=5",
        "after=%00~x",
        "first=-1&after=3~1",
        "page=last&after=1",
        "sort=",
    ],
)
def test_every_address_gives_a_page_or_is_refused(caseworker: FlaskClient, asked: str) -> None:
    assert caseworker.get(f"/enterprises?{asked}", follow_redirects=True).status_code in (200, 400)


def test_what_a_form_sends_empty_does_not_stay_in_the_address(caseworker: FlaskClient) -> None:
    answer = caseworker.get("/enterprises?q=&level=0&industry=&revenue_from=&as_of=&sort=name")
    assert (answer.status_code, answer.location) == (303, "/enterprises?level=0&sort=name")


def test_whatever_a_name_is_made_of_it_is_shown_as_text(client: FlaskClient, session: GuardedSession) -> None:
    hostile = '<b>"长春"&</b>\N{OBJECT REPLACEMENT CHARACTER}有限公司'
    register.add(session, [hostile], register.units(session)[0])
    sign_in_as(client, session, Role.CASEWORKER)
    for address in ("/enterprises", "/enterprises?q=长春", "/enterprises?cols=name&cols=code"):
        page = client.get(address, follow_redirects=True).text
        assert names(page) == [hostile]
        assert "<b>&#34;" not in page and "&lt;b&gt;" in page
    assert "<mark>长春</mark>" in client.get("/enterprises?q=长春").text


def test_every_column_knows_how_its_cells_are_drawn() -> None:
    assert set(CELLS) == set(COLUMNS)
