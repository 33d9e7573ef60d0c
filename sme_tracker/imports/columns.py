"""Where each column of a sheet goes: to a field with its unit, year and level, for certain, or after a question."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum, auto
from math import isfinite
from statistics import median
from typing import TypeGuard

from sme_tracker.imports.fields import WITHOUT_MEANING, FileKind
from sme_tracker.imports.headings import MONEY_UNITS, TITLE_WORDS, Heading, plain
from sme_tracker.imports.heads import Above, Head
from sme_tracker.imports.own_lists import COUNTED, is_own, own_words
from sme_tracker.imports.vocabulary import Meaning, Vocabulary
from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.rules.terms import Title
from sme_tracker.rules.values.numbers import PEOPLE_UNITS
from sme_tracker.sheets.sheet import Cell

CAPITAL = "registered_capital"
"""The amount that is kept as written where a cell says no unit, so that it never is a number of the wrong size."""
_LARGE_FOR_WAN = 1_000_000
_SHARE = re.compile(r"[%‰]|占|比重|比例|比率|增长|增速|同比|率$")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_OWN_UNIT = re.compile(r"[万亿元圆]")


class State(StrEnum):
    """How sure it is where a column goes; LEFT_OUT goes nowhere."""

    SURE = auto()
    CONFIRM = auto()
    CHOOSE = auto()
    LEFT_OUT = auto()


@dataclass(frozen=True)
class Column:
    """A column of a list: its place from 0, its heading as written, and what it is read as.

    `meaning` is what it goes to, or what is proposed; None is nothing. `doubts` says what has to be confirmed or
    chosen, and what is converted.
    """

    index: int
    written: str
    meaning: Meaning | None = None
    unit: str | None = None
    year: int | None = None
    title: Title | None = None
    state: State = State.SURE
    doubts: tuple[Finding, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether its cells are taken, as far as nobody has to say so first."""
        return self.meaning is not None and self.state is State.SURE

    @property
    def place(self) -> tuple[str, int | None, Title | None] | None:
        """What only one column of a list can be: a field of one year and level."""
        return (self.meaning.key, self.year, self.title) if self.meaning else None


@dataclass(frozen=True)
class Surroundings:
    """What a sheet says of all its rows outside its columns: in the lines above the head and by its name."""

    unit: str | None = None
    currency: str | None = None
    year: int | None = None
    title: Title | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Samples:
    """The first cells of each column, and whether a text is one of the districts."""

    rows: Sequence[Sequence[Cell]]
    is_district: Callable[[str], bool] = lambda _text: False

    def of(self, index: int) -> list[Cell]:
        """The filled cells of a column."""
        return [row[index] for row in self.rows if index < len(row) and row[index] not in (None, "")]


def surroundings_of(above: Above, sheet_name: str) -> Surroundings:
    """The year and level a sheet is about, if its title and name say just one."""
    texts = [*above.texts, sheet_name]
    years = {int(year) for text in texts for year in _YEAR.findall(text)}
    titles = {title for text in texts if (title := _title_in(plain(text)))}
    return Surroundings(
        above.unit,
        above.currency,
        years.pop() if len(years) == 1 else None,
        titles.pop() if len(titles) == 1 else None,
        tuple(texts),
    )


def columns_of(
    head: Head, block: range, around: Surroundings, samples: Samples, vocabulary: Vocabulary
) -> list[Column]:
    """Where each column of a list goes, as far as its heading, the sheet around it and its cells say so."""
    reader = _Reader(around, samples, vocabulary, _yearly_is_said(head, block, vocabulary), is_own(head))
    columns = [reader.column(index, head.written[index], head.headings[index]) for index in block]
    return list(_each_once(_of_kind([column for column in columns if column is not None], vocabulary)))


