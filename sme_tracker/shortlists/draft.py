"""A shortlist as it stands: the candidates by rule and by hand, each judged, with what was decided on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.assessments.facts import facts_of
from sme_tracker.assessments.rule_sets import Standard, standards
from sme_tracker.clock import local
from sme_tracker.rules.comparison import Judged, judged
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.terms import DecisionWord
from sme_tracker.rules.verdicts import Verdict
from sme_tracker.shortlists.models import AddedByHand, Decision
from sme_tracker.shortlists.queries import Candidate, ShortlistKey, candidates

PURPOSE = "new"
T = TypeVar("T", Decision, AddedByHand)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on a candidate, by whom and when."""

    decision: DecisionWord
    reason: str | None
    by: str | None
    on: date


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate in its rank; `facts` and `verdict` are None where no standard applied on the day."""

    rank: int
    candidate: Candidate
    facts: EnterpriseFacts | None
    verdict: Verdict | None
    decided: Decided | None
    added_because: str | None

    @property
    def is_recommended(self) -> bool:
        """Whether the candidate is to be put forward."""
        return self.decided is not None and self.decided.decision is DecisionWord.RECOMMENDED


@dataclass(frozen=True, slots=True)
class Draft:
    """A shortlist as of a day, by the standard that applied on it."""

    key: ShortlistKey
    as_of: date
    standard: Standard | None
    rows: Sequence[Row]

    def count(self, decision: DecisionWord | None) -> int:
        """How many candidates have the decision; None counts those without one."""
        return sum((row.decided.decision if row.decided else None) is decision for row in self.rows)

    @property
    def open_points(self) -> list[Row]:
        """What freezing should not overlook: no decision yet, or recommended though something is missing or not met."""
        return [row for row in self.rows if row.decided is None or (row.is_recommended and not _is_clear(row))]

    def judged(self) -> dict[str, Judged]:
        """The verdicts with what they rest on, by credit code."""
        if self.standard is None:
            return {}
        return {
            row.candidate.code: judged(self.standard.rule_set, row.facts, self.as_of, PURPOSE)
            for row in self.rows
            if row.facts is not None
        }


def draft(session: Session, key: ShortlistKey, today: date) -> Draft:
    """The shortlist as it stands today, ranked: fewest criteria not met, then fewest open, then R&D intensity.

    A candidate with a veto stands on it only where somebody added it by hand.
    """
    day = key.as_of(today)
    added = {row.enterprise_id: row.reason for row in session.scalars(_of(AddedByHand, key))}
    found = candidates(session, key, today, added)
    standard = standards(session).on(day, key.title.value, PURPOSE)
    if standard is not None and not standard.judges:
        standard = None
    facts = facts_of(session, [each.enterprise_id for each in found]) if standard else {}
    decided = _decided(session, key)
    rows = []
    for each in found:
        own = facts.get(each.enterprise_id)
        verdict = judged(standard.rule_set, own, day, PURPOSE).verdict if standard and own else None
        because = added.get(each.enterprise_id)
        if verdict and verdict.vetoes and because is None and each.put_forward_on is None:
            continue
        rows.append(Row(0, each, own, verdict, decided.get(each.enterprise_id), because))
    rows.sort(key=_order)
    return Draft(key, day, standard, [replace(row, rank=rank) for rank, row in enumerate(rows, start=1)])


def _order(row: Row) -> tuple[object, ...]:
    verdict, intensity = row.verdict, row.candidate.rd_intensity_percent
    not_met = len(verdict.not_met) if verdict else 0
    unsettled = len(verdict.missing) + len(verdict.to_judge) if verdict else 0
    return not_met, unsettled, intensity is None, -(intensity or 0), row.candidate.code


def _is_clear(row: Row) -> bool:
    return row.verdict is not None and not (row.verdict.not_met or row.verdict.missing or row.verdict.to_judge)


def _decided(session: Session, key: ShortlistKey) -> dict[int, Decided]:
    rows = session.execute(
        _of(Decision, key).add_columns(User.full_name).outerjoin(User, User.id == Decision.recorded_by_id)
    )
    return {
        row.Decision.enterprise_id: Decided(
            DecisionWord(row.Decision.decision),
            row.Decision.reason,
            row.full_name,
            local(row.Decision.recorded_at).date(),
        )
        for row in rows
    }


def _of(table: type[T], key: ShortlistKey) -> Select[T]:
    facts: Any = table
    return select(table).where(facts.title == key.title.value, facts.year == key.year, facts.in_force())
