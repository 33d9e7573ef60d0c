"""Reading evidence, judgements, rule sets and verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
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

LARGEST_ID = 2**31 - 1
NEAR_SHOWN = 500


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
    row = session.get(EvidenceRecord, evidence_id) if 0 < evidence_id <= LARGEST_ID else None
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


def near_misses(
    session: Session, level: str, visible: ColumnElement[bool], scope: ColumnElement[bool]
) -> Sequence[tuple[VerdictRecord, Enterprise]]:
    """The enterprises that fail one criterion of a level's standard only, by that criterion, the nearest first."""
    rows = session.execute(
        select(VerdictRecord, Enterprise)
        .join(Enterprise, Enterprise.id == VerdictRecord.enterprise_id)
        .where(
            VerdictRecord.level == level,
            VerdictRecord.outcome == "near",
            VerdictRecord.purpose == "new",
            visible,
            scope,
        )
        .order_by(VerdictRecord.near_criterion, func.length(VerdictRecord.missing), Enterprise.id)
        .limit(NEAR_SHOWN)
    )
    return [(verdict, enterprise) for verdict, enterprise in rows]


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
