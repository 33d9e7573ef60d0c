"""Bringing the rule sets that ship with the product into the database, once and unchanged."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.assessments.models import PUBLISHED, RuleAssignment, StoredRuleSet
from sme_tracker.rules.assignments import Assignment
from sme_tracker.rules.canonical import checksum, to_plain
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.shipped import shipped_rule_book, shipped_rule_sets


def load_shipped(session: Session, at: datetime) -> list[str]:
    """Add the shipped rule sets the database does not have, with their assignments; returns the keys added.

    What is there already is left as it is, so loading again changes nothing.
    """
    there = set(session.scalars(select(StoredRuleSet.key)))
    added = {key: stored(rule_set, at) for key, rule_set in shipped_rule_sets().items() if key not in there}
    session.add_all(added.values())
    session.flush()
    known = {row.key: row.id for row in session.execute(select(StoredRuleSet.key, StoredRuleSet.id))}
    for assignment in shipped_rule_book().assignments:
        if assignment.rule_set in added and not _taken(session, assignment):
            session.add(_row(assignment, known[assignment.rule_set], at))
    session.flush()
    return list(added)


def stored(rule_set: RuleSet, at: datetime) -> StoredRuleSet:
    """A published rule set as the database keeps it."""
    return StoredRuleSet(
        key=rule_set.key,
        level=rule_set.level,
        state=PUBLISHED,
        table=to_plain(rule_set),
        digest=checksum(rule_set),
        created_at=at,
        published_at=at,
    )


def _taken(session: Session, assignment: Assignment) -> bool:
    """Whether the bureau has assigned a rule set of its own to these days."""
    rows = session.scalars(select(RuleAssignment).where(RuleAssignment.in_force()))
    theirs = [Assignment("", row.level, row.purpose, row.jurisdiction, row.from_day, row.until_day) for row in rows]
    return any(assignment.overlaps(other) for other in theirs)


def _row(assignment: Assignment, rule_set_id: int, at: datetime) -> RuleAssignment:
    return RuleAssignment(
        rule_set_id=rule_set_id,
        level=assignment.level,
        purpose=assignment.purpose,
        jurisdiction=assignment.jurisdiction,
        from_day=assignment.from_day,
        until_day=assignment.until_day,
        recorded_at=at,
    )
