"""Judging enterprises by what is recorded of them, and keeping the verdicts: always as new as their facts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from hashlib import sha256
from operator import attrgetter
from typing import Any

from sqlalchemy import delete, event, insert, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.facts import facts_of
from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.assessments.rule_sets import Standard, Standards, applying, standards
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import take_touched
from sme_tracker.history.facts import portions
from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.verdicts import Finding, Outcome, Result, Verdict

LETTERS = {Result.MET: "o", Result.NOT_MET: "x", Result.MISSING: "-", Result.TO_JUDGE: "?"}
"""How a strip of findings is kept: one letter for each criterion in the order of the standard."""

_values = attrgetter(*(field.name for field in fields(EnterpriseFacts)))
RESULTS = {letter: result for result, letter in LETTERS.items()}


def purpose_for(facts: EnterpriseFacts, level: str, day: date) -> str:
    """Whether a level would be applied for anew, or is held on the day and would be reviewed."""
    held = any(title.level == level and _holds(title.from_day, title.until_day, day) for title in facts.titles)
    return "review" if held else "new"


def judge_enterprises(session: Session, enterprise_ids: Collection[int], today: date, at: datetime) -> int:
    """Judge the enterprises by every standard that applies today and keep the verdicts; returns how many it made."""
    found = standards(session)
    by_level = {(each.level, each.purpose): each for each in applying(found, today)}
    made = 0
    for ids in portions(sorted(enterprise_ids)):
        facts = facts_of(session, ids)
        rows = [
            row for each in ids if each in facts for row in _verdicts(each, facts[each], by_level, today, at, found)
        ]
        session.execute(
            delete(VerdictRecord)
            .where(VerdictRecord.enterprise_id.in_(ids))
            .execution_options(synchronize_session=False)
        )
        if rows:
            session.execute(insert(VerdictRecord), rows)
        made += len(rows)
    return made


def verdict_on(standard: Standard, facts: EnterpriseFacts, day: date) -> Verdict:
    """The verdict by one standard."""
    return judge(standard.rule_set, facts, day, standard.purpose)


def differing(session: Session, today: date) -> Iterator[tuple[int, str]]:
    """The enterprise and level of every verdict that judging anew would make otherwise; there must be none."""
    found = standards(session)
    by_level = {(each.level, each.purpose): each for each in applying(found, today)}
    for ids in portions(session.scalars(select(Enterprise.id).order_by(Enterprise.id)).all()):
        kept: dict[tuple[int, str], Any] = {}
        rows: Sequence[Any] = session.execute(
            select(VerdictRecord.__table__).where(VerdictRecord.enterprise_id.in_(ids))
        ).all()
        for row in rows:
            kept[row.enterprise_id, row.level] = (row.rule_set_id, row.outcome, row.marks, row.lacks, row.facts_digest)
        for enterprise_id, facts in facts_of(session, ids).items():
            for row in _verdicts(enterprise_id, facts, by_level, today, utc_now(), found):
                said = (row["rule_set_id"], row["outcome"], row["marks"], row["lacks"], row["facts_digest"])
                if kept.get((enterprise_id, row["level"])) != said:
                    yield enterprise_id, row["level"]


def _verdicts(
    enterprise_id: int,
    facts: EnterpriseFacts,
    by_level: dict[tuple[str, str], Standard],
    today: date,
    at: datetime,
    found: Standards,
) -> Iterator[dict[str, Any]]:
    digest = digest_of(facts) if by_level else ""
    for level in {level for level, _purpose in by_level}:
        standard = by_level.get((level, purpose_for(facts, level, today)))
        if standard:
            verdict = verdict_on(standard, facts, today)
            changes = [day for day in (verdict.changes_on, found.next_change(today)) if day]
            yield {
                "enterprise_id": enterprise_id,
                "level": level,
                "purpose": standard.purpose,
                "rule_set_id": standard.rule_set_id,
                **kept(verdict),
                "judged_on": today,
                "judged_at": at,
                "changes_on": min(changes, default=None),
                "facts_digest": digest,
            }


def digest_of(facts: EnterpriseFacts) -> str:
    """A short word that stands for exactly these facts, to tell whether a verdict rests on others."""
    plain = [sorted(value) if isinstance(value, frozenset) else value for value in _values(facts)]
    return sha256(repr(plain).encode()).hexdigest()[:16]


def kept(verdict: Verdict) -> dict[str, Any]:
    """What is kept of a verdict so that lists need not judge again."""
    near = verdict.finding(verdict.not_met[0]) if verdict.outcome is Outcome.NEAR else None
    return {
        "outcome": verdict.outcome.value,
        "marks": "".join([LETTERS[found.result] for found in verdict.findings]),
        "not_met": spaced(verdict.not_met),
        "missing": spaced(verdict.missing),
        "to_judge": spaced(verdict.to_judge),
        "vetoes": spaced(verdict.vetoes),
        "lacks": spaced(sorted(set(_lacks(verdict)))),
        "near_criterion": near.criterion if near else None,
        "near_value": _worst(near),
        "near_distance": None if near is None or near.distance is None else format(near.distance, "f"),
        "earliest_on": near.earliest_on if near else None,
    }


def _lacks(verdict: Verdict) -> Iterator[str]:
    for found in (*verdict.findings, *verdict.gates):
        if found.result is Result.MISSING:
            for lack in found.lacks:
                yield lack.fact if lack.year is None else f"{lack.fact}/{lack.year}"


def _worst(found: Finding | None) -> str | None:
    """The value that falls short with its unit, as text: "4.6 percent"."""
    amounts = [value.amount for value in found.values if value.amount is not None] if found else []
    if found is None or not amounts:
        return None
    worst = (min if found.comparison in ("at_least", "more_than") else max)(amounts)
    return f"{worst:f} {found.unit}"


def spaced(keys: Sequence[str]) -> str:
    """Keys with a blank on either side of each, so that one can be found in the text."""
    return f" {' '.join(keys)} " if keys else ""


def _holds(from_day: date | None, until_day: date | None, day: date) -> bool:
    return (from_day is None or from_day <= day) and (until_day is None or day <= until_day)


@event.listens_for(GuardedSession, "before_commit")
def _judge_touched(session: GuardedSession) -> None:
    """Before what was recorded is committed, judge the enterprises it was recorded of."""
    touched = take_touched(session)
    if touched:
        session.flush()
        judge_enterprises(session, touched, local_today(), utc_now())


@event.listens_for(GuardedSession, "after_soft_rollback")
def _forget_touched(session: GuardedSession, _previous: object) -> None:
    take_touched(session)
