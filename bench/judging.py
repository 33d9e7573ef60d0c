"""Judging at full size: every shipped set over ten thousand enterprises, one enterprise alone, and what is kept."""

import time
from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice

from sqlalchemy import func, select, true

from sme_tracker.assessments.due import judge_due, mark_due
from sme_tracker.assessments.facts import facts_of
from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.assessments.tryout import Trial, try_out
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.shipped import shipped_rule_sets

ENTERPRISES = 10_000


def measure_judging(session: GuardedSession, today: date) -> Iterator[str]:
    """A line for each measurement, on a demo bureau whose enterprises are taken over and over again."""
    ids = list(session.scalars(select(Enterprise.id).order_by(Enterprise.id)))
    known = facts_of(session, ids)
    yield _all_sets(list(islice(cycle(known.values()), ENTERPRISES)), today)
    yield _one(session, ids[:100], today)
    yield _try_out(session, len(ids), today)
    with transaction(session):
        begun = time.process_time()
        mark_due(session, today)
        judge_due(session, today)
        used = time.process_time() - begun
    made = session.scalar(select(func.count()).select_from(VerdictRecord)) or 0
    yield f"judge, with database: {made / used:,.0f} verdicts per CPU second"


def _all_sets(enterprises: list[EnterpriseFacts], today: date) -> str:
    sets = shipped_rule_sets().values()
    begun = time.process_time()
    for rule_set in sets:
        for facts in enterprises:
            judge(rule_set, facts, today, rule_set.purposes[0])
    used = time.process_time() - begun
    made = len(enterprises) * len(sets)
    return f"{len(enterprises):,} enterprises × {len(sets)} sets: {used:.1f} s, {made / used:,.0f} verdicts a second"


def _one(session: GuardedSession, ids: list[int], today: date) -> str:
    sets = shipped_rule_sets().values()
    begun = time.process_time()
    for which in ids:
        facts = facts_of(session, [which])[which]
        for rule_set in sets:
            judge(rule_set, facts, today, rule_set.purposes[0])
    return f"one enterprise, read and judged by all sets: {(time.process_time() - begun) / len(ids) * 1000:.1f} ms"


def _try_out(session: GuardedSession, count: int, today: date) -> str:
    sets = shipped_rule_sets()
    trial = Trial(sets["little-giant-63-2022"], sets["little-giant-2-2026"], "new", true(), today)
    begun = time.process_time()
    try_out(session, trial)
    used = (time.process_time() - begun) / count * ENTERPRISES
    return f"try-out beside the set that applies: {used:.1f} s for each {ENTERPRISES:,} enterprises"
