"""Judging enterprises by what is recorded of them, and keeping the verdicts: always as new as their facts.

One whose judging raises an error stops nobody else: it is noted, has no verdict, and is set aside after some attempts.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from hashlib import sha256
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, bindparam, delete, exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from sme_tracker.assessments.facts import facts_of
from sme_tracker.assessments.models import JudgingFailure, VerdictRecord
from sme_tracker.assessments.rule_sets import Standard, Standards, applying, standards
from sme_tracker.bulk import insert_rows
from sme_tracker.clock import utc_now
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.facts import portions
from sme_tracker.rules.eligibility import judge, plain_facts
from sme_tracker.rules.facts import EVIDENCE, EnterpriseFacts, Figure, Judgement
from sme_tracker.rules.verdicts import Finding, Outcome, Result, Verdict

VERSION = 1
"""Of what a verdict says of the same facts by the same standard; whoever changes that raises it, and all are due."""
LETTERS = {Result.MET: "o", Result.NOT_MET: "x", Result.MISSING: "-", Result.TO_JUDGE: "?"}
"""How a strip of findings is kept: one letter for each criterion in the order of the standard."""

_VERDICT = VerdictRecord.metadata.tables[VerdictRecord.__tablename__]
_FORGET = delete(_VERDICT).where(_VERDICT.c.enterprise_id.in_(bindparam("ids", expanding=True)))
_FAILURE = JudgingFailure.metadata.tables[JudgingFailure.__tablename__]
_FAILED_BEFORE = select(_FAILURE.c.enterprise_id, _FAILURE.c.attempts).where(
    _FAILURE.c.enterprise_id.in_(bindparam("ids", expanding=True))
)
_NO_LONGER_FAILS = delete(_FAILURE).where(_FAILURE.c.enterprise_id.in_(bindparam("ids", expanding=True)))
RESULTS = {letter: result for result, letter in LETTERS.items()}
_FIELDS_OF = {
    record: attrgetter(*(field.name for field in fields(record)))
    for record in (EnterpriseFacts, Figure, Judgement, *EVIDENCE.values())
}


_LISTS = (frozenset, dict, tuple)
"""The types of the facts that hold several values."""
log = logging.getLogger(__name__)
T = TypeVar("T")


class KeptVerdict(NamedTuple):
    """The columns of a kept verdict but whose it is and when it was made: the same for all who agree in their facts."""

    level: str
    purpose: str
    rule_set_id: int
    outcome: str
    marks: str
    not_met: str
    missing: str
    to_judge: str
    vetoes: str
    lacks: str
    near_criterion: str | None
    near_value: str | None
    near_distance: str | None
    earliest_on: date | None
    changes_on: date | None


def purpose_for(facts: EnterpriseFacts, level: str, day: date) -> str:
    """Whether a level would be applied for anew, or is held on the day and would be reviewed."""
    held = any(title.level == level and title.holds_on(day) for title in facts.titles)
    return "review" if held else "new"


def judge_enterprises(session: Session, enterprise_ids: Collection[int], today: date, at: datetime) -> int:
    """Judge the enterprises by every standard that applies today and keep the verdicts; returns how many it made."""
    sitting = _Sitting(standards(session), today)
    made = 0
    for ids in portions(sorted(enterprise_ids)):
        rows, errors = _verdicts_of(session, sitting, ids)
        session.execute(_FORGET, {"ids": ids})
        same = {"judged_on": today, "judged_at": at}
        insert_rows(session, _VERDICT, ("enterprise_id", "facts_digest", *KeptVerdict._fields), rows, same)
        _note_errors(session, ids, errors, at)
        made += len(rows)
    return made


def not_set_aside() -> ColumnElement[bool]:
    """The condition that leaves out the enterprises whose judging failed too often."""
    return ~exists().where(JudgingFailure.enterprise_id == Enterprise.id, JudgingFailure.is_set_aside())


def error_of(error: Exception) -> str:
    """What kind of error it is, in a word; one of the database or of memory is nobody's own, and is raised again."""
    if isinstance(error, SQLAlchemyError | MemoryError):
        raise error
    return type(error).__name__


