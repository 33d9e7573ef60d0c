"""Trying a rule set out beside the one that applies: who would move, by unit, over all enterprises; nothing is kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.facts import facts_of
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.facts import portions
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.verdicts import Outcome


@dataclass(frozen=True, slots=True)
class Move:
    """An enterprise whose verdict the other rule set changes."""

    enterprise_id: int
    name: str
    unit_id: int | None
    before: Outcome
    after: Outcome

    @property
    def enters(self) -> bool:
        """Whether it becomes eligible."""
        return self.after is Outcome.ELIGIBLE

    @property
    def leaves(self) -> bool:
        """Whether it is eligible no longer."""
        return self.before is Outcome.ELIGIBLE


@dataclass(slots=True)
class TryOut:
    """What a rule set would make of the enterprises, beside what the other makes of them."""

    judged: int = 0
    before: Counter[Outcome] = field(default_factory=Counter)
    after: Counter[Outcome] = field(default_factory=Counter)
    by_unit: dict[int | None, tuple[int, int]] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)

    def counted(self, move: Move) -> None:
        """Count one enterprise's two verdicts."""
        self.judged += 1
        self.before[move.before] += 1
        self.after[move.after] += 1
        was, becomes = self.by_unit.get(move.unit_id, (0, 0))
        self.by_unit[move.unit_id] = (was + move.leaves, becomes + move.enters)
        if move.before is not move.after:
            self.moves.append(move)


def try_out(
    session: Session, current: RuleSet, other: RuleSet, purpose: str, who: ColumnElement[bool], day: date
) -> TryOut:
    """Judge the enterprises by both rule sets on the day."""
    found = TryOut()
    rows: Sequence[tuple[int, str, int | None]] = [
        (row.id, row.name, row.unit_id)
        for row in session.execute(
            select(Enterprise.id, Enterprise.name, Enterprise.unit_id).where(who).order_by(Enterprise.id)
        )
    ]
    for portion in portions(rows):
        facts = facts_of(session, [enterprise_id for enterprise_id, _name, _unit in portion])
        for enterprise_id, name, unit_id in portion:
            before = judge(current, facts[enterprise_id], day, purpose).outcome
            after = judge(other, facts[enterprise_id], day, purpose).outcome
            found.counted(Move(enterprise_id, name, unit_id, before, after))
    return found
