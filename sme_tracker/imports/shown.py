"""A noted plan as the check page shows it: one part of its rows or problems, page by page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sme_tracker.imports.notes import NotedPlan, NotedRow
from sme_tracker.imports.plan import Action
from sme_tracker.imports.row_reading import fix_of
from sme_tracker.imports.rows import Problem
from sme_tracker.imports.words import reason
from sme_tracker.rules.findings import Severity
from sme_tracker.web.history_words import FIELDS, VALUES
from sme_tracker.web.language import gettext as _

PAGE_SIZE = 100
Part = Literal["create", "change", "unchanged", "errors", "notices"]
PARTS: tuple[Part, ...] = ("create", "change", "unchanged", "errors", "notices")


@dataclass(frozen=True)
class Group:
    """What is said alike of several rows: of one kind, about one value of one column."""

    first: Problem
    rows: Sequence[int]

    @property
    def others(self) -> int:
        """How many rows it is about besides the first."""
        return len(self.rows) - 1

    @property
    def fix(self) -> str | None:
        """The name under which a mended value is sent, for a cell that could not be read."""
        can_be_mended = self.first.value is not None and self.first.finding.code.partition(".")[0] in MENDED
        return fix_of(self.first.column, self.first.value) if can_be_mended else None


MENDED = frozenset({"cell", "value", "credit_code"})
"""What is said of cells that somebody may mend on the page."""


def grouped(problems: Sequence[Problem]) -> list[Group]:
    """Problems of one kind about one value together, in the order of the file; what tells of one row stays alone."""
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        alike = (problem.finding.code, problem.sheet, problem.column, problem.value)
        key = alike if problem.value is not None else (*alike, problem.row, id(problem))
        groups.setdefault(key, []).append(problem)
    return [Group(found[0], [one.row for one in found if one.row]) for found in groups.values()]


@dataclass(frozen=True)
class ShownPart:
    """One page of one part of a plan; `rows` for what is written, `problems` for what is said."""

    part: Part
    rows: Sequence[NotedRow]
    problems: Sequence[Group]
    first: int
    total: int
    page: int

    @property
    def last(self) -> int:
        """The place of the last line shown."""
        return min(self.first + PAGE_SIZE - 1, self.total)

    @property
    def pages(self) -> int:
        """How many pages the part has."""
        return max(1, -(-self.total // PAGE_SIZE))


def shown_part(plan: NotedPlan, asked: str | None, page: int) -> ShownPart:
    """The part asked for, else the first one that has something to look at, what is wrong before what is well."""
    part = next((known for known in PARTS if known == asked), None) or _first_to_look_at(plan)
    rows: list[NotedRow] = []
    problems: list[Group] = []
    if part == "errors":
        problems = grouped(said(plan, Severity.ERROR))
    elif part == "notices":
        problems = grouped(said(plan, Severity.NOTICE))
    else:
        rows = plan.of(Action(part))
    total = len(rows) + len(problems)
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    start = (page - 1) * PAGE_SIZE
    window = slice(start, start + PAGE_SIZE)
    return ShownPart(part, rows[window], problems[window], start + 1, total, page)


def said(plan: NotedPlan, severity: Severity) -> list[Problem]:
    """What is said of the file, of one severity."""
    return [problem for problem in plan.problems if problem.severity is severity]


def changes_in_words(changes: Mapping[str, Sequence[object]]) -> Iterator[tuple[str, str | None, str | None]]:
    """Field, old and new in words; what was unknown is None."""
    for name, (old, new) in changes.items():
        yield str(FIELDS.get(name, name)), _value(name, old), _value(name, new)


def left_out_reasons(plan: NotedPlan) -> dict[tuple[str, int], str]:
    """Why each row that is left out is, by sheet and row."""
    reasons: dict[tuple[str, int], list[str]] = {}
    for problem in said(plan, Severity.ERROR):
        if problem.row is not None:
            told = _("%(name)s: %(value)s", name=problem.column, value=reason(problem.finding))
            reasons.setdefault((problem.sheet, problem.row), []).append(
                told if problem.column else reason(problem.finding)
            )
    return {place: " ".join(told) for place, told in reasons.items()}


def _first_to_look_at(plan: NotedPlan) -> Part:
    if said(plan, Severity.ERROR):
        return "errors"
    with_rows: tuple[Part, ...] = ("change", "create", "unchanged")
    return next((part for part in with_rows if plan.count(Action(part))), "notices")


def _value(name: str, value: object) -> str | None:
    if value is None:
        return None
    return str(VALUES.get(name, {}).get(value, value))
