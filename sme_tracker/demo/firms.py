"""The enterprises of the demo bureau: who they are, how they grow, what they report each year."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sme_tracker.demo.calendar import FIRST_DAY, Diary, Kind
from sme_tracker.demo.people import REGIONS, TRADES, credit_codes, enterprise_names, person
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.terms import Source

FIRMS = 3000
KNOWN_AT_THE_START = 2200
FIRST_FISCAL_YEAR = 2017
YEARS_OF_THE_OTHERS = 3
UNIT_WEIGHTS = (20, 5, 6, 8, 6, 7, 4, 5, 3, 2, 3, 4, 10, 9, 4, 12, 1, 3)
SHARE_WITHOUT_UNIT = 0.01
INTENSE = frozenset({"I65", "C27", "C39", "C40"})


@dataclass
class Firm:
    """One enterprise of the demo bureau, with the id the register gave it; money in 万元."""

    code: str
    name: str
    trade: int
    unit_id: int | None
    founded_on: date
    known_from: date
    revenue_wan: float
    growth: float
    rd_share: float
    debt_share: float
    main_share: float
    id: int = 0
    profile: dict[str, Any] = field(default_factory=dict)


def make_firms(chance: Random, unit_ids: list[int], chain_ids: dict[str, int], owner_ids: list[int]) -> list[Firm]:
    """All enterprises, the strongest first: titles and listings go to the front of the row."""
    trades = [chance.randrange(len(TRADES)) for _ in range(FIRMS)]
    names, codes = enterprise_names(chance, trades), credit_codes(chance)
    strength = sorted((chance.lognormvariate(7.6, 0.9) for _ in range(FIRMS)), reverse=True)
    firms = []
    for place, (trade, name, code, revenue) in enumerate(zip(trades, names, codes, strength, strict=False)):
        industry = TRADES[trade][3]
        founded = date(1994, 1, 1) + timedelta(days=chance.randrange(22 * 365))
        late = place > 400 and chance.random() > KNOWN_AT_THE_START / FIRMS
        known_from = FIRST_DAY + timedelta(days=chance.randrange(30, 2300)) if late else FIRST_DAY
        firm = Firm(
            code,
            name,
            trade,
            None if chance.random() < SHARE_WITHOUT_UNIT else chance.choices(unit_ids, UNIT_WEIGHTS)[0],
            founded,
            known_from,
            min(revenue, 60_000),
            chance.gauss(0.08, 0.09),
            chance.uniform(0.045, 0.16) if industry in INTENSE else chance.uniform(0.008, 0.075),
            chance.uniform(0.25, 0.8),
            chance.uniform(0.68, 0.99),
        )
        firm.profile = _profile(chance, firm, chain_ids, owner_ids)
        firms.append(firm)
    return firms


def note_figures(chance: Random, diary: Diary, firm: Firm, audited: bool) -> None:
    """What the enterprise reports each spring, with gaps, other sources, and now and then a slip corrected later."""
    revenue = firm.revenue_wan
    for year in range(FIRST_FISCAL_YEAR, diary.today.year):
        revenue *= 1 + firm.growth + chance.gauss(0, 0.05)
        reported_on = max(date(year + 1, 4, chance.randrange(8, 29)), firm.known_from)
        if chance.random() < 0.05 or not (audited or year >= diary.today.year - YEARS_OF_THE_OTHERS):
            continue
        figures = _figures(chance, firm, year, revenue, Source.AUDIT if audited else Source.SELF_REPORTED)
        if chance.random() < 0.004 and figures.rd_expense_wan:
            wrong = replace(figures, rd_expense_wan=figures.rd_expense_wan * 10)
            diary.note(Kind.FIGURES, reported_on, (firm, wrong))
            diary.note(Kind.CORRECT_FIGURES, reported_on + timedelta(days=115), (firm, figures))
        else:
            diary.note(Kind.FIGURES, reported_on, (firm, figures))
        if audited and chance.random() < 0.15:
            platform = _figures(chance, firm, year, revenue * 0.995, Source.PLATFORM)
            diary.note(Kind.FIGURES, reported_on + timedelta(days=20), (firm, platform))


def _figures(chance: Random, firm: Firm, year: int, revenue: float, source: Source) -> YearlyFigures:
    assets = revenue * chance.uniform(0.9, 1.5)
    staff = max(6, round(revenue / chance.uniform(55, 110)))
    rd_share = firm.rd_share * chance.uniform(0.85, 1.2)
    profit = revenue * chance.gauss(0.07, 0.05)
    values: dict[str, Any] = {
        "revenue_wan": _wan(revenue),
        "main_revenue_wan": _wan(revenue * min(0.995, firm.main_share * chance.uniform(0.97, 1.03))),
        "rd_expense_wan": _wan(revenue * rd_share),
        "assets_wan": _wan(assets),
        "liabilities_wan": _wan(assets * min(1.15, firm.debt_share * chance.uniform(0.9, 1.1))),
        "net_profit_wan": _wan(profit),
        "total_profit_wan": _wan(profit * 1.15),
        "tax_wan": _wan(revenue * chance.uniform(0.02, 0.06)),
        "staff": staff,
        "rd_staff": max(1, round(staff * min(0.6, rd_share * chance.uniform(2.5, 5)))),
    }
    known = {name: value for name, value in values.items() if name == "revenue_wan" or chance.random() > 0.03}
    return YearlyFigures(fiscal_year=year, source=source, **known)


def _profile(chance: Random, firm: Firm, chain_ids: dict[str, int], owner_ids: list[int]) -> dict[str, Any]:
    field_name, product, niche, industry, chain = TRADES[firm.trade]
    capital = chance.choice((500, 1000, 1200, 2000, 3000, 5000))
    person_name = person(chance)
    return {
        "legal_representative": person_name,
        "founded_on": firm.founded_on,
        "registered_region": chance.choice(REGIONS),
        "address": f"长春市示例路 {chance.randrange(1, 999)} 号",
        "enterprise_type": "股份有限公司" if firm.name.endswith("股份有限公司") else "有限责任公司",
        "registered_capital": f"{capital}万元人民币",
        "registered_capital_wan": Decimal(capital),
        "business_scope": f"{field_name}产品的研发、生产、销售及技术服务",
        "industry_code": industry,
        "chain_id": chain_ids[chain],
        "niche": niche,
        "niche_since": firm.founded_on + timedelta(days=chance.randrange(0, 900)),
        "main_product": product,
        "owner_id": chance.choice(owner_ids),
    }


def _wan(amount: float) -> Decimal:
    return Decimal(round(amount * 100)).scaleb(-2)
