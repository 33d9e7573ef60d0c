"""Reads the rows of a list as typed facts, and says all that is wrong with them by row, column and value."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from sme_tracker.imports import cells
from sme_tracker.imports.columns import Column, State
from sme_tracker.imports.fields import FileKind
from sme_tracker.imports.heads import is_head_again
from sme_tracker.imports.lists import OF_ALL_PARTS, Reading, SheetList, columns_anew
from sme_tracker.imports.parsers import REQUIRED, parser
from sme_tracker.imports.rows import EnterpriseRow, FiguresRow, LedgerRow, Problem, RegisterRow, shown_value
from sme_tracker.imports.unseen import Hidden, Unheaded
from sme_tracker.rules.branches import is_branch
from sme_tracker.rules.credit_code import CHECK_CHARACTER
from sme_tracker.rules.findings import Finding, Severity, notice
from sme_tracker.rules.terms import Title
from sme_tracker.rules.values.days import Day, Period
from sme_tracker.rules.values.identity import EnterpriseNamed
from sme_tracker.rules.values.numbers import PEOPLE_UNITS
from sme_tracker.rules.values.reading import Unread
from sme_tracker.sheets.decoding import BROKEN
from sme_tracker.sheets.sheet import Cell, Row

_REMARK = re.compile(
    r"(?:数据来源|资料来源|来源|填表人|填报人|填表单位|填报单位|制表人?|制表单位|审核人?|单位负责人"
    r"|分管领导|负责人|联系人|联系电话|说明|备注|注|source|note|(?:制表|填表|填报|报送|统计|打印)(?:日期|时间)"
    r"|单位\s*[(（]?(?:盖章|公章)[)）]?|盖章)\s*(?:[(（]盖?章[)）])?\s*[:：].*|单位[(（]?盖章[)）]?",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r".{0,12}(?:合\s*计|总\s*计|小\s*计|共\s*计|平\s*均|累\s*计)\s*(?:[:：(（\d].*)?|total.*|sum|共\s*\d+\s*[户家].*",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"[(（]?(?:[一二三四五六七八九十]+|\d{1,2})[)）、.．\s]\s*(?P<name>.+?)\s*(?:[(（]\s*共?\s*\d+\s*[户家个]\s*[)）])?"
    r"|(?P<bare>.+?)\s*[(（]\s*共?\s*\d+\s*[户家个]\s*[)）]"
)
_SAME_AS_ABOVE = frozenset({"同上", "〃", "″", "同前", "〞", "''", '"', "ditto"})
_SERIAL = re.compile(r"\d+(?:\.0)?")
_CODE_ALIKE = re.compile(r"(?=.*\d)[0-9A-Za-z]{15,18}", re.ASCII)
"""What is a code, or was meant to be one, so that its row is an enterprise without looking any further."""


def read_list(listed: SheetList, reading: Reading) -> Iterator[EnterpriseRow | Problem]:
    """The facts of a list, each part of a row for itself, and what is to be said about its columns and cells.

    A part that cannot be read comes as its problems only; the other parts of its row come in.
    """
    yield from _about_columns(listed)
    reader, hidden = _Reader(listed, reading), Hidden(listed)
    reads_hidden = reading.reads_hidden_rows(listed.label)
    for number, row in listed.rows:
        if hidden.count(number, row) and not reads_hidden:
            continue
        yield from reader.read(number, row)
    yield from hidden.problems(are_read=reads_hidden)
    for repair in listed.sheet.repairs:
        yield Problem(notice("row.repaired"), listed.label, repair.row, value=shown_value(repair.text))


def fix_of(heading: str | None, value: str | None) -> str:
    """The name under which the mended value of all such cells of a column is kept."""
    return f"fix:{heading}|{value}"


class _Reader:
    """Reads the rows of a list one after the other; some hold for those below them."""

    def __init__(self, listed: SheetList, reading: Reading) -> None:
        self.reading = reading
        self.section: str | None = None
        self.above: Row = []
        self._begin(listed)

    def _begin(self, listed: SheetList) -> None:
        self.listed = listed
        parsing = partial(parser, begins_1904=listed.sheet.begins_1904, printed=self.reading.printed)
        self.parsers = [(column, parsing(column)) for column in listed.read]
        self.unheaded = Unheaded(listed)
        self.has_code = "code" in listed.by_key

    def read(self, number: int, row: Row) -> Iterator[EnterpriseRow | Problem]:
        """What one row says."""
        if aside := self._set_aside(row):
            yield Problem(aside, self.listed.label, number, value=shown_value(next(c for c in row if c is not None)))
            return
        yield from self.unheaded.about(number, row)
        read = _ReadRow(self.listed, number)
        for column, parse in self.parsers:
            cell = self._cell(row, column.index)
            if self.reading.fixes and cell is not None:
                cell = self.reading.fixes.get(fix_of(column.written, shown_value(cell)), cell)
            if cell is not None:
                read.take(column, parse, cell)
        self.above = row
        if read.says_something:
            named = read.values.get("name")
            rows = list(_rows_of(read, self.section))
            yield from (replace(problem, enterprise=named) for problem in read.problems)
            yield from rows

    def _cell(self, row: Row, index: int) -> Cell:
        """The cell of a column; 同上 is the one above it."""
        cell = row[index] if index < len(row) else None
        if isinstance(cell, str) and cell.strip() in _SAME_AS_ABOVE and index < len(self.above):
            row[index] = self.above[index]
            return self.above[index]
        return cell

    def _set_aside(self, row: Row) -> Finding | None:
        """Why a row is no enterprise: the head again, a remark or total, the heading of a section, a lone number."""
        filled = [text for cell in row if cell is not None and (text := cells.shown(cell).strip())]
        code = cells.shown(self._cell(row, self.listed.by_key["code"].index)).strip() if self.has_code else ""
        if not filled or _CODE_ALIKE.fullmatch(code):
            return None
        again = None if self._is_named(row) else is_head_again(row, self.listed.head, self.reading.vocabulary.words)
        if again:
            if [text for text in again.written if text] != [text for text in self.listed.head.written if text]:
                self._begin(columns_anew(self.listed, again, self.reading))
            return notice("row.repeated_head")
        if len(code) < _SHORTEST_CODE and any(_REMARK.fullmatch(text) or _TOTAL.fullmatch(text) for text in filled[:3]):
            return notice("row.footer")
        if code:
            return None
        if len(set(filled)) == 1:
            return self._alone(filled[0])
        return None

    def _is_named(self, row: Row) -> bool:
        """Whether the column of names holds one, which no heading is."""
        column = self.listed.by_key.get("name")
        name = cells.shown(row[column.index]).strip() if column and column.index < len(row) else ""
        return len(name) >= _SHORTEST_NAME and _LOOKS_LIKE_A_NAME.search(name) is not None

    def _alone(self, text: str) -> Finding | None:
        """Why the only text of a row is no enterprise; the name of a district holds for the rows below it."""
        if _SERIAL.fullmatch(text):
            return notice("row.only_a_number")
        match = _SECTION.fullmatch(text)
        name = (match["name"] or match["bare"]) if match else text
        if self.reading.is_district(name):
            self.section = name
            return notice("row.section", district=name)
        return notice("row.heading") if match and not _LOOKS_LIKE_A_NAME.search(name) else None


_SHORTEST_CODE = 15
"""What is shorter can be a sum in the column of codes, but no code that somebody mistyped."""
_SHORTEST_NAME = 6
_LOOKS_LIKE_A_NAME = re.compile(r"(?:公司|厂|中心|合作社|事务所|研究院|研究所|集团|院)(?:[(（].*[)）])?$")


class _ReadRow:
    """One row on its way to being facts: the values that could be read, and what is to be said about the others."""

    def __init__(self, listed: SheetList, number: int) -> None:
        self.listed = listed
        self.place: dict[str, Any] = {"sheet": listed.label, "row": number}
        self.values: dict[str, Any] = {}
        self.yearly: dict[int | None, dict[str, Any]] = {}
        self.titled: dict[Title | None, dict[str, Any]] = {}
        self.problems: list[Problem] = []
        self.lost: set[str] = set()

    @property
    def says_something(self) -> bool:
        """Whether any cell says anything, readable or not."""
        return bool(self.values or self.yearly or self.titled or self.problems)

    def take(self, column: Column, parse: Callable[[Cell], Any], cell: Cell) -> None:
        """Keep what the cell says, or the reason why it cannot be read."""
        meaning = column.meaning
        if meaning is None:
            return
        key = meaning.field.key
        try:
            value = parse(_whole(cell))
        except Unread as refused:
            self.lost.add(key)
            finding = _asked(refused.finding) if key in REQUIRED else _left_out(refused.finding)
            self.problems.append(self._problem(finding, column.written, cell))
            return
        if value is None:
            return
        if isinstance(value, EnterpriseNamed):
            self._take_name(value)
        elif meaning.part is FileKind.FIGURES and meaning.field.is_yearly:
            self.yearly.setdefault(column.year, {})[key] = value
        elif meaning.part is FileKind.LEDGER and key != "title":
            self.titled.setdefault(column.title, {})[key] = value
        else:
            self.values[key] = value

    def _take_name(self, named: EnterpriseNamed) -> None:
        """A name without what stands in brackets behind it, which is said."""
        self.values["name"] = named.name
        if named.former:
            self.values["former_name"] = named.former
        for note in named.notes:
            self.say(notice("row.name_note", note=note), "name", named.name)

    def say(self, finding: Finding, key: str, cell: Cell = None) -> None:
        """Add something that is to be said about the column of `key`, and the cell if it holds anything."""
        column = self.listed.by_key.get(key)
        self.problems.append(self._problem(finding, column.written if column else None, cell))

    def _problem(self, finding: Finding, heading: str | None, cell: Cell) -> Problem:
        return Problem(finding, self.place["sheet"], self.place["row"], heading, shown_value(cell))


def _asked(finding: Finding) -> Finding:
    """What is said of a cell that its row cannot do without; a code may be on the licence as it is written."""
    if finding.code != CHECK_CHARACTER:
        return finding
    return Finding(finding.code, {**finding.parameters, "question": f"printed:{finding.parameters['code']}"})


def _left_out(finding: Finding) -> Finding:
    """What is said of a cell that is left out alone."""
    return Finding(finding.code, {**finding.parameters, "is_left_out": True}, Severity.NOTICE)


def _days_of(values: dict[str, Any]) -> dict[str, date]:
    """Put the days themselves in the place of what is known of them; returns the first day each estimate could be."""
    known = {key: value for key, value in values.items() if isinstance(value, Day)}
    values.update({key: day.value for key, day in known.items()})
    return {key: day.first for key, day in known.items() if day.is_estimated}


def _whole(cell: Cell) -> Cell:
    """The cell, unless characters in it were lost before it came here; raises Unread then."""
    if isinstance(cell, str) and BROKEN in cell:
        raise Unread(Finding("cell.broken_characters"))
    return cell


def _rows_of(read: _ReadRow, section: str | None) -> Iterator[EnterpriseRow]:
    """The parts of a row, the enterprise first; none without a name or a code that can be read."""
    values = read.values
    if "code" in read.lost or ("code" not in values and "name" not in values):
        if not read.lost & {"code", "name"}:
            read.say(Finding("row.no_code"), "code")
        return
    if section is not None:
        values.setdefault("unit", section)
    shared: dict[str, Any] = {key: values.pop(key) for key in OF_ALL_PARTS if key in values}
    parts = read.listed.parts
    rows: list[EnterpriseRow] = []
    if read.listed.is_register:
        rows += _register_rows(read, shared)
    if FileKind.LEDGER in parts:
        rows += _ledger_rows(read, shared)
    if FileKind.FIGURES in parts:
        rows += _figures_rows(read, shared)
    if not rows and not any(problem.severity is Severity.ERROR for problem in read.problems):
        named = "code" if "code" in shared else "name"
        read.say(Finding("row.only_named"), named, shared[named])
    yield from rows


SHARED_OF_FIGURES = frozenset({"title", "fiscal_year", "source"})
"""What is not the register's among the values of a row."""


