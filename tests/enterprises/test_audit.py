"""The check finds nothing after any lawful work, and everything that was changed behind its back."""

from datetime import date
from decimal import Decimal

from sqlalchemy import delete, update

from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions
from sme_tracker.enterprises.audit import Difference, differences
from sme_tracker.enterprises.models import Enterprise, SearchPair, Tally
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.terms import Source, Status
from tests.enterprises.test_actions import BY, first_unit, registered


def busy(session: GuardedSession) -> int:
    """The id of an enterprise that has been through everything, beside one that has not."""
    registered(session, 2, "长春重型机械有限公司")
    which = registered(session, industry_code="C36")
    with transaction(session):
        actions.rename(session, BY, [actions.Renaming(which, "吉林东光集团有限公司", date(2025, 6, 1))])
        actions.assign_units(session, BY, [actions.UnitChange(which, first_unit(session), date(2026, 1, 1))])
        actions.change_statuses(session, BY, [actions.StatusChange(which, Status.MOVED_OUT, date(2026, 2, 1), "迁出")])
        own = YearlyFigures(
            2025, Source.SELF_REPORTED, revenue_wan=Decimal(9000), rd_expense_wan=Decimal(450), staff=80
        )
        actions.record_figures(session, BY, [(which, own)])
        actions.update_profiles(session, BY, {which: {"industry_code": "I65"}})
    return which


def test_lawful_work_leaves_nothing_to_find(session: GuardedSession) -> None:
    busy(session)
    assert list(differences(session, local_today())) == []


def test_what_was_changed_behind_its_back_is_found(session: GuardedSession) -> None:
    which = busy(session)
    with transaction(session):
        session.execute(update(Enterprise).where(Enterprise.id == which).values(revenue_wan=Decimal(1), unit_id=None))
        session.execute(delete(SearchPair).where(SearchPair.pair == "东光"))
        session.execute(update(Tally).values(enterprises=Tally.enterprises + 1))
    found = {difference.what.split(" ")[0] for difference in differences(session, local_today())}
    assert {"revenue_wan", "unit_id", "search_pair", "tally"} <= found


def test_a_search_pair_of_an_enterprise_that_is_gone_is_found(session: GuardedSession) -> None:
    gone = busy(session) + 1000
    with transaction(session):
        session.add(SearchPair(pair="东光", enterprise_id=gone))
    assert list(differences(session, local_today())) == [Difference("search_pair", gone, ["东光"], [])]
