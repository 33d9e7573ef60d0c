"""Rule sets out of the database, ready to judge by, and which of them applies to a level and purpose on a day."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.assessments.models import RuleAssignment, StoredRuleSet
from sme_tracker.rules.assignments import Assignment, RuleBook
from sme_tracker.rules.canonical import from_plain
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.shipped import shipped_rule_book

PLACE = "changchun"
"""The bureau's own place: its rules go before the province's, and those before the state's."""

LEVELS = ("innovative", "municipal", "provincial", "national")
"""What there are standards for, from the lowest."""

PURPOSES = ("new", "review")

_read: dict[tuple[str, str], RuleSet] = {}
_standards: dict[tuple[object, ...], "Standards"] = {}
_applying: dict[date, tuple["Standards", Mapping[str, "Standard"]]] = {}


_ASSIGNED = (
    select(
        RuleAssignment.rule_set_id,
        RuleAssignment.level,
        RuleAssignment.purpose,
        RuleAssignment.jurisdiction,
        RuleAssignment.from_day,
        RuleAssignment.until_day,
        StoredRuleSet.key,
        StoredRuleSet.digest,
    )
    .join(StoredRuleSet, StoredRuleSet.id == RuleAssignment.rule_set_id)
    .where(RuleAssignment.in_force())
    .order_by(RuleAssignment.from_day, RuleAssignment.id)
)


class Standard(NamedTuple):
    """A rule set that applies to a level and purpose, with its row's id."""

    level: str
    purpose: str
    rule_set_id: int
    rule_set: RuleSet

    @property
    def code(self) -> str:
        """How an address names it: "national", "national-review"."""
        return self.level if self.purpose == "new" else f"{self.level}-{self.purpose}"

    @property
    def judges(self) -> bool:
        """Whether its text is there and can be judged by."""
        return self.rule_set.judges


@dataclass(frozen=True, slots=True)
class Standards:
    """All rule sets that have been assigned, for any day."""

    book: RuleBook
    ids: Mapping[str, int]

    def on(self, day: date, level: str, purpose: str) -> Standard | None:
        """What applies to a level and purpose on a day, None where nothing does."""
        found = self.book.assigned(level, purpose, PLACE, day)
        return Standard(level, purpose, self.ids[found.key], found) if found else None

    def next_change(self, day: date) -> date | None:
        """The next day on which another rule set begins to apply, or one no longer does."""
        days = [each.from_day for each in self.book.assignments]
        days += [date.fromordinal(each.until_day.toordinal() + 1) for each in self.book.assignments if each.until_day]
        return min((each for each in days if each > day), default=None)


def read_rule_set(row: StoredRuleSet) -> RuleSet:
    """The rule set a row holds under its key, whatever is wrong with it; what was read once is kept by its digest."""
    which = (row.key, row.digest)
    if which not in _read:
        _read[which] = from_plain(RuleSet, {**row.table, "key": row.key})
    return _read[which]


def standards(session: Session) -> Standards:
    """The assignments in force with their rule sets, put together anew only when one of them has changed."""
    rows = tuple(session.connection().execute(_ASSIGNED).all())
    if rows not in _standards:
        _standards.clear()
        _standards[rows] = _put_together(session, rows)
    return _standards[rows]


def _put_together(session: Session, rows: Sequence[Any]) -> Standards:
    stored = session.scalars(select(StoredRuleSet).where(StoredRuleSet.id.in_({row.rule_set_id for row in rows})))
    rule_sets = {row.key: read_rule_set(row) for row in stored}
    assignments = tuple(as_assignment(row, row.key) for row in rows)
    book = RuleBook(rule_sets, assignments, shipped_rule_book().wider)
    return Standards(book, {row.key: row.rule_set_id for row in rows})


def as_assignment(row: Any, key: str) -> Assignment:
    """A recorded assignment as the rules know it."""
    return Assignment(key, row.level, row.purpose, row.jurisdiction, row.from_day, row.until_day)


def applying(found: Standards, day: date) -> Iterator[Standard]:
    """Every standard that applies on the day and can be judged by."""
    for level in LEVELS:
        for purpose in PURPOSES:
            standard = found.on(day, level, purpose)
            if standard and standard.judges:
                yield standard


def applying_by_code(session: Session, day: date) -> Mapping[str, Standard]:
    """The standards one is judged by on the day, by their codes; put together anew when an assignment has changed."""
    now = standards(session)
    known, found = _applying.get(day, (None, {}))
    if known is not now:
        found = {each.code: each for each in applying(now, day)}
        _applying.clear()
        _applying[day] = now, found
    return found


def next_level(held: int, new: Container[str]) -> str:
    """The level an enterprise is measured by: the next above the one held that it would apply for anew.

    `held` counts the ladder, `new` has the levels that can be applied for; at the top it is the highest.
    """
    above = LEVELS[held + 1 if held else 0 :]
    return next((level for level in above if level in new), "national" if held == len(LEVELS) - 1 else "provincial")
