"""工信部企业〔2022〕63 号, annex 3: every criterion of the Little Giant just below, at and above its threshold."""

# ruff: noqa: E501 (a case is one line)

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import (
    Award,
    Certificate,
    ComplianceNote,
    GroupRelation,
    HeldTitle,
    Judgement,
    MarketShare,
    Statement,
)
from sme_tracker.rules.shipped import shipped_rule_sets
from sme_tracker.rules.verdicts import Needed, Outcome
from tests.rules.eligibility.cases import MET, MISSING, NOT_MET, TO_JUDGE, Case, found, name_of
from tests.rules.eligibility.factories import DAY, class1, equity, plus, science_award, strong, with_figures, without

KEY = "little-giant-63-2022"


def small(
    revenue: int = 4999, equity_wan: int = 8000, rd_2020: str = "1500", rd_2021: str = "1500", rd_staff: int = 100
):
    """An enterprise under 50 million yuan that meets the third tier exactly."""
    facts = with_figures(
        strong(),
        revenue_wan={2020: revenue, 2021: revenue},
        main_revenue_wan={2019: 4000, 2020: 4400, 2021: 4840},
        rd_expense_wan={2020: rd_2020, 2021: rd_2021},
        rd_staff={2021: rd_staff},
    )
    return plus(facts, "equity_rounds", equity(equity_wan))


def niche(since: date):
    return strong(niche_since=since)


def share(percent: str, **fields):
    return strong(market_shares=(MarketShare(share_percent=Decimal(percent), from_day=date(2022, 5, 1), **fields),))


def rd(share_2020: str, share_2021: str, revenue: int = 20000):
    return with_figures(
        strong(),
        revenue_wan={2020: revenue, 2021: revenue},
        rd_expense_wan={
            2020: Decimal(share_2020) * revenue / 100,
            2021: Decimal(share_2021) * revenue / 100,
        },
    )


