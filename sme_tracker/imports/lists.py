"""The lists that a sheet holds, side by side or one below the other: their columns, and their rows by number."""

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import NoReturn

from sme_tracker.imports.choices import Choices, chosen
from sme_tracker.imports.columns import Column, Samples, Surroundings, columns_of, surroundings_of
from sme_tracker.imports.fields import FIELDS, FileKind
from sme_tracker.imports.heads import HEAD_WITHIN_ROWS, MOST_LINES, Head, blocks_of, find_head, said_above
from sme_tracker.imports.vocabulary import Vocabulary
from sme_tracker.rules.terms import Title
from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import LIMITS, Limits, Row, Sheet, SheetRefused

SAMPLED_ROWS = 300


class NotAList(SheetRefused):
    """A sheet holds no list that can be read; another sheet of the same file may."""


@dataclass(frozen=True)
class Reading:
    """With what a file is read: the words of fields, what people decided, and which texts are districts.

    `confirms` takes for confirmed what is proposed and not decided; `fixes` are cells mended on the check page,
    `titles` what somebody said a list without a column of levels is about, `printed` the codes that do not verify and
    that somebody compared with the licence, `hidden` what somebody said about hidden rows and sheets.
    """

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    choices: Choices = field(default_factory=dict)
    confirms: bool = False
    fixes: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, Title] = field(default_factory=dict)
    printed: Container[str] = frozenset()
    hidden: Mapping[str, str] = field(default_factory=dict)
    is_district: Callable[[str], bool] = lambda _text: False

    def reads(self, sheet: Sheet) -> bool:
        """Whether a sheet is read: one that is hidden only where somebody said so."""
        return not sheet.is_hidden or self._said("hidden_sheet", sheet.name) == "yes"

    def reads_hidden_rows(self, label: str) -> bool:
        """Whether the hidden rows of a list are read, which they are unless somebody said otherwise."""
        return self._said("hidden_rows", label) != "no"

    def _said(self, kind: str, label: str) -> str | None:
        return self.hidden.get(f"{kind}:{label}") or self.hidden.get(f"{kind}:*")


OF_ALL_PARTS = ("code", "name", "former_name", "unit")
"""What every part of a row says of its enterprise."""


