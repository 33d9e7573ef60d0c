"""What can be done to enterprises, and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions
from sme_tracker.enterprises.models import Contact, Enterprise, EnterpriseName, SearchPair, Tally, YearlyFigure
from sme_tracker.history.chain import Author, broken_links
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.credit_code import check_character, organisation_check_character
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Source, Status

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
BY = Author(None, "form", NOW)


def code(number: int) -> str:
    """A valid code of an enterprise that does not exist."""
    subject = f"{number:08d}"
    first17 = "91220101" + subject + organisation_check_character(subject)
    return first17 + check_character(first17) if "X" not in first17 else code(number + 100_000)


def registered(
    session: GuardedSession, number: int = 1, name: str = "长春一东离合器股份有限公司", **more: object
) -> int:
    """The id of an enterprise that has just been registered."""
    profile = {key: more.pop(key) for key in list(more) if key in actions.PROFILE}
    new = actions.NewEnterprise(code(number), name, profile=profile, **more)  # type: ignore[arg-type]
    with transaction(session):
        return actions.register(session, BY, [new])[0]


def refusal(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    """The codes of what was found."""
    return [finding.code for finding in refused.value.findings]


def pairs(session: GuardedSession, enterprise_id: int) -> set[str]:
    """What the enterprise is found by."""
    return set(session.scalars(select(SearchPair.pair).where(SearchPair.enterprise_id == enterprise_id)))


def first_unit(session: GuardedSession) -> int:
    """Any reporting unit."""
    return session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.id)).first() or 0


def test_a_registered_enterprise_has_its_facts_from_the_beginning_and_one_history_entry(
    session: GuardedSession,
) -> None:
    one = session.get_one(Enterprise, registered(session, address="长春市高新区1号", registered_capital="1000万元"))
    assert (one.name, one.level, one.status, one.version) == ("长春一东离合器股份有限公司", 0, Status.ACTIVE, 1)
    names = session.execute(select(EnterpriseName.name, EnterpriseName.from_day)).all()
    assert names == [("长春一东离合器股份有限公司", None)]
    entries = session.scalars(select(HistoryEntry)).all()
    assert [(entry.action, entry.enterprise_id) for entry in entries] == [("register", one.id)]
    assert entries[0].changes["address"] == [None, "长春市高新区1号"]
    assert session.scalar(select(func.sum(Tally.enterprises))) == 1
    assert not list(broken_links(session))


def test_many_are_registered_in_the_order_they_came(session: GuardedSession) -> None:
    rows = [actions.NewEnterprise(code(number), f"长春第{number}机械有限公司") for number in range(1, 1202)]
    with transaction(session):
        ids = actions.register(session, BY, rows)
    stored = {one.code: one.id for one in session.scalars(select(Enterprise))}
    assert [stored[row.code] for row in rows] == ids


def test_a_code_is_registered_once(session: GuardedSession) -> None:
    holder = registered(session)
    with pytest.raises(Refused) as refused:
        registered(session, name="另一家有限公司")
    assert refusal(refused) == ["credit_code.taken"]
    assert refused.value.findings[0].parameters["enterprise_id"] == holder


def test_a_wrong_check_character_needs_a_person_who_says_the_licence_has_it(session: GuardedSession) -> None:
    wrong = code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1")
    with pytest.raises(Refused) as refused, transaction(session):
        actions.register(session, BY, [actions.NewEnterprise(wrong, "长春有限公司")])
    assert refusal(refused) == ["credit_code.check_character"]
    with transaction(session):
        [which] = actions.register(session, BY, [actions.NewEnterprise(wrong, "长春有限公司", code_as_printed=True)])
    assert session.get_one(Enterprise, which).code_as_printed


def test_a_sole_trader_is_refused(session: GuardedSession) -> None:
    with pytest.raises(Refused) as refused, transaction(session):
        actions.register(session, BY, [actions.NewEnterprise("92" + code(1)[2:], "某小吃店", code_as_printed=True)])
    assert refusal(refused) == ["credit_code.sole_trader"]


def test_a_profile_saved_meanwhile_is_not_overwritten(session: GuardedSession) -> None:
    which = registered(session)
    with transaction(session):
        assert actions.change_profile(session, BY, which, 1, {"address": "甲地"})
    with pytest.raises(actions.Stale), transaction(session):
        actions.change_profile(session, BY, which, 1, {"address": "乙地"})
    one = session.get_one(Enterprise, which)
    assert (one.address, one.version) == ("甲地", 2)


def test_saving_what_is_there_already_changes_nothing(session: GuardedSession) -> None:
    which = registered(session, address="甲地")
    with transaction(session):
        assert not actions.update_profiles(session, BY, {which: {"address": "甲地"}})
    assert session.get_one(Enterprise, which).version == 1
    assert session.scalar(select(func.count()).select_from(HistoryEntry)) == 1


def test_a_renamed_enterprise_is_found_by_both_names(session: GuardedSession) -> None:
    which = registered(session)
    with transaction(session):
        actions.rename(session, BY, [actions.Renaming(which, "吉林东光集团有限公司", date(2025, 6, 1))])
    assert session.get_one(Enterprise, which).name == "吉林东光集团有限公司"
    assert {"一东", "东光", "cc", "dg"} <= pairs(session, which)


def test_a_name_recorded_by_mistake_is_withdrawn_but_the_first_one_only_corrected(session: GuardedSession) -> None:
    which = registered(session)
    with transaction(session):
        actions.rename(session, BY, [actions.Renaming(which, "吉林东光集团有限公司", date(2025, 6, 1))])
    first, second = session.scalars(select(EnterpriseName.id).order_by(EnterpriseName.id)).all()
    with transaction(session):
        actions.withdraw_names(session, BY, [actions.Withdrawal(second, "录错企业")])
    assert session.get_one(Enterprise, which).name == "长春一东离合器股份有限公司"
    assert "东光" not in pairs(session, which)
    with pytest.raises(Refused) as refused, transaction(session):
        actions.withdraw_names(session, BY, [actions.Withdrawal(first, "录错")])
    assert refusal(refused) == ["fact.first"]
    with transaction(session):
        actions.rename(session, BY, [actions.Renaming(which, "长春一东有限公司", None, corrects=first, reason="错字")])
    assert session.get_one(Enterprise, which).name == "长春一东有限公司"


def test_a_name_cannot_begin_tomorrow(session: GuardedSession) -> None:
    which = registered(session)
    with pytest.raises(Refused) as refused, transaction(session):
        actions.rename(session, BY, [actions.Renaming(which, "吉林东光集团有限公司", date(2026, 3, 3))])
    assert refusal(refused) == ["date.future"]


def test_a_changed_unit_and_a_departure_move_the_counts_of_today(session: GuardedSession) -> None:
    unit_id = first_unit(session)
    which = registered(session)
    with transaction(session):
        actions.assign_units(session, BY, [actions.UnitChange(which, unit_id, date(2026, 1, 1))])
    assert session.get_one(Enterprise, which).unit_id == unit_id
    with transaction(session):
        gone = actions.StatusChange(which, Status.MOVED_OUT, date(2026, 2, 1), "迁往沈阳")
        actions.change_statuses(session, BY, [gone])
    assert session.get_one(Enterprise, which).status == Status.MOVED_OUT
    counted = session.execute(select(Tally.unit_id, Tally.status).where(Tally.enterprises != 0)).all()
    assert counted == [(unit_id, Status.MOVED_OUT)]


def test_leaving_needs_a_reason(session: GuardedSession) -> None:
    which = registered(session)
    with pytest.raises(Refused) as refused, transaction(session):
        actions.change_statuses(session, BY, [actions.StatusChange(which, Status.DEREGISTERED, date(2026, 2, 1))])
    assert refusal(refused) == ["reason.missing"]


def test_figures_are_kept_per_source_and_the_row_shows_the_best_of_the_latest_year(session: GuardedSession) -> None:
    which = registered(session, industry_code="C36")
    own = YearlyFigures(
        2025, Source.SELF_REPORTED, revenue_wan=Decimal("9000.00"), rd_expense_wan=Decimal(450), staff=80
    )
    audited = YearlyFigures(2025, Source.AUDIT, revenue_wan=Decimal("8600.50"))
    with transaction(session):
        actions.record_figures(session, BY, [(which, own), (which, audited)])
    one = session.get_one(Enterprise, which)
    assert (one.figures_year, one.revenue_wan, one.size_class) == (2025, Decimal("8600.50"), "small")
    assert one.rd_intensity_percent == Decimal("5.23")


def test_figures_of_one_source_are_replaced_and_the_old_ones_kept_retired(session: GuardedSession) -> None:
    which = registered(session)
    with transaction(session):
        actions.record_figures(session, BY, [(which, YearlyFigures(2025, Source.AUDIT, revenue_wan=Decimal(10)))])
        actions.record_figures(session, BY, [(which, YearlyFigures(2025, Source.AUDIT, revenue_wan=Decimal(20)))])
        actions.record_figures(session, BY, [(which, YearlyFigures(2025, Source.AUDIT, revenue_wan=Decimal(20)))])
    rows = session.execute(select(YearlyFigure.revenue_wan, YearlyFigure.retired_at).order_by(YearlyFigure.id)).all()
    assert [(revenue, retired is None) for revenue, retired in rows] == [(Decimal(10), False), (Decimal(20), True)]


def test_withdrawn_figures_leave_the_row(session: GuardedSession) -> None:
    which = registered(session)
    with transaction(session):
        actions.record_figures(session, BY, [(which, YearlyFigures(2025, Source.AUDIT, revenue_wan=Decimal(10)))])
        fact_id = session.scalars(select(YearlyFigure.id)).one()
        actions.withdraw_figures(session, BY, [actions.Withdrawal(fact_id, "报错年度")])
    assert session.get_one(Enterprise, which).revenue_wan is None


@pytest.mark.parametrize(
    ("figures", "why"),
    [
        (YearlyFigures(2026, Source.AUDIT), "fiscal_year.not_ended"),
        (YearlyFigures(2025, Source.AUDIT, revenue_wan=Decimal(-1)), "revenue_wan.negative"),
        (YearlyFigures(2025, Source.AUDIT, staff=3, rd_staff=4), "rd_staff.more_than_whole"),
    ],
)
def test_figures_that_cannot_be_are_refused(session: GuardedSession, figures: YearlyFigures, why: str) -> None:
    which = registered(session)
    with pytest.raises(Refused) as refused, transaction(session):
        actions.record_figures(session, BY, [(which, figures)])
    assert refusal(refused) == [why]


def test_the_history_keeps_phone_numbers_masked(session: GuardedSession) -> None:
    which = registered(session)
    with transaction(session):
        actions.add_contacts(session, BY, [actions.NewContact(which, "李主任", "副总", "13800000001")])
        contact = session.scalars(select(Contact)).one()
        actions.change_contact(session, BY, contact, 1, actions.NewContact(which, "李主任", "总经理", "13800000201"))
        actions.remove_contact(session, BY, contact, 2)
    written = [str(entry.changes) for entry in session.scalars(select(HistoryEntry).order_by(HistoryEntry.id))]
    assert len(written) == 4
    assert not any("13800000" in changes for changes in written)
    assert "138******01" in written[1]
