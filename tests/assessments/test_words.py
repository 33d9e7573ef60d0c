"""Every code a verdict or a refused rule set can carry has its words, in both languages."""

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from sme_tracker.assessments.sentences import amount_in_words, lack_in_words, need_in_words, number, sentence
from sme_tracker.assessments.words import CONFIDENCES, MEASURED, SENTENCES, UNITS, problem_words
from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import FIGURES, QUANTITIES
from sme_tracker.rules.shipped import shipped_rule_sets, table_of
from sme_tracker.rules.text.conditions import CONFIDENCES as KNOWN_CONFIDENCES
from sme_tracker.rules.text.conditions import UNITS as KNOWN_UNITS
from sme_tracker.rules.text.rule_sets import read_rule_set
from sme_tracker.rules.verdicts import Lack, Needed
from tests.rules.eligibility.factories import DAY, strong, with_figures
from tests.rules.eligibility.test_verdicts import TESTED
from tests.rules.eligibility.test_written_form import MINIMAL, REFUSED
from tools import words


@pytest.fixture(scope="module")
def speaking():
    words.compile_words()
    app = Flask("sme_tracker")
    Babel(app)
    with app.test_request_context():
        yield


@pytest.fixture
def verdicts():
    return [
        judge(shipped_rule_sets()[module.KEY], case.facts, case.day, case.purpose)
        for module in TESTED
        for case in module.CASES
    ]


def test_every_finding_of_every_case_can_be_said(speaking, verdicts):
    for verdict in verdicts:
        for finding in (*verdict.findings, *verdict.gates):
            assert sentence(finding)
            assert finding.measured in MEASURED or finding.measured.startswith("score.")
            for need in finding.needs:
                assert need_in_words(need)


def test_every_code_has_a_case_that_carries_it(verdicts):
    carried = {found.code for verdict in verdicts for found in (*verdict.findings, *verdict.gates)}
    assert set(SENTENCES) - carried <= {"standing.met", "standing.not_met", "standing.missing", "direct.open"}


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
@pytest.mark.parametrize("what", REFUSED)
def test_every_refusal_of_a_rule_set_can_be_said(speaking, what, language):
    table = table_of(MINIMAL)
    REFUSED[what][0](table)
    _, problems = read_rule_set(table)
    with force_locale(language):
        assert all(problem_words(problem) for problem in problems)


def test_every_figure_unit_and_confidence_has_its_word():
    assert {*FIGURES, *QUANTITIES} <= MEASURED.keys()
    assert set(KNOWN_UNITS) == UNITS.keys()
    assert set(KNOWN_CONFIDENCES) == CONFIDENCES.keys()


def test_the_gap_of_the_picture_in_chinese(speaking):
    facts = with_figures(strong(), main_revenue_wan={2019: 19630, 2020: 20380, 2021: 21150})
    growth = judge(shipped_rule_sets()["little-giant-63-2022"], facts, DAY).finding("main_revenue_growth")
    with force_locale("zh_Hans"):
        assert sentence(growth) == "差 1.2 个百分点"
        assert need_in_words(growth.needs[0]) == "2022 年主营业务收入须达 22,466 万元"


def test_amounts_are_spoken_of_in_english_as_yuan_and_one_as_one(speaking):
    with force_locale("en"):
        assert amount_in_words(Decimal(8000), "wan") == "CNY 80,000,000"
        assert amount_in_words(Decimal(1), "count") == "1 item"
        assert amount_in_words(Decimal(2), "count") == "2 items"
        assert amount_in_words(Decimal("4.1"), "percent") == "4.1%"


def test_what_is_lacking_in_chinese(speaking):
    with force_locale("zh_Hans"):
        assert lack_in_words(Lack("rd_expense_wan", 2021)) == "2021 年研发费用"
        assert lack_in_words(Lack("ip_assets.in_use")) == "知识产权：是否已应用"
        assert need_in_words(Needed("ip_assets", None, Decimal(2), Decimal(1), "count")) == "知识产权再增 1 项"


def test_a_proof_that_ended_names_the_day(speaking):
    finding = judge(shipped_rule_sets()["little-giant-63-2022"], strong(), date(2024, 3, 10)).finding("certification")
    with force_locale("zh_Hans"):
        assert sentence(finding) == "依据已于 2024-03-09 到期"


@pytest.mark.parametrize(
    ("amount", "text"),
    [("1.2005", "1.2"), ("0.004", "0.004"), ("-3.44", "−3.4"), ("22466", "22,466"), ("0", "0"), ("70", "70")],
)
def test_a_distance_never_reads_as_zero_when_it_is_not(amount, text):
    assert number(Decimal(amount)) == text
