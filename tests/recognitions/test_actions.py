"""What can be done to titles, what is refused, and how the counts follow on both clocks."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from sme_tracker.clock import end_of_day
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.measure import MeasureQuery
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author, broken_links
from sme_tracker.history.models import HistoryEntry
from sme_tracker.recognitions import actions
from sme_tracker.recognitions.audit import differences
from sme_tracker.recognitions.measures import LEVEL_TOTAL, LEVELS
from sme_tracker.recognitions.models import Recognition, Review
from sme_tracker.recognitions.queries import titles_of
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import RecognitionKind, ReviewResult, Status, Title
from tests.enterprises.test_actions import code, refusal, registered

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
BY = Author(None, "form", NOW)
FIRST, LAST = date(2022, 5, 10), date(2025, 5, 9)


def at(year: int, month: int, day: int) -> Author:
    """Somebody who records at nine in the morning of the day."""
    return Author(None, "form", datetime(year, month, day, 1, tzinfo=UTC))


def title(
    which: int, of: Title = Title.MUNICIPAL, valid_from: date = FIRST, valid_until: date = LAST, **more: object
) -> actions.NewRecognition:
    """A recognition that was published on its first day."""
    kind = more.pop("kind", RecognitionKind.NEW)
    return actions.NewRecognition(which, of, kind, valid_from, valid_from, valid_until, **more)  # type: ignore[arg-type]


def recognised(session: GuardedSession, *rows: actions.NewRecognition, by: Author = BY) -> list[int]:
    """The ids of recognitions that have just been recorded."""
    with transaction(session):
        return actions.recognise(session, by, rows)


def reviewed(session: GuardedSession, recognition_id: int, opened_on: date) -> int:
    """The id of a review that has just been opened."""
    with transaction(session):
        return actions.open_reviews(session, BY, [actions.ReviewOpening(recognition_id, opened_on)])[0]


def counts(session: GuardedSession, day: date, known_on: date | None = None) -> tuple[int, int, int, int]:
    """The enterprises at any level, then municipal, provincial and national, on the day."""
    asked = MeasureQuery(day.year, day, end_of_day(known_on) if known_on else None)
    return tuple(measure.count(session, asked) for measure in (LEVEL_TOTAL, *LEVELS.values()))  # type: ignore[return-value]


def test_one_that_holds_all_three_levels_counts_once_at_the_national(session: GuardedSession) -> None:
    which = registered(session)
    recognised(session, *(title(which, of) for of in (Title.MUNICIPAL, Title.PROVINCIAL, Title.NATIONAL)))
    assert counts(session, FIRST) == (1, 0, 0, 1)
    assert session.get_one(Enterprise, which).holds in (0, 7)


def test_one_with_an_expired_provincial_and_a_valid_municipal_title_counts_as_municipal(
    session: GuardedSession,
) -> None:
    which = registered(session)
    recognised(
        session,
        title(which, Title.PROVINCIAL, date(2021, 1, 1), date(2023, 12, 31)),
        title(which, Title.MUNICIPAL, date(2022, 1, 1), date(2024, 12, 31)),
    )
    assert counts(session, date(2023, 12, 31)) == (1, 0, 1, 0)
    assert counts(session, date(2024, 1, 1)) == (1, 1, 0, 0)


def test_a_title_lasts_through_its_last_day_and_not_past_midnight(session: GuardedSession) -> None:
    recognised(session, title(registered(session)))
    assert counts(session, LAST) == (1, 1, 0, 0)
    assert counts(session, date(2025, 5, 10)) == (0, 0, 0, 0)
    assert counts(session, LAST, known_on=date(2026, 3, 1)) == (0, 0, 0, 0)
    assert counts(session, LAST, known_on=date(2026, 3, 2)) == (1, 1, 0, 0)


def test_one_under_review_after_expiry_keeps_its_level(session: GuardedSession) -> None:
    (recognition_id,) = recognised(session, title(registered(session), Title.NATIONAL))
    reviewed(session, recognition_id, LAST)
    assert counts(session, date(2025, 9, 1)) == (1, 0, 0, 1)
    assert list(differences(session)) == []


def test_one_that_fails_its_review_loses_the_level_on_the_day_of_the_decision(session: GuardedSession) -> None:
    (recognition_id,) = recognised(session, title(registered(session), Title.NATIONAL))
    review_id = reviewed(session, recognition_id, LAST)
    with transaction(session):
        decision = actions.ReviewDecision(review_id, date(2025, 9, 1), ReviewResult.FAILED)
        assert actions.decide_reviews(session, BY, [decision]) == []
    assert counts(session, date(2025, 8, 31)) == (1, 0, 0, 1)
    assert counts(session, date(2025, 9, 1)) == (0, 0, 0, 0)


def test_one_that_passes_its_review_goes_on_with_the_renewed_title(session: GuardedSession) -> None:
    which = registered(session)
    (recognition_id,) = recognised(session, title(which, Title.NATIONAL))
    review_id = reviewed(session, recognition_id, date(2025, 4, 1))
    renewal = title(which, Title.NATIONAL, date(2025, 5, 10), date(2028, 5, 9), kind=RecognitionKind.RENEWED)
    with transaction(session):
        decision = actions.ReviewDecision(review_id, date(2025, 6, 1), ReviewResult.RENEWED, renewal)
        (renewed,) = actions.decide_reviews(session, BY, [decision])
    assert session.get_one(Recognition, renewed).kind == RecognitionKind.RENEWED
    days = (LAST, date(2025, 5, 10), date(2028, 5, 9), date(2028, 5, 10))
    assert [counts(session, day)[3] for day in days] == [1, 1, 1, 0]
    assert list(differences(session)) == []


def test_a_revoked_one_drops_to_the_next_valid_level(session: GuardedSession) -> None:
    which = registered(session)
    _municipal, provincial = recognised(session, title(which), title(which, Title.PROVINCIAL))
    with transaction(session):
        actions.revoke(session, BY, [actions.Revoking(provincial, date(2023, 3, 1), "数据造假")])
    assert counts(session, date(2023, 2, 28)) == (1, 0, 1, 0)
    assert counts(session, date(2023, 3, 1)) == (1, 1, 0, 0)


def test_one_that_has_moved_out_counts_nowhere(session: GuardedSession) -> None:
    which = registered(session)
    recognised(session, title(which))
    with transaction(session):
        change = enterprises.StatusChange(which, Status.MOVED_OUT, date(2023, 3, 1), "迁往吉林市")
        enterprises.change_statuses(session, BY, [change])
    assert counts(session, date(2023, 2, 28)) == (1, 1, 0, 0)
    assert counts(session, date(2023, 3, 1)) == (0, 0, 0, 0)


def test_374_municipal_84_provincial_and_27_national_are_485(session: GuardedSession) -> None:
    ladder = [Title.MUNICIPAL] * 374 + [Title.PROVINCIAL] * 84 + [Title.NATIONAL] * 27
    new = [enterprises.NewEnterprise(code(number), f"长春第{number}机械有限公司") for number in range(1, 486)]
    with transaction(session):
        ids = enterprises.register(session, BY, new)
    recognised(session, *(title(which, of) for which, of in zip(ids, ladder, strict=True)))
    assert counts(session, FIRST) == (485, 374, 84, 27)


def test_titles_beside_the_ladder_are_kept_but_not_counted(session: GuardedSession) -> None:
    which = registered(session)
    recognised(session, title(which, Title.INNOVATIVE), title(which, Title.CHAMPION))
    assert counts(session, FIRST) == (0, 0, 0, 0)
    assert len(titles_of(session, [which])[which]) == 2


def test_a_correction_keeps_what_was_known_before_it(session: GuardedSession) -> None:
    which = registered(session)
    (recognition_id,) = recognised(session, title(which, Title.PROVINCIAL), by=at(2026, 3, 3))
    reviewed(session, recognition_id, LAST)
    with transaction(session):
        new_id = actions.correct(session, at(2026, 4, 1), recognition_id, title(which), "级别录错")
    assert counts(session, FIRST, known_on=date(2026, 3, 31)) == (1, 0, 1, 0)
    assert counts(session, FIRST, known_on=date(2026, 4, 1)) == (1, 1, 0, 0)
    corrected = session.get_one(Recognition, new_id)
    assert corrected.origin_id == recognition_id
    assert session.get_one(Recognition, recognition_id).retired_reason == "级别录错"
    following = select(Review.recognition_id).where(Review.in_force())
    assert list(session.scalars(following)) == [new_id]
    assert list(differences(session)) == []


def test_a_day_that_is_estimated_stays_so_through_a_correction_that_leaves_it(session: GuardedSession) -> None:
    def corrected(recognition_id: int, **changes: object) -> Recognition:
        with transaction(session):
            new_id = actions.correct(session, BY, recognition_id, title(which, **changes), "更正")  # type: ignore[arg-type]
        return session.get_one(Recognition, new_id)

    which = registered(session)
    (first,) = recognised(session, title(which, estimated="published_on,valid_until"))
    numbered = corrected(first, certificate_number="吉1号")
    assert numbered.estimated == "published_on,valid_until"
    dated = corrected(numbered.id, valid_until=date(2025, 5, 31), certificate_number="吉1号")
    assert dated.estimated == "published_on"
    again = corrected(dated.id, valid_until=date(2025, 6, 30), estimated="valid_until")
    assert again.estimated == "published_on,valid_until"


def test_a_withdrawn_title_was_never_held_as_known_now(session: GuardedSession) -> None:
    which = registered(session)
    (recognition_id,) = recognised(session, title(which), by=at(2026, 3, 3))
    with transaction(session):
        actions.withdraw(session, at(2026, 4, 1), [recognition_id], "录到了别的企业名下")
    assert counts(session, FIRST) == (0, 0, 0, 0)
    assert counts(session, FIRST, known_on=date(2026, 3, 31)) == (1, 1, 0, 0)
    assert titles_of(session, [which])[which] == []


def test_everything_done_is_told_in_the_history(session: GuardedSession) -> None:
    which = registered(session)
    (recognition_id,) = recognised(session, title(which, batch="第五批"))
    reviewed(session, recognition_id, LAST)
    with transaction(session):
        actions.revoke(session, BY, [actions.Revoking(recognition_id, date(2025, 6, 1), "数据造假")])
        actions.withdraw(session, BY, [recognition_id], "重复")
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.enterprise_id == which).order_by(HistoryEntry.id))
    told = [(entry.action, entry.changes) for entry in entries][1:]
    assert [action for action, _ in told] == ["title.recognise", "review.open", "title.revoke", "title.withdraw"]
    assert told[0][1]["batch"] == [None, "第五批"]
    assert told[2][1]["revoked_on"] == [None, "2025-06-01"]
    assert not list(broken_links(session))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"valid_from": date(2011, 1, 1), "valid_until": date(2014, 1, 1)}, "title.before_founding"),
        ({"valid_until": date(2022, 5, 9)}, "title.validity_order"),
        ({"valid_from": date(2026, 5, 1), "valid_until": date(2029, 4, 30)}, "date.future"),
    ],
)
def test_a_title_that_cannot_be_is_refused(session: GuardedSession, change: dict[str, date], reason: str) -> None:
    which = registered(session, founded_on=date(2012, 6, 1))
    with pytest.raises(Refused) as refused:
        recognised(session, title(which, **change))  # type: ignore[arg-type]
    assert reason in refusal(refused)


def test_a_branch_cannot_hold_a_title(session: GuardedSession) -> None:
    which = registered(session, name="长春一东离合器股份有限公司农安分公司")
    with pytest.raises(Refused) as refused:
        recognised(session, title(which))
    assert refusal(refused) == ["title.branch"]


def test_the_same_title_from_the_same_day_is_recorded_once(session: GuardedSession) -> None:
    which = registered(session)
    recognised(session, title(which))
    with pytest.raises(Refused) as refused:
        recognised(session, title(which))
    assert refusal(refused) == ["title.already_recorded"]


def test_a_review_is_opened_while_the_title_is_valid_and_once(session: GuardedSession) -> None:
    (recognition_id,) = recognised(session, title(registered(session)))
    with pytest.raises(Refused) as refused:
        reviewed(session, recognition_id, date(2025, 5, 10))
    assert refusal(refused) == ["review.outside_validity"]
    reviewed(session, recognition_id, LAST)
    with pytest.raises(Refused) as refused:
        reviewed(session, recognition_id, LAST)
    assert refusal(refused) == ["review.already_open"]


def test_a_passed_review_needs_the_title_that_renews_it(session: GuardedSession) -> None:
    which = registered(session)
    (recognition_id,) = recognised(session, title(which))
    review_id = reviewed(session, recognition_id, LAST)
    other = title(which, Title.NATIONAL, date(2025, 5, 10), date(2028, 5, 9), kind=RecognitionKind.RENEWED)
    for renewal, reason in ((None, "review.renewal_missing"), (other, "review.renewal_of_another")):
        decision = actions.ReviewDecision(review_id, date(2025, 6, 1), ReviewResult.RENEWED, renewal)
        with pytest.raises(Refused) as refused, transaction(session):
            actions.decide_reviews(session, BY, [decision])
        assert refusal(refused) == [reason]


def test_a_title_is_revoked_once_and_with_a_reason(session: GuardedSession) -> None:
    (recognition_id,) = recognised(session, title(registered(session)))
    for reason, found in (("", "reason.missing"), ("数据造假", None), ("数据造假", "title.already_revoked")):
        if found is None:
            with transaction(session):
                actions.revoke(session, BY, [actions.Revoking(recognition_id, date(2023, 3, 1), reason)])
            continue
        with pytest.raises(Refused) as refused, transaction(session):
            actions.revoke(session, BY, [actions.Revoking(recognition_id, date(2023, 3, 1), reason)])
        assert refusal(refused) == [found]


def test_the_row_of_an_enterprise_names_the_last_day_of_its_level_and_not_the_day_after(
    session: GuardedSession,
) -> None:
    which = registered(session)
    recognised(session, title(which, valid_from=date(2024, 5, 10), valid_until=date(2027, 5, 9)))
    row = session.get_one(Enterprise, which)
    assert (row.level, row.level_until, row.changes_on) == (1, date(2027, 5, 9), date(2027, 5, 10))
