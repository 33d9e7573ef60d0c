"""The board of the day as kept in the database says what the facts say, whatever happens and whenever it is asked."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from sme_tracker.clock import local_today
from sme_tracker.dashboard.kept import differences, has_fallen_behind, keep, numbers_of, recount
from sme_tracker.dashboard.models import BoardShare, BoardTotal
from sme_tracker.dashboard.numbers import Numbers, read_numbers
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.measure import MeasureQuery
from sme_tracker.pipeline.measures import median_days
from sme_tracker.recognitions.measures import LEVEL_TOTAL
from sme_tracker.recognitions.models import Recognition
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Role, Title, Track
from tests.dashboard.bureau import Bureau, day
from tests.dashboard.test_numbers import Event, life
from tests.signing import sign_in_as

TODAY = day("2022-09-30")


def lives(bureau: Bureau, chance: random.Random) -> list[Event]:
    """What happens to a dozen enterprises over three years, in the order of days, with corrections among it."""
    units = ("NG", "CY", "JT", None)
    events: list[Event] = []
    for enterprise in [bureau.enterprise(chance.choice(units)) for _ in range(12)]:
        events += life(bureau, chance, enterprise)
        if chance.random() < 0.4:
            events.append(("2022-09-15", partial(take_back, bureau, enterprise)))
        if chance.random() < 0.4:
            late = partial(bureau.move, enterprise, chance.choice(units), "2021-06-01", recorded_on="2022-09-20")
            events.append(("2022-09-20", late))
    return sorted(events, key=lambda event: event[0])


def take_back(bureau: Bureau, enterprise: int) -> None:
    """The last recognition was recorded by mistake."""
    held = select(Recognition.id).where(Recognition.enterprise_id == enterprise, Recognition.in_force())
    found = bureau.session.scalars(held.order_by(Recognition.id.desc())).first()
    if found:
        bureau.withdraw(found, "2022-09-15")


def count_anew(session: GuardedSession, on: str = str(TODAY)) -> None:
    counted = recount(session, day(on))
    with transaction(session):
        keep(session, counted)


def asked(on: str = str(TODAY)) -> MeasureQuery:
    return MeasureQuery(day(on).year, day(on))


def by_key(numbers: Numbers) -> dict[str, dict[int | None, int]]:
    return {key: dict(+counts) for key, counts in numbers.by_key.items() if +counts}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_kept_is_what_the_facts_say_after_anything_that_happens(session: GuardedSession, seed: int) -> None:
    bureau, chance = Bureau(session), random.Random(seed)
    for number, (_on, happen) in enumerate(lives(bureau, chance)):
        happen()
        if chance.random() < 0.1:
            count_anew(session, str(TODAY - timedelta(days=chance.choice((0, 0, 0, 1, 300)))))
        if number % 8 == 0:
            assert by_key(numbers_of(session, asked())) == by_key(read_numbers(session, asked()))
            assert not list(differences(session))
    count_anew(session)
    assert not list(differences(session))
    assert by_key(numbers_of(session, asked())) == by_key(read_numbers(session, asked()))


@pytest.fixture
def bureau(session: GuardedSession) -> Bureau:
    """Two enterprises at a level, and the board of the day kept."""
    bureau = Bureau(session)
    for unit in ("NG", "CY"):
        bureau.recognise(bureau.enterprise(unit), Title.MUNICIPAL, "2022-03-01")
    count_anew(session)
    return bureau


def level_total(bureau: Bureau, on: str = str(TODAY)) -> int:
    return numbers_of(bureau.session, asked(on)).value(LEVEL_TOTAL)


def test_a_save_is_counted_at_once_though_nobody_counted_the_board_anew(bureau: Bureau) -> None:
    bureau.recognise(bureau.enterprise(), Title.NATIONAL, "2022-09-01")
    assert level_total(bureau) == 3
    assert not list(differences(bureau.session))


def test_another_day_and_an_earlier_knowledge_are_counted_from_the_facts(bureau: Bureau) -> None:
    assert level_total(bureau, "2022-02-28") == 0
    assert level_total(bureau, "2025-03-02") == 0


def test_only_numbers_that_are_kept_are_taken_from_what_is_kept(bureau: Bureau) -> None:
    with transaction(bureau.session):
        bureau.session.execute(update(BoardTotal).values(counts=[[LEVEL_TOTAL.key, None, 7]]))
    assert level_total(bureau) == 7
    assert level_total(bureau, "2022-09-29") == 2


def test_a_number_that_was_tampered_with_is_found(bureau: Bureau) -> None:
    with transaction(bureau.session):
        bureau.session.execute(update(BoardTotal).values(counts=[[LEVEL_TOTAL.key, None, 7]]))
    assert {found.what for found in differences(bureau.session)} == {"board_total"}


def test_a_share_that_was_taken_away_is_found(bureau: Bureau) -> None:
    which = bureau.session.scalars(select(BoardShare.enterprise_id)).first()
    with transaction(bureau.session):
        bureau.session.execute(delete(BoardShare).where(BoardShare.enterprise_id == which))
    found = {(one.what, one.enterprise_id) for one in differences(bureau.session)}
    assert found == {("board_share", which), ("board_total", None)}


def test_of_two_that_count_at_once_the_first_is_kept(bureau: Bureau) -> None:
    bureau.recognise(bureau.enterprise(), Title.NATIONAL, "2022-09-01")
    slow = recount(bureau.session, TODAY)
    bureau.recognise(bureau.enterprise(), Title.NATIONAL, "2022-09-02")
    count_anew(bureau.session)
    with transaction(bureau.session):
        keep(bureau.session, slow)
    assert level_total(bureau) == 4
    assert not list(differences(bureau.session))


def test_a_long_way_behind_the_writer_counts_for_the_readers(bureau: Bureau) -> None:
    assert not has_fallen_behind(bureau.session, TODAY)
    for _time in range(26):
        bureau.recognise(bureau.enterprise(), Title.MUNICIPAL, "2022-09-01")
    assert has_fallen_behind(bureau.session, TODAY)
    count_anew(bureau.session)
    assert not has_fallen_behind(bureau.session, TODAY)
    assert level_total(bureau) == 28


def test_the_first_page_of_a_day_counts_the_board_and_whoever_writes_much_counts_it_again(
    app: Flask, session: GuardedSession
) -> None:
    bureau, today = Bureau(session), local_today()
    sign_in_as(app.test_client(), session, Role.LEADER)
    assert session.scalars(select(BoardTotal.day)).one() == today
    for _time in range(51):
        bureau.enterprise()
    assert has_fallen_behind(session, today)
    sign_in_as(app.test_client(), session, Role.CASEWORKER)
    assert not has_fallen_behind(session, today)


def test_the_days_in_a_column_are_those_of_the_pipeline(bureau: Bureau) -> None:
    for days in (10, 20, 60):
        later = day("2022-02-01") + timedelta(days=days)
        bureau.case(bureau.enterprise(), Track.UPGRADE, "2022-02-01", *steps(str(later)))
    found = numbers_of(bureau.session, asked())
    medians = {(of, at): found.median_days(of, at) for of in Track for at in range(1, 5)}
    known = {place: days for place, days in medians.items() if days is not None}
    assert known == median_days(bureau.session, asked()) == {(Track.UPGRADE, 1): 20}
    assert found.median_days(Track.UPGRADE, 1, bureau.units["CY"]) is None


def steps(on: str) -> Iterator[tuple[str, str]]:
    yield track(Track.UPGRADE).steps[1].code, on
