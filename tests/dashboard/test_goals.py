"""The five yearly targets count what their rules in words say, on both clocks."""

import pytest

from sme_tracker.clock import end_of_day
from sme_tracker.dashboard.measures import GOALS
from sme_tracker.db import GuardedSession
from sme_tracker.enterprises.measure import NO_UNIT, MeasureQuery
from sme_tracker.rules.terms import Indicator, RecognitionKind, Title, Track
from tests.dashboard.bureau import Bureau, day

MUNICIPAL, PROVINCIAL, NATIONAL = Title.MUNICIPAL, Title.PROVINCIAL, Title.NATIONAL


@pytest.fixture
def bureau(session: GuardedSession) -> Bureau:
    return Bureau(session)


def counted(
    bureau: Bureau,
    indicator: Indicator,
    as_of: str = "2022-12-31",
    *,
    known_on: str | None = None,
    unit: str | None = None,
    without_unit: bool = False,
) -> int:
    known_at = end_of_day(day(known_on)) if known_on else None
    of = NO_UNIT if without_unit else bureau.units[unit]
    return GOALS[indicator].count(bureau.session, MeasureQuery(day(as_of).year, day(as_of), known_at, of))


def test_a_first_recognition_counts_from_the_day_it_was_published(bureau: Bureau) -> None:
    bureau.recognise(bureau.enterprise(), MUNICIPAL, "2022-03-10", valid_from="2022-04-01")
    assert counted(bureau, Indicator.SRDI, "2022-03-09") == 0
    assert counted(bureau, Indicator.SRDI, "2022-03-10") == 1


def test_a_promotion_does_not_count(bureau: Bureau) -> None:
    one = bureau.enterprise()
    bureau.recognise(one, MUNICIPAL, "2021-05-01")
    bureau.recognise(one, PROVINCIAL, "2022-05-01")
    assert counted(bureau, Indicator.SRDI, "2021-12-31") == 1
    assert counted(bureau, Indicator.SRDI) == 0


def test_a_renewal_does_not_count_even_where_the_title_had_lapsed(bureau: Bureau) -> None:
    one = bureau.enterprise()
    bureau.recognise(one, MUNICIPAL, "2019-01-01")
    bureau.recognise(one, MUNICIPAL, "2022-03-01", kind=RecognitionKind.RENEWED)
    assert counted(bureau, Indicator.SRDI) == 0


def test_a_new_recognition_after_the_old_one_lapsed_counts(bureau: Bureau) -> None:
    one = bureau.enterprise()
    bureau.recognise(one, MUNICIPAL, "2019-01-01", valid_until="2021-12-31")
    bureau.recognise(one, MUNICIPAL, "2022-03-01")
    assert counted(bureau, Indicator.SRDI) == 1


def test_an_enterprise_recognised_at_two_levels_on_one_day_counts_once(bureau: Bureau) -> None:
    one = bureau.enterprise()
    bureau.recognise(one, PROVINCIAL, "2022-08-01")
    bureau.recognise(one, NATIONAL, "2022-08-01")
    assert counted(bureau, Indicator.SRDI) == 1


def test_a_title_that_took_effect_before_it_was_published_is_compared_with_the_day_before_it_took_effect(
    bureau: Bureau,
) -> None:
    bureau.recognise(bureau.enterprise(), MUNICIPAL, "2022-01-20", valid_from="2022-01-01")
    assert counted(bureau, Indicator.SRDI) == 1


def test_a_title_beside_the_ladder_does_not_count(bureau: Bureau) -> None:
    bureau.recognise(bureau.enterprise(), Title.INNOVATIVE, "2022-03-01")
    assert counted(bureau, Indicator.SRDI) == 0


def test_a_later_loss_does_not_take_the_new_one_back(bureau: Bureau) -> None:
    one = bureau.enterprise()
    title = bureau.recognise(one, MUNICIPAL, "2022-03-01")
    bureau.revoke(title, "2022-06-01")
    bureau.leave(one, "2022-07-01")
    assert counted(bureau, Indicator.SRDI) == 1


