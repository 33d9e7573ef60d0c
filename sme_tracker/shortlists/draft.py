"""A shortlist as it stands: the candidates by rule and by hand, ranked, with what was found of and decided on each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.assessments.facts import facts_of
from sme_tracker.assessments.judging import LETTERS, judge_each
from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.assessments.rule_sets import Standard, standards
from sme_tracker.clock import local
from sme_tracker.history.facts import portions
from sme_tracker.history.queries import last_seal
from sme_tracker.rules.comparison import Judged, judged
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.terms import DecisionWord
from sme_tracker.rules.verdicts import Outcome, Verdict
from sme_tracker.shortlists.bars import Bar
from sme_tracker.shortlists.models import AddedByHand, Decision, DistrictWord
from sme_tracker.shortlists.queries import Candidate, ShortlistKey, candidates

PURPOSE = "new"
REMEMBERED = 16
T = TypeVar("T", Decision, DistrictWord, AddedByHand)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on a candidate, by whom and when."""

    decision: DecisionWord
    reason: str | None
    by: str | None
    on: date


@dataclass(frozen=True, slots=True)
class Marks:
    """What was found of a candidate: a letter for each criterion as verdicts keep them, and how many are wanting."""

    outcome: Outcome
    letters: str
    not_met: int
    missing: int
    to_judge: int
    is_vetoed: bool

    @property
    def unsettled(self) -> int:
        """How many more data or a judgement may still decide."""
        return self.missing + self.to_judge


class Basis(StrEnum):
    """What somebody stands on the list by: the rule, or against it by hand or because it was put forward."""

    RULE = auto()
    BY_HAND = auto()
    PUT_FORWARD = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate in its rank; `marks` is None where no standard applied on the day.

    Whoever was put forward is recommended until something else is decided.
    """

    rank: int
    candidate: Candidate
    marks: Marks | None
    district: Decided | None
    decided: Decided | None
    added_because: str | None

    @property
    def decision(self) -> DecisionWord | None:
        """What was decided, or follows from being put forward; None so far."""
        if self.decided:
            return self.decided.decision
        return DecisionWord.RECOMMENDED if self.candidate.put_forward_on else None

    @property
    def district_word(self) -> DecisionWord | None:
        """What the district says, None so far."""
        return self.district.decision if self.district else None

    @property
    def is_recommended(self) -> bool:
        """Whether the candidate is to be put forward."""
        return self.decision is DecisionWord.RECOMMENDED

    @property
    def is_clear(self) -> bool:
        """Whether every criterion is met."""
        return self.marks is not None and not (self.marks.not_met or self.marks.unsettled)

    @property
    def is_doubtful(self) -> bool:
        """Whether it is recommended though something is missing or not met; asked no more once the title is given."""
        return self.is_recommended and not self.is_clear and not self.candidate.recognised_on

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What the rule for candidates has against it."""
        return (*self.candidate.bars, Bar.VETOED) if self.marks and self.marks.is_vetoed else self.candidate.bars

    @property
    def basis(self) -> Basis:
        """What it stands on the list by."""
        if not self.bars:
            return Basis.RULE
        return Basis.BY_HAND if self.added_because else Basis.PUT_FORWARD


@dataclass(frozen=True, slots=True)
class Draft:
    """A shortlist as of a day, by the standard that applied on it."""

    key: ShortlistKey
    as_of: date
    standard: Standard | None
    rows: Sequence[Row]

    def count(self, decision: DecisionWord | None) -> int:
        """How many candidates have the decision; None counts those without one."""
        return sum(row.decision == decision for row in self.rows)

    @property
    def open_points(self) -> list[Row]:
        """What freezing should not overlook: no decision yet, or recommended though something is missing or not met."""
        return [row for row in self.rows if row.decision is None or row.is_doubtful]

    def on(self, basis: Basis) -> list[Row]:
        """Those who stand on the list by it."""
        return [row for row in self.rows if row.basis == basis]


def draft(session: Session, key: ShortlistKey, today: date) -> Draft:
    """The shortlist as it stands today, ranked: fewest criteria not met, then fewest open, then R&D intensity.

    A candidate with a veto stands on it only where it was added by hand or put forward. What was found of the
    candidates is read from their kept verdicts; a list of a year gone by is judged as of its last day.
    """
    day, standard, found, added = _frame(session, key, today)
    ids = [each.enterprise_id for each in found]
    marks = _kept_marks(session, standard, ids, day) if standard and day == today else {}
    others = [each for each in ids if each not in marks]
    if standard and others:
        marks |= _judged_marks(session, standard, others, day)
    return _ranked(session, key, day, standard, found, marks, added)


def judged_draft(session: Session, key: ShortlistKey, today: date) -> tuple[Draft, Mapping[int, Judged]]:
    """The shortlist with every candidate judged anew, and the verdicts with all they rest on."""
    day, standard, found, added = _frame(session, key, today)
    verdicts = _judge(session, standard, [each.enterprise_id for each in found], day) if standard else {}
    marks = {each: marks_of(one.verdict) for each, one in verdicts.items()}
    return _ranked(session, key, day, standard, found, marks, added), verdicts


