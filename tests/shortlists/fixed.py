"""A shortlist of four invented enterprises whose facts never change, to be frozen again and again."""

from datetime import date
from decimal import Decimal
from typing import Any

from sme_tracker.assessments.rule_sets import Standard
from sme_tracker.rules.comparison import Judged, judged
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.facts import (
    Certificate,
    EnterpriseFacts,
    Figure,
    FigureKey,
    HeldTitle,
    IpAsset,
    Judgement,
    MarketShare,
    RdInstitution,
    Statement,
)
from sme_tracker.rules.terms import DecisionWord, Title
from sme_tracker.shortlists.bars import Bar
from sme_tracker.shortlists.draft import Decided, Draft, Row, marks_of
from sme_tracker.shortlists.queries import Candidate, ShortlistKey

AS_OF = date(2022, 9, 30)
KEY = ShortlistKey(Title.NATIONAL, 2022)
LOOKED_THROUGH = frozenset({"equity_rounds", "awards", "compliance_notes", "statements.own_brand"})


def fixed_draft(rule_set: RuleSet) -> tuple[Draft, dict[int, Judged]]:
    """Four candidates: one recommended, one that has not grown enough, one added by hand of which little is known.

    The fourth was put forward by date and holds the title by now; nobody has decided anything on it.
    """
    good = _facts("91220101MA00GOLD01", "长春金标精密制造有限公司", growth=Decimal("1.08"))
    slow = _facts("91220101MA00GOLD02", "长春金标传动有限公司", growth=Decimal("1.02"))
    unknown = EnterpriseFacts(enterprise="91220101MA00GOLD03", name="长春金标新材料有限公司")
    titled = EnterpriseFacts(enterprise="91220101MA00GOLD04", name="长春金标光电有限公司")
    four = enumerate((good, slow, unknown, titled), start=1)
    verdicts = {rank: judged(rule_set, facts, AS_OF) for rank, facts in four}
    recommended = Decided(DecisionWord.RECOMMENDED, None, "林晓", date(2022, 9, 12))
    refused = Decided(DecisionWord.NOT_RECOMMENDED, "增长不足", "高远", date(2022, 9, 14))
    rows = [
        _row(1, verdicts[1], Decided(DecisionWord.RECOMMENDED, None, "经开区经办", date(2022, 9, 5)), recommended),
        _row(2, verdicts[2], Decided(DecisionWord.NOT_RECOMMENDED, "缓报", "经开区经办", date(2022, 9, 5)), refused),
        _row(3, verdicts[3], None, None, "处务会议定"),
        _row(4, verdicts[4], None, None, put_forward_on=date(2022, 5, 18), bars=(Bar.LEVEL_HELD,)),
    ]
    return Draft(KEY, AS_OF, Standard("national", "new", 1, rule_set), rows), verdicts


def _row(
    rank: int,
    found: Judged,
    district: Decided | None,
    decided: Decided | None,
    because: str | None = None,
    **candidate_of: Any,
) -> Row:
    candidate = Candidate(
        enterprise_id=rank,
        name=found.facts.name,
        code=found.facts.enterprise,
        unit_id=13,
        unit="经开区",
        unit_en="Economic Development Zone",
        industry_code="C36",
        niche="传动轴承",
        main_product="精密轴承",
        rd_intensity_percent=None,
        **({"put_forward_on": None} | candidate_of),
    )
    return Row(rank, candidate, marks_of(found.verdict), district, decided, because)


def _facts(code: str, name: str, growth: Decimal) -> EnterpriseFacts:
    return EnterpriseFacts(
        enterprise=code,
        name=name,
        figures=_figures(growth),
        established_on=date(2008, 3, 1),
        niche_since=date(2010, 1, 1),
        registered_province="jilin",
        size_class="medium",
        independent_legal_person=True,
        titles=(HeldTitle(level="provincial", name="1 号", ref="1", from_day=date(2020, 11, 1)),),
        ip_assets=tuple(
            IpAsset(
                ip_class=1,
                name=f"发明专利 {number}",
                ref=str(number),
                from_day=date(2018, 5, 1),
                acquisition="original",
                linked_to_main_product=True,
                in_use=True,
            )
            for number in (1, 2)
        ),
        certificates=(Certificate(kind="management_system", name="ISO 9001", until_day=date(2024, 5, 1)),),
        institutions=(RdInstitution(level="provincial", kind="technical_centre", name="企业技术中心"),),
        market_shares=(MarketShare(share_percent=Decimal("12.30"), rank=2, name="协会证明"),),
        statements=(
            Statement(kind="own_brand", name="商标注册证"),
            Statement(kind="product_field", detail="six_bases", name="六基目录"),
            Statement(kind="information_system", number=Decimal(2), name="MES、ERP"),
        ),
        judgements=(Judgement(question="key_chain_link", met=True, reason="链主证明", from_day=date(2022, 6, 1)),),
        lists_entered=LOOKED_THROUGH,
    )


def _figures(growth: Decimal) -> dict[FigureKey, Figure]:
    found: dict[FigureKey, Figure] = {}
    for place, year in enumerate((2019, 2020, 2021)):
        revenue = (Decimal(20_000) * growth**place).quantize(Decimal("0.01"))
        found |= {
            ("revenue_wan", year): Figure(revenue),
            ("main_revenue_wan", year): Figure(revenue * Decimal("0.9")),
            ("rd_expense_wan", year): Figure(revenue * Decimal("0.06"), "platform"),
            ("assets_wan", year): Figure(revenue),
            ("liabilities_wan", year): Figure(revenue * Decimal("0.5")),
            ("staff", year): Figure(Decimal(226)),
            ("rd_staff", year): Figure(Decimal(60)),
        }
    return found
