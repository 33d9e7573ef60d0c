"""Trying a rule set out beside another: who would move, by unit and level, over all enterprises."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.facts import facts_of
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.facts import portions
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.verdicts import Outcome

Progress = Callable[[int, int], None]


class Trial(NamedTuple):
    """What is tried: a rule set beside the one that applies, for a purpose, on a day, over the enterprises picked."""

    current: RuleSet
    other: RuleSet
    purpose: str
    who: ColumnElement[bool]
    day: date


class Turn(NamedTuple):
    """From which verdict to which, for enterprises of a unit that stand at a level of the ladder."""

    unit_id: int | None
    level: int
    before: Outcome
    after: Outcome

    @property
    def enters(self) -> bool:
        """Whether they become eligible."""
        return self.after is Outcome.ELIGIBLE and self.before is not self.after

    @property
    def leaves(self) -> bool:
        """Whether they are eligible no longer."""
        return self.before is Outcome.ELIGIBLE and self.before is not self.after


class Move(NamedTuple):
    """An enterprise whose verdict the other rule set changes."""

    enterprise_id: int
    turn: Turn


@dataclass(slots=True)
class Effect:
    """What becomes of the enterprises of a unit or a level."""

    judged: int = 0
    eligible: int = 0
    enter: int = 0
    leave: int = 0

    @property
    def eligible_then(self) -> int:
        """How many the other rule set finds eligible."""
        return self.eligible + self.enter - self.leave


@dataclass(slots=True)
class TryOut:
    """What a rule set would make of the enterprises, beside what the other makes of them."""

    turns: Counter[Turn] = field(default_factory=Counter)
    moves: list[Move] = field(default_factory=list)

    def count(self, enterprise_id: int, turn: Turn) -> None:
        """Count one enterprise's two verdicts."""
        self.turns[turn] += 1
        if turn.before is not turn.after:
            self.moves.append(Move(enterprise_id, turn))

    @property
    def judged(self) -> int:
        """How many enterprises were tried."""
        return self.turns.total()

    def before(self, outcome: Outcome) -> int:
        """How many have this verdict by the rule set that applies."""
        return sum(count for turn, count in self.turns.items() if turn.before is outcome)

    def after(self, outcome: Outcome) -> int:
        """How many have this verdict by the rule set that is tried."""
        return sum(count for turn, count in self.turns.items() if turn.after is outcome)

    def by(self, place: Callable[[Turn], int | None]) -> dict[int | None, Effect]:
        """What becomes of the enterprises of each unit, or of each level."""
        effects: dict[int | None, Effect] = {}
        for turn, count in self.turns.items():
            effect = effects.setdefault(place(turn), Effect())
            effect.judged += count
            effect.eligible += count * (turn.before is Outcome.ELIGIBLE)
            effect.enter += count * turn.enters
            effect.leave += count * turn.leaves
        return effects

    def kept(self) -> dict[str, Any]:
        """The result as it is kept."""
        return {
            "turns": [[*turn, count] for turn, count in self.turns.items()],
            "moves": [[move.enterprise_id, *move.turn] for move in self.moves],
        }

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        """A result that was kept."""
        return cls(
            Counter({_turn(row[:-1]): row[-1] for row in kept["turns"]}),
            [Move(row[0], _turn(row[1:])) for row in kept["moves"]],
        )


def try_out(session: Session, trial: Trial, progress: Progress = lambda _done, _all: None) -> TryOut:
    """Judge the enterprises by both rule sets on the day; the database is let go while a portion is computed."""
    found = TryOut()
    columns = (Enterprise.id, Enterprise.unit_id, Enterprise.level)
    rows: Sequence[Any] = session.execute(select(*columns).where(trial.who).order_by(Enterprise.id)).all()
    progress(0, len(rows))
    for portion in portions(rows):
        facts = facts_of(session, [row.id for row in portion])
        session.commit()  # ends what was read, so that nothing is held while it is computed
        for row in portion:
            found.count(row.id, Turn(row.unit_id, int(row.level), *_outcomes(trial, facts[row.id])))
        progress(found.judged, len(rows))
    return found


def _outcomes(trial: Trial, facts: EnterpriseFacts) -> Iterator[Outcome]:
    """What the rule set that applies says, then the one that is tried."""
    for rule_set in (trial.current, trial.other):
        yield judge(rule_set, facts, trial.day, trial.purpose).outcome


def _turn(row: Sequence[Any]) -> Turn:
    unit_id, level, before, after = row
    return Turn(unit_id, level, Outcome(before), Outcome(after))
