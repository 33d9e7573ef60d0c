"""Setting the yearly targets, changing them and taking them back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.terms import Indicator
from sme_tracker.targets.models import Target

HIGHEST = 999_999
YEARS = range(2000, 2101)
Key = tuple[int, str, int | None]


@dataclass(frozen=True, slots=True)
class TargetValue:
    """What is to be reached in a year for an indicator by the city (`unit_id` None) or a unit; None takes it back."""

    year: int
    indicator: Indicator
    unit_id: int | None
    value: int | None

    @property
    def key(self) -> Key:
        """What there is one target for."""
        return self.year, self.indicator.value, self.unit_id


def set_targets(session: Session, by: Author, values: Sequence[TargetValue], reason: str | None = None) -> int:
    """Set the targets, retiring those they replace with the reason; returns how many changed.

    What units are given need not add up to the city's. Raises Refused for a number or a year that cannot be.
    """
    findings = [finding for value in values for finding in check_target(value)]
    if findings:
        raise Refused(*findings)
    known = _in_force(session, {value.year for value in values})
    wanted = {value.key: value for value in values}
    changed = [value for key, value in wanted.items() if _number(known.get(key)) != value.value]
    _retire(session, by, [known[value.key].id for value in changed if value.key in known], reason)
    added = [_row(value, by) for value in changed if value.value is not None]
    if added:
        session.execute(insert(Target), added)
    record(session, by, [_entry(value, known.get(value.key), reason) for value in changed])
    return len(changed)


def check_target(value: TargetValue) -> list[Finding]:
    """What speaks against the target."""
    findings = []
    if value.value is not None and not 0 <= value.value <= HIGHEST:
        findings.append(Finding("target.range", {"least": 0, "most": HIGHEST, "value": value.value}))
    if value.year not in YEARS:
        findings.append(Finding("target.year", {"first": YEARS[0], "last": YEARS[-1]}))
    return findings


def _in_force(session: Session, years: set[int]) -> dict[Key, Target]:
    found = session.scalars(select(Target).where(Target.year.in_(years), Target.in_force()))
    return {(target.year, target.indicator, target.unit_id): target for target in found}


def _retire(session: Session, by: Author, ids: Sequence[int], reason: str | None) -> None:
    if ids:
        session.execute(
            update(Target)
            .where(Target.id.in_(ids))
            .values(retired_at=by.at, retired_by_id=by.user_id, retired_reason=reason)
        )


def _number(target: Target | None) -> int | None:
    return target.value if target else None


def _row(value: TargetValue, by: Author) -> dict[str, object]:
    return {
        "year": value.year,
        "indicator": value.indicator.value,
        "unit_id": value.unit_id,
        "value": value.value,
        "recorded_at": by.at,
        "recorded_by_id": by.user_id,
    }


def _entry(value: TargetValue, before: Target | None, reason: str | None) -> Entry:
    changes: dict[str, tuple[object, object]] = {
        "year": (value.year, value.year),
        "indicator": (value.indicator.value, value.indicator.value),
        "unit_id": (value.unit_id, value.unit_id),
        "value": (_number(before), value.value),
    }
    if reason:
        changes["reason"] = (None, reason)
    return Entry("set_target" if value.value is not None else "withdraw_target", "target", None, None, changes)
