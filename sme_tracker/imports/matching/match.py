"""A whole file against what is known: the plan that is shown, and what it would write."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sme_tracker.imports.matching import figures, ledger, register
from sme_tracker.imports.matching.effect import level_changes
from sme_tracker.imports.matching.verdict import Circumstances, Verdict, Write
from sme_tracker.imports.plan import Action, FileContent, Plan, PlannedRow
from sme_tracker.imports.rows import (
    EnterpriseRow,
    FiguresRow,
    LedgerRow,
    Problem,
    RegisterRow,
    shown_value,
)
from sme_tracker.rules.findings import Finding
from sme_tracker.rules.terms import Level

MATCHERS: Mapping[type[EnterpriseRow], Callable[[Any, Circumstances], Verdict]] = {
    RegisterRow: register.match,
    LedgerRow: ledger.match,
    FiguresRow: figures.match,
}
SAID_ONCE = frozenset({"row.source_assumed"})
"""What holds for a whole column is said at its first row only."""

_RANK = {action: rank for rank, action in enumerate((Action.REFUSED, Action.UNCHANGED, Action.CHANGE, Action.CREATE))}
Place = tuple[str, int]
Portion = tuple[Sequence[EnterpriseRow], Circumstances]


@dataclass
class Matched:
    """What an import would do: to the rows of the file, to the database, to today's counts of the levels."""

    plan: Plan
    writes: list[Write] = field(default_factory=list)
    levels: Mapping[Level, int] = field(default_factory=dict)


def match_file(content: FileContent, portions: Iterable[Portion]) -> Matched:
    """The plan of a file whose rows come in portions, each with what is known of its enterprises.

    A row of the file is one line of the plan, whatever parts it has: each part comes in, or is refused, for itself.
    """
    matcher = _Matcher(content)
    for rows, around in portions:
        for row in rows:
            matcher.take(MATCHERS[type(row)](row, around))
    matched = matcher.matched()
    if content.rows:
        matched.levels = level_changes(matched.writes, around.known, around.today)
    return matched


class _Matcher:
    """Gathers the verdicts of a file's rows."""

    def __init__(self, content: FileContent) -> None:
        self._content = content
        self._lines: dict[Place, PlannedRow] = {}
        self._writes: list[Write] = []
        self._problems = list(content.problems)
        self._said: set[str] = set()

    def take(self, verdict: Verdict) -> None:
        row, enterprise = verdict.row, verdict.enterprise
        place = row.sheet, row.row
        code, name = (enterprise.code, enterprise.name) if enterprise else (row.code, row.name)
        line = PlannedRow(row.sheet, row.row, verdict.action, code, name, verdict.changes)
        self._lines[place] = _together(self._lines[place], line) if place in self._lines else line
        self._writes += verdict.writes
        if verdict.said:
            self._problems += [self._problem(verdict, *said) for said in verdict.said if self._is_new(said[0])]

    def matched(self) -> Matched:
        """The plan in the order of the file; a row of which no part could be read is refused."""
        for problem in self._problems:
            if problem.finding.refuses and (row := self._row_of(problem)):
                refused = PlannedRow(problem.sheet, row, Action.REFUSED, name=problem.enterprise)
                self._lines.setdefault((problem.sheet, row), refused)
        sheets = {sheet: number for number, sheet in enumerate(self._content.lists)}
        last = len(sheets)
        lines = sorted(self._lines.values(), key=lambda line: (sheets.get(line.sheet, last), line.row))
        problems = sorted(self._problems, key=lambda problem: (sheets.get(problem.sheet, last), problem.row or 0))
        return Matched(Plan(lines, problems), self._writes)

    def _row_of(self, problem: Problem) -> int | None:
        """The row of an enterprise that a problem is about, None for one about the head or the sheet."""
        is_below = problem.row is not None and problem.row >= self._content.lists[problem.sheet].first_row
        return problem.row if is_below else None

    def _is_new(self, finding: Finding) -> bool:
        is_new = finding.code not in SAID_ONCE or finding.code not in self._said
        self._said.add(finding.code)
        return is_new

    def _problem(self, verdict: Verdict, finding: Finding, key: str) -> Problem:
        row = verdict.row
        column = self._content.lists[row.sheet].by_key.get(key)
        value = getattr(row, key, None)
        name = verdict.enterprise.name if verdict.enterprise else row.name
        return Problem(finding, row.sheet, row.row, column.written if column else None, shown_value(value), name)


def _together(one: PlannedRow, other: PlannedRow) -> PlannedRow:
    """The line of a row that has several parts: what becomes of it is the most that becomes of any."""
    action = max(one.action, other.action, key=_RANK.__getitem__)
    code, name = one.code or other.code, one.name or other.name
    return replace(one, action=action, code=code, name=name, changes={**one.changes, **other.changes})
