"""A number of the board and the list behind it are one: for every measure, unit, day and state of knowledge."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from sme_tracker.clock import end_of_day
from sme_tracker.dashboard.measures import MEASURES
from sme_tracker.dashboard.numbers import Numbers, read_numbers
from sme_tracker.db import GuardedSession
from sme_tracker.enterprises.measure import NO_UNIT, Measure, MeasureQuery, UnitChoice
from sme_tracker.recognitions.measures import LEVELS
from sme_tracker.recognitions.models import Recognition
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import LADDER, Level, Title, Track
from tests.dashboard.bureau import Bureau, day

UNITS = ("NG", "CY", "JT", None)
DAYS = ("2021-12-31", "2022-09-30", "2023-01-01")
KNOWN = (None, "2022-06-30")


Event = tuple[str, Callable[[], object]]


@pytest.fixture
def bureau(session: GuardedSession) -> Bureau:
    """Thirty enterprises with three years of everything that can happen to them, recorded in the order of days."""
    bureau, chance = Bureau(session), random.Random(20220930)
    events = [event for _ in range(30) for event in life(bureau, chance, bureau.enterprise(chance.choice(UNITS)))]
    for of in Track:
        bureau.case(bureau.enterprise("JT"), of, "2019-01-05", (track(of).counting_step.code, "2022-03-01"))
    for _day, happen in sorted(events, key=lambda event: event[0]):
        happen()
    return bureau


def life(bureau: Bureau, chance: random.Random, enterprise: int) -> Iterator[Event]:
    yield from titles(bureau, chance, enterprise)
    if chance.random() < 0.4:
        since, late = f"2022-0{chance.randrange(1, 7)}-10", f"2022-0{chance.randrange(7, 10)}-10"
        yield late, partial(bureau.move, enterprise, chance.choice(UNITS), since, recorded_on=late)
    if chance.random() < 0.3:
        yield "2022-05-01", partial(bureau.figures, enterprise, 2021, "2022-05-01")
    if chance.random() < 0.3:
        forwarded = f"2022-0{chance.randrange(1, 10)}-15"
        yield forwarded, partial(bureau.forward, enterprise, forwarded)
    for of in Track:
        if chance.random() < 0.6:
            yield from climb(bureau, chance, enterprise, of)
    if chance.random() < 0.1:
        yield "2022-08-01", partial(bureau.leave, enterprise, "2022-08-01")


def titles(bureau: Bureau, chance: random.Random, enterprise: int) -> Iterator[Event]:
    when = day("2020-02-01") + timedelta(days=chance.randrange(800))
    for title in LADDER[chance.randrange(4) :]:
        until, lost = when + timedelta(days=chance.choice((300, 1095))), when + timedelta(days=chance.randrange(600))
        yield str(when), partial(hold, bureau, enterprise, title, str(when), str(until))
        if chance.random() < 0.2:
            yield str(lost), partial(lose, bureau, enterprise, title, str(lost))
        when += timedelta(days=chance.randrange(30, 400))


def hold(bureau: Bureau, enterprise: int, title: Title, on: str, until: str) -> None:
    bureau.recognise(enterprise, title, on, valid_until=until)


def lose(bureau: Bureau, enterprise: int, title: Title, on: str) -> None:
    of = (Recognition.enterprise_id == enterprise, Recognition.title == title)
    bureau.revoke(bureau.session.scalars(select(Recognition.id).where(*of)).one(), on)


def climb(bureau: Bureau, chance: random.Random, enterprise: int, of: Track) -> Iterator[Event]:
    when = day("2021-06-01") + timedelta(days=chance.randrange(300))
    cases: list[int] = []
    yield str(when), lambda opened=str(when): cases.append(bureau.case(enterprise, of, opened))
    taken = track(of).steps[: chance.randrange(len(track(of).steps) + 1)]
    for step in taken:
        when += timedelta(days=chance.choice((1, 5, 20, 150)))
        yield str(when), lambda code=step.code, on=str(when): bureau.step(cases[0], code, on)
    if chance.random() < 0.2 and not any(step.counts for step in taken):
        yield str(when), lambda on=str(when): bureau.close(cases[0], on)


def asked(as_of: str, known: str | None, unit: UnitChoice = None) -> MeasureQuery:
    return MeasureQuery(day(as_of).year, day(as_of), end_of_day(day(known)) if known else None, unit)


def counts(bureau: Bureau, measure: Measure, query: MeasureQuery) -> dict[int | None, int]:
    rows = measure.rows(query).subquery()
    found = bureau.session.execute(select(rows.c.unit_id, func.count()).group_by(rows.c.unit_id))
    return {row[0]: row[1] for row in found}


def test_every_number_is_the_count_of_its_rows(bureau: Bureau) -> None:
    empty = set(MEASURES)
    for as_of in DAYS:
        for known in KNOWN:
            numbers = read_numbers(bureau.session, asked(as_of, known))
            for measure in MEASURES.values():
                by_unit = counts(bureau, measure, asked(as_of, known))
                assert +numbers.by_key[measure.key] == by_unit, (measure.key, as_of, known)
                empty -= {measure.key} if by_unit else set()
    assert not empty, "the bureau of this test has too little of these"


def test_the_units_and_those_without_one_add_up_to_the_city(bureau: Bureau) -> None:
    choices: list[UnitChoice] = [*(bureau.units[code] for code in UNITS if code), NO_UNIT]
    for measure in MEASURES.values():
        city = measure.count(bureau.session, asked("2022-09-30", None))
        assert sum(measure.count(bureau.session, asked("2022-09-30", None, unit)) for unit in choices) == city


def test_the_levels_of_a_day_are_those_of_the_year_s_start_and_what_came_and_went(bureau: Bureau) -> None:
    numbers = read_numbers(bureau.session, asked("2022-09-30", None))
    total, came, went = (MEASURES[f"level.{name}"] for name in ("total", "entered", "left"))
    start = numbers.started_with(total)
    assert start == total.count(bureau.session, asked("2021-12-31", None)) > 0
    assert start + numbers.value(came) - numbers.value(went) == numbers.value(total)
    for measure in LEVELS.values():
        assert numbers.started_with(measure) == measure.count(bureau.session, asked("2021-12-31", None))


def test_an_expiry_is_counted_from_the_day_after(session: GuardedSession) -> None:
    bureau = Bureau(session)
    bureau.recognise(bureau.enterprise(), Title.MUNICIPAL, "2022-01-01", valid_until="2022-06-30")
    on = [level_total(session, day("2022-06-30") + timedelta(days=late)) for late in (0, 1)]
    assert on == [1, 0]


def test_a_level_about_to_be_lost_needs_attention_unless_it_is_renewed(session: GuardedSession) -> None:
    bureau = Bureau(session)
    one, other = bureau.enterprise(), bureau.enterprise()
    for enterprise in (one, other):
        bureau.recognise(enterprise, Title.PROVINCIAL, "2020-01-01", valid_until="2022-06-30")
    bureau.recognise(other, Title.PROVINCIAL, "2022-05-01", valid_from="2022-07-01")
    measure = MEASURES["attention.expiring"]
    assert rows_of(session, measure, "2022-04-02") == [(one, day("2022-07-01"), bureau.units["NG"])]
    assert measure.count(session, asked("2022-04-01", None)) == 0


def test_a_case_is_stalled_after_ninety_days_in_one_step(session: GuardedSession) -> None:
    bureau = Bureau(session)
    bureau.case(bureau.enterprise(), Track.UPGRADE, "2022-01-01", ("key_cultivation", "2022-02-01"))
    late = {
        f"2022-05-0{on}": MEASURES["stalled.upgrade"].count(session, asked(f"2022-05-0{on}", None)) for on in (2, 3)
    }
    assert late == {"2022-05-02": 0, "2022-05-03": 1}


def rows_of(session: GuardedSession, measure: Measure, as_of: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in session.execute(measure.rows(asked(as_of, None)))]


def level_total(session: GuardedSession, on: date) -> int:
    return MEASURES["level.total"].count(session, MeasureQuery(on.year, on))


def test_an_empty_register_counts_nothing(session: GuardedSession) -> None:
    numbers: Numbers = read_numbers(session, asked("2022-09-30", None))
    assert [numbers.value(measure) for measure in MEASURES.values()] == [0] * len(MEASURES)
    assert all(level in LEVELS for level in (Level.MUNICIPAL, Level.PROVINCIAL, Level.NATIONAL))
