"""Which of a sheet's rows is the head, what kind of file that makes it, and which column is which."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import NoReturn

from sme_tracker.imports.fields import FIELD_OF, FIELDS, SHARED, WITHOUT_MEANING, Field, FileKind
from sme_tracker.sheets.sheet import Cell, Row, Sheet, SheetRefused

HEAD_WITHIN_ROWS = 20

_UNIT = r"(?:cny|rmb|人民币)?(百万元|千元|万元|亿元|元|10,?000(?:yuan)?|10k|yuan|cny|rmb)(?:人民币)?"
_UNIT_IN_BRACKETS = re.compile(rf"(?:单位[:]?)?{_UNIT}")
_UNIT_AT_THE_END = re.compile(rf"(.+?)[,/:_]?(?:单位[:]?)?{_UNIT}")
_STATED_UNIT = re.compile(r"单位[:：]?(?:人民币)?(百万元|千元|万元|亿元|元)")
_ENGLISH_UNITS = {"yuan": "元", "cny": "元", "rmb": "元"}
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|\d+[.、])|\*")
_YEAR_BEFORE = re.compile(r"(20\d\d)年?度?末?(.*)")
_YEAR_AFTER = re.compile(r"(.+?)(20\d\d)年?度?末?")
_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+%?")


class NotAList(SheetRefused):
    """A sheet holds no list that can be read; another sheet of the same file may."""


@dataclass(frozen=True)
class Column:
    """A column that is read: its place from 0, its heading as written, and the unit and year that heading names."""

    index: int
    heading: str
    field: Field
    unit: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class UnreadColumn:
    """A column that is not read: because another one before it says the same, or because it has no place here.

    `belongs_to` is the kind of file in which it would be read.
    """

    heading: str
    is_doubled: bool
    belongs_to: FileKind | None = None


@dataclass(frozen=True)
class Layout:
    """What was recognised in a sheet: rows count from 1, `unit` is the one stated above the head, such as 单位：元."""

    kind: FileKind
    head_row: int
    first_row: int
    headings: tuple[str, ...]
    columns: tuple[Column, ...]
    unread: tuple[UnreadColumn, ...]
    unit: str | None

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Field → its column, the first where several years stand side by side."""
        return {column.field.key: column for column in reversed(self.columns)}


@dataclass(frozen=True)
class Heading:
    """A heading without brackets, blanks, numbering, unit and year."""

    words: str
    unit: str | None = None
    year: int | None = None


def recognise(sheet: Sheet) -> tuple[Layout, Iterator[tuple[int, Row]]]:
    """The layout of a sheet, and its rows below the head with their numbers.

    Raises NotAList when no row among the first twenty is the head of one of the three kinds of file; the expected
    columns are named.
    """
    rows = iter(sheet.rows)
    top = list(islice(rows, HEAD_WITHIN_ROWS + 1))
    layouts = [layout for number in range(1, HEAD_WITHIN_ROWS + 1) for layout in _layouts_at(top, number)]
    best = max(layouts, key=_merit, default=None)
    if best is None or len(best.columns) < 2:
        _refuse_without_head(sheet.name, top)
    if missing := _missing(best):
        raise NotAList(
            "columns_missing", sheet=sheet.name, row=best.head_row, kind=best.kind.value, missing="、".join(missing)
        )
    below = chain(top[best.first_row - 1 :], rows)
    return best, enumerate(below, start=best.first_row)


