"""Verdicts: kept in the transaction that changes their facts, and never older than these."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from sme_tracker.assessments import actions
from sme_tracker.assessments.due import judge_due, mark_due
from sme_tracker.assessments.facts import UNASKED_FIELDS, facts_of
from sme_tracker.assessments.judging import differing, judge_enterprises
from sme_tracker.assessments.models import JudgementRecord, RuleAssignment, StoredRuleSet, VerdictRecord
from sme_tracker.assessments.rule_sets import read_rule_set
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.terms import RecognitionKind, Title
from tests.assessments.bureau import BY, NOW, code, figures, provincial, verdict, with_rules


def test_the_shipped_rule_sets_are_loaded_once_and_read_back_as_they_were_written(session: GuardedSession) -> None:
    with_rules(session)
    with transaction(session):
        assert load_shipped(session, NOW) == []
    read = {row.key: read_rule_set(row) for row in session.scalars(select(StoredRuleSet))}
    assert read == shipped_rule_sets()
    assert session.scalar(select(func.count(RuleAssignment.id)))


def test_an_enterprise_with_every_figure_and_paper_is_eligible(session: GuardedSession) -> None:
    with_rules(session)
    found = verdict(session, provincial(session))
    assert (found.purpose, found.outcome, found.marks) == ("new", "eligible", "ooooooo")


def test_a_verdict_is_due_when_a_title_ends_as_another_purpose_is_asked_for_then(session: GuardedSession) -> None:
    with_rules(session)
    began, ends = date(2026, 4, 1), local_today() + timedelta(days=3)
    which = provincial(session)
    with transaction(session):
        held = recognitions.NewRecognition(which, Title.NATIONAL, RecognitionKind.NEW, began, began, ends)
        recognitions.recognise(session, BY, [held])
    found = verdict(session, which)
    assert (found.purpose, found.changes_on) == ("review", ends + timedelta(days=1))
    assert {level for _which, level in differing(session, ends + timedelta(days=1))} >= {"national"}


def test_every_column_of_a_kept_verdict_is_compared(session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session)
    assert list(differing(session, local_today())) == []
    for column, value in {"near_value": "9 percent", "purpose": "review", "changes_on": date(2999, 1, 1)}.items():
        with transaction(session):
            session.execute(update(VerdictRecord).where(VerdictRecord.level == "national").values({column: value}))
        assert list(differing(session, local_today())) == [(which, "national")]
        with transaction(session):
            judge_enterprises(session, [which], local_today(), NOW)


def test_a_verdict_by_a_standard_that_is_none_any_more_is_one_too_many(session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session)
    with transaction(session):
        session.execute(update(VerdictRecord).where(VerdictRecord.level == "national").values(level="champion"))
    assert set(differing(session, local_today())) == {(which, "national"), (which, "champion")}


def test_a_saved_figure_changes_the_verdict_in_the_same_transaction(session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session)
    with transaction(session):
        enterprises.record_figures(session, BY, [(which, figures(2025, rd_expense_wan=Decimal(100)))])
    found = verdict(session, which)
    assert (found.outcome, found.not_met, found.near_criterion) == ("near", " rd_expense ", "rd_expense")


def test_a_missing_list_is_missing_until_somebody_says_that_there_is_none(session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session, ip_assets=[])
    found = verdict(session, which)
    assert (found.outcome, found.lacks) == ("undecidable", " ip_assets ")
    with transaction(session):
        actions.record_nothing(session, BY, [actions.NothingThere(which, "ip_assets", NOW.date())])
    assert verdict(session, which).outcome == "near"


def test_withdrawn_evidence_counts_no_longer(session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session, platform_scores=[])
    assert verdict(session, which).missing == " platform_score "
    with transaction(session):
        (paper,) = actions.record_evidence(
            session,
            BY,
            [actions.NewEvidence(which, "platform_scores", "评价", data={"year": 2026, "score": Decimal(66)})],
        )
    assert verdict(session, which).outcome == "eligible"
    with transaction(session):
        actions.withdraw_evidence(session, BY, paper, "登记错企业")
    assert verdict(session, which).missing == " platform_score "


def test_a_corrected_paper_takes_the_place_of_the_one_before(session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session, market_shares=[])
    low = actions.NewEvidence(
        which, "market_shares", "证明", data={"scope": "national", "share_percent": Decimal("9.2"), "rank": 5}
    )
    with transaction(session):
        (paper,) = actions.record_evidence(session, BY, [low])
    assert verdict(session, which).near_criterion == "market_share"
    right = actions.NewEvidence(
        which, "market_shares", "证明", data={"scope": "national", "share_percent": Decimal("19.2"), "rank": 5}
    )
    with transaction(session):
        corrected = actions.correct_evidence(session, BY, paper, right, "看错一位")
        (checked,) = actions.verify_evidence(session, BY, [corrected])
    assert verdict(session, which).outcome == "eligible"
    with pytest.raises(Refused), transaction(session):
        actions.withdraw_evidence(session, BY, paper, "已被更正")
    assert actions.get_evidence(session, checked).verified_on == NOW.date()


def test_who_holds_the_title_is_judged_for_review(session: GuardedSession) -> None:
    with_rules(session)
    assert verdict(session, provincial(session), "provincial").purpose == "review"


def test_no_verdict_is_older_than_its_data(session: GuardedSession) -> None:
    with_rules(session)
    provincial(session)
    provincial(session, 2, ip_assets=[])
    today = local_today()
    assert list(differing(session, today)) == []
    with transaction(session):
        assert judge_due(session, today) == 0
        mark_due(session, today)
        assert judge_due(session, today) == 2
        assert judge_due(session, date(2030, 1, 1)) == 2


def test_an_enterprise_without_any_figures_lacks_them_all(session: GuardedSession) -> None:
    with_rules(session)
    with transaction(session):
        (which,) = enterprises.register(session, BY, [enterprises.NewEnterprise(code(7), "长春空白有限公司")])
    assert " revenue_wan/2025 " in verdict(session, which).lacks


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("market_shares", {"scope": "national", "share_percent": Decimal(120)}, "share_percent.out_of_range"),
        ("certificates", {}, "kind.needed"),
        ("certificates", {"kind": "driving_licence"}, "kind.unknown"),
        ("awards", {"kind": "science"}, "from_day.needed"),
        ("horoscope", {}, "paper.unknown_kind"),
    ],
)
def test_a_paper_that_cannot_be_right_is_refused(
    session: GuardedSession, kind: str, data: dict[str, object], code: str
) -> None:
    which = provincial(session)
    with pytest.raises(Refused) as refused, transaction(session):
        actions.record_evidence(session, BY, [actions.NewEvidence(which, kind, "材料", data=data)])
    assert code in [finding.code for finding in refused.value.findings]


def test_a_judgement_needs_its_reason_and_replaces_the_one_before(session: GuardedSession) -> None:
    which = provincial(session)
    with pytest.raises(Refused), transaction(session):
        actions.record_judgements(session, BY, [actions.NewJudgement(which, "key_chain_link", True, " ", NOW.date())])
    for met in (True, False):
        with transaction(session):
            actions.record_judgements(
                session, BY, [actions.NewJudgement(which, "key_chain_link", met, "专家组评议", NOW.date())]
            )
    kept = session.scalars(select(JudgementRecord).where(JudgementRecord.in_force())).all()
    assert [row.met for row in kept] == [False]


UNTOUCHED: dict[str, object] = {
    "registered_region": "长春市绿园区",
    "address": "景阳大路1号",
    "legal_representative": "王敏",
    "registered_capital": "500万元",
    "registered_capital_wan": Decimal(500),
    "business_scope": "汽车零部件",
    "chain_id": None,
    "niche": "制动器",
    "main_product": "制动盘",
    "group_parent": "长春某集团",
    "owner_id": None,
}


def test_what_no_rule_asks_for_leaves_facts_and_verdict_as_they_are(session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session)
    facts, judged_at = facts_of(session, [which])[which], verdict(session, which).judged_at
    assert set(UNTOUCHED) == UNASKED_FIELDS
    with transaction(session):
        enterprises.update_profiles(session, BY, {which: UNTOUCHED})
        enterprises.add_contacts(session, BY, [enterprises.NewContact(which, "李工")])
    assert facts_of(session, [which])[which] == facts
    assert verdict(session, which).judged_at == judged_at
    assert list(differing(session, local_today())) == []


def test_what_a_rule_asks_for_is_judged_anew_though_other_fields_are_saved_with_it(session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session)
    judged_at = verdict(session, which).judged_at
    with transaction(session):
        enterprises.update_profiles(session, BY, {which: {"address": "景阳大路1号", "founded_on": date(2025, 5, 1)}})
    assert verdict(session, which).judged_at > judged_at
    assert list(differing(session, local_today())) == []
