"""Whether the rule sets are the texts they were written as, and which assignments came with the product."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.models import RuleAssignment, StoredRuleSet
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.canonical import checksum
from sme_tracker.rules.shipped import shipped_rule_sets


def is_shipped() -> ColumnElement[bool]:
    """The condition that picks the assignments that were loaded with their rule set, of which no history tells."""
    loaded_with_it = exists().where(
        StoredRuleSet.id == RuleAssignment.rule_set_id,
        StoredRuleSet.key.in_(shipped_rule_sets()),
        StoredRuleSet.created_by_id.is_(None),
        StoredRuleSet.created_at == RuleAssignment.recorded_at,
    )
    return RuleAssignment.recorded_by_id.is_(None) & loaded_with_it


def altered_rule_sets(session: Session) -> Iterator[str]:
    """The keys of rule sets whose text is not what its checksum says."""
    for row in session.scalars(select(StoredRuleSet).order_by(StoredRuleSet.key)):
        if checksum(row.table) != row.digest:
            yield row.key


def untold_rule_sets(session: Session) -> Iterator[str]:
    """The keys of rule sets that neither ship with the product nor were drafted as the history tells."""
    told = exists().where(
        HistoryEntry.subject == "rule_set",
        HistoryEntry.subject_id == StoredRuleSet.id,
        HistoryEntry.at == StoredRuleSet.created_at,
    )
    shipped = StoredRuleSet.key.in_(shipped_rule_sets()) & StoredRuleSet.created_by_id.is_(None)
    yield from session.scalars(select(StoredRuleSet.key).where(~told, ~shipped).order_by(StoredRuleSet.key))