@dataclass(frozen=True)
class _Reader:
    around: Surroundings
    samples: Samples
    vocabulary: Vocabulary
    has_year_column: bool
    is_own: bool = False

    def column(self, index: int, written: str, heading: Heading) -> Column | None:
        """One column; None where it has no heading, or one that only numbers the rows."""
        if not written or (heading.words in WITHOUT_MEANING and not heading.unread):
            return None
        if self.is_own and own_words(written) in COUNTED:
            return Column(index, written, state=State.LEFT_OUT, doubts=(_asked("counted"),))
        meaning = self._meaning(index, heading)
        column = Column(index, written, meaning, None, heading.year, heading.title)
        if meaning is None:
            unit = heading.unit or self.around.unit
            return replace(column, unit=unit, state=State.CHOOSE, doubts=(_asked("heading_unknown"),))
        for step in (self._understood, self._in_yuan, self._of_people, self._of_a_year, self._of_a_level):
            column = step(column, heading)
            if column.meaning is None:
                break
        return column

    def _meaning(self, index: int, heading: Heading) -> Meaning | None:
        """The field the words name; where they name several, the cells decide."""
        found = self.vocabulary.meanings(heading.words)
        if heading.title:
            found = [meaning for meaning in found if meaning.part is FileKind.LEDGER]
        if found and found[0].field.key == "registered_region" and self._are_districts(index):
            return self.vocabulary.of_key["register.unit"]
        return found[0] if found else None

    def _are_districts(self, index: int) -> bool:
        cells = [cell for cell in self.samples.of(index) if isinstance(cell, str)]
        return bool(cells) and 2 * sum(map(self.samples.is_district, cells)) > len(cells)

    def _understood(self, column: Column, heading: Heading) -> Column:
        """What else the heading says: a share of a figure is not the figure."""
        if not heading.unread:
            return column
        said = "，".join(heading.unread)
        if any(_SHARE.search(one) for one in heading.unread):
            return _left(column, "heading_of_a_share", said=said)
        return _doubted(column, State.CONFIRM, "heading_remark", said=said)

    def _in_yuan(self, column: Column, heading: Heading) -> Column:
        if not column.meaning or not column.meaning.field.is_money:
            return column
        if currency := heading.currency or (None if heading.unit else self.around.currency):
            return _left(column, "heading_foreign", currency=currency)
        if heading.unit and heading.unit not in MONEY_UNITS:
            return _left(column, "heading_unit_of_other_kind", unit=heading.unit)
        unit = heading.unit or self.around.unit
        if unit:
            return replace(column, unit=unit)
        return with_likely_unit(column, self.samples)

    def _of_people(self, column: Column, heading: Heading) -> Column:
        meaning = column.meaning
        if not meaning or meaning.field.is_money or not meaning.field.is_yearly:
            return column
        if heading.unit and heading.unit not in PEOPLE_UNITS:
            return _left(column, "heading_unit_of_other_kind", unit=heading.unit)
        return replace(column, unit=heading.unit)

    def _of_a_year(self, column: Column, heading: Heading) -> Column:
        """A yearly figure needs a year: its heading's, that of a column, or else that of the sheet, to be confirmed."""
        if heading.part_of_year:
            return _left(column, "heading_part_of_year", said=heading.part_of_year)
        if not column.meaning or not column.meaning.field.is_yearly:
            return self._without_year(column, heading)
        if heading.years_back is not None:
            year = self.around.year - heading.years_back if self.around.year else None
            return self._with_year(column, year, "heading_relative_year")
        if heading.year or self.has_year_column:
            return column
        return self._with_year(column, self.around.year, "year_assumed")

    def _without_year(self, column: Column, heading: Heading) -> Column:
        """A year in the heading of what has none is a remark."""
        if heading.year is None:
            return column
        return _doubted(replace(column, year=None), State.CONFIRM, "heading_remark", said=str(heading.year))

    def _with_year(self, column: Column, year: int | None, code: str) -> Column:
        if year is None:
            return _doubted(column, State.CHOOSE, "year_missing")
        return _doubted(replace(column, year=year), State.CONFIRM, code, year=year)

    def _of_a_level(self, column: Column, heading: Heading) -> Column:
        """A level named in the heading belongs to what a recognition says; over anything else it is a remark."""
        if heading.title and column.meaning and column.meaning.part is not FileKind.LEDGER:
            return _doubted(replace(column, title=None), State.CONFIRM, "heading_remark", said=column.written)
        return column


