"""The targets of a year, as known now or then, and how they came to be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.terms import Indicator
from sme_tracker.targets.models import Target

CHANGES_SHOWN = 50
_TARGETS = select(Target.indicator, Target.unit_id, Target.value).where(Target.year == bindparam("of_year"))
_TARGETS_NOW = _TARGETS.where(Target.in_force())
Place = tuple[Indicator, int | None]
"""What a year has one target for: an indicator, and a unit or None for the city."""


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One change of a target: from and to (None: not set), when, by whom, why."""

    indicator: Indicator
    unit: str | None
    unit_en: str | None
    before: int | None
    after: int | None
    at: datetime
    who: str | None
    reason: str | None


def targets_of(session: Session, year: int, known_at: datetime | None = None) -> dict[Place, int]:
    """The targets of the year by indicator and unit (None: the city), as known at the instant or now."""
    if known_at is None:
        rows = session.execute(_TARGETS_NOW, {"of_year": year})
    else:
        rows = session.execute(_TARGETS.where(Target.known_at(known_at)), {"of_year": year})
    return {(Indicator(row.indicator), row.unit_id): row.value for row in rows}


def years_with_targets(session: Session) -> list[int]:
    """The years that have a target, the latest first."""
    return list(session.scalars(select(Target.year).where(Target.in_force()).distinct().order_by(Target.year.desc())))


def changes_of(session: Session, year: int) -> list[TargetChange]:
    """The latest changes of the year's targets, the last first: set, changed and taken back."""
    rows = session.execute(
        select(Target, ReportingUnit.short_name, ReportingUnit.name_en)
        .outerjoin(ReportingUnit, ReportingUnit.id == Target.unit_id)
        .where(Target.year == year)
        .order_by(Target.indicator, Target.unit_id, Target.recorded_at, Target.id)
    ).all()
    people = {user.id: user.full_name for user in session.execute(select(User.id, User.full_name))} if rows else {}
    changes = []
    for (indicator, _unit), group in groupby(rows, lambda row: (row[0].indicator, row[0].unit_id)):
        found = list(group)
        for before, after, at, author, reason in _steps([row[0] for row in found]):
            unit = (found[0].short_name, found[0].name_en)
            changes.append(
                TargetChange(Indicator(indicator), *unit, before, after, at, people.get(author or 0), reason)
            )
    return sorted(changes, key=lambda change: change.at, reverse=True)[:CHANGES_SHOWN]


def _steps(facts: Sequence[Target]) -> Iterator[tuple[int | None, int | None, datetime, int | None, str | None]]:
    """How one target came to be, from its facts in order: from, to, when, by whom, why."""
    for earlier, fact, later in zip([None, *facts], facts, [*facts[1:], None], strict=False):
        replaced = earlier if earlier and earlier.retired_at == fact.recorded_at else None
        reason = replaced.retired_reason if replaced else None
        yield replaced.value if replaced else None, fact.value, fact.recorded_at, fact.recorded_by_id, reason
        if fact.retired_at and not (later and later.recorded_at == fact.retired_at):
            yield fact.value, None, fact.retired_at, fact.retired_by_id, fact.retired_reason
