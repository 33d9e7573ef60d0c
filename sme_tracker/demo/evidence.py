"""The papers of the demo bureau's stronger enterprises: most complete, some one short, some not entered yet."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from sme_tracker.assessments.actions import NewEvidence, NewJudgement
from sme_tracker.demo.calendar import Diary, Kind, anniversary
from sme_tracker.demo.firms import Firm

WITH_PAPERS = 420
FIRST_YEAR = 2021
SHARE_WITHOUT = 0.08
SHARE_WITH_A_GAP = 0.35
SCORED_FROM = 2025
LASTING = ("own_brand", "information_system", "chain_link", "product_field")
NAMES = {
    "own_brand": "商标注册证",
    "information_system": "MES、ERP 系统合同",
    "chain_link": "链主企业配套证明",
    "product_field": "主导产品所属领域说明",
}


class DemoPaper(NamedTuple):
    """A paper of a firm, recorded once the firm has its number."""

    firm: Firm
    kind: str
    name: str
    from_day: date
    until_day: date | None
    data: dict[str, object]
    source: str

    def evidence(self) -> NewEvidence:
        """The paper as it is recorded."""
        return NewEvidence(
            self.firm.id,
            self.kind,
            self.name,
            from_day=self.from_day,
            until_day=self.until_day,
            data=self.data,
            source=self.source,
        )


class DemoJudgement(NamedTuple):
    """What experts said of a firm's place in its chain."""

    firm: Firm
    judged_on: date

    def judgement(self) -> NewJudgement:
        """The judgement as it is recorded."""
        return NewJudgement(
            self.firm.id, "key_chain_link", met=True, reason="专家组评议：属产业链关键环节", from_day=self.judged_on
        )


def note_evidence(chance: Random, diary: Diary, firms: list[Firm]) -> None:
    """Collect papers for the enterprises that may be put forward, in the spring of each year."""
    for firm in firms[:WITH_PAPERS]:
        if chance.random() < SHARE_WITHOUT:
            continue
        gap = chance.choice((*LASTING, "class1", "share", "certificate")) if chance.random() < SHARE_WITH_A_GAP else ""
        first = max(date(FIRST_YEAR, 3, chance.randrange(1, 28)), firm.known_from + timedelta(days=20))
        for paper in (*_lasting(chance, firm, first, gap), *_yearly(chance, firm, first, diary.today.year, gap)):
            diary.note(Kind.EVIDENCE, max(first, paper.from_day), paper)
        if gap != "chain_link" and chance.random() < 0.9:
            diary.note(Kind.JUDGEMENT, first, DemoJudgement(firm, first))


def _lasting(chance: Random, firm: Firm, first: date, gap: str) -> Iterator[DemoPaper]:
    before = first - timedelta(days=chance.randrange(60, 900))
    for kind in LASTING:
        if kind != gap:
            data: dict[str, object] = {"kind": kind}
            if kind == "product_field":
                data["detail"] = "six_bases"
            yield DemoPaper(firm, "statements", NAMES[kind], before, None, data, "企业")
    level = chance.choice(("national", "provincial", "provincial", "municipal"))
    yield DemoPaper(firm, "institutions", "企业技术中心", before, None, {"level": level}, "主管部门")
    for number in range(1 if gap == "class1" else chance.randrange(2, 8)):
        data = {
            "ip_class": 1,
            "acquisition": "original",
            "linked_to_main_product": True,
            "in_use": True,
            "owner_rank": 1,
            "high_value": chance.random() < 0.4,
        }
        yield DemoPaper(firm, "ip_assets", f"发明专利 {number + 1}", before, None, data, "国家知识产权局")


def _yearly(chance: Random, firm: Firm, first: date, last_year: int, gap: str) -> Iterator[DemoPaper]:
    share = chance.uniform(7.5, 9.8) if gap == "share" else chance.uniform(10.5, 32)
    for year in range(first.year, last_year + 1):
        day = date(year, 5, chance.randrange(6, 24)) if year > first.year else first
        if (year - first.year) % 3 == 0 and gap != "certificate":
            data: dict[str, object] = {"kind": "management_system"}
            name = chance.choice(("ISO 9001", "IATF 16949"))
            yield DemoPaper(firm, "certificates", name, day, anniversary(day, 3) + timedelta(days=60), data, "认证机构")
        if (year - first.year) % 2 == 0:
            percent = Decimal(round(share * 10)).scaleb(-1)
            data = {"scope": "national", "share_percent": percent, "rank": chance.randrange(1, 9)}
            yield DemoPaper(firm, "market_shares", f"{year - 1} 年市场占有率证明", day, None, data, "行业协会")
        if year >= SCORED_FROM:
            score = Decimal(round(chance.gauss(70, 9)))
            data = {"year": year, "score": score}
            yield DemoPaper(firm, "platform_scores", f"{year} 年高质量发展评价", day, None, data, "国家平台")
        share += chance.gauss(0, 0.4)