def _yearly_is_said(head: Head, block: range, vocabulary: Vocabulary) -> bool:
    """Whether a column says each row's year."""
    words = (head.headings[index].words for index in block)
    return any(meaning.field.key == "fiscal_year" for word in words for meaning in vocabulary.meanings(word))


def _of_kind(columns: Sequence[Column], vocabulary: Vocabulary) -> Iterator[Column]:
    """类型 is how a title was given where a sheet is about titles, else what kind of enterprise it is."""
    is_of_titles = any(column.meaning and column.meaning.part is FileKind.LEDGER for column in columns)
    for column in columns:
        if is_of_titles and column.meaning and column.meaning.key == _TYPE and plain(column.written) == "类型":
            yield replace(column, meaning=vocabulary.of_key["ledger.kind"])
        else:
            yield column


_TYPE = "register.enterprise_type"


def _each_once(columns: Iterable[Column]) -> Iterator[Column]:
    """Of several columns that would go to one place the first; the others have to be chosen."""
    taken: set[object] = set()
    for column in columns:
        if column.place is not None and column.place in taken and column.state is not State.LEFT_OUT:
            yield _doubted(column, State.CHOOSE, "column_doubled")
        else:
            taken.add(column.place)
            yield column


def units_of(meaning: Meaning) -> Collection[str]:
    """The units that a field's column may count in."""
    if meaning.field.is_money:
        return MONEY_UNITS
    return PEOPLE_UNITS if meaning.field.is_yearly else ()


def with_likely_unit(column: Column, samples: Samples) -> Column:
    """An amount of which no unit is said outside its cells, with one to be confirmed unless the cells say theirs."""
    cells = samples.of(column.index)
    with_unit = sum(isinstance(cell, str) and bool(_OWN_UNIT.search(cell)) for cell in cells)
    is_capital = column.meaning is not None and column.meaning.field.key == CAPITAL
    if with_unit and (with_unit == len(cells) or is_capital):
        return column
    unit = _likely_unit(cells)
    return _doubted(replace(column, unit=unit), State.CONFIRM, "unit_assumed", unit=unit)


def _likely_unit(cells: Sequence[Cell]) -> str:
    """万元, unless the amounts are so large that they must be 元."""
    amounts = [abs(Decimal(cell)) for cell in cells if _is_number(cell)]
    return "元" if amounts and median(amounts) >= _LARGE_FOR_WAN else "万元"


def _is_number(cell: Cell) -> TypeGuard[float | int]:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and isfinite(cell)


def _title_in(text: str) -> Title | None:
    """The level a title line is about: 2022年度吉林省专精特新中小企业名单."""
    return next((title for words, title in TITLE_WORDS if len(words) > 2 and words in _QUOTES.sub("", text)), None)


_QUOTES = re.compile(r"[“”\"'‘’]")


def _doubted(column: Column, state: State, code: str, **parameters: object) -> Column:
    """The column with one doubt more; the graver state stays."""
    graver = max(column.state, state, key=_GRAVITY.index)
    return replace(column, state=graver, doubts=(*column.doubts, _asked(code, **parameters)))


def _left(column: Column, code: str, **parameters: object) -> Column:
    """The column as one that cannot be read as what its words name."""
    return _doubted(replace(column, meaning=None), State.CHOOSE, code, **parameters)


_GRAVITY = (State.SURE, State.CONFIRM, State.CHOOSE, State.LEFT_OUT)


def _asked(code: str, **parameters: object) -> Finding:
    return Finding(f"column.{code}", parameters, Severity.NOTICE)
