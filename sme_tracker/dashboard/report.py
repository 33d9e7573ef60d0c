"""Every measure of the board as a table or as JSON, for the command line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from sme_tracker.clock import end_of_day
from sme_tracker.dashboard.kept import numbers_of
from sme_tracker.dashboard.measures import GOALS, MEASURES
from sme_tracker.enterprises.measure import MeasureQuery
from sme_tracker.targets.queries import targets_of


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A measure with its number, and its target where one is set."""

    key: str
    label: str
    value: int
    target: int | None


def report(session: Session, as_of: date, known_on: date | None = None, unit_id: int | None = None) -> list[ReportLine]:
    """All measures on the day, as known by the end of `known_on` or now, for the city or a unit."""
    asked = MeasureQuery(as_of.year, as_of, end_of_day(known_on) if known_on else None, unit_id)
    numbers, targets = numbers_of(session, asked), targets_of(session, asked.year, asked.known_at)
    of_goals = {measure.key: targets.get((indicator, unit_id)) for indicator, measure in GOALS.items()}
    return [
        ReportLine(key, str(measure.label), numbers.value(measure, unit_id), of_goals.get(key))
        for key, measure in MEASURES.items()
    ]


def as_json(lines: list[ReportLine], as_of: date) -> str:
    """The report for other programs."""
    measures: Mapping[str, object] = {
        line.key: {"label": line.label, "value": line.value, "target": line.target} for line in lines
    }
    return json.dumps({"as_of": as_of.isoformat(), "measures": measures}, ensure_ascii=False, indent=2)


def as_table(lines: list[ReportLine]) -> str:
    """The report for people: key, number, target, label."""
    longest = max(len(line.key) for line in lines)
    return "\n".join(
        f"{line.key:<{longest}}  {line.value:>7,}  {_target(line.target):>7}  {line.label}" for line in lines
    )


def _target(target: int | None) -> str:
    return "—" if target is None else f"{target:,}"