def test_it_counts_for_the_unit_of_the_day_and_a_later_move_does_not_take_it_along(bureau: Bureau) -> None:
    one = bureau.enterprise("NG")
    bureau.recognise(one, MUNICIPAL, "2022-03-01")
    bureau.move(one, "CY", "2022-06-01")
    assert counted(bureau, Indicator.SRDI, unit="NG") == 1
    assert counted(bureau, Indicator.SRDI, unit="CY") == 0


def test_an_enterprise_without_a_unit_counts_for_the_city_only(bureau: Bureau) -> None:
    bureau.recognise(bureau.enterprise(None), MUNICIPAL, "2022-03-01")
    assert counted(bureau, Indicator.SRDI) == counted(bureau, Indicator.SRDI, without_unit=True) == 1


def test_what_was_recorded_late_was_not_known_then(bureau: Bureau) -> None:
    bureau.recognise(bureau.enterprise(), MUNICIPAL, "2022-03-01", recorded_on="2022-05-09")
    assert counted(bureau, Indicator.SRDI, "2022-03-31") == 1
    assert counted(bureau, Indicator.SRDI, "2022-03-31", known_on="2022-05-08") == 0
    assert counted(bureau, Indicator.SRDI, "2022-03-31", known_on="2022-05-09") == 1


def test_a_recognition_recorded_by_mistake_counts_only_as_it_was_known(bureau: Bureau) -> None:
    title = bureau.recognise(bureau.enterprise(), MUNICIPAL, "2022-03-01")
    bureau.withdraw(title, "2022-04-15")
    assert counted(bureau, Indicator.SRDI) == 0
    assert counted(bureau, Indicator.SRDI, known_on="2022-04-14") == 1


def test_an_earlier_title_recorded_later_turns_a_new_one_into_a_promotion(bureau: Bureau) -> None:
    one = bureau.enterprise()
    bureau.recognise(one, PROVINCIAL, "2022-03-01")
    bureau.recognise(one, MUNICIPAL, "2021-03-01", recorded_on="2022-09-01")
    assert counted(bureau, Indicator.SRDI, known_on="2022-08-31") == 1
    assert counted(bureau, Indicator.SRDI) == 0


@pytest.mark.parametrize(
    ("track", "indicator", "earlier", "counting", "later"),
    [
        (Track.UPGRADE, Indicator.UPGRADE, "eligible", "entered", "first_report"),
        (Track.CONVERT, Indicator.CONVERT, "founding_meeting", "licence_changed", "quoted"),
        (Track.GO_PUBLIC, Indicator.GO_PUBLIC, "issued", "listed", None),
    ],
)
def test_a_case_counts_on_the_day_of_its_counting_step(
    bureau: Bureau, track: Track, indicator: Indicator, earlier: str, counting: str, later: str | None
) -> None:
    case = bureau.case(bureau.enterprise(), track, "2021-10-01", (earlier, "2022-02-01"))
    assert counted(bureau, indicator) == 0
    bureau.step(case, counting, "2022-04-01")
    if later:
        bureau.step(case, later, "2022-05-01")
    assert counted(bureau, indicator, "2022-03-31") == 0
    assert counted(bureau, indicator, "2022-04-01") == 1
    assert counted(bureau, indicator) == 1
    assert counted(bureau, indicator, "2023-12-31") == 0


def test_an_entry_into_the_directory_counts_gross(bureau: Bureau) -> None:
    one = bureau.enterprise()
    bureau.case(one, Track.UPGRADE, "2022-01-10", ("entered", "2022-02-01"))
    bureau.case(one, Track.UPGRADE, "2022-06-01", ("entered", "2022-11-01"))
    assert counted(bureau, Indicator.UPGRADE) == 2


def test_a_sprint_is_being_put_forward_for_the_national_level(bureau: Bureau) -> None:
    one, other = bureau.enterprise("NG"), bureau.enterprise("CY")
    bureau.forward(one, "2022-05-20")
    bureau.forward(other, "2022-05-20", PROVINCIAL)
    assert counted(bureau, Indicator.SPRINT, "2022-05-19") == 0
    assert counted(bureau, Indicator.SPRINT) == counted(bureau, Indicator.SPRINT, unit="NG") == 1
