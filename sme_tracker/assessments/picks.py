"""Which enterprises a verdict or a single finding picks out of the list, and the verdicts of the rows of a page."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.judging import LETTERS
from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.assessments.rule_sets import Standard
from sme_tracker.enterprises.choosing import Choice
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.verdicts import Outcome, Result

_VERDICT = VerdictRecord.__table__
_ENTERPRISE = Enterprise.__table__


class Kept(NamedTuple):
    """A verdict as it is kept, and the level its enterprise holds."""

    enterprise_id: int
    level: str
    purpose: str
    rule_set_id: int
    marks: str
    held: int


def by_verdict(standard: Standard, outcome: Outcome | None) -> Choice:
    """The enterprises judged by the standard, or those it finds so."""
    outcomes, verdict = [outcome] if outcome else list(Outcome), _VERDICT.c
    ids = select(verdict.enterprise_id).where(_judged_by(standard), verdict.outcome.in_(outcomes))
    return Choice(ids, _told(standard, verdict.outcome).in_(outcomes))


def by_finding(standard: Standard, criterion: str, results: Collection[Result]) -> Choice:
    """The enterprises for which one criterion of the standard has one of these results.

    Few different rows of marks are kept for very many enterprises: those that fit are looked up first, each by one
    step in the index.
    """
    verdict = _VERDICT.c
    place = [each.key for each in standard.rule_set.criteria].index(criterion) + 1
    letters = [LETTERS[result] for result in results]
    mine = _judged_by(standard)
    known = select(func.min(verdict.marks).label("marks")).where(mine).cte("known", recursive=True)
    following = select(func.min(verdict.marks)).where(mine, verdict.marks > known.c.marks).scalar_subquery()
    known = known.union_all(select(following).where(known.c.marks.is_not(None)))
    fitting = select(known.c.marks).where(func.substr(known.c.marks, place, 1).in_(letters))
    ids = select(verdict.enterprise_id).where(mine, verdict.marks.in_(fitting))
    return Choice(ids, _told(standard, func.substr(verdict.marks, place, 1)).in_(letters))


def verdicts_of(
    session: Session, enterprise_ids: Sequence[int], standard: Standard | None = None
) -> Mapping[int, Sequence[Kept]]:
    """The verdicts of each enterprise, or only those by one standard."""
    verdict = _VERDICT.c
    columns = (verdict.enterprise_id, verdict.level, verdict.purpose, verdict.rule_set_id, verdict.marks)
    statement = (
        select(*columns, _ENTERPRISE.c.level)
        .join_from(_VERDICT, _ENTERPRISE, _ENTERPRISE.c.id == verdict.enterprise_id)
        .where(verdict.enterprise_id.in_(enterprise_ids))
    )
    if standard:
        statement = statement.where(verdict.level == standard.level, verdict.purpose == standard.purpose)
    found: dict[int, list[Kept]] = defaultdict(list)
    for row in session.connection().execute(statement):
        found[row[0]].append(Kept(*row))
    return found


def _judged_by(standard: Standard) -> ColumnElement[bool]:
    verdict = _VERDICT.c
    return and_(verdict.rule_set_id == standard.rule_set_id, verdict.purpose == standard.purpose)


def _told(standard: Standard, what: ColumnElement[str]) -> ScalarSelect[str]:
    """What the verdict by the standard says of one row of `enterprise`: one step in an index, as a value."""
    verdict = _VERDICT.c
    one = and_(verdict.enterprise_id == _ENTERPRISE.c.id, verdict.level == standard.level, _judged_by(standard))
    return select(what).where(one).correlate(_ENTERPRISE).scalar_subquery()
