"""The pages of the board: what they show, to whom, on which day, and that lists are as long as their numbers say."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from sme_tracker.clock import at_noon
from sme_tracker.dashboard.queries import PAGE_ROWS
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import Indicator, Role, Title, Track
from sme_tracker.targets.actions import TargetValue, set_targets
from tests.dashboard.bureau import Bureau, day
from tests.signing import csrf, sign_in_as

NUMBER = re.compile(r'<a class="fig[^"]*" href="(/measures/[^"]+)"[^>]*>([+−±]?[\d,]+)<')
STATEMENTS_OF_THE_OVERVIEW = 14


@pytest.fixture
def bureau(session: GuardedSession) -> Bureau:
    """Three districts with recognitions, cases and targets of 2022."""
    bureau = Bureau(session)
    for unit, new in (("NG", 3), ("CY", 2), (None, 1)):
        for _ in range(new):
            one = bureau.enterprise(unit)
            bureau.recognise(one, Title.MUNICIPAL, "2022-03-01")
            bureau.case(one, Track.UPGRADE, "2022-01-10", ("near_line", "2022-02-01"))
    old = bureau.enterprise("NG")
    bureau.recognise(old, Title.PROVINCIAL, "2020-05-01", valid_until="2022-06-30")
    with transaction(session):
        by = Author(None, "form", at_noon(day("2022-01-05")))
        units = {None: 8, bureau.units["NG"]: 5, bureau.units["CY"]: 5}
        set_targets(session, by, [TargetValue(2022, Indicator.SRDI, unit, value) for unit, value in units.items()])
    return bureau


@contextmanager
def counted_statements(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_every_number_of_the_board_opens_a_list_of_as_many(bureau: Bureau, client: FlaskClient) -> None:
    sign_in_as(client, bureau.session, Role.LEADER)
    page = client.get("/overview?as_of=2022-05-31").text
    numbers = set(NUMBER.findall(page))
    assert len(numbers) > 30
    for url, shown in numbers:
        rows = client.get(url.replace("&amp;", "&")).text
        listed = re.search(r'<div class="bar"><span><b>([\d,]+)', rows)
        assert listed, url
        assert int(listed[1].replace(",", "")) == abs(int(shown.replace(",", "").replace("−", "-").replace("±", ""))), (
            url
        )
        assert rows.count("<tr data-row>") == int(listed[1])


def test_the_board_shows_the_day_asked_for(bureau: Bureau, client: FlaskClient) -> None:
    sign_in_as(client, bureau.session, Role.LEADER)
    before, after = (level_total(client.get(f"/overview?as_of={on}").text) for on in ("2022-02-28", "2022-03-01"))
    assert (before, after) == (1, 7)
    assert level_total(client.get("/overview?as_of=2022-07-01").text) == 6


def test_the_board_shows_what_was_known_then(bureau: Bureau, client: FlaskClient) -> None:
    late = bureau.enterprise("NG")
    bureau.recognise(late, Title.MUNICIPAL, "2022-03-01", recorded_on="2022-08-01")
    sign_in_as(client, bureau.session, Role.LEADER)
    assert level_total(client.get("/overview?as_of=2022-03-31").text) == 8
    assert level_total(client.get("/overview?as_of=2022-03-31&known=2022-07-31").text) == 7


def test_the_board_follows_at_once_what_is_recorded_and_what_is_corrected(bureau: Bureau, client: FlaskClient) -> None:
    sign_in_as(client, bureau.session, Role.LEADER)
    assert level_total(client.get("/overview?as_of=2022-05-31").text) == 7
    title = bureau.recognise(bureau.enterprise("JT"), Title.MUNICIPAL, "2022-05-01")
    assert level_total(client.get("/overview?as_of=2022-05-31").text) == 8
    bureau.withdraw(title, "2022-05-20")
    assert level_total(client.get("/overview?as_of=2022-05-31").text) == 7


def test_what_the_address_says_wrongly_is_left_out_and_said(bureau: Bureau, client: FlaskClient) -> None:
    sign_in_as(client, bureau.session, Role.LEADER)
    page = client.get("/overview?as_of=2022-02-30&unit=4711&known=tomorrow&series=gold")
    assert page.status_code == 200
    assert "as_of, known, unit, series" in page.text


def test_a_clerk_sees_the_own_unit_whatever_the_address_says(bureau: Bureau, client: FlaskClient) -> None:
    sign_in_as(client, bureau.session, Role.CLERK, bureau.units["CY"])
    for address in ("/overview?as_of=2022-05-31", f"/overview?as_of=2022-05-31&unit={bureau.units['NG']}"):
        page = client.get(address).text
        assert level_total(page) == 2
        assert "ranking" not in page
    rows = client.get(f"/measures/level.total?as_of=2022-05-31&unit={bureau.units['NG']}").text
    assert rows.count("<tr data-row>") == 2


def test_a_clerk_without_a_unit_sees_nothing(bureau: Bureau, client: FlaskClient) -> None:
    clerk = sign_in_as(client, bureau.session, Role.CLERK, bureau.units["LHS"])
    with transaction(bureau.session):
        bureau.session.merge(clerk).unit_id = None
    assert client.get("/measures/level.total?as_of=2022-05-31").text.count("<tr data-row>") == 0


def test_an_enterprise_that_moved_away_is_named_to_the_clerk_but_not_opened(
    bureau: Bureau, client: FlaskClient
) -> None:
    one = bureau.enterprise("JT")
    bureau.recognise(one, Title.MUNICIPAL, "2022-03-01")
    bureau.move(one, "NG", "2022-04-01")
    sign_in_as(client, bureau.session, Role.CLERK, bureau.units["JT"])
    rows = client.get("/measures/goal.srdi?as_of=2022-05-31").text
    assert rows.count("<tr data-row>") == 1
    assert f"/enterprises/{one}" not in rows
    assert client.get(f"/enterprises/{one}").status_code == 404


def test_the_districts_and_those_without_one_add_up_to_the_city(bureau: Bureau, client: FlaskClient) -> None:
    sign_in_as(client, bureau.session, Role.LEADER)
    page = client.get("/overview?as_of=2022-05-31").text
    table = page[page.index('class="tbl ranking"') :]
    body, foot = table.split("<tfoot>")
    total = re.compile(r'href="/measures/level\.total[^"]*">([\d,]+)')
    assert sum(int(n) for n in total.findall(body)) == int(total.findall(foot)[0]) == 7
    assert "unit=none" in body


def test_the_rows_behind_a_number_are_paged_there_and_back(session: GuardedSession, client: FlaskClient) -> None:
    bureau = Bureau(session)
    for number in range(PAGE_ROWS + 7):
        bureau.recognise(bureau.enterprise(), Title.MUNICIPAL, f"2022-03-{number % 20 + 1:02d}")
    sign_in_as(client, session, Role.CASEWORKER)
    first = client.get("/measures/goal.srdi?as_of=2022-05-31").text
    second = client.get(turned(first, "next")).text
    assert (names(first), names(second)) == (
        names(client.get(turned(second, "prev")).text),
        names(client.get(turned(first, "last")).text),
    )
    assert len({*names(first), *names(second)}) == PAGE_ROWS + 7
    assert names(first) == names(client.get(turned(second, "first")).text)


def test_the_rows_behind_a_number_go_out_as_the_page_shows_them(bureau: Bureau, client: FlaskClient) -> None:
    sign_in_as(client, bureau.session, Role.LEADER)
    address = "as_of=2022-05-31&unit=" + str(bureau.units["NG"])
    page = client.get(f"/measures/goal.srdi?{address}")
    answer = client.post(f"/measures/goal.srdi/export?{address}", data={"csrf_token": csrf(page), "format": "csv"})
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 3
    assert [line.split(",")[0] for line in lines[1:]] == names(page.text)
    assert lines[1].endswith("2022-03-01")


def test_an_unknown_measure_is_not_found(bureau: Bureau, client: FlaskClient) -> None:
    sign_in_as(client, bureau.session, Role.LEADER)
    assert client.get("/measures/goal.gold").status_code == 404


def test_before_anything_is_registered_the_board_says_what_is_left_to_do(
    session: GuardedSession, client: FlaskClient
) -> None:
    sign_in_as(client, session, Role.LEADER)
    page = client.get("/overview?lang=en", follow_redirects=True).text
    assert "Setting up the register" in page
    assert page.count('class="finished"') == 2  # the leader's own account, and the units that ship


def test_the_administrator_finds_what_is_left_to_set_up(session: GuardedSession, client: FlaskClient) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    assert 'aria-current="step"' in client.get("/set-up").text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_the_board_is_closed_to_who_has_no_part_in_it(session: GuardedSession, client: FlaskClient, role: Role) -> None:
    sign_in_as(client, session, role)
    assert client.get("/overview").status_code == 403
    assert client.get("/measures/level.total").status_code == 403


def test_the_overview_asks_the_database_a_fixed_number_of_questions(
    bureau: Bureau, app: Flask, client: FlaskClient, engine: Engine
) -> None:
    sign_in_as(client, bureau.session, Role.LEADER)
    client.get("/overview?as_of=2022-05-31")
    with counted_statements(engine) as statements:
        client.get("/overview?as_of=2022-04-30")
    asked = [statement for statement in statements if "SAVEPOINT" not in statement]
    assert len(asked) <= STATEMENTS_OF_THE_OVERVIEW, "\n".join(asked)


def level_total(page: str) -> int:
    found = re.findall(r'href="/measures/level\.total[^"]*">([\d,]+)', page)
    return int(found[1].replace(",", ""))


def turned(page: str, turn: str) -> str:
    sign = {"next": r'rel="next"', "prev": r'rel="prev"'}.get(turn)
    links = re.findall(r'<a href="(/measures/[^"]+)"([^>]*)>([^<]*)', page)
    wanted = {"first": "⇤", "last": "⇥"}
    url = next(url for url, more, words in links if (sign and sign in more) or (not sign and wanted[turn] in words))
    return url.replace("&amp;", "&")


def names(page: str) -> list[str]:
    return re.findall(r"长春第\d+机械有限公司", page)
