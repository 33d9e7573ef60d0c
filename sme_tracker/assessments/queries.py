"""Reading evidence, judgements, rule sets and verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, cast, func, literal, select, tuple_
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.assessments.facts import NONE_OF
from sme_tracker.assessments.models import (
    EvidenceRecord,
    JudgementRecord,
    RuleAssignment,
    StoredRuleSet,
    VerdictRecord,
)
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.terms import LADDER, Status, Title

_NEAR = (
    Enterprise.id,
    Enterprise.code,
    Enterprise.name,
    Enterprise.unit_id,
    VerdictRecord.near_criterion,
    VerdictRecord.near_value,
    VerdictRecord.near_distance,
    VerdictRecord.missing,
    VerdictRecord.earliest_on,
)
_NEAREST = (func.abs(cast(func.coalesce(VerdictRecord.near_distance, "1e9"), Float)), VerdictRecord.enterprise_id)


@dataclass(frozen=True, slots=True)
class Verified:
    """A paper with who verified it."""

    row: EvidenceRecord
    verified_by: str | None


def evidence_of(session: Session, enterprise_id: int, kind: str | None = None) -> list[Verified]:
    """The papers in force of an enterprise, the latest first, without the lists found empty."""
    statement = (
        select(EvidenceRecord, User.full_name)
        .join(User, User.id == EvidenceRecord.verified_by_id, isouter=True)
        .where(
            EvidenceRecord.enterprise_id == enterprise_id,
            EvidenceRecord.in_force(),
            EvidenceRecord.kind == kind if kind else EvidenceRecord.kind != NONE_OF,
        )
        .order_by(EvidenceRecord.id.desc())
    )
    return [Verified(row, full_name) for row, full_name in session.execute(statement)]


def lists_found_empty(session: Session, enterprise_id: int) -> dict[str, EvidenceRecord]:
    """The lists somebody has looked through and found nothing in, with that word."""
    rows = evidence_of(session, enterprise_id, NONE_OF)
    return {each.row.data["list"]: each.row for each in rows}


def find_evidence(session: Session, enterprise_id: int, evidence_id: int) -> EvidenceRecord | None:
    """A paper in force of the enterprise."""
    row = session.get(EvidenceRecord, evidence_id)
    return row if row and row.enterprise_id == enterprise_id and row.retired_at is None else None


def find_judgement(session: Session, enterprise_id: int, question: str) -> JudgementRecord | None:
    """The judgement in force on a question."""
    return session.scalar(
        select(JudgementRecord)
        .where(
            JudgementRecord.enterprise_id == enterprise_id,
            JudgementRecord.question == question,
            JudgementRecord.in_force(),
        )
        .order_by(JudgementRecord.id.desc())
        .limit(1)
    )


def rule_sets(session: Session) -> Sequence[StoredRuleSet]:
    """Every rule set: drafts first, then by level and key."""
    return session.scalars(
        select(StoredRuleSet).order_by(StoredRuleSet.state, StoredRuleSet.level, StoredRuleSet.key)
    ).all()


def find_rule_set(session: Session, key: str) -> StoredRuleSet | None:
    """The rule set of that key."""
    return session.scalar(select(StoredRuleSet).where(StoredRuleSet.key == key))


def get_rule_set(session: Session, rule_set_id: int) -> StoredRuleSet:
    """The rule set of that id, which is there."""
    return session.get_one(StoredRuleSet, rule_set_id)


def assignments_of(session: Session) -> dict[int, list[RuleAssignment]]:
    """The assignments in force by rule set, the latest first."""
    found: dict[int, list[RuleAssignment]] = {}
    statement = select(RuleAssignment).where(RuleAssignment.in_force()).order_by(RuleAssignment.from_day.desc())
    for row in session.scalars(statement):
        found.setdefault(row.rule_set_id, []).append(row)
    return found


def candidates(level: str) -> ColumnElement[bool]:
    """Active enterprises that stand one step below a level of the ladder, or all for a level beside it."""
    active = Enterprise.status == Status.ACTIVE
    below = LADDER.index(Title(level)) if level in LADDER else None
    return and_(active, Enterprise.level == below) if below else active


@dataclass(frozen=True, slots=True)
class NearPage:
    """A page of those that fail one criterion: the rows, and whether there are more before and after them."""

    rows: Sequence[Any]
    earlier: bool
    later: bool


def near_counts(
    session: Session, level: str, visible: ColumnElement[bool], scope: ColumnElement[bool]
) -> list[tuple[str, int]]:
    """How many fail each criterion of a level's standard only, the one most fail first."""
    number = func.count()
    rows = session.execute(
        _near(VerdictRecord.near_criterion, number, level=level, where=(visible, scope))
        .group_by(VerdictRecord.near_criterion)
        .order_by(number.desc(), VerdictRecord.near_criterion)
    )
    return [(criterion or "", count) for criterion, count in rows]