def heading_of(cell: Cell) -> Heading:
    """A heading taken apart: 2021年营业收入（万元） is 营业收入 of 2021 in 万元."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", str(cell or ""))).casefold()
    plain = _NUMBERING.sub("", plain)
    remarks = ["".join(remark) for remark in _BRACKETS.findall(plain)]
    unit = next((_unit(match[1]) for remark in remarks if (match := _UNIT_IN_BRACKETS.fullmatch(remark))), None)
    words = _BRACKETS.sub("", plain)
    if not unit and words not in _EVERY_HEADING and (match := _UNIT_AT_THE_END.fullmatch(words)):
        words, unit = match[1], _unit(match[2])
    elif match := re.fullmatch(rf"(.+?)[,/:_]{_UNIT}", words):
        words = match[1]
    if match := _YEAR_BEFORE.fullmatch(words):
        return Heading(match[2], unit, int(match[1]))
    if match := _YEAR_AFTER.fullmatch(words):
        return Heading(match[1], unit, int(match[2]))
    return Heading(words, unit)


_EVERY_HEADING = frozenset(heading for headings in FIELD_OF.values() for heading in headings)


def _unit(written: str) -> str:
    return "万元" if written.startswith("10") else _ENGLISH_UNITS.get(written, written)


def _layouts_at(top: Sequence[Row], number: int) -> Iterator[Layout]:
    """What the row could be the head of, alone and together with a second line of headings below it."""
    if number > len(top) or not any(top[number - 1]):
        return
    row = top[number - 1]
    unit = _stated_unit(top[: number - 1])
    for kind in FileKind:
        layout = _layout(kind, row, number, number + 1, unit)
        yield layout
        if number < len(top) and _is_second_line(top[number], layout):
            yield _layout(kind, _joined(row, top[number]), number, number + 2, unit)


def _layout(kind: FileKind, row: Row, head_row: int, first_row: int, unit: str | None) -> Layout:
    columns: dict[tuple[str, int | None], Column] = {}
    unread: list[UnreadColumn] = []
    headings = tuple(re.sub(r"\s+", " ", str(cell or "")).strip() for cell in row)
    for index, written in enumerate(headings):
        heading = heading_of(written)
        field = FIELD_OF[kind].get(heading.words)
        if field is None or (heading.year and not field.is_yearly):
            if heading.words not in WITHOUT_MEANING:
                unread.append(UnreadColumn(written, is_doubled=False, belongs_to=_kind_with(heading.words)))
        elif (field.key, heading.year) in columns:
            unread.append(UnreadColumn(written, is_doubled=True))
        else:
            columns[field.key, heading.year] = Column(index, written, field, heading.unit, heading.year)
    return Layout(kind, head_row, first_row, headings, tuple(columns.values()), tuple(unread), unit)


def _kind_with(heading: str) -> FileKind | None:
    return next((kind for kind in FileKind if heading in FIELD_OF[kind]), None)


def _stated_unit(above: Iterable[Row]) -> str | None:
    for cell in chain.from_iterable(above):
        if isinstance(cell, str) and (match := _STATED_UNIT.search(re.sub(r"\s", "", cell))):
            return match[1]
    return None


def _is_second_line(row: Row, layout: Layout) -> bool:
    """A line of headings under merged ones: texts, but nothing under the name and the code."""
    identity = [column for key in ("name", "code") if (column := layout.by_key.get(key))]
    under = [row[column.index] for column in identity if column.index < len(row)]
    others = [cell for cell in row if cell is not None]
    return bool(identity) and not any(under) and bool(others) and not any(isinstance(cell, float) for cell in others)


def _joined(upper: Row, lower: Row) -> Row:
    """Both lines as one; a merged heading stands over the columns to its right that have none of their own."""
    joined: Row = []
    heading: Cell = None
    for index in range(max(len(upper), len(lower))):
        own = upper[index] if index < len(upper) else None
        below = lower[index] if index < len(lower) else None
        heading = own if own is not None else heading
        joined.append(own if below is None else f"{heading or ''}{below}")
    return joined


def _merit(layout: Layout) -> tuple[bool, int, int]:
    """Complete layouts first, then those with most columns; what only ledgers or figures have counts double.

    Name and code alone do not make a register of a ledger without its level, or of figures without their year: what
    such a file says would be passed over in silence.
    """
    keys = {column.field.key for column in layout.columns} - SHARED
    weight = 1 if layout.kind is FileKind.REGISTER else 2
    own_elsewhere = {column.belongs_to for column in layout.unread if column.belongs_to}
    is_whole = not _missing(layout) and (bool(keys) or not own_elsewhere)
    return is_whole, len(keys) * weight + len(layout.columns), -layout.head_row


def _missing(layout: Layout) -> list[str]:
    """The headings without which a file of this kind cannot be read."""
    keys = {column.field.key for column in layout.columns}
    if any(column.year for column in layout.columns):
        keys.add("fiscal_year")
    headings = {field.key: field.headings[0] for field in FIELDS[layout.kind]}
    return [headings[either[0]] for either in _REQUIRED[layout.kind] if not keys & set(either)]


_REQUIRED: Mapping[FileKind, Sequence[Sequence[str]]] = {
    FileKind.REGISTER: (("name",), ("code",)),
    FileKind.LEDGER: (("name", "code"), ("title",), ("published_on", "valid_from", "validity", "batch")),
    FileKind.FIGURES: (
        ("name", "code"),
        ("fiscal_year",),
        [field.key for field in FIELDS[FileKind.FIGURES] if field.is_yearly],
    ),
}
"""What a file of each kind cannot do without: one of each group, the first of which is named when all are missing."""


def _refuse_without_head(sheet: str, top: Sequence[Row]) -> NoReturn:
    cells = [cell for row in top for cell in row if cell is not None]
    if not cells:
        raise NotAList("empty_sheet", sheet=sheet)
    figures = [cell for row in top for cell in row[2:] if cell is not None and _NUMBER.fullmatch(str(cell))]
    texts = [cell for row in top for cell in row[2:] if cell is not None]
    if len(figures) >= 10 and 2 * len(figures) > len(texts):
        raise NotAList("not_a_list", sheet=sheet, expected=_EXPECTED)
    raise NotAList("no_head", sheet=sheet, rows=HEAD_WITHIN_ROWS, expected=_EXPECTED)


_EXPECTED = "、".join(field.headings[0] for field in FIELDS[FileKind.REGISTER][:2])
