"""Writing rule sets: copying one to a draft, editing, publishing by somebody else, and assigning it from a day on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.asked_tryouts import forget
from sme_tracker.assessments.due import judge_portion, mark_due
from sme_tracker.assessments.models import DRAFT, PUBLISHED, RuleAssignment, StoredRuleSet, VerdictRecord
from sme_tracker.assessments.rule_sets import applying, as_assignment, standards
from sme_tracker.clock import local
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import insert_facts, retire, stamped
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.assignments import Assignment
from sme_tracker.rules.bounds import LONGEST, need_reason
from sme_tracker.rules.canonical import checksum, to_plain
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.shipped import rule_set_from
from sme_tracker.rules.text.rule_sets import stored_rule_set

_ONE_DAY = timedelta(days=1)


class Stale(Exception):
    """Somebody saved the draft while it was being edited."""


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """A published rule set that is to apply from a day; with `ends_current` the one before ends on the day before."""

    rule_set_id: int
    purpose: str
    jurisdiction: str
    from_day: date
    until_day: date | None = None
    ends_current: bool = False


def copy_to_draft(session: Session, by: Author, source: StoredRuleSet, key: str) -> StoredRuleSet:
    """A draft that begins as a copy of a rule set, under a key of its own; what is at fault is mended there.

    Raises Refused.
    """
    _check_key(session, key)
    draft = _drafted(by, stored_rule_set(dict(source.table) | {"key": key}), source.id)
    session.add(draft)
    session.flush()
    _tell(session, by, "draft_rules", draft, {"key": (None, key), "based_on": (None, source.key)})
    return draft


def draft_from_file(session: Session, by: Author, table: Mapping[str, Any]) -> StoredRuleSet:
    """A draft from a file in the shipped format. Raises RuleSetRefused with every problem, or Refused."""
    rule_set = rule_set_from(table)
    _check_key(session, rule_set.key)
    draft = _drafted(by, rule_set, None)
    session.add(draft)
    session.flush()
    _tell(session, by, "draft_rules", draft, {"key": (None, draft.key)})
    return draft


def change_draft(session: Session, by: Author, draft: StoredRuleSet, version: int, table: Mapping[str, Any]) -> None:
    """Put a draft's text in another form. Raises RuleSetRefused, Stale, or Refused for one that is published."""
    if draft.state != DRAFT:
        raise Refused(Finding("rules.published"))
    if draft.version != version:
        raise Stale
    rule_set = rule_set_from(table)
    before = draft.digest
    draft.table, draft.digest = to_plain(rule_set), checksum(rule_set)
    session.flush()
    if draft.digest != before:
        _tell(session, by, "change_rules", draft, {"digest": (before[:12], draft.digest[:12])})


def publish(session: Session, by: Author, draft: StoredRuleSet) -> None:
    """Publish a draft for good; never by who wrote it. Raises Refused, or RuleSetRefused if it has faults."""
    if draft.state != DRAFT:
        raise Refused(Finding("rules.published"))
    if by.user_id is None or by.user_id in _writers(session, draft):
        raise Refused(Finding("rules.own_draft"))
    rule_set_from(draft.table)
    draft.state, draft.published_by_id, draft.published_at = PUBLISHED, by.user_id, by.at
    session.flush()
    _tell(session, by, "publish_rules", draft, {"state": (DRAFT, PUBLISHED)})


def delete_draft(session: Session, by: Author, row: StoredRuleSet) -> None:
    """Throw a draft away. Raises Refused for one that is published, in use or what another was copied from."""
    if row.state != DRAFT:
        raise Refused(Finding("rules.published"))
    if in_use(session, row.id):
        raise Refused(Finding("rules.in_use"))
    if copied := session.scalars(select(StoredRuleSet.key).where(StoredRuleSet.based_on_id == row.id)).first():
        raise Refused(Finding("rules.copied", {"key": copied}))
    _tell(session, by, "delete_rules", row, {"key": (row.key, None)})
    forget(session, row.id)
    session.delete(row)
    session.flush()