# fmt: off
CASES = [
    Case("niche_years", "2 full years at the end of 2021", niche(date(2019, 1, 2)), NOT_MET),
    Case("niche_years", "exactly 3 years at the end of 2021", niche(date(2019, 1, 1)), MET),
    Case("niche_years", "4 years", niche(date(2018, 1, 1)), MET),
    Case("niche_years", "start unknown", strong(niche_since=None), MISSING),
    Case("main_revenue_share", "69.99 %", with_figures(strong(), revenue_wan={2021: 10000}, main_revenue_wan={2021: 6999}), NOT_MET),
    Case("main_revenue_share", "70 %", with_figures(strong(), revenue_wan={2021: 10000}, main_revenue_wan={2021: 7000}), MET),
    Case("main_revenue_share", "70.01 %", with_figures(strong(), revenue_wan={2021: 10000}, main_revenue_wan={2021: 7001}), MET),
    Case("main_revenue_share", "main revenue empty", with_figures(strong(), main_revenue_wan={2021: None}), MISSING),
    Case("main_revenue_share", "revenue of zero has no share", with_figures(strong(), revenue_wan={2021: 0}), MISSING),
    Case("main_revenue_growth", "3 % and 6.99 %", with_figures(strong(), main_revenue_wan={2019: 10000, 2020: 10300, 2021: "11019.97"}), NOT_MET),
    Case("main_revenue_growth", "3 % and 7 % average 5 %", with_figures(strong(), main_revenue_wan={2019: 10000, 2020: 10300, 2021: 11021}), MET),
    Case("main_revenue_growth", "thirds that average 5 % exactly", with_figures(strong(), main_revenue_wan={2019: 30000, 2020: 31000, 2021: "33066.67"}), MET),
    Case("main_revenue_growth", "the first of three years empty", with_figures(strong(), main_revenue_wan={2019: None}), MISSING),
    Case("main_revenue_growth", "no revenue to grow from", with_figures(strong(), main_revenue_wan={2019: 0}), MISSING),
    Case("main_revenue_growth", "waived for a review after the notice of 2025", strong(), MET, "review", date(2025, 5, 14)),
    Case("main_revenue_growth", "not waived for a new application", strong(), MISSING, "new", date(2025, 5, 14)),
    Case("main_revenue_growth", "not waived before the notice", strong(), MISSING, "review", date(2025, 5, 13)),
    Case("information_systems", "one system", strong(), MET),
    Case("information_systems", "looked through, none", replace(without(strong(), "statements", "information_system"), lists_entered=frozenset({"statements.information_system"})), NOT_MET),
    Case("information_systems", "not entered", without(strong(), "statements", "information_system"), MISSING),
    Case("certification", "ended the day before", strong(certificates=(Certificate(kind="management_system", until_day=date(2022, 9, 29)),)), NOT_MET),
    Case("certification", "on its last day", strong(certificates=(Certificate(kind="management_system", until_day=DAY),)), MET),
    Case("certification", "product certified abroad instead", strong(certificates=(Certificate(kind="overseas_product"),)), MET),
    Case("certification", "only a certificate of another kind", strong(certificates=(Certificate(kind="high_tech_enterprise"),)), MISSING),
    Case("certification", "not entered", strong(certificates=()), MISSING),
    Case("debt_ratio", "70.01 %", with_figures(strong(), liabilities_wan={2021: 21003}), NOT_MET),
    Case("debt_ratio", "70 %", with_figures(strong(), liabilities_wan={2021: 21000}), MET),
    Case("debt_ratio", "69.99 %", with_figures(strong(), liabilities_wan={2021: 20997}), MET),
    Case("debt_ratio", "assets empty", with_figures(strong(), assets_wan={2021: None}), MISSING),
    Case("market_share", "9.9 %", share("9.9"), NOT_MET),
    Case("market_share", "10 %", share("10"), MET),
    Case("market_share", "10.1 %", share("10.1"), MET),
    Case("market_share", "a share of the world market is not one of the national", share("30", scope="world"), MISSING),
    Case("market_share", "statement past its date", share("30", until_day=date(2022, 9, 29)), MISSING),
    Case("market_share", "not entered", strong(market_shares=()), MISSING),
    Case("own_brand", "one brand", strong(), MET),
    Case("own_brand", "looked through, none", replace(without(strong(), "statements", "own_brand"), lists_entered=frozenset({"statements.own_brand"})), NOT_MET),
    Case("own_brand", "not entered", without(strong(), "statements", "own_brand"), MISSING),
    Case("rd_share", "from 100 million: 2.99 % in one of two years", rd("2.99", "4", 10000), NOT_MET),
    Case("rd_share", "from 100 million: 3 % in each", rd("3", "3", 10000), MET),
    Case("rd_share", "from 100 million: 3.01 % in each", rd("3.01", "3.01", 10000), MET),
    Case("rd_share", "just under 100 million asks for 6 %", rd("5.99", "7", 9999), NOT_MET),
    Case("rd_share", "just under 100 million: 6 % in each", rd("6", "6", 9999), MET),
    Case("rd_share", "the edge of 50 million belongs to the tier of 6 %", rd("6", "6", 5000), MET),
    Case("rd_share", "under 50 million a share does not help", rd("20", "20", 4999), NOT_MET),
    Case("rd_share", "under 50 million: equity, R&D total and staff at their thresholds", small(), MET),
    Case("rd_share", "under 50 million: equity of 79.99 million", small(equity_wan=7999), NOT_MET),
    Case("rd_share", "under 50 million: R&D total of 29.9999 million", small(rd_2021="1499.99"), NOT_MET),
    Case("rd_share", "under 50 million: R&D staff of 49.5 %", small(rd_staff=99), NOT_MET),
    Case("rd_share", "under 50 million: R&D staff empty", with_figures(small(), rd_staff={2021: None}), MISSING),
    Case("rd_share", "one year fails, the other is empty", with_figures(rd("2", "4"), rd_expense_wan={2021: None}), NOT_MET),
    Case("rd_share", "one year passes, the other is empty", with_figures(rd("4", "4"), rd_expense_wan={2021: None}), MISSING),
    Case("rd_share", "revenue empty leaves the tier open", with_figures(strong(), revenue_wan={2021: None}), MISSING),
    Case("rd_share", "direct: national science award, third unit", plus(rd("1", "1"), "awards", science_award(3)), MET),
    Case("rd_share", "direct: fourth unit does not pass", plus(rd("1", "1"), "awards", science_award(4)), NOT_MET),
    Case("rd_share", "direct: unit's rank unknown", plus(rd("1", "1"), "awards", science_award(None)), MISSING),
    Case("rd_share", "direct: provincial award does not pass", plus(rd("1", "1"), "awards", science_award(1, "provincial")), NOT_MET),
    Case("rd_share", "direct: award three years ago to the day", plus(rd("1", "1"), "awards", science_award(1, from_day=date(2019, 9, 30))), MET),
    Case("rd_share", "direct: award a day older", plus(rd("1", "1"), "awards", science_award(1, from_day=date(2019, 9, 29))), NOT_MET),
    Case("rd_share", "direct: Maker China place 50", plus(rd("1", "1"), "awards", Award(kind="maker_china", level="national", rank=50, from_day=date(2021, 1, 1))), MET),
    Case("rd_share", "direct: Maker China place 51", plus(rd("1", "1"), "awards", Award(kind="maker_china", level="national", rank=51, from_day=date(2021, 1, 1))), NOT_MET),
    Case("rd_institution", "one", strong(), MET),
    Case("rd_institution", "looked through, none", strong(institutions=(), lists_entered=frozenset({"institutions"})), NOT_MET),
    Case("rd_institution", "not entered", strong(institutions=()), MISSING),
    Case("rd_institution", "direct: national science award", strong(institutions=(), awards=(science_award(1),)), MET),
    Case("class1_ip", "1 right", strong(ip_assets=class1(1)), NOT_MET),
    Case("class1_ip", "2 rights", strong(ip_assets=class1(2)), MET),
    Case("class1_ip", "3 rights", strong(ip_assets=class1(3)), MET),
    Case("class1_ip", "not entered", strong(ip_assets=()), MISSING),
    Case("class1_ip", "2 rights, whether in use not entered", strong(ip_assets=class1(2, in_use=None)), MISSING),
    Case("class1_ip", "2 rights not in use", strong(ip_assets=class1(2, in_use=False)), NOT_MET),
    Case("class1_ip", "2 rights not tied to the main product", strong(ip_assets=class1(2, linked_to_main_product=False)), NOT_MET),
    Case("class1_ip", "2 rights of class II", strong(ip_assets=class1(2, ip_class=2)), NOT_MET),
    Case("class1_ip", "transferred a day less than a year ago", strong(ip_assets=class1(2, acquisition="transferred", from_day=date(2021, 10, 1))), NOT_MET),
    Case("class1_ip", "transferred a year ago", strong(ip_assets=class1(2, acquisition="transferred", from_day=date(2021, 9, 30))), MET),
    Case("class1_ip", "direct: national science award", strong(ip_assets=(), awards=(science_award(1),)), MET),
    Case("key_chain_link", "judged met", strong(), MET),
    Case("key_chain_link", "judged not met", strong(judgements=(Judgement(question="key_chain_link", met=False, reason="非关键环节"),)), NOT_MET),
    Case("key_chain_link", "papers but no judgement", strong(judgements=()), TO_JUDGE),
    Case("key_chain_link", "neither papers nor judgement", without(strong(judgements=()), "statements", "chain_link"), MISSING),
    Case("key_chain_link", "judgement past its date", strong(judgements=(Judgement(question="key_chain_link", met=True, until_day=date(2022, 9, 29)),)), TO_JUDGE),
    Case("product_field", "six bases", strong(), MET),
    Case("product_field", "ten key fields", strong(statements=(Statement(kind="product_field", detail="ten_key_fields"),)), MET),
    Case("product_field", "another field", strong(statements=(Statement(kind="product_field", detail="other"),)), NOT_MET),
    Case("product_field", "not entered", without(strong(), "statements", "product_field"), MISSING),
    Case("barred", "on the last day of the bar", strong(barred_until=DAY), NOT_MET),
    Case("barred", "the bar ended yesterday", strong(barred_until=date(2022, 9, 29)), MET),
    Case("not_sme", "large", strong(size_class="large"), NOT_MET),
    Case("not_sme", "size unknown", strong(size_class=None), MISSING),
    Case("not_legal_person", "a branch", strong(independent_legal_person=False), NOT_MET),
    Case("credit_lists", "on the abnormal list", strong(compliance_notes=(ComplianceNote(kind="abnormal_list"),)), NOT_MET),
    Case("credit_lists", "taken off the list yesterday", strong(compliance_notes=(ComplianceNote(kind="abnormal_list", until_day=date(2022, 9, 29)),)), MET),
    Case("restricted_product", "noted", strong(compliance_notes=(ComplianceNote(kind="restricted_product"),)), NOT_MET),
    Case("major_incident", "three years ago to the day", strong(compliance_notes=(ComplianceNote(kind="major_incident", from_day=date(2019, 9, 30)),)), NOT_MET),
    Case("major_incident", "a day older", strong(compliance_notes=(ComplianceNote(kind="major_incident", from_day=date(2019, 9, 29)),)), MET),
    Case("single_champion", "holds the title", plus(strong(), "titles", HeldTitle(level="champion")), NOT_MET),
    Case("group_of_little_giant", "held by one", strong(group_relations=(GroupRelation(kind="held_by_little_giant"),)), NOT_MET),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_annex_3(case):
    assert found(KEY, case).result == case.result


def test_the_thirteen_marks_stand_in_groups_of_3_3_2_3_1_1():
    rule_set = shipped_rule_sets()[KEY]
    assert "".join(group.mark for group in rule_set.groups) == "专精特新链品"
    assert rule_set.group_sizes == (3, 3, 2, 3, 1, 1)


def test_an_enterprise_that_meets_everything_is_eligible():
    verdict = judge(shipped_rule_sets()[KEY], strong(), DAY)
    assert verdict.outcome is Outcome.ELIGIBLE
    assert set(verdict.marks) == {MET}


def test_growth_short_by_1_2_points_names_the_main_revenue_next_year_must_reach():
    facts = with_figures(strong(), main_revenue_wan={2019: 19630, 2020: 20380, 2021: 21150})
    growth = judge(shipped_rule_sets()[KEY], facts, DAY).finding("main_revenue_growth")
    assert growth.code == "number.short"
    assert round(growth.distance, 1) == Decimal("-1.2")
    assert growth.needs == (Needed("main_revenue_wan", 2022, Decimal("22465.91"), Decimal("1315.91"), "wan"),)
    assert growth.earliest_on == date(2023, 4, 1)


def test_a_failing_first_year_can_be_left_behind_when_next_years_accounts_are_out():
    finding = judge(shipped_rule_sets()[KEY], rd("2.7", "3.4"), DAY).finding("rd_share")
    assert finding.distance == Decimal("-0.3")
    assert finding.needs == (Needed("rd_expense_wan", 2020, Decimal(600), Decimal(60), "wan"),)
    assert finding.earliest_on == date(2023, 4, 1)
    assert finding.tier_from == 10000


def test_a_waived_criterion_says_by_which_clause_and_still_shows_its_value():
    facts = with_figures(strong(), main_revenue_wan={2022: 22264, 2023: 22264, 2024: 22264})
    finding = judge(shipped_rule_sets()[KEY], facts, date(2025, 6, 1), "review").finding("main_revenue_growth")
    assert (finding.result, finding.code) == (MET, "waived")
    assert "2025" in finding.note
    assert finding.values[0].amount == 0


def test_a_certificate_that_ended_says_so():
    facts = strong(certificates=(Certificate(kind="management_system", name="ISO 9001", until_day=date(2022, 9, 1)),))
    finding = judge(shipped_rule_sets()[KEY], facts, DAY).finding("certification")
    assert finding.code == "evidence.expired"
    assert finding.evidence_until == date(2022, 9, 1)
    assert [proof.name for proof in finding.proofs] == ["ISO 9001"]
