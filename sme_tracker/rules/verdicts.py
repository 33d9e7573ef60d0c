"""What judging says: a finding per criterion, and the verdict they make together; codes and figures, never words."""

from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from typing import NamedTuple


class Result(StrEnum):
    """What was found of one criterion: 达标, 不达标, 缺数据, 待判断."""

    MET = auto()
    NOT_MET = auto()
    MISSING = auto()
    TO_JUDGE = auto()

    @property
    def open(self) -> bool:
        """Whether more data or a judgement may still decide it."""
        return self is not MET and self is not NOT_MET


# Members read from a class cost four times as much as names, and judging reads them all the time.
MET, NOT_MET, MISSING, TO_JUDGE = Result.MET, Result.NOT_MET, Result.MISSING, Result.TO_JUDGE


class Outcome(StrEnum):
    """What the findings make together: 符合, 临近, 待定, 不符合."""

    ELIGIBLE = auto()
    NEAR = auto()
    UNDECIDABLE = auto()
    NOT = auto()


class Value(NamedTuple):
    """A value that was compared, and the fiscal year it is of."""

    amount: Decimal | None
    year: int | None = None


class Needed(NamedTuple):
    """What would close the gap: a figure (or kind of paper), its year, the amount to reach, how much is short."""

    figure: str
    year: int | None
    amount: Decimal
    short: Decimal
    unit: str


class Lack(NamedTuple):
    """An empty field that blocks a verdict: a yearly figure with its year, a list of evidence, or one field of it."""

    fact: str
    year: int | None = None


class Proof(NamedTuple):
    """A paper the finding rests on."""

    name: str
    ref: str
    from_day: date | None
    until_day: date | None


class SourceOfYear(NamedTuple):
    """Where figures of a year that were used come from."""

    year: int
    source: str


class Finding(NamedTuple):
    """What was found of one criterion on the day.

    `code` names the sentence to say. `distance` is signed and in `unit`: positive beyond the threshold on its good
    side, negative short of it. `needs` says in absolute figures what would close the gap; `earliest_on` is the first
    day on which it could be closed. `evidence_until` is the first day on which a counted paper ends. `note` holds a
    judgement's reason, or the clause that waives. `parts` are the findings of a criterion made of several conditions.
    """

    criterion: str
    result: Result
    code: str
    clause: str = ""
    confidence: str = ""
    measured: str = ""
    over: str = ""
    values: tuple[Value, ...] = ()
    comparison: str = ""
    threshold: Decimal | None = None
    unit: str = ""
    distance: Decimal | None = None
    needs: tuple[Needed, ...] = ()
    lacks: tuple[Lack, ...] = ()
    proofs: tuple[Proof, ...] = ()
    sources: tuple[SourceOfYear, ...] = ()
    evidence_until: date | None = None
    earliest_on: date | None = None
    tier_from: Decimal | None = None
    note: str = ""
    parts: tuple["Finding", ...] = ()

    @property
    def mixes_sources(self) -> bool:
        """Whether the values rest on figures from more than one source."""
        return len({source for _, source in self.sources}) > 1

    @property
    def ratio_to_threshold(self) -> Decimal | None:
        """The worst value as a share of the threshold, for the bar; None without a value or a threshold."""
        amounts = [value.amount for value in self.values if value.amount is not None]
        if not amounts or not self.threshold:
            return None
        worst = min(amounts) if self.comparison in ("at_least", "more_than") else max(amounts)
        return worst / self.threshold

    @property
    def parameters(self) -> dict[str, object]:
        """What the sentence named by `code` may mention."""
        return {
            "values": self.values,
            "threshold": self.threshold,
            "comparison": self.comparison,
            "unit": self.unit,
            "distance": self.distance,
            "tier_from": self.tier_from,
            "note": self.note,
            "evidence_until": self.evidence_until,
            "earliest_on": self.earliest_on,
        }


class IndicatorPoints(NamedTuple):
    """The points of one indicator of a scorecard: sure as the data stand, and possible once the open data are known."""

    indicator: str
    group: str
    sure: Decimal
    possible: Decimal
    most: Decimal
    open_as: Result | None = None
    lacks: tuple[Lack, ...] = ()


class Verdict(NamedTuple):
    """One enterprise against one rule set on one day.

    `findings` follow the order of the standard; `gates` are its vetoes, met when nothing stands against the enterprise.
    `not_met`, `missing`, `to_judge` are criterion keys (an undecided gate is among the missing or to judge); `vetoes`
    are the gates that bar. Nothing in it changes by date alone before `changes_on`.
    """

    enterprise: str
    rule_set: str
    purpose: str
    day: date
    outcome: Outcome
    not_met: tuple[str, ...]
    missing: tuple[str, ...]
    to_judge: tuple[str, ...]
    vetoes: tuple[str, ...]
    findings: tuple[Finding, ...]
    gates: tuple[Finding, ...]
    direct: tuple[Finding, ...] = ()
    points: tuple[IndicatorPoints, ...] = ()
    changes_on: date | None = None
    reason: str = ""

    def finding(self, criterion: str) -> Finding:
        """The finding of a criterion or gate. Raises KeyError for one the rule set does not have."""
        for found in (*self.findings, *self.gates):
            if found.criterion == criterion:
                return found
        raise KeyError(criterion)

    @property
    def marks(self) -> tuple[Result, ...]:
        """The results in the order of the standard, for the strip."""
        return tuple(found.result for found in self.findings)