def assign(session: Session, by: Author, new: NewAssignment) -> int:
    """Let a published rule set apply from a day on; verdicts are judged anew then.

    Raises Refused for what overlaps, RuleSetRefused for a rule set with faults.

    The first are judged at once; until the rest are, they are due and say what the former rule set made of them.
    """
    row = session.get_one(StoredRuleSet, new.rule_set_id)
    if row.state != PUBLISHED:
        raise Refused(Finding("rules.not_published"))
    if new.purpose not in rule_set_from(row.table).purposes:
        raise Refused(Finding("purpose.not_of_the_set"))
    if new.until_day and new.until_day < new.from_day:
        raise Refused(Finding("until_day.before_from_day", {"from_day": new.from_day}))
    wanted = Assignment(row.key, row.level, new.purpose, new.jurisdiction, new.from_day, new.until_day)
    before = list(applying(standards(session), local(by.at).date()))
    for other, key in _overlapping(session, wanted):
        if not new.ends_current or other.until_day is not None or other.from_day >= new.from_day:
            raise Refused(Finding("from_day.overlaps", {"rule_set": key, "from_day": other.from_day}))
        _end(session, by, other, new.from_day - _ONE_DAY)
    values = stamped(
        by,
        rule_set_id=row.id,
        level=row.level,
        purpose=new.purpose,
        jurisdiction=new.jurisdiction,
        from_day=new.from_day,
        until_day=new.until_day,
    )
    (assignment_id,) = insert_facts(session, RuleAssignment, [values])
    _tell(
        session,
        by,
        "assign_rules",
        row,
        {"purpose": (None, new.purpose), "from_day": (None, new.from_day), "until_day": (None, new.until_day)},
    )
    _let_judge(session, by, before, new.from_day)
    return assignment_id


def withdraw_assignment(session: Session, by: Author, assignment_id: int, reason: str) -> None:
    """Withdraw an assignment made by mistake. Raises Refused."""
    need_reason(reason)
    found = session.get(RuleAssignment, assignment_id)
    if found is None or found.retired_at is not None:
        raise Refused(Finding("record.gone"))
    row = session.get_one(StoredRuleSet, found.rule_set_id)
    before = list(applying(standards(session), local(by.at).date()))
    retire(session, by, RuleAssignment, [assignment_id], reason)
    told: dict[str, tuple[object, object]] = {"from_day": (found.from_day, None), "reason": (None, reason)}
    _tell(session, by, "withdraw_assignment", row, told)
    _let_judge(session, by, before, found.from_day)


def in_use(session: Session, rule_set_id: int) -> bool:
    """Whether a rule set is, or ever was, assigned, or verdicts rest on it."""
    tables = (RuleAssignment, VerdictRecord)
    return any(
        session.scalar(select(func.count()).select_from(table).where(table.rule_set_id == rule_set_id))
        for table in tables
    )


def _overlapping(session: Session, wanted: Assignment) -> Sequence[tuple[RuleAssignment, str]]:
    rows = session.execute(
        select(RuleAssignment, StoredRuleSet.key)
        .join(StoredRuleSet, StoredRuleSet.id == RuleAssignment.rule_set_id)
        .where(RuleAssignment.in_force(), RuleAssignment.level == wanted.level)
    )
    return [(row, key) for row, key in rows if wanted.overlaps(as_assignment(row, key))]


def _end(session: Session, by: Author, row: RuleAssignment, until_day: date) -> None:
    names = ("rule_set_id", "level", "purpose", "jurisdiction", "from_day")
    values = stamped(by, **{name: getattr(row, name) for name in names}, until_day=until_day)
    retire(session, by, RuleAssignment, [row.id])
    insert_facts(session, RuleAssignment, [values])


def _let_judge(session: Session, by: Author, before: Sequence[object], from_day: date) -> None:
    """Say from which day verdicts no longer hold, and judge the first if that is today."""
    today = local(by.at).date()
    session.flush()
    if from_day > today:
        mark_due(session, from_day)
    elif list(applying(standards(session), today)) != before:
        mark_due(session, today)
        judge_portion(session, today)


def _writers(session: Session, draft: StoredRuleSet) -> set[int | None]:
    """Everybody who wrote the draft."""
    history = HistoryEntry
    rows = session.scalars(
        select(history.user_id).where(
            history.subject == "rule_set",
            history.subject_id == draft.id,
            history.action.in_(("draft_rules", "change_rules")),
        )
    )
    return {draft.created_by_id, *rows}


def _check_key(session: Session, key: str) -> None:
    plain = key.replace("-", "")
    if not plain.isascii() or not plain.isalnum() or key != key.lower() or len(key) > LONGEST["rule_set_key"]:
        raise Refused(Finding("key.shape"))
    if session.scalar(select(StoredRuleSet.id).where(StoredRuleSet.key == key)):
        raise Refused(Finding("key.taken", {"key": key}))


def _drafted(by: Author, rule_set: RuleSet, based_on_id: int | None) -> StoredRuleSet:
    return StoredRuleSet(
        key=rule_set.key,
        level=rule_set.level,
        state=DRAFT,
        table=to_plain(rule_set),
        digest=checksum(rule_set),
        based_on_id=based_on_id,
        created_by_id=by.user_id,
        created_at=by.at,
    )


def _tell(
    session: Session, by: Author, action: str, row: StoredRuleSet, changes: Mapping[str, tuple[object, object]]
) -> None:
    told: dict[str, tuple[object, object]] = {"rule_set": (row.key, row.key)}
    chain.record(session, by, [Entry(action, "rule_set", row.id, None, told | dict(changes))])