def marks_of(verdict: Verdict) -> Marks:
    """A verdict in short."""
    letters = "".join([LETTERS[found.result] for found in verdict.findings])
    not_met, missing, to_judge = len(verdict.not_met), len(verdict.missing), len(verdict.to_judge)
    return Marks(verdict.outcome, letters, not_met, missing, to_judge, bool(verdict.vetoes))


def _frame(
    session: Session, key: ShortlistKey, today: date
) -> tuple[date, Standard | None, list[Candidate], dict[int, str]]:
    day = key.as_of(today)
    added = {row.enterprise_id: row.reason for row in session.scalars(_of(AddedByHand, key))}
    standard = standards(session).on(day, key.title.value, PURPOSE)
    return day, standard if standard and standard.judges else None, candidates(session, key, today, added), added


def _judge(session: Session, standard: Standard, ids: Collection[int], day: date) -> dict[int, Judged]:
    """The verdicts on some enterprises; one that cannot be judged stands on the list without one, the others with."""
    return judge_each(facts_of(session, ids), lambda facts: judged(standard.rule_set, facts, day, PURPOSE))


def _judged_marks(session: Session, standard: Standard, ids: Sequence[int], day: date) -> Mapping[int, Marks]:
    """What judging says as of the day; said again without judging until something is recorded of one of them."""
    state = (standard.rule_set, day, tuple(sorted(ids)), last_seal(session, ids))
    known = _said.get(state)
    if known is None:
        known = _said[state] = {
            each: marks_of(one.verdict) for each, one in _judge(session, standard, ids, day).items()
        }
        for oldest in list(_said)[:-REMEMBERED]:
            _said.pop(oldest, None)
    return known


def _kept_marks(session: Session, standard: Standard, ids: Sequence[int], day: date) -> dict[int, Marks]:
    """What the kept verdicts say, where they are by this standard and nothing has changed by date alone since."""
    of = VerdictRecord.metadata.tables[VerdictRecord.__tablename__].c
    columns = (of.enterprise_id, of.outcome, of.marks, of.not_met, of.missing, of.to_judge, of.vetoes)
    found = {}
    for portion in portions(ids):
        rows = session.execute(
            select(*columns).where(
                of.enterprise_id.in_(portion),
                of.level == standard.level,
                of.purpose == standard.purpose,
                of.rule_set_id == standard.rule_set_id,
                of.judged_on <= day,
                or_(of.changes_on.is_(None), of.changes_on > day),
            )
        )
        for which, outcome, letters, *keys, vetoes in rows:
            not_met, missing, to_judge = (len(each.split()) for each in keys)
            found[which] = Marks(Outcome(outcome), letters, not_met, missing, to_judge, bool(vetoes))
    return found


def _ranked(
    session: Session,
    key: ShortlistKey,
    day: date,
    standard: Standard | None,
    found: Sequence[Candidate],
    marks: Mapping[int, Marks],
    added: Mapping[int, str],
) -> Draft:
    decided, districts = _decided(session, Decision, key), _decided(session, DistrictWord, key)
    staying = [each for each in found if _stays(each, marks.get(each.enterprise_id), added)]
    staying.sort(key=lambda each: _order(each, marks.get(each.enterprise_id)))
    rows = [
        Row(rank, each, marks.get(which), districts.get(which), decided.get(which), added.get(which))
        for rank, each in enumerate(staying, start=1)
        for which in (each.enterprise_id,)
    ]
    return Draft(key, day, standard, rows)


def _stays(candidate: Candidate, marks: Marks | None, added: Mapping[int, str]) -> bool:
    """Whether nothing vetoes the candidate, or somebody wanted it on the list all the same."""
    wanted = candidate.enterprise_id in added or candidate.put_forward_on is not None
    return wanted or marks is None or not marks.is_vetoed


def _order(candidate: Candidate, marks: Marks | None) -> tuple[object, ...]:
    intensity = candidate.rd_intensity_percent
    not_met, unsettled = (marks.not_met, marks.unsettled) if marks else (0, 0)
    return not_met, unsettled, intensity is None, -(intensity or 0), candidate.code


def _decided(session: Session, table: type[Any], key: ShortlistKey) -> dict[int, Decided]:
    columns = (table.enterprise_id, table.decision, table.reason, User.full_name, table.recorded_at)
    rows = session.execute(
        select(*columns)
        .outerjoin(User, User.id == table.recorded_by_id)
        .where(table.title == key.title.value, table.year == key.year, table.in_force())
    )
    return {
        which: Decided(DecisionWord(decision), reason, by, local(recorded_at).date())
        for which, decision, reason, by, recorded_at in rows
    }


def _of(table: type[T], key: ShortlistKey) -> Select[T]:
    facts: Any = table
    return select(table).where(facts.title == key.title.value, facts.year == key.year, facts.in_force())


_said: dict[tuple[RuleSet, date, tuple[int, ...], str | None], Mapping[int, Marks]] = {}
