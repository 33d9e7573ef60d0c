"""What an import would do: the rows of a file against what is known, row by row, before anything is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from pathlib import Path

from sme_tracker.bulk import undisturbed
from sme_tracker.imports.fields import FileKind
from sme_tracker.imports.old_columns import Layout, NotAList
from sme_tracker.imports.rows import (
    READERS,
    EnterpriseRow,
    FiguresRow,
    LedgerRow,
    Problem,
    SheetList,
    open_list,
)
from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import LIMITS, Limits, SheetRefused


@dataclass
class FileContent:
    """What a file says, before anybody looks at what is known already."""

    kind: FileKind
    layouts: dict[str, Layout] = field(default_factory=dict)
    rows: list[EnterpriseRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Action(StrEnum):
    """What an import does with a row."""

    CREATE = auto()
    CHANGE = auto()
    UNCHANGED = auto()
    REFUSED = auto()


@dataclass(frozen=True)
class PlannedRow:
    """One row of the file and what becomes of it; `changes` holds field → (old, new)."""

    sheet: str
    row: int
    action: Action
    code: str | None = None
    name: str | None = None
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What an import would do; `problems` are in the order of the file."""

    kind: FileKind
    rows: Sequence[PlannedRow]
    problems: Sequence[Problem]

    @property
    def counts(self) -> Mapping[Action, int]:
        """Rows by what becomes of them."""
        counted = Counter(row.action for row in self.rows)
        return {action: counted[action] for action in Action}


@undisturbed()
def read_file(path: Path, original_name: str, limits: Limits = LIMITS) -> FileContent:
    """The facts of a file and all that is wrong with it.

    Sheets that hold no list are left out and named, hidden ones are not looked at. Raises SheetRefused when the file
    cannot be read or none of its sheets is a list.
    """
    content: FileContent | None = None
    refused: dict[str, NotAList] = {}
    for sheet in read_workbook(path, original_name, limits):
        if sheet.is_hidden:
            continue
        try:
            listed = open_list(sheet)
        except NotAList as not_a_list:
            refused[sheet.name] = not_a_list
            continue
        content = content or FileContent(listed.layout.kind)
        _add_sheet(content, listed)
    if content is None:
        raise min(refused.values(), key=_how_empty, default=SheetRefused("empty_workbook"))
    content.problems += [
        _about_sheet("sheet.not_read", name) for name, reason in refused.items() if reason.code != "empty_sheet"
    ]
    return content


def _how_empty(reason: NotAList) -> int:
    """The less there is to say about a sheet, the higher."""
    return ("columns_missing", "not_a_list", "no_head", "empty_sheet").index(reason.code)


def _add_sheet(content: FileContent, listed: SheetList) -> None:
    sheet, layout = listed.sheet.name, listed.layout
    if layout.kind is not content.kind:
        content.problems.append(_about_sheet("sheet.other_kind", sheet, kind=layout.kind.value))
        return
    content.layouts[sheet] = layout
    seen = {_identity(row): row for row in content.rows}
    for read in READERS[layout.kind](listed):
        if isinstance(read, Problem):
            content.problems.append(read)
        elif (first := seen.setdefault(_identity(read), read)) is read:
            content.rows.append(read)
        else:
            content.problems.append(_twice(read, first, layout))


def _identity(row: EnterpriseRow) -> tuple[object, ...]:
    """What may stand in a file once: an enterprise, one title of it at one time, its figures of one year and source."""
    enterprise = row.code or row.name
    if isinstance(row, LedgerRow):
        return enterprise, row.title, row.published_on or row.valid_from or row.batch
    if isinstance(row, FiguresRow):
        return enterprise, row.fiscal_year, row.source
    return (enterprise,)


def _twice(row: EnterpriseRow, first: EnterpriseRow, layout: Layout) -> Problem:
    column = layout.by_key.get("code") or layout.by_key["name"]
    finding = Finding("row.twice", {"sheet": first.sheet, "row": first.row})
    return Problem(finding, row.sheet, row.row, column.heading, row.code or row.name, row.name)


def _about_sheet(code: str, sheet: str, **parameters: object) -> Problem:
    return Problem(Finding(code, parameters, Severity.NOTICE), sheet)
