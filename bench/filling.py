"""A register of any size to measure on, made through the product's own actions and the same on every run."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from random import Random

from sqlalchemy import select

from sme_tracker.accounts.actions import create_user
from sme_tracker.assessments.due import judge_waiting
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.actions import NewEnterprise, record_figures, register
from sme_tracker.history.chain import Author
from sme_tracker.pipeline.actions import CaseOpening, StepTaken, open_cases, take_steps
from sme_tracker.recognitions.actions import NewRecognition, recognise
from sme_tracker.reference.models import Chain, ReportingUnit
from sme_tracker.rules.credit_code import check_character, organisation_check_character
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import RecognitionKind, Role, Source, Title, Track

BY = Author(None, "bench", datetime(2026, 1, 5, 1, tzinfo=UTC))
AT_ONCE = 5000
BRAND = "宏达瑞丰泰和盛远捷诚信恒昌隆兴华凯佳嘉博锐新启明德润源鼎"
TRADES = (
    "精密机械",
    "汽车零部件",
    "光电技术",
    "生物医药",
    "新材料",
    "轨道装备",
    "软件信息",
    "农机装备",
    "食品",
    "环保设备",
)
INDUSTRIES = ("C34", "C36", "C39", "C27", "C29", "C37", "I65", "C35", "C14", "C35")
TITLES = (Title.MUNICIPAL, Title.PROVINCIAL, Title.NATIONAL)
CASEWORKER = "bench"


def fill(session: GuardedSession, enterprises: int, progress: Callable[[int], None]) -> str:
    """Register that many enterprises with figures, titles and cases; returns the caseworker's password."""
    chance = Random(enterprises)
    with transaction(session):
        user, password = create_user(
            session, replace(BY, at=utc_now()), CASEWORKER, Role.CASEWORKER, full_name=CASEWORKER
        )
        user.code_expires_at = None
    rows = new_enterprises(session, chance)
    done = 0
    while done < enterprises:
        portion = list(islice(rows, min(AT_ONCE, enterprises - done)))
        with transaction(session):
            ids = register(session, BY, portion)
            record_figures(session, BY, [(which, _figures(chance)) for which in ids])
            recognise(session, BY, [_recognition(chance, which) for which in ids if chance.random() < 0.16])
            _climb(session, chance, ids)
        done += len(portion)
        progress(done)
    judge_waiting(session, local_today())
    return password


def new_enterprises(session: GuardedSession, chance: Random, first: int = 1) -> Iterator[NewEnterprise]:
    """Enterprises without end, whose codes begin with the number."""
    units = list(session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.id)))
    chains = list(session.scalars(select(Chain.id).order_by(Chain.id)))
    number = first
    while True:
        trade = chance.randrange(len(TRADES))
        profile: dict[str, object] = {
            "industry_code": INDUSTRIES[trade],
            "chain_id": chance.choice(chains),
            "registered_region": "长春市",
            "address": f"长春市高新区创新路{number % 1000}号",
            "legal_representative": "张某某",
            "founded_on": date(1995 + number % 25, 5, 1),
            "main_product": TRADES[trade],
            "business_scope": f"{TRADES[trade]}的研发、制造、销售及技术服务；货物进出口、技术进出口。" * 3,
        }
        yield NewEnterprise(code(number), _name(chance, trade), chance.choice(units), profile=profile)
        number += 1


def code(number: int) -> str:
    """A valid code that nobody has, another for each number."""
    subject = f"{number:08d}"
    first17 = "91220199" + subject + organisation_check_character(subject)
    return first17 + check_character(first17)


def _name(chance: Random, trade: int) -> str:
    brand = "".join(chance.choices(BRAND, k=3))
    return f"{chance.choice(('长春', '长春市', '吉林省'))}{brand}{TRADES[trade]}{chance.choice(('', '股份'))}有限公司"


def _figures(chance: Random) -> YearlyFigures:
    revenue = Decimal(round(chance.lognormvariate(7.6, 1) * 100)).scaleb(-2)
    return YearlyFigures(
        2024,
        Source.PLATFORM,
        revenue_wan=revenue,
        rd_expense_wan=(revenue * chance.randrange(1, 12) / 100).quantize(Decimal("0.01")),
        assets_wan=revenue,
        staff=chance.randrange(5, 400),
    )


def _recognition(chance: Random, enterprise_id: int) -> NewRecognition:
    title = chance.choices(TITLES, (77, 17, 6))[0]
    begins = date(chance.choice((2023, 2024, 2025)), 9, 1)
    ends = date(begins.year + 3, 8, 31)
    return NewRecognition(enterprise_id, title, RecognitionKind.NEW, begins, begins, ends)


def _climb(session: GuardedSession, chance: Random, ids: list[int]) -> None:
    """Open cases for some, and take a step or two."""
    opened = [
        CaseOpening(which, chance.choice(tuple(Track)), date(2025, 3, 1)) for which in ids if chance.random() < 0.08
    ]
    cases = open_cases(session, BY, opened)
    steps = [
        StepTaken(case_id, track(opening.track).steps[chance.randrange(1, 4)].code, date(2025, 6, 1))
        for case_id, opening in zip(cases, opened, strict=True)
    ]
    take_steps(session, BY, steps)