def verdict_on(standard: Standard, facts: EnterpriseFacts, day: date) -> Verdict:
    """The verdict by one standard."""
    return judge(standard.rule_set, facts, day, standard.purpose)


def judge_each(known: Mapping[int, EnterpriseFacts], judge_one: Callable[[EnterpriseFacts], T]) -> dict[int, T]:
    """What is found of each enterprise that can be judged; one that cannot breaks nobody else's, the log tells why."""
    found = {}
    for enterprise_id, facts in known.items():
        try:
            found[enterprise_id] = judge_one(facts)
        except Exception as error:
            error_of(error)
            log.exception("judging enterprise %s", enterprise_id)
    return found


def differing(
    session: Session, today: date, enterprise_ids: Collection[int] | None = None
) -> Iterator[tuple[int, str]]:
    """The enterprise and level of every verdict, of some or of all, that judging anew would make otherwise.

    One that is kept of a level for which there is no standard is among them.
    """
    sitting = _Sitting(standards(session), today)
    everybody = select(Enterprise.id).order_by(Enterprise.id)
    columns = (
        _VERDICT.c.enterprise_id,
        _VERDICT.c.facts_digest,
        *(_VERDICT.c[name] for name in KeptVerdict._fields),
    )
    for ids in portions(session.scalars(everybody).all() if enterprise_ids is None else enterprise_ids):
        rows = session.execute(select(*columns).where(_VERDICT.c.enterprise_id.in_(ids)))
        there = {(which, verdict[0]): (digest, KeptVerdict(*verdict)) for which, digest, *verdict in rows}
        judged, _errors = _verdicts_of(session, sitting, ids)
        for enterprise_id, digest, *values in judged:
            anew = KeptVerdict(*values)
            kept_digest, found = there.pop((enterprise_id, anew.level), (None, None))
            if found is None or kept_digest != digest or not _agree(found, anew):
                yield enterprise_id, anew.level
        yield from there


def rejudge(session: Session, enterprise_ids: Collection[int], today: date) -> int:
    """Judge those of the enterprises of whom a verdict is not what it must be; returns how many that were."""
    wrong = {which for which, _level in differing(session, today, enterprise_ids)}
    judge_enterprises(session, wrong, today, utc_now())
    return len(wrong)


def _agree(kept: KeptVerdict, anew: KeptVerdict) -> bool:
    """Whether a kept verdict is what judging anew makes; it may be due for that earlier than it need be."""
    in_time = anew.changes_on is None or (kept.changes_on is not None and kept.changes_on <= anew.changes_on)
    return in_time and kept._replace(changes_on=None) == anew._replace(changes_on=None)


def _verdicts_of(
    session: Session, sitting: "_Sitting", ids: Collection[int]
) -> tuple[list[tuple[Any, ...]], dict[int, str]]:
    """The rows of the verdicts on the enterprises, and the kind of error for each whose judging raises one."""
    try:
        facts = facts_of(session, ids)
        return [(each, *row) for each in ids if each in facts for row in sitting.rows(facts[each])], {}
    except Exception as error:
        kind = error_of(error)
        if len(ids) == 1:
            (which,) = ids
            log.exception("judging enterprise %s", which)
            return [], {which: kind}
    rows: list[tuple[Any, ...]] = []
    errors: dict[int, str] = {}
    for one in ids:
        own_rows, own_error = _verdicts_of(session, sitting, [one])
        rows += own_rows
        errors |= own_error
    return rows, errors


def _note_errors(session: Session, ids: Sequence[int], errors: Mapping[int, str], at: datetime) -> None:
    """Count one more failure for the enterprises that raised an error, and none for the others."""
    before = {row.enterprise_id: row.attempts for row in session.execute(_FAILED_BEFORE, {"ids": ids})}
    if before:
        session.execute(_NO_LONGER_FAILS, {"ids": ids})
    rows = [(each, before.get(each, 0) + 1, error) for each, error in errors.items()]
    insert_rows(session, _FAILURE, ("enterprise_id", "attempts", "error"), rows, {"failed_at": at})


