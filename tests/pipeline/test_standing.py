"""After any history with corrections, standing is what the facts say, and what was known then stays known."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

import pytest

from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.audit import differences as of_enterprises
from sme_tracker.enterprises.measure import Measure, MeasureQuery
from sme_tracker.enterprises.standing import roll
from sme_tracker.history.chain import Author
from sme_tracker.pipeline import actions as cases
from sme_tracker.pipeline.audit import differences as of_cases
from sme_tracker.pipeline.measures import OPEN_CASES
from sme_tracker.pipeline.queries import CaseFile, cases_of
from sme_tracker.recognitions import actions as titles
from sme_tracker.recognitions.audit import differences as of_titles
from sme_tracker.recognitions.measures import LEVEL_TOTAL, LEVELS
from sme_tracker.recognitions.queries import TitleHeld, titles_of
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import RecognitionKind, ReviewResult, Status, Title, Track
from tests.enterprises.test_actions import NOW, registered

BEGUN = date(2020, 1, 1)
ENTERPRISES, DEEDS = 3, 60
MEASURES: tuple[Measure, ...] = (LEVEL_TOTAL, *LEVELS.values(), *OPEN_CASES.values())
Deed = Callable[[GuardedSession, Author, int, Random], object]


def some_day(chance: Random) -> date:
    """A day of the years before the records are made."""
    return BEGUN + timedelta(days=chance.randrange(6 * 365))


def recognition(which: int, chance: Random) -> titles.NewRecognition:
    """Any title from any day for up to three years."""
    first = some_day(chance)
    title = chance.choice([Title.MUNICIPAL, Title.PROVINCIAL, Title.NATIONAL, Title.CHAMPION])
    last = first + timedelta(days=chance.randrange(3 * 365))
    return titles.NewRecognition(which, title, RecognitionKind.NEW, first, first, last)


def a_title(session: GuardedSession, which: int, chance: Random) -> TitleHeld:
    """One of the titles on record."""
    return chance.choice(titles_of(session, [which])[which])


def a_case(session: GuardedSession, which: int, chance: Random) -> CaseFile:
    """One of the cases on record."""
    return chance.choice(cases_of(session, [which])[which])


def recognise(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """Record a title."""
    titles.recognise(session, by, [recognition(which, chance)])


def review(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """Open a review, or decide the open one."""
    held = a_title(session, which, chance)
    row = held.recognition
    if held.open_review is None:
        day = row.valid_from + (row.valid_until - row.valid_from) * chance.random()
        titles.open_reviews(session, by, [titles.ReviewOpening(row.id, day)])
        return
    day = held.open_review.opened_on + timedelta(days=chance.randrange(400))
    titles.decide_reviews(session, by, [titles.ReviewDecision(held.open_review.id, day, ReviewResult.FAILED)])


def revoke(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """Revoke a title."""
    titles.revoke(
        session, by, [titles.Revoking(a_title(session, which, chance).recognition.id, some_day(chance), "查")]
    )


def correct(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """Put another title in the place of one."""
    held = a_title(session, which, chance)
    titles.correct(session, by, held.recognition.id, recognition(which, chance), "录错")


def withdraw(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """Withdraw a title."""
    titles.withdraw(session, by, [a_title(session, which, chance).recognition.id], "录错")


def open_case(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """Open a case on any track."""
    cases.open_cases(session, by, [cases.CaseOpening(which, chance.choice(list(Track)), some_day(chance))])


def take_step(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """Take any step of a case."""
    file = a_case(session, which, chance)
    step = chance.choice(track(file.track).steps).code
    day = file.case.opened_on + timedelta(days=chance.randrange(500))
    cases.take_steps(session, by, [cases.StepTaken(file.case.id, step, day)])


def withdraw_step(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """Take a step back."""
    file = a_case(session, which, chance)
    cases.withdraw_step(session, by, file.case.id, chance.choice(file.steps).step, "录错")


def close_case(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """End a case, or take its end back."""
    file = a_case(session, which, chance)
    if file.closing:
        cases.withdraw_closing(session, by, file.case.id, "录错")
        return
    day = file.case.opened_on + timedelta(days=chance.randrange(900))
    cases.close_cases(session, by, [cases.Closing(file.case.id, "given_up", day, "企业放弃")])


def withdraw_case(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """Withdraw a case."""
    cases.withdraw_case(session, by, a_case(session, which, chance).case.id, "录错")


def move(session: GuardedSession, by: Author, which: int, chance: Random) -> None:
    """Leave the city or come back."""
    status = chance.choice(list(Status))
    enterprises.change_statuses(session, by, [enterprises.StatusChange(which, status, some_day(chance), "变动")])


DEEDS_KNOWN: tuple[Deed, ...] = (
    recognise, recognise, recognise, review, review, revoke, correct, withdraw,
    open_case, open_case, take_step, take_step, take_step, withdraw_step, close_case, withdraw_case, move,
)  # fmt: skip


def counted(session: GuardedSession, days: list[date], known_at: datetime | None) -> list[int]:
    """Every measure on every day as known at the instant."""
    queries = [MeasureQuery(day.year, day, known_at) for day in days]
    return [measure.count(session, query) for query in queries for measure in MEASURES]


@pytest.mark.parametrize("seed", range(3))
def test_standing_is_what_the_facts_say_on_both_clocks(session: GuardedSession, seed: int) -> None:
    chance = Random(seed)
    ids = [registered(session, number, f"长春第{number}机械有限公司") for number in range(1, ENTERPRISES + 1)]
    days = [some_day(chance) for _ in range(3)]
    known: dict[datetime, list[int]] = {}
    done = 0
    for hour in range(1, DEEDS + 1):
        by = Author(None, "form", NOW + timedelta(hours=hour))
        try:
            with transaction(session):
                chance.choice(DEEDS_KNOWN)(session, by, chance.choice(ids), chance)
            done += 1
        except (Refused, IndexError):  # refused by the rules, or nothing there to do it to
            continue
        if hour % 15 == 0:
            known[by.at + timedelta(minutes=1)] = counted(session, days, None)
    assert done > DEEDS // 4
    assert list(of_titles(session)) == []
    assert list(of_cases(session)) == []
    assert list(of_enterprises(session, local_today())) == []
    for instant, numbers in known.items():
        assert counted(session, days, instant) == numbers


@pytest.mark.parametrize("seed", range(2))
def test_what_changes_by_date_alone_is_applied_when_the_day_comes(session: GuardedSession, seed: int) -> None:
    chance = Random(seed)
    which, today = registered(session), local_today()
    for ahead in (-400, 0, 1, 30):
        first = today + timedelta(days=ahead - 300)
        last = today + timedelta(days=ahead)
        title = chance.choice([Title.MUNICIPAL, Title.PROVINCIAL, Title.NATIONAL])
        row = titles.NewRecognition(which, title, RecognitionKind.NEW, min(first, date(2026, 3, 1)), first, last)
        with transaction(session):
            titles.recognise(session, Author(None, "form", NOW), [row])
    for day in (today, today + timedelta(days=1), today + timedelta(days=2), today + timedelta(days=31)):
        with transaction(session):
            roll(session, day)
        assert list(of_enterprises(session, day)) == []
