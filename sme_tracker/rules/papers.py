"""What may be recorded of a paper the rules count: its kinds, the fields of each, and what speaks against one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from sme_tracker.rules.findings import Finding
from sme_tracker.rules.records import check_past

Shape = Literal["choice", "yes_no", "whole", "number", "text"]


@dataclass(frozen=True, slots=True)
class PaperField:
    """A field of a kind of paper: how it is entered, between which bounds, from which choices."""

    name: str
    shape: Shape
    options: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    needed: bool = False


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper with its fields, in the order of the form; `dated` ones need the day they begin."""

    key: str
    fields: tuple[PaperField, ...] = ()
    dated: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The sorts of paper within the kind, where it has them."""
        return next((each.options for each in self.fields if each.name == "kind"), ())


def _kind(*options: str) -> PaperField:
    return PaperField("kind", "choice", options, needed=True)


def _level(*options: str) -> PaperField:
    return PaperField("level", "choice", options)


_RANK = PaperField("rank", "whole", least=Decimal(1), most=Decimal(10_000))
_PERCENT = PaperField("share_percent", "number", least=Decimal(0), most=Decimal(100))

PAPERS: Mapping[str, PaperKind] = {
    kind.key: kind
    for kind in (
        PaperKind(
            "ip_assets",
            (
                PaperField("ip_class", "choice", ("1", "2"), needed=True),
                PaperField("acquisition", "choice", ("original", "transferred")),
                PaperField("linked_to_main_product", "yes_no"),
                PaperField("in_use", "yes_no"),
                PaperField("high_value", "yes_no"),
                PaperField("owner_rank", "whole", least=Decimal(1), most=Decimal(100)),
            ),
        ),
        PaperKind(
            "certificates",
            (
                _kind(
                    "management_system",
                    "overseas_product",
                    "high_tech_enterprise",
                    "technology_innovation_demonstration",
                    "ip_demonstration",
                ),
            ),
        ),
        PaperKind("institutions", (_level("national", "provincial", "municipal", "below"),)),
        PaperKind(
            "awards",
            (_kind("science", "quality", "maker_china"), _level("national", "provincial", "municipal"), _RANK),
            dated=True,
        ),
        PaperKind(
            "equity_rounds",
            (
                PaperField("amount_wan", "number", least=Decimal(0), most=Decimal(10) ** 8),
                PaperField("qualified", "yes_no"),
            ),
            dated=True,
        ),
        PaperKind(
            "platform_scores",
            (
                PaperField("year", "whole", least=Decimal(2018), most=Decimal(2200), needed=True),
                PaperField("score", "number", least=Decimal(0), most=Decimal(1000)),
            ),
        ),
        PaperKind(
            "market_shares",
            (PaperField("scope", "choice", ("national", "world"), needed=True), _PERCENT, _RANK),
        ),
        PaperKind(
            "statements",
            (
                _kind(
                    "own_brand",
                    "information_system",
                    "chain_link",
                    "product_field",
                    "industry_field",
                    "product_role",
                    "digital_level",
                    "standard",
                ),
                PaperField(
                    "detail",
                    "choice",
                    (
                        "six_bases",
                        "ten_key_fields",
                        "network_power",
                        "strategic_emerging",
                        "upgraded_traditional_chain",
                        "emerging_chain",
                        "future_chain",
                        "fills_gap",
                        "strengthens_chain",
                        "time_honoured_brand",
                        "serves_leader",
                    ),
                ),
                PaperField("number", "number", least=Decimal(0), most=Decimal(1000)),
            ),
        ),
        PaperKind(
            "compliance_notes",
            (_kind("abnormal_list", "serious_breach", "restricted_product", "major_incident"),),
            dated=True,
        ),
        PaperKind("group_relations", (_kind("held_by_little_giant", "same_group_similar_product"),)),
    )
}
"""The kinds of paper that are recorded by hand; titles have their own ledger."""

QUESTIONS = (
    "key_chain_link",
    "market_share_high",
    "sound_accounts",
    "local_feature",
    "jilin_2022_special_condition",
    "jilin_2022_no_restriction",
)
"""What the shipped rule sets leave to judgement."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to be recorded; numbers in `data` are exact, unknown fields None."""

    kind: str
    name: str
    from_day: date | None = None
    until_day: date | None = None
    data: Mapping[str, object] = field(default_factory=dict, hash=False)


def check_paper(paper: Paper, today: date) -> Iterator[Finding]:
    """Everything that speaks against recording a paper."""
    kind = PAPERS.get(paper.kind)
    if kind is None:
        yield Finding("paper.unknown_kind", {"kind": paper.kind})
        return
    if not paper.name.strip():
        yield Finding("name.needed")
    if paper.from_day is None and kind.dated:
        yield Finding("from_day.needed")
    if paper.from_day is not None:
        for found in check_past(paper.from_day, today):
            yield Finding(f"from_day.{found.code}", found.parameters)
    if paper.from_day and paper.until_day and paper.until_day < paper.from_day:
        yield Finding("until_day.before_from_day", {"from_day": paper.from_day})
    for each in kind.fields:
        yield from _check_field(each, paper.data.get(each.name))


def _check_field(each: PaperField, value: object) -> Iterator[Finding]:
    if value is None or value == "":
        if each.needed:
            yield Finding(f"{each.name}.needed")
        return
    if each.options and str(value) not in each.options:
        yield Finding(f"{each.name}.unknown", {"value": value})
    if each.least is not None and each.most is not None and not each.least <= Decimal(str(value)) <= each.most:
        yield Finding(f"{each.name}.out_of_range", {"least": each.least, "most": each.most})