def _register_rows(read: _ReadRow, shared: Mapping[str, Any]) -> Iterator[RegisterRow]:
    values = {key: value for key, value in read.values.items() if key not in SHARED_OF_FIGURES}
    if found := values.pop("registered_capital", None):
        values.update(registered_capital=found.written, registered_capital_wan=found.wan)
        if found.unread:
            read.say(found.unread, "registered_capital", found.written)
    if "unit" in read.listed.by_key and "unit" not in shared:
        read.say(notice("row.no_unit"), "unit")
    if (code := shared.get("code")) and (doubt := cells.doubt_about(code)):
        read.say(doubt, "code", code)
    branch = is_branch(shared.get("name") or "", values.get("enterprise_type"))
    estimated = _days_of(values)
    yield RegisterRow(**read.place, **shared, **values, is_branch=branch, estimated=estimated)


def _ledger_rows(read: _ReadRow, shared: Mapping[str, Any]) -> Iterator[LedgerRow]:
    """One recognition for each title the row names, in the column of titles or in the headings of its days."""
    together = read.titled.pop(None, {})
    of_sheet = (read.listed.title,) if together and "title" not in read.listed.by_key else ()
    named = read.values.get("title") or of_sheet
    titles: list[Title] = [title for title in named if title]
    if together and not titles and not read.titled and "title" not in read.lost:
        read.say(Finding("row.no_title"), "title")
    if len(titles) > 1 and together:
        read.say(notice("row.titles_alike"), "title")
    for title in [*titles, *(one for one in read.titled if one and one not in titles)]:
        said = {**(together if title in titles else {}), **read.titled.get(title, {})}
        if row := _ledger_row(read, shared, title, said):
            yield row


