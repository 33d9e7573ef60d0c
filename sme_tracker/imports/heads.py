"""Where the head of a list stands: which rows name its columns, what is said above it, and where it begins anew."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sme_tracker.imports.headings import Heading, heading_of, plain, stated_unit
from sme_tracker.sheets.sheet import Cell, Row

HEAD_WITHIN_ROWS = 60
MOST_LINES = 3
IDENTITY = frozenset({"name", "code"})

_LONGEST_HEADING = 60
_ABOUT_THE_SHEET = re.compile(r".*(?:单位|日期|时间|部门|电话|人|说明|备注|注)\s*[:：]")
"""A text that says something of the whole sheet, as 填报单位：… and 单位：万元 do, is no line of its head."""


@dataclass(frozen=True)
class Head:
    """The rows that name the columns, counted from 1, and per column its heading as written and as understood."""

    first_row: int
    last_row: int
    written: tuple[str, ...]
    headings: tuple[Heading, ...]


@dataclass(frozen=True)
class Above:
    """What the lines above a head say: their texts in order, and the unit or currency one of them states."""

    texts: tuple[str, ...] = ()
    unit: str | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Words:
    """The words of every field, and those among them that name an enterprise by its name or code."""

    known: Container[str]
    identity: Container[str]


def find_head(top: Sequence[Row], words: Words) -> Head | None:
    """The head among the first rows of a sheet; None where no row names an enterprise and anything else.

    A head has up to three lines. Taken is what names most columns, and says most of their years and units;
    lines are added only where they say more. A better head further down does not make what stands between it
    and an earlier one a title: those are rows, and lost if they were.
    """
    found = [
        head
        for first in range(min(len(top), HEAD_WITHIN_ROWS))
        for lines in range(1, MOST_LINES + 1)
        if (head := _head(top[first : first + lines], first + 1, lines, words))
    ]
    best = None
    while found:
        best = max(found, key=lambda head: _merit(head, words))
        found = [head for head in found if any(map(_is_a_row, top[head.last_row : best.first_row - 1]))]
    return best


def _is_a_row(row: Row) -> bool:
    """Whether a row says several things, as titles and remarks do not."""
    return len({text for cell in row if (text := shown_heading(cell))}) > 1


def said_above(rows: Iterable[Row]) -> Above:
    """What stands above the head, each text once also where it is merged over many columns."""
    texts = tuple(dict.fromkeys(text for row in rows for cell in row if (text := shown_heading(cell))))
    stated = next((stated for text in texts if (stated := stated_unit(text))), Heading())
    return Above(texts, stated.unit, stated.currency)


def is_head_again(row: Row, head: Head, words: Words) -> Head | None:
    """The head a row below another head is: the same once more, or one of another order or list."""
    again = _head([row], 0, 1, words)
    return again if again and len(_named(again, words)) >= min(3, len(_named(head, words))) else None


def blocks_of(head: Head, words: Words) -> list[range]:
    """The columns of each list that stands side by side with others under one head; one list is the usual case.

    A list begins anew where the heading of its name, or of its code, comes again with the same year and level.
    """
    for identity in _repeated_identity(head, words):
        before = identity[0] - _first_used(head)
        starts = [place - before for place in identity]
        blocks = [range(first, last) for first, last in zip(starts, [*starts[1:], len(head.headings)], strict=True)]
        first = [heading.words for heading in head.headings[blocks[0].start : blocks[0].stop] if heading.words]
        others = [{head.headings[at].words for at in block} - {""} for block in blocks[1:]]
        if all(other <= set(first) for other in others):
            return blocks
    return [range(len(head.headings))]


def shown_heading(cell: Cell) -> str:
    """A cell of a head as people read it: in one line, whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return re.sub(r"\s+", " ", str(cell if cell is not None else "")).strip()


def _head(rows: Sequence[Row], first_row: int, lines: int, words: Words) -> Head | None:
    if len(rows) < lines or not any(shown_heading(cell) for cell in rows[0]):
        return None
    shown = [[shown_heading(cell) for cell in row] for row in rows]
    if any(len(text) > _LONGEST_HEADING for row in shown for text in row):
        return None
    columns = list(_columns(shown))
    headings = tuple(heading_of(levels, words.known) for levels in columns)
    head = Head(first_row, first_row + lines - 1, tuple(map(_written, columns)), headings)
    identity = [at for at, heading in enumerate(headings) if heading.words in words.identity]
    if not identity or len(_named(head, words)) < 2 or not _lines_belong(shown, identity, words):
        return None
    return head


def _columns(shown: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Per column the texts of all lines; a heading over several columns stands over those that have none of their own.

    The lowest line is nobody's heading but its own column's.
    """
    width = max(map(len, shown))
    lines = [[*row, *[""] * (width - len(row))] for row in shown]
    for row, below in pairwise(lines):
        for at in range(1, width):
            if not row[at] and below[at] and row[at - 1] and not _is_own(lines, at):
                row[at] = row[at - 1]
    return zip(*lines, strict=True)


def _is_own(lines: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column stands beside the group to its left: it has an own heading in one line, as the first ones do."""
    texts = [row[at] for row in lines if row[at]]
    left = [row[at - 1] for row in lines if row[at - 1]]
    return len(texts) == 1 and len(set(left)) == 1 and lines[-1][at] != "" and lines[-1][at - 1] == ""


def _lines_belong(shown: Sequence[Sequence[str]], identity: Sequence[int], words: Words) -> bool:
    """Whether several lines are one head: over and under the name of an enterprise nothing else may stand."""
    if len(shown) == 1:
        return True
    if any(_ABOUT_THE_SHEET.match(text) for row in shown[:-1] for text in row):
        return False
    for at in identity:
        texts = {text for row in shown if at < len(row) and (text := row[at])}
        if len({plain(text) for text in texts}) > 1:
            return False
    return not any(_is_title(row, identity) for row in shown[:-1]) and any(map(any, shown[1:]))


def _is_title(row: Sequence[str], identity: Sequence[int]) -> bool:
    """Whether a line is a title: one text, which begins at or before the name of an enterprise."""
    filled = [at for at, text in enumerate(row) if text]
    return len({row[at] for at in filled}) == 1 and filled[0] <= identity[0]


def _written(levels: Sequence[str]) -> str:
    return " › ".join(dict.fromkeys(level for level in levels if level))


def _named(head: Head, words: Words) -> set[tuple[object, ...]]:
    """The columns whose field is known, each once."""
    return {(heading.words, heading.year, heading.title) for heading in head.headings if heading.words in words.known}


def _merit(head: Head, words: Words) -> tuple[int, int, int, int]:
    known = [heading for heading in head.headings if heading.words in words.known]
    told = sum(any((heading.year, heading.title, heading.unit, heading.currency)) for heading in known)
    return len(_named(head, words)), told, head.first_row - head.last_row, -head.first_row


def _repeated_identity(head: Head, words: Words) -> Iterator[list[int]]:
    """Where the same heading that names an enterprise stands more than once."""
    places: dict[str, list[int]] = {}
    for at, heading in enumerate(head.headings):
        if heading.words in words.identity:
            places.setdefault(heading.words, []).append(at)
    return (at for at in places.values() if len(at) > 1)


def _first_used(head: Head) -> int:
    return next(at for at, text in enumerate(head.written) if text)