def nearest(
    session: Session, level: str, visible: ColumnElement[bool], scope: ColumnElement[bool], most: int | None = None
) -> Sequence[Any]:
    """Those that fail one criterion only, by criterion, the nearest first, at most so many of each."""
    place = func.row_number().over(partition_by=VerdictRecord.near_criterion, order_by=_NEAREST)
    if most is None:
        statement = _near(*_NEAR, level=level, where=(visible, scope))
        return session.execute(statement.order_by(VerdictRecord.near_criterion, *_NEAREST)).all()
    found = _near(*_NEAR, place.label("place"), level=level, where=(visible, scope)).subquery()
    statement = select(found).where(found.c.place <= most).order_by(found.c.near_criterion, found.c.place)
    return session.execute(statement).all()


def near_page(
    session: Session,
    level: str,
    conditions: Sequence[ColumnElement[bool]],
    size: int,
    *,
    after: int | None = None,
    before: int | None = None,
) -> NearPage:
    """A page of the nearest that fit the conditions, after or before an enterprise of the list."""
    statement = _near(*_NEAR, level=level, where=conditions)
    at = after if after is not None else before
    place = _near(*_NEAREST, level=level, where=(*conditions, Enterprise.id == at))
    known = session.execute(place).first() if at else None
    if known is None:
        rows = session.execute(statement.order_by(*_NEAREST).limit(size + 1)).all()
        return NearPage(rows[:size], earlier=False, later=len(rows) > size)
    here = tuple_(*(literal(value) for value in known))
    if after is not None:
        rows = session.execute(statement.where(tuple_(*_NEAREST) > here).order_by(*_NEAREST).limit(size + 1)).all()
        return NearPage(rows[:size], earlier=True, later=len(rows) > size)
    backwards = [each.desc() for each in _NEAREST]
    rows = session.execute(statement.where(tuple_(*_NEAREST) < here).order_by(*backwards).limit(size + 1)).all()
    return NearPage(rows[:size][::-1], earlier=len(rows) > size, later=True)


def _near(*columns: Any, level: str, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return (
        select(*columns)
        .join(Enterprise, Enterprise.id == VerdictRecord.enterprise_id)
        .where(VerdictRecord.level == level, VerdictRecord.outcome == "near", VerdictRecord.purpose == "new", *where)
    )


def lacks_by_unit(
    session: Session, level: str, visible: ColumnElement[bool], scope: ColumnElement[bool]
) -> Sequence[tuple[int | None, int | None, str, str, str, int]]:
    """Unit, owner, empty fields, criteria not met and to judge, and how many enterprises, of a level's verdicts."""
    columns = (
        Enterprise.unit_id,
        Enterprise.owner_id,
        VerdictRecord.lacks,
        VerdictRecord.outcome,
        VerdictRecord.to_judge,
    )
    rows = session.execute(
        select(*columns, func.count())
        .join(Enterprise, Enterprise.id == VerdictRecord.enterprise_id)
        .where(
            VerdictRecord.level == level,
            VerdictRecord.purpose == "new",
            VerdictRecord.lacks != "",
            VerdictRecord.outcome.in_(("near", "undecidable")),
            visible,
            scope,
        )
        .group_by(*columns)
    )
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows]


def lacking(
    session: Session, level: str, lack: str, visible: ColumnElement[bool], scope: ColumnElement[bool], most: int
) -> Sequence[tuple[VerdictRecord, Enterprise]]:
    """The enterprises whose verdict an empty field blocks, those with the fewest empty fields first."""
    rows = session.execute(
        select(VerdictRecord, Enterprise)
        .join(Enterprise, Enterprise.id == VerdictRecord.enterprise_id)
        .where(
            VerdictRecord.level == level,
            VerdictRecord.purpose == "new",
            VerdictRecord.outcome.in_(("near", "undecidable")),
            VerdictRecord.lacks.contains(f" {lack} ", autoescape=True),
            visible,
            scope,
        )
        .order_by(func.length(VerdictRecord.lacks), Enterprise.id)
        .limit(most)
    )
    return [(verdict, enterprise) for verdict, enterprise in rows]


def outcome_counts(session: Session, rule_set_id: int) -> dict[str, int]:
    """How many enterprises a rule set finds eligible, near, undecidable and not."""
    rows = session.execute(
        select(VerdictRecord.outcome, func.count())
        .where(VerdictRecord.rule_set_id == rule_set_id)
        .group_by(VerdictRecord.outcome)
    )
    return {row.outcome: row[1] for row in rows}
