"""What an import would do: the rows of a file against what is known, row by row, before anything is written."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum, auto
from hashlib import sha256
from pathlib import Path

from sme_tracker.bulk import undisturbed
from sme_tracker.imports.fields import FileKind
from sme_tracker.imports.lists import NotAList, Reading, SheetList, lists_in, merit_of
from sme_tracker.imports.row_reading import read_list
from sme_tracker.imports.rows import EnterpriseRow, FiguresRow, LedgerRow, Problem, RegisterRow
from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import LIMITS, Limits, SheetRefused


@dataclass
class FileContent:
    """What a file says, before anybody looks at what is known already; `lists` by their labels."""

    lists: dict[str, SheetList] = field(default_factory=dict)
    rows: list[EnterpriseRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def parts(self) -> set[FileKind]:
        """What the file says something of."""
        return set().union(*(listed.parts for listed in self.lists.values()))

    @property
    def kind(self) -> str:
        """The parts as an import keeps them: "register,ledger"."""
        return ",".join(part.value for part in FileKind if part in self.parts) or FileKind.REGISTER.value


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

    rows: Sequence[PlannedRow]
    problems: Sequence[Problem]

    @property
    def digest(self) -> str:
        """What distinguishes this plan from any other: what becomes of each row, and every change from old to new."""
        told = [(row.sheet, row.row, row.action.value, row.code, row.changes) for row in self.rows]
        return sha256(json.dumps(told, default=str, ensure_ascii=False).encode()).hexdigest()[:32]

    @property
    def counts(self) -> Mapping[Action, int]:
        """Rows by what becomes of them."""
        counted = Counter(row.action for row in self.rows)
        return {action: counted[action] for action in Action}


@undisturbed()
def read_file(path: Path, original_name: str, reading: Reading | None = None, limits: Limits = LIMITS) -> FileContent:
    """The facts of a file and all that is wrong with it.

    Sheets that hold no list are left out and named, and so are hidden ones that hold one. Raises SheetRefused when the
    file cannot be read or none of its sheets is a list.
    """
    reading, content = reading or Reading(), FileContent()
    refused: dict[str, NotAList] = {}
    for sheet in read_workbook(path, original_name, limits, merit_of(reading)):
        try:
            found = lists_in(sheet, reading)
        except NotAList as not_a_list:
            if reading.reads(sheet):
                refused[sheet.name] = not_a_list
            continue
        if sheet.is_hidden:
            code = "sheet.hidden_read" if reading.reads(sheet) else "sheet.hidden"
            content.problems.append(_about_sheet(code, sheet.name, question=f"hidden_sheet:{sheet.name}"))
        if not reading.reads(sheet):
            continue
        for listed in found:
            content.lists[listed.label] = listed
        _Gathering(content).take(found, reading)
    if not content.lists:
        raise min(refused.values(), key=_how_empty, default=SheetRefused("empty_workbook"))
    content.problems += [
        _about_sheet("sheet.not_read", name) for name, reason in refused.items() if reason.code != "empty_sheet"
    ]
    return content


def _how_empty(reason: NotAList) -> int:
    """The less there is to say about a sheet, the higher."""
    return ("columns_missing", "not_a_list", "no_head", "empty_sheet").index(reason.code)


class _Gathering:
    """Gathers the rows of a file; of what is said twice the first counts."""

    def __init__(self, content: FileContent) -> None:
        self._content = content
        self._seen = {_identity(row): row for row in content.rows}

    def take(self, lists: Iterable[SheetList], reading: Reading) -> None:
        """Read the lists of a sheet."""
        for listed in lists:
            for read in read_list(listed, reading):
                if isinstance(read, Problem):
                    self._content.problems.append(read)
                elif (first := self._seen.setdefault(_identity(read), read)) is read:
                    self._content.rows.append(read)
                else:
                    self._content.problems += _twice(read, first, listed)


def _identity(row: EnterpriseRow) -> tuple[object, ...]:
    """What may stand in a file once: an enterprise, one title of it at one time, its figures of one year and source."""
    enterprise = row.code or row.name
    if isinstance(row, LedgerRow):
        return enterprise, row.title, row.published_on or row.valid_from or row.batch
    if isinstance(row, FiguresRow):
        return enterprise, row.fiscal_year, row.source
    return (enterprise,)


def _twice(row: EnterpriseRow, first: EnterpriseRow, listed: SheetList) -> Iterator[Problem]:
    """What a row that says the same as an earlier one says differently; nothing is lost where it says no more."""
    differing = [
        listed.by_key[name].written if name in listed.by_key else name
        for name in (one.name for one in fields(row))
        if name not in ("sheet", "row", "estimated") and getattr(row, name) not in (None, getattr(first, name))
    ]
    if isinstance(row, RegisterRow) and not differing and len(listed.parts) > 1:
        return
    column = listed.by_key.get("code") or listed.by_key["name"]
    where: dict[str, object] = {"sheet": first.sheet, "row": first.row}
    finding = (
        Finding("row.twice", {**where, "columns": "、".join(differing)})
        if differing
        else Finding("row.twice_alike", where, Severity.NOTICE)
    )
    yield Problem(finding, row.sheet, row.row, column.written, row.code or row.name, row.name)


def _about_sheet(code: str, sheet: str, **parameters: object) -> Problem:
    return Problem(Finding(code, parameters, Severity.NOTICE), sheet)
