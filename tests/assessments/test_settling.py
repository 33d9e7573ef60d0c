"""What follows from a save: judged in the same transaction, from all that was recorded in it and nothing else."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from sme_tracker.assessments.judging import differing
from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.clock import local_today
from sme_tracker.db import NOTED, GuardedSession, transaction
from sme_tracker.enterprises import actions
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import TOUCHED, take_touched
from tests.assessments.bureau import BY, provincial, with_rules


def without_verdict(session: GuardedSession) -> int:
    """An enterprise whose verdicts are away, so that being judged anew can be seen."""
    with_rules(session)
    which = provincial(session)
    with transaction(session):
        session.execute(delete(VerdictRecord))
    return which


def change(session: GuardedSession, which: int) -> None:
    actions.update_profiles(session, BY, {which: {"founded_on": date(2001, 5, 6)}})


def judged(session: GuardedSession) -> list[int]:
    return sorted(set(session.scalars(select(VerdictRecord.enterprise_id))))


def test_who_something_was_recorded_of_is_judged_before_the_save_is_over(session: GuardedSession) -> None:
    which = without_verdict(session)
    with transaction(session):
        change(session, which)
        assert judged(session) == []
    assert judged(session) == [which]
    assert list(differing(session, local_today())) == []


def test_a_savepoint_that_is_rolled_back_forgets_nothing_of_what_was_recorded_before_it(
    session: GuardedSession,
) -> None:
    which = without_verdict(session)
    with transaction(session):
        change(session, which)
        session.begin_nested().rollback()
    assert judged(session) == [which]


def test_what_a_failed_save_touched_is_nothing_to_the_next(session: GuardedSession) -> None:
    which = without_verdict(session)
    with pytest.raises(ZeroDivisionError), transaction(session):
        change(session, which)
        raise ZeroDivisionError
    with transaction(session):
        assert take_touched(session) == {}
    assert judged(session) == []


def test_what_does_not_settle_is_not_saved(session: GuardedSession, monkeypatch: pytest.MonkeyPatch) -> None:
    which = without_verdict(session)

    def fail(of: GuardedSession) -> None:
        assert of.info[NOTED][TOUCHED]
        raise ZeroDivisionError

    monkeypatch.setitem(session.info, "settle", fail)
    with pytest.raises(ZeroDivisionError), transaction(session):
        change(session, which)
    assert session.get_one(Enterprise, which).founded_on != date(2001, 5, 6)
