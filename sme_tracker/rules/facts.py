"""What a verdict rests on: one enterprise's figures and dated evidence, frozen; money in 万元, shares in per cent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from sme_tracker.rules import figures
from sme_tracker.rules.terms import Source

FigureKey: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """One yearly figure as the best source gives it: "audit", "platform" or "self_reported"."""

    value: Decimal
    source: str = "audit"
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A paper the rules may count: it holds from `from_day` to `until_day` inclusive, None being unknown or open."""

    name: str = ""
    ref: str = ""
    from_day: date | None = None
    until_day: date | None = None
    verified_on: date | None = None
    verified_by: str = ""
    source: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether it holds on the day, as far as its days are known."""
        return (self.from_day is None or self.from_day <= day) and (self.until_day is None or day <= self.until_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTitle(Evidence):
    """A recognition; `until_day` is None while a review opened in time is undecided."""

    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IpAsset(Evidence):
    """An intellectual property right, class 1 (Ⅰ类) or 2; `from_day` is the day the enterprise acquired it."""

    ip_class: int
    kind: str = ""
    acquisition: str | None = None
    high_value: bool | None = None
    owner_rank: int | None = None
    linked_to_main_product: bool | None = None
    in_use: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Evidence):
    """A certificate or qualification: management_system, overseas_product, high_tech_enterprise and the like."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RdInstitution(Evidence):
    """An R&D institution: national, provincial, municipal, below, or recognised at no level."""

    level: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Award(Evidence):
    """A prize: science, quality or maker_china; `rank` is the enterprise's place among the winners or entrants."""

    kind: str
    level: str | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityRound(Evidence):
    """New equity in 万元, paid in on `from_day`; `qualified` says whether qualified institutions paid it."""

    amount_wan: Decimal | None = None
    qualified: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformScore(Evidence):
    """The development score the national platform computed for a year; never recomputed here."""

    year: int
    score: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketShare(Evidence):
    """A statement of the main product's share and rank in its niche market, `scope` national or world."""

    share_percent: Decimal | None = None
    rank: int | None = None
    scope: str = "national"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceNote(Evidence):
    """Something held against the enterprise: abnormal_list, serious_breach, restricted_product, major_incident."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRelation(Evidence):
    """A relation inside a group: held_by_little_giant, or same_group_similar_product."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Evidence):
    """Any other proof: own_brand, information_system, chain_link, product_field, standard and the like."""

    kind: str
    detail: str = ""
    number: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement(Evidence):
    """An expert's dated word on a question the rules leave open, with its reason; `points` where points are given."""

    question: str
    met: bool | None = None
    reason: str = ""
    points: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseFacts:
    """Everything known of one enterprise that a rule may ask for.

    `lists_entered` names the kinds of evidence whose list somebody has looked through: with it an empty list means
    none, without it an empty list means not entered. A list with a record in it counts as entered. Statements and
    certificates are looked through kind by kind: "statements.own_brand".
    """

    enterprise: str
    name: str = ""
    figures: Mapping[FigureKey, Figure] = field(default_factory=dict, hash=False)
    established_on: date | None = None
    niche_since: date | None = None
    registered_province: str | None = None
    size_class: str | None = None
    independent_legal_person: bool | None = None
    barred_until: date | None = None
    titles: tuple[HeldTitle, ...] = ()
    ip_assets: tuple[IpAsset, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    institutions: tuple[RdInstitution, ...] = ()
    awards: tuple[Award, ...] = ()
    equity_rounds: tuple[EquityRound, ...] = ()
    platform_scores: tuple[PlatformScore, ...] = ()
    market_shares: tuple[MarketShare, ...] = ()
    compliance_notes: tuple[ComplianceNote, ...] = ()
    group_relations: tuple[GroupRelation, ...] = ()
    statements: tuple[Statement, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    lists_entered: frozenset[str] = frozenset()


_FIELDS = tuple(each.name for each in fields(EnterpriseFacts))
_values = attrgetter(*_FIELDS)

PLAIN = frozenset(
    ("established_on", "niche_since", "registered_province", "size_class", "independent_legal_person", "barred_until")
)
"""The single facts of an enterprise; the others are figures, papers and judgements."""


def recorded(facts: EnterpriseFacts) -> frozenset[str]:
    """The names of what is recorded of an enterprise; a list somebody looked through counts as recorded."""
    found = {name for name, value in zip(_FIELDS, _values(facts), strict=True) if value or value is False}
    found.update([name.partition(".")[0] for name in facts.lists_entered])
    return frozenset(found)


class Quantity(NamedTuple):
    """How a yearly quantity is had: a figure as entered, or the ratio of two figures in per cent."""

    unit: str
    numerator: str
    denominator: str = ""


FIGURES: Mapping[str, str] = {name: "people" if name in ("staff", "rd_staff") else "wan" for name in figures.FIGURES}
"""The yearly figures and their units."""

QUANTITIES: Mapping[str, Quantity] = {
    **{name: Quantity(unit, name) for name, unit in FIGURES.items()},
    **{name: Quantity("percent", numerator, whole) for name, (numerator, whole) in figures.RATIOS.items()},
}
"""What a rule may ask of a year: every figure, and every ratio of two."""

EVIDENCE: Mapping[str, type[Evidence]] = {
    "titles": HeldTitle,
    "ip_assets": IpAsset,
    "certificates": Certificate,
    "institutions": RdInstitution,
    "awards": Award,
    "equity_rounds": EquityRound,
    "platform_scores": PlatformScore,
    "market_shares": MarketShare,
    "compliance_notes": ComplianceNote,
    "group_relations": GroupRelation,
    "statements": Statement,
}

# Lists whose kinds are looked through one by one, so that each of them is missing on its own.
KEPT_BY_KIND = frozenset({"statements", "certificates"})


# A member's value read from the enumeration costs more than all the rest of a figure.
_SOURCES = {source: source.value for source in Source}


def judged_figures(best: Mapping[int, figures.BestFigures]) -> dict[FigureKey, Figure]:
    """The best figures of each fiscal year as judging looks them up."""
    return {
        (name, year): Figure(Decimal(known.value), _SOURCES[known.source])
        for year, of_year in best.items()
        for name, known in of_year.figures.items()
    }
