"""An enterprise that meets every criterion of every shipped set in September 2022, and ways to change one thing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sme_tracker.rules.facts import (
    Award,
    Certificate,
    EnterpriseFacts,
    EquityRound,
    Figure,
    FigureKey,
    HeldTitle,
    IpAsset,
    Judgement,
    MarketShare,
    PlatformScore,
    RdInstitution,
    Statement,
)

DAY = date(2022, 9, 30)


def yearly(**figures: Mapping[int, Any]) -> dict[FigureKey, Figure]:
    """Audited figures written year by year: `yearly(revenue_wan={2021: 23140})`."""
    return {(name, year): Figure(Decimal(value)) for name, years in figures.items() for year, value in years.items()}


FIGURES = yearly(
    revenue_wan={2019: 20000, 2020: 22000, 2021: 24200},
    main_revenue_wan={2019: 18400, 2020: 20240, 2021: 22264},
    rd_expense_wan={2020: 1100, 2021: 1210},
    assets_wan={2020: 30000, 2021: 30000},
    liabilities_wan={2020: 12000, 2021: 12000},
    net_profit_wan={2020: 2400, 2021: 2420},
    staff={2020: 200, 2021: 200},
    rd_staff={2020: 50, 2021: 50},
)


def class1(count: int = 4, **fields: Any) -> tuple[IpAsset, ...]:
    """Class I rights in use, tied to the main product, the enterprise's own."""
    own: dict[str, Any] = {
        "ip_class": 1,
        "acquisition": "original",
        "high_value": True,
        "owner_rank": 1,
        "linked_to_main_product": True,
        "in_use": True,
        "from_day": date(2018, 5, 1),
    }
    return tuple(IpAsset(name=f"patent {number}", **(own | fields)) for number in range(count))


def strong(**changes: Any) -> EnterpriseFacts:
    """An enterprise that passes everything, with the changes named."""
    facts = EnterpriseFacts(
        enterprise="91220101MA00EXA17Q",
        name="长春启衡精密传动有限公司",
        figures=FIGURES,
        established_on=date(2012, 3, 1),
        niche_since=date(2012, 3, 1),
        registered_province="jilin",
        size_class="medium",
        independent_legal_person=True,
        titles=(
            HeldTitle(level="innovative", from_day=date(2020, 1, 1)),
            HeldTitle(level="provincial", from_day=date(2021, 12, 30), until_day=date(2024, 12, 29)),
        ),
        ip_assets=class1(),
        certificates=(
            Certificate(
                kind="management_system", name="ISO 9001", from_day=date(2021, 3, 10), until_day=date(2024, 3, 9)
            ),
        ),
        institutions=(RdInstitution(level="provincial", name="企业技术中心", from_day=date(2020, 11, 1)),),
        market_shares=(MarketShare(share_percent=Decimal("12.3"), rank=2, from_day=date(2022, 5, 1)),),
        platform_scores=(PlatformScore(year=2022, score=Decimal(70)),),
        statements=(
            Statement(kind="information_system", name="MES"),
            Statement(kind="own_brand", name="商标"),
            Statement(kind="chain_link", name="链主企业证明"),
            Statement(kind="product_field", detail="six_bases"),
            Statement(kind="industry_field", detail="strategic_emerging"),
            Statement(kind="product_role", detail="fills_gap"),
            Statement(kind="digital_level", number=Decimal(3)),
            Statement(kind="standard", name="国家标准"),
        ),
        judgements=(
            Judgement(question="key_chain_link", met=True, reason="补短板", from_day=date(2022, 6, 1)),
            Judgement(question="market_share_high", met=True, reason="占有率较高", from_day=date(2022, 6, 1)),
            Judgement(question="sound_accounts", met=True, reason="财务制度健全", from_day=date(2022, 6, 1)),
            Judgement(question="local_feature", points=Decimal(15), reason="特色突出", from_day=date(2022, 6, 1)),
        ),
    )
    return replace(facts, **changes)


def with_figures(facts: EnterpriseFacts, **figures: Mapping[int, Any]) -> EnterpriseFacts:
    """The facts with some figures changed; None empties one."""
    changed = dict(facts.figures)
    for key, by_year in figures.items():
        for year, value in by_year.items():
            if value is None:
                changed.pop((key, year), None)
            else:
                changed[key, year] = Figure(Decimal(value))
    return replace(facts, figures=changed)


def without(facts: EnterpriseFacts, field: str, kind: str = "") -> EnterpriseFacts:
    """The facts with a list emptied, of one kind of paper or altogether."""
    papers = getattr(facts, field)
    return replace(facts, **{field: tuple(paper for paper in papers if kind and paper.kind != kind)})


def plus(facts: EnterpriseFacts, field: str, *papers: Any) -> EnterpriseFacts:
    """The facts with papers added to a list."""
    return replace(facts, **{field: (*getattr(facts, field), *papers)})


def science_award(rank: int | None = 3, level: str = "national", from_day: date = date(2021, 1, 1)) -> Award:
    """A science award, by default within three years of DAY."""
    return Award(kind="science", level=level, rank=rank, from_day=from_day)


def equity(amount_wan: int, from_day: date = date(2021, 6, 1), *, qualified: bool = True) -> EquityRound:
    """An equity round paid in, by default within two years of DAY."""
    return EquityRound(amount_wan=Decimal(amount_wan), from_day=from_day, qualified=qualified)


def ratio(numerator: str, denominator: str, percent: str, whole: int = 10000) -> EnterpriseFacts:
    """An enterprise whose ratio of 2021 is exactly so many per cent."""
    return with_figures(
        strong(), **{denominator: {2021: whole}, numerator: {2021: Decimal(percent) * whole / Decimal(100)}}
    )


def grown(percent: str, years: int = 2) -> EnterpriseFacts:
    """An enterprise whose main revenue grew so many per cent in each of the years up to 2021."""
    revenue = {2021 - years: Decimal(10000)}
    for year in range(2022 - years, 2022):
        revenue[year] = revenue[year - 1] * (100 + Decimal(percent)) / 100
    return with_figures(strong(), main_revenue_wan=revenue)


def looked_through(facts: EnterpriseFacts, *lists: str) -> EnterpriseFacts:
    """The facts with lists of evidence marked as looked through."""
    return replace(facts, lists_entered=facts.lists_entered | set(lists))
