"""A plan as it is noted beside its upload, so that looking at it again and again reads no workbook."""

import gzip
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sme_tracker.history.chain import plain
from sme_tracker.imports.matching.match import Matched
from sme_tracker.imports.plan import Action, FileContent
from sme_tracker.imports.rows import Problem
from sme_tracker.kept_files import new_file
from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.rules.terms import Level

_COMPRESSION = 1


@dataclass(frozen=True)
class NotedRow:
    """A row of the file and what becomes of it, as shown."""

    sheet: str
    row: int
    action: Action
    code: str | None
    name: str | None
    changes: Mapping[str, Sequence[object]]


@dataclass(frozen=True)
class NotedPlan:
    """What was found in a file and what it would do."""

    sheets: Mapping[str, Sequence[int]]
    rows: Sequence[NotedRow]
    problems: Sequence[Problem]
    levels: Mapping[Level, int] = field(default_factory=dict)
    digest: str = ""

    def of(self, action: Action) -> list[NotedRow]:
        """The rows of which this becomes."""
        return [row for row in self.rows if row.action is action]

    def count(self, action: Action) -> int:
        """How many rows this becomes of."""
        return sum(row.action is action for row in self.rows)

    @property
    def writes(self) -> int:
        """How many rows would be written."""
        return self.count(Action.CREATE) + self.count(Action.CHANGE)


def note(path: Path, content: FileContent, matched: Matched) -> None:
    """Note a plan beside its file."""
    noted = {
        "sheets": {sheet: [listed.head_row, listed.first_row] for sheet, listed in content.lists.items()},
        "rows": [
            [row.sheet, row.row, row.action.value, row.code, row.name, _plain(row.changes)] for row in matched.plan.rows
        ],
        "problems": [
            [
                *(problem.finding.code, {name: plain(one) for name, one in problem.finding.parameters.items()}),
                *(problem.severity.value, problem.sheet, problem.row, problem.column, problem.value),
                problem.enterprise,
            ]
            for problem in matched.plan.problems
        ],
        "digest": matched.plan.digest,
        "levels": {int(level): change for level, change in matched.levels.items()},
    }
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")  # two may note the same plan at once
    with new_file(unfinished) as file, gzip.open(file, "wt", encoding="utf-8", compresslevel=_COMPRESSION) as packed:
        packed.write(json.dumps(noted, ensure_ascii=False, separators=(",", ":")))
    unfinished.replace(path)


def noted_plan(path: Path) -> NotedPlan:
    """The plan noted beside a file; raises FileNotFoundError where none is."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        noted: dict[str, Any] = json.load(file)
    return NotedPlan(
        noted["sheets"],
        [NotedRow(sheet, row, Action(action), *rest) for sheet, row, action, *rest in noted["rows"]],
        [
            Problem(Finding(code, parameters, Severity(severity)), *place)
            for code, parameters, severity, *place in noted["problems"]
        ],
        {Level(int(level)): change for level, change in noted["levels"].items()},
        noted["digest"],
    )


def _plain(changes: Mapping[str, tuple[object, object]]) -> dict[str, list[object]]:
    return {name: [plain(old), plain(new)] for name, (old, new) in changes.items()}