class _Sitting:
    """Judging many enterprises on one day by the standards that apply; what is the same for many is found once."""

    def __init__(self, found: Standards, today: date) -> None:
        self._by_level = {(each.level, each.purpose): each for each in applying(found, today)}
        self._levels = {level for level, _purpose in self._by_level}
        self._today = today
        self._rules_change_on = found.next_change(today)
        self._known: dict[object, KeptVerdict] = {}

    def rows(self, facts: EnterpriseFacts) -> Iterator[tuple[Any, ...]]:
        """The digest of an enterprise's facts and what to keep of a verdict, for each level that has a standard."""
        digest = digest_of(facts) if self._levels else ""
        for level in self._levels:
            standard = self._by_level.get((level, purpose_for(facts, level, self._today)))
            if standard:
                found = self._kept(standard, facts)
                yield digest, *_due_by(found, _purpose_changes_on(facts, level, self._today))

    def _kept(self, standard: Standard, facts: EnterpriseFacts) -> KeptVerdict:
        plain = plain_facts(standard.rule_set, facts, standard.purpose)
        if plain is None:
            return self._judged(standard, facts)
        which = (standard.rule_set_id, standard.purpose, plain)
        if which not in self._known:
            self._known[which] = self._judged(standard, facts)
        return self._known[which]

    def _judged(self, standard: Standard, facts: EnterpriseFacts) -> KeptVerdict:
        return kept(standard, verdict_on(standard, facts, self._today), self._rules_change_on)


def _purpose_changes_on(facts: EnterpriseFacts, level: str, day: date) -> date | None:
    """The next day on which a title of the level begins or ends, and another purpose may be asked for."""
    held = [title for title in facts.titles if title.level == level]
    begins = [title.from_day for title in held if title.from_day]
    ends = [title.until_day + timedelta(days=1) for title in held if title.until_day]
    return min([edge for edge in (*begins, *ends) if edge > day], default=None)


def _due_by(found: KeptVerdict, day: date | None) -> KeptVerdict:
    """The verdict, holding until the day at most."""
    sooner = day is not None and (found.changes_on is None or day < found.changes_on)
    return found._replace(changes_on=day) if sooner else found


def digest_of(facts: EnterpriseFacts) -> str:
    """A short word that stands for exactly these facts, to tell whether a verdict rests on others."""
    told = [_told(value) if type(value) in _LISTS else value for value in _FIELDS_OF[EnterpriseFacts](facts)]
    return sha256(repr(told).encode()).hexdigest()[:16]


def _told(value: object) -> object:
    """A list of the facts as plain values, which are written out far quicker than records are."""
    if not value:
        return []
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return [(key, _FIELDS_OF[type(each)](each)) for key, each in value.items()]
    if isinstance(value, tuple):
        return [(type(each).__name__, _FIELDS_OF[type(each)](each)) for each in value]
    return value


def kept(standard: Standard, verdict: Verdict, rules_change_on: date | None) -> KeptVerdict:
    """What is kept of a verdict by a standard so that lists need not judge again."""
    near = verdict.finding(verdict.not_met[0]) if verdict.outcome is Outcome.NEAR else None
    return KeptVerdict(
        level=standard.level,
        purpose=standard.purpose,
        rule_set_id=standard.rule_set_id,
        outcome=verdict.outcome.value,
        marks="".join([LETTERS[found.result] for found in verdict.findings]),
        not_met=spaced(verdict.not_met),
        missing=spaced(verdict.missing),
        to_judge=spaced(verdict.to_judge),
        vetoes=spaced(verdict.vetoes),
        lacks=spaced(sorted(set(_lacks(verdict)))),
        near_criterion=near.criterion if near else None,
        near_value=_worst(near),
        near_distance=None if near is None or near.distance is None else format(near.distance, "f"),
        earliest_on=near.earliest_on if near else None,
        changes_on=min([day for day in (verdict.changes_on, rules_change_on) if day], default=None),
    )


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