@dataclass
class SheetList:
    """One list: what it is called (the sheet's name), its head, its columns, and its rows, which are read once."""

    label: str
    sheet: Sheet
    head: Head
    block: range
    around: Surroundings
    columns: list[Column]
    rows: Iterator[tuple[int, Row]]
    title: Title | None = None

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Field → the column that is read as it, the first where several years or levels stand side by side."""
        return {column.meaning.field.key: column for column in reversed(self.read) if column.meaning}

    @property
    def read(self) -> list[Column]:
        """The columns whose cells are taken."""
        return [column for column in self.columns if column.is_read]

    @cached_property
    def parts(self) -> set[FileKind]:
        """The parts of a row that the columns say enough of: a recognition has a level, figures more than a year."""
        meanings = [(column.meaning, column.title) for column in self.read if column.meaning]
        found = {meaning.part for meaning, _title in meanings}
        if not self.says_levels:
            found.discard(FileKind.LEDGER)
        if not any(meaning.field.is_yearly for meaning, _title in meanings):
            found.discard(FileKind.FIGURES)
        return found

    @cached_property
    def is_register(self) -> bool:
        """Whether a row records its enterprise although it says nothing else: there are columns about enterprises."""
        own = (column.meaning for column in self.read if column.meaning and column.meaning.part is FileKind.REGISTER)
        return self.parts <= {FileKind.REGISTER} or any(meaning.field.key not in OF_ALL_PARTS for meaning in own)

    @property
    def says_levels(self) -> bool:
        """Whether it is said which titles the list is about: in a column, in headings, or by somebody."""
        return self.title is not None or "title" in self.by_key or any(column.title for column in self.read)

    @property
    def lacks_levels(self) -> bool:
        """Whether the list tells of recognitions without saying of which title."""
        return not self.says_levels and any(
            column.meaning and column.meaning.part is FileKind.LEDGER for column in self.read
        )

    @property
    def head_row(self) -> int:
        """The row of the head, or its first one."""
        return self.head.first_row

    @property
    def first_row(self) -> int:
        """The first row below the head."""
        return self.head.last_row + 1


def merit_of(reading: Reading) -> Callable[[Sequence[Row]], float]:
    """What tells how much the first rows of a text look like a list: how many columns they name."""

    def merit(rows: Sequence[Row]) -> float:
        head = find_head(list(rows), reading.vocabulary.words)
        return 0 if head is None else sum(1 for heading in head.headings if heading.words)

    return merit


def lists_in(sheet: Sheet, reading: Reading) -> list[SheetList]:
    """The lists a sheet holds; raises NotAList when none of its first rows names an enterprise."""
    rows = iter(sheet.rows)
    top = list(islice(rows, HEAD_WITHIN_ROWS + MOST_LINES + SAMPLED_ROWS))
    words = reading.vocabulary.words
    head = find_head(top, words)
    if head is None:
        refuse_without_head(sheet.name, top)
    around = surroundings_of(said_above(top[: head.first_row - 1]), sheet.name)
    blocks = blocks_of(head, words)
    below = enumerate(chain(top[head.last_row :], rows), start=head.last_row + 1)
    shared = _Shared(below, len(blocks))
    samples = Samples(top[head.last_row :], reading.is_district)
    lists = [
        SheetList(
            label=sheet.name if place == 0 else f"{sheet.name} ({place + 1})",
            sheet=sheet,
            head=head,
            block=block,
            around=around,
            columns=_columns(head, block, around, samples, reading),
            rows=shared.of(block),
            title=_title_of(sheet.name, around, reading),
        )
        for place, block in enumerate(blocks)
    ]
    if all(_names_only(listed) for listed in lists):
        raise NotAList("columns_missing", sheet=sheet.name, row=head.first_row, missing=EXPECTED.partition("、")[2])
    return lists


def lists_of_file(path: Path, original_name: str, reading: Reading, limits: Limits = LIMITS) -> Iterator[SheetList]:
    """The lists of all sheets that people see; raises SheetRefused for a file that cannot be read."""
    for sheet in read_workbook(path, original_name, limits, merit_of(reading)):
        if reading.reads(sheet):
            with suppress(NotAList):
                yield from lists_in(sheet, reading)


def _title_of(label: str, around: Surroundings, reading: Reading) -> Title | None:
    """What a list without a column of levels is about: as somebody said, or as its title line proposes."""
    return reading.titles.get(label) or (around.title if reading.confirms else None)


def _names_only(listed: SheetList) -> bool:
    """Whether a list says nothing of its enterprises but their names, so that nothing can be recorded from it."""
    says_nothing = listed.parts <= {FileKind.REGISTER} and listed.by_key.keys() <= _BESIDE_A_NAME
    return says_nothing and listed.around.title is None and not listed.lacks_levels


_BESIDE_A_NAME = {"name", "unit", "registered_region", "batch", "fiscal_year", "document_no", "published_on"}
"""What says nothing of an enterprise that only its name tells, without a level."""


def columns_anew(listed: SheetList, head: Head, reading: Reading) -> SheetList:
    """The list with the columns of another head that stands further down, be it narrower or wider."""
    block = range(listed.block.start, len(head.headings))
    columns = _columns(head, block, listed.around, Samples([], reading.is_district), reading)
    return replace(listed, head=head, block=block, columns=columns)


def _columns(head: Head, block: range, around: Surroundings, samples: Samples, reading: Reading) -> list[Column]:
    found = columns_of(head, block, around, samples, reading.vocabulary)
    return chosen(found, reading.choices, reading.vocabulary, samples, confirms=reading.confirms)


class _Shared:
    """The rows of a sheet for each of the lists side by side in it; a single list reads them as they come."""

    def __init__(self, rows: Iterator[tuple[int, Row]], lists: int) -> None:
        self._rows = rows
        self._kept: list[tuple[int, Row]] | None = None if lists == 1 else list(rows)

    def of(self, block: range) -> Iterator[tuple[int, Row]]:
        """The rows with the cells of one list only."""
        if self._kept is None:
            return self._rows
        return ((number, _part(row, block)) for number, row in self._kept)


def _part(row: Row, block: range) -> Row:
    """The row with the cells of one list only, each in its place."""
    return [cell if index in block else None for index, cell in enumerate(row)]


def refuse_without_head(sheet: str, top: Sequence[Row]) -> NoReturn:
    """Raise NotAList for a sheet without a head, saying what it looks like instead."""
    if all(cell is None for row in top for cell in row):
        raise NotAList("empty_sheet", sheet=sheet)
    texts = [cell for row in top for cell in row[2:] if cell is not None]
    figures = [cell for cell in texts if _NUMBER.fullmatch(str(cell))]
    if len(figures) >= MANY_FIGURES and 2 * len(figures) > len(texts):
        raise NotAList("not_a_list", sheet=sheet, expected=EXPECTED)
    raise NotAList("no_head", sheet=sheet, rows=HEAD_WITHIN_ROWS, expected=EXPECTED)


EXPECTED = "、".join(field.headings[0] for field in FIELDS[FileKind.REGISTER][:2])
"""What a list has at least."""
MANY_FIGURES = 10
_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+%?")
