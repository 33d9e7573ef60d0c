"""The rows of a recognised sheet as typed facts, and everything that is wrong with them by row, column and value."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from sme_tracker.imports import cells
from sme_tracker.imports.cells import CellRefused
from sme_tracker.imports.fields import FIELD_OF, FileKind
from sme_tracker.imports.old_columns import Column, Layout, heading_of, recognise
from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.branches import is_branch
from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.rules.terms import RecognitionKind, Source, Title
from sme_tracker.sheets.sheet import Cell, Row, Sheet

LONGEST_VALUE_SHOWN = 100

_REMARK = re.compile(
    r"(?:数据来源|资料来源|来源|填表人|填报人|填报单位|制表人?|审核人?|单位负责人|负责人|联系人|说明|备注|注|source|note)\s*[:：]",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?:合\s*计|总\s*计|小\s*计|共\s*计|平\s*均|total|sum)\s*(?:[:：(（\d].*)?", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_SERIAL = re.compile(r"\d+(?:\.0)?")
_MAY_BE_NEGATIVE = frozenset({"net_profit_wan", "total_profit_wan"})
_PARSERS: Mapping[str, Callable[[Cell], Any]] = {
    "code": cells.code,
    "name": cells.name,
    "legal_representative": partial(cells.name, longest=LONGEST["legal_representative"]),
    "contact_name": partial(cells.name, longest=LONGEST["person"]),
    "contact_phone": partial(cells.text, longest=LONGEST["phone"]),
    "business_scope": cells.long_text,
    "batch": partial(cells.text, longest=LONGEST["batch"]),
    "document_no": partial(cells.text, longest=LONGEST["document_number"]),
    "certificate_no": partial(cells.text, longest=LONGEST["certificate_number"]),
    "founded_on": cells.day,
    "title": cells.title,
    "kind": cells.recognition_kind,
    "published_on": cells.day,
    "valid_from": cells.day,
    "valid_until": cells.day,
    "validity": cells.period,
    "review_opened_on": cells.day,
    "revoked_on": cells.day,
    "fiscal_year": cells.fiscal_year,
    "source": cells.source,
    "staff": cells.whole,
    "rd_staff": cells.whole,
}


@dataclass(frozen=True)
class Problem:
    """One thing to say about a file: what, and at which sheet, row, column and value; row None is the whole sheet.

    `enterprise` is the name that stands in the row.
    """

    finding: Finding
    sheet: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    enterprise: str | None = None

    @property
    def severity(self) -> Severity:
        """An error leaves its row out, a notice only informs."""
        return self.finding.severity


@dataclass(frozen=True, kw_only=True, slots=True)
class EnterpriseRow:
    """What every kind of row says first: where it stands and which enterprise it is about."""

    sheet: str
    row: int
    code: str | None = None
    name: str | None = None
    unit: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterRow(EnterpriseRow):
    """One enterprise of a register; what is None was empty or has no column, and says nothing."""

    code: str
    name: str
    registered_region: str | None = None
    address: str | None = None
    enterprise_type: str | None = None
    legal_representative: str | None = None
    registered_capital: str | None = None
    registered_capital_wan: Decimal | None = None
    founded_on: date | None = None
    industry: str | None = None
    chain: str | None = None
    niche: str | None = None
    main_product: str | None = None
    business_scope: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    group_parent: str | None = None
    is_branch: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerRow(EnterpriseRow):
    """One recognition of a ledger."""

    title: Title
    kind: RecognitionKind | None = None
    batch: str | None = None
    document_no: str | None = None
    certificate_no: str | None = None
    published_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    review_opened_on: date | None = None
    revoked_on: date | None = None
    revoke_reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FiguresRow(EnterpriseRow):
    """The figures of one enterprise, year and source; money in 万元."""

    fiscal_year: int
    source: Source | None = None
    revenue_wan: Decimal | None = None
    main_revenue_wan: Decimal | None = None
    rd_expense_wan: Decimal | None = None
    assets_wan: Decimal | None = None
    liabilities_wan: Decimal | None = None
    net_profit_wan: Decimal | None = None
    total_profit_wan: Decimal | None = None
    tax_wan: Decimal | None = None
    staff: int | None = None
    rd_staff: int | None = None


@dataclass(frozen=True)
class SheetList:
    """A sheet that was recognised as a list, to be read once."""

    sheet: Sheet
    layout: Layout
    rows: Iterator[tuple[int, Row]]


def open_list(sheet: Sheet) -> SheetList:
    """The list a sheet holds; raises NotAList when it holds none."""
    layout, rows = recognise(sheet)
    return SheetList(sheet, layout, rows)


def read_register(listed: SheetList) -> Iterator[RegisterRow | Problem]:
    """The enterprises of a register; a row with an error comes as its problems only."""
    return _read(listed, _register_rows)


def read_ledger(listed: SheetList) -> Iterator[LedgerRow | Problem]:
    """The recognitions of a ledger; a row with an error comes as its problems only."""
    return _read(listed, _ledger_rows)


def read_figures(listed: SheetList) -> Iterator[FiguresRow | Problem]:
    """The yearly figures of a file, one row per year also where years stand side by side in the head."""
    return _read(listed, _figures_rows)


READERS: Mapping[FileKind, Callable[[SheetList], Iterator[RegisterRow | LedgerRow | FiguresRow | Problem]]] = {
    FileKind.REGISTER: read_register,
    FileKind.LEDGER: read_ledger,
    FileKind.FIGURES: read_figures,
}
"""Kind of file → what reads its rows."""


class _ReadRow:
    """One row on its way to being a fact: the values that could be read, and what is to be said about the others."""

    def __init__(self, listed: SheetList, number: int) -> None:
        self.layout = listed.layout
        self.place: dict[str, Any] = {"sheet": listed.sheet.name, "row": number}
        self.values: dict[str, Any] = {}
        self.yearly: dict[int, dict[str, Any]] = {}
        self.problems: list[Problem] = []
        self.is_refused = False
        self._faulty: set[str] = set()

    def take(self, column: Column, parse: Callable[[Cell], Any], cell: Cell) -> bool:
        """Keep what the cell says, or the reason why it cannot be read; whether there was anything to keep."""
        try:
            value = parse(cell)
        except CellRefused as refused:
            self._faulty.add(column.field.key)
            self._add(refused.finding, column.heading, cell)
            return False
        if value is not None:
            values = self.values if column.year is None else self.yearly.setdefault(column.year, {})
            values[column.field.key] = value
        return value is not None

    def require(self, key: str) -> None:
        """Refuse the row when it is silent about `key`."""
        if key not in self.values and key not in self._faulty:
            self.say(Finding(f"row.no_{key}"), key)

    def require_enterprise(self) -> None:
        """Refuse the row when it names no enterprise, neither by code nor by name."""
        if "name" not in self.values:
            self.require("code")

    def say(self, finding: Finding, key: str) -> None:
        """Add something that is to be said about the column of `key`."""
        column = self.layout.by_key.get(key)
        self._add(finding, column.heading if column else None, self.values.get(key))

    def _add(self, finding: Finding, heading: str | None, cell: Cell) -> None:
        self.problems.append(Problem(finding, self.place["sheet"], self.place["row"], heading, shown_value(cell)))
        self.is_refused = self.is_refused or finding.refuses


ReadRow = TypeVar("ReadRow", bound=EnterpriseRow)


def _read(listed: SheetList, rows_of: Callable[[_ReadRow], Iterator[ReadRow]]) -> Iterator[ReadRow | Problem]:
    sheet, layout = listed.sheet.name, listed.layout
    yield from _about_columns(sheet, layout)
    parsers = [(column.index, column, _parser(column, layout)) for column in layout.columns]
    unitless = {column.index for column in layout.columns if column.field.is_money and not (column.unit or layout.unit)}
    unheaded = _Unheaded(sheet, layout)
    for number, row in listed.rows:
        if aside := _set_aside(layout, row):
            yield Problem(aside, sheet, number, value=shown_value(next(cell for cell in row if cell is not None)))
            continue
        yield from unheaded.about(number, row)
        read = _ReadRow(listed, number)
        for index, column, parse in parsers:
            cell = row[index] if index < len(row) else None
            if cell is None or not read.take(column, parse, cell):
                continue
            if index in unitless and not cells.names_unit(cell):
                unitless.remove(index)
                yield Problem(_notice("sheet.unit_assumed", unit="万元"), sheet, column=column.heading)
        if read.values or read.yearly or read.problems:
            named = read.values.get("name")
            rows = list(rows_of(read))
            yield from (replace(problem, enterprise=named) for problem in read.problems)
            yield from rows
    for repair in listed.sheet.repairs:
        yield Problem(_notice("row.repaired"), sheet, repair.row, value=shown_value(repair.text))


class _Unheaded:
    """What is said of cells no heading stands over: of those behind the last in every row, else once for a column."""

    def __init__(self, sheet: str, layout: Layout) -> None:
        self._sheet = sheet
        self._width = len(layout.headings)
        self._unsaid = {index for index, heading in enumerate(layout.headings) if not heading}

    def about(self, number: int, row: Row) -> Iterator[Problem]:
        for index in sorted(self._unsaid):
            if index < len(row) and _says_something(row[index]):
                self._unsaid.remove(index)
                yield self._problem(_notice("row.without_heading"), number, row[index])
        beyond = [cells.shown(cell).strip() for cell in row[self._width :] if _says_something(cell)]
        if beyond:
            yield self._problem(_notice("row.beyond_head"), number, "、".join(beyond))

    def _problem(self, finding: Finding, number: int, cell: Cell) -> Problem:
        return Problem(finding, self._sheet, number, value=shown_value(cell))


def _says_something(cell: Cell) -> bool:
    return bool(cells.shown(cell).strip())


def _register_rows(read: _ReadRow) -> Iterator[RegisterRow]:
    values = read.values
    if found := values.pop("registered_capital", None):
        values.update(registered_capital=found.written, registered_capital_wan=found.wan)
        if found.unread:
            read.say(found.unread, "registered_capital")
    read.require("code")
    read.require("name")
    if "unit" in read.layout.by_key and "unit" not in values:
        read.say(_notice("row.no_unit"), "unit")
    if (code := values.get("code")) and (doubt := cells.doubt_about(code)):
        read.say(doubt, "code")
    if not read.is_refused:
        branch = is_branch(values["name"], values.get("enterprise_type"))
        yield RegisterRow(**read.place, **values, is_branch=branch)


def _ledger_rows(read: _ReadRow) -> Iterator[LedgerRow]:
    values = read.values
    if period := values.pop("validity", None):
        values.setdefault("valid_from", period[0])
        values.setdefault("valid_until", period[1])
    read.require_enterprise()
    read.require("title")
    first, last = values.get("valid_from"), values.get("valid_until")
    if first and last and last < first:
        read.say(Finding("row.ends_before_it_begins", {"first": first, "last": last}), "valid_until")
    if not read.is_refused:
        yield LedgerRow(**read.place, **values)


def _figures_rows(read: _ReadRow) -> Iterator[FiguresRow]:
    read.require_enterprise()
    if not read.yearly:
        read.require("fiscal_year")
    if read.is_refused:
        return
    shared = {key: value for key in ("code", "name", "unit", "source") if (value := read.values.pop(key, None))}
    if year := read.values.pop("fiscal_year", None):
        read.yearly.setdefault(year, {}).update(read.values)
    for year, figures in sorted(read.yearly.items()):
        yield FiguresRow(**read.place, fiscal_year=year, **figures, **shared)


def _about_columns(sheet: str, layout: Layout) -> Iterator[Problem]:
    """What is to be said about the head: columns left out, doubled or converted, and the one for the unit missing."""
    for unread in layout.unread:
        code = "doubled_column" if unread.is_doubled else "other_column" if unread.belongs_to else "extra_column"
        finding = _notice(f"sheet.{code}", kind=unread.belongs_to.value if unread.belongs_to else "")
        yield Problem(finding, sheet, layout.head_row, unread.heading)
    for column in layout.columns:
        unit = column.unit or layout.unit
        if column.field.is_money and unit and unit != "万元":
            yield Problem(_notice("sheet.unit_converted", unit=unit), sheet, layout.head_row, column.heading)
    if layout.kind is FileKind.REGISTER and "unit" not in layout.by_key:
        yield Problem(_notice("sheet.no_unit_column"), sheet, layout.head_row)


def _parser(column: Column, layout: Layout) -> Callable[[Cell], Any]:
    key = column.field.key
    unit = column.unit or layout.unit or "万元"
    if key == "registered_capital":
        return partial(cells.capital, unit=unit)
    if column.field.is_money:
        return partial(cells.money_wan, unit=unit, may_be_negative=key in _MAY_BE_NEGATIVE)
    return _PARSERS.get(key, cells.text)


def _set_aside(layout: Layout, row: Row) -> Finding | None:
    """Why a row without a code is no enterprise: a remark or total at the foot, a lone number, the head again."""
    code, name = (_cell_of(layout, row, key) for key in ("code", "name"))
    if code is not None:
        is_head = not _DIGIT.search(str(code)) and heading_of(code).words in FIELD_OF[layout.kind]
        return _notice("row.repeated_head") if is_head else None
    filled = [str(cell).strip() for cell in row if cell is not None]
    if any(_REMARK.match(text) or _TOTAL.fullmatch(text) for text in filled[:3]):
        return _notice("row.footer")
    if name is None and len(filled) == 1 and _SERIAL.fullmatch(filled[0]):
        return _notice("row.only_a_number")
    return None


def _cell_of(layout: Layout, row: Row, key: str) -> Cell:
    column = layout.by_key.get(key)
    return row[column.index] if column and column.index < len(row) else None


def shown_value(cell: Cell) -> str | None:
    """A cell as a problem shows it: its beginning, where it is long."""
    if cell is None:
        return None
    text = cells.shown(cell)
    return text if len(text) <= LONGEST_VALUE_SHOWN else text[: LONGEST_VALUE_SHOWN - 1] + "…"


def _notice(code: str, **parameters: object) -> Finding:
    return Finding(code, parameters, Severity.NOTICE)
