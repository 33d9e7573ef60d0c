"""Why an enterprise stands on a shortlist or does not: what the rule for candidates and the standard say of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.assessments.facts import facts_of
from sme_tracker.assessments.judging import judge_each, verdict_on
from sme_tracker.assessments.rule_sets import Standard
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.queries import Viewer, visible_to
from sme_tracker.enterprises.search import matching
from sme_tracker.enterprises.standing import standing_on, timelines
from sme_tracker.rules.counting import Standing
from sme_tracker.rules.verdicts import Verdict
from sme_tracker.shortlists.bars import Bar, bars_of
from sme_tracker.shortlists.draft import Draft, Row

MOST = 20
"""So many enterprises are answered for at once; who is looked for among more types a longer part of the name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An enterprise, its row on the list if it has one, what bars it by rule, and the verdict by the list's standard.

    `standing` is that of the day the list shows; `verdict` is None where no standard applied on it.
    """

    enterprise: Enterprise
    standing: Standing
    row: Row | None
    bars: Sequence[Bar]
    verdict: Verdict | None


def answers(session: Session, user: Viewer, listed: Draft, typed: str) -> list[Answer]:
    """The enterprises that are found by what was typed, each with why it is on the list or not."""
    rows = {row.candidate.enterprise_id: row for row in listed.rows}
    found = session.scalars(
        select(Enterprise)
        .where(matching(session, typed).condition(session), visible_to(user))
        .order_by(Enterprise.level.desc(), Enterprise.id)
        .limit(MOST)
    ).all()
    ids = [one.id for one in found]
    standings, verdicts = timelines(session, ids), _verdicts(session, listed.standard, ids, listed.as_of)
    return [
        _answer(listed, one, standing_on(standings.get(one.id, []), listed.as_of), rows.get(one.id), verdicts)
        for one in found
    ]


def _answer(
    listed: Draft, one: Enterprise, standing: Standing, row: Row | None, verdicts: dict[int, Verdict]
) -> Answer:
    verdict = verdicts.get(one.id)
    bars = list(row.bars if row else _bars(listed, one, standing, verdict))
    return Answer(one, standing, row, bars, verdict)


def _bars(listed: Draft, one: Enterprise, standing: Standing, verdict: Verdict | None) -> Iterator[Bar]:
    title, level, status = listed.key.title, standing.level, standing.status
    until = one.barred_until
    yield from bars_of(title, listed.as_of, level, status, is_branch=one.is_branch, barred_until=until)
    if verdict and verdict.vetoes:
        yield Bar.VETOED


def _verdicts(session: Session, standard: Standard | None, ids: Sequence[int], day: date) -> dict[int, Verdict]:
    if standard is None:
        return {}
    return judge_each(facts_of(session, ids), lambda facts: verdict_on(standard, facts, day))