def _ledger_row(read: _ReadRow, shared: Mapping[str, Any], title: Title, said: Mapping[str, Any]) -> LedgerRow | None:
    values = dict(said)
    period: Period | None = values.pop("validity", None)
    published_on: Day | None = values.get("published_on")
    valid_from: date | None = None
    if period:
        first = period.from_day
        if first and "valid_from" not in values and not (published_on and first.may_be(published_on.value)):
            values["valid_from"], valid_from = first, period.starts_on
        if "valid_until" not in values:
            values.update(valid_years=period.years, valid_until=period.until)
    estimated = _days_of(values)
    values["valid_from"] = valid_from or values.get("valid_from")
    first_day, last_day = values["valid_from"], values.get("valid_until")
    if first_day and last_day and last_day < first_day:
        read.say(Finding("row.ends_before_it_begins", {"first": first_day, "last": last_day}), "valid_until")
        return None
    return LedgerRow(**read.place, **shared, title=title, estimated=estimated, **values)


def _figures_rows(read: _ReadRow, shared: Mapping[str, Any]) -> Iterator[FiguresRow]:
    undated = read.yearly.pop(None, {})
    if year := read.values.get("fiscal_year"):
        read.yearly[year] = {**undated, **read.yearly.get(year, {})}
    elif undated and "fiscal_year" not in read.lost:
        read.say(Finding("row.no_fiscal_year"), "fiscal_year")
    source = read.values.get("source")
    for said in sorted(year for year in read.yearly if year):
        yield FiguresRow(**read.place, **shared, fiscal_year=said, source=source, **read.yearly[said])


def _about_columns(listed: SheetList) -> Iterator[Problem]:
    """What is to be said about the head: columns left out with their reason, converted ones, and what is assumed."""
    for column in listed.columns:
        yield from (
            Problem(finding, listed.label, listed.head_row, column.written) for finding in _about_column(column)
        )
    if listed.lacks_levels:
        asked = {"question": f"title:{listed.label}", "title": listed.around.title}
        code = "sheet.title_proposed" if listed.around.title else "sheet.no_title"
        yield Problem(Finding(code, asked), listed.label, listed.head_row)
    if listed.parts <= {FileKind.REGISTER} and "unit" not in listed.by_key:
        yield Problem(notice("sheet.no_unit_column"), listed.label, listed.head_row)


def _about_column(column: Column) -> Iterator[Finding]:
    if column.state in (State.CHOOSE, State.CONFIRM):
        yield from (replace(doubt, severity=Severity.ERROR) for doubt in column.doubts)
        return
    if column.state is State.LEFT_OUT:
        yield from column.doubts or (notice("column.left_out"),)
        return
    yield from column.doubts
    if column.meaning and column.meaning.field.is_money and column.unit not in (None, "万元"):
        yield notice("sheet.unit_converted", unit=column.unit)
    if column.unit in PEOPLE_UNITS and PEOPLE_UNITS[column.unit or ""] > 1:
        yield notice("column.people_converted", unit=column.unit)
