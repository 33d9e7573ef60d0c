"""Run as a program of its own: reads the tables of one Word document and tells them as sheets."""

import sys
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from sme_tracker.sheets.child import limit_memory, tell_refusal, tell_sheet

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_DOCUMENT = "word/document.xml"
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ParseError, ValueError, NotImplementedError)

Grid = list[list[str]]


def main(path: str, memory_bytes: int, most_rows: int, most_columns: int) -> None:
    """Tell every table that stands in no other, or why the document is not read."""
    limit_memory(memory_bytes)
    try:
        for number, table in enumerate(_tables(path), start=1):
            rows, merged = _laid_out(table, most_columns)
            if len(rows) > most_rows:
                tell_refusal("endless_rows", most=most_rows)
                return
            tell_sheet(str(number), rows, merged=merged)
    except DefusedXmlException:
        tell_refusal("document_type")
    except _TooWide:
        tell_refusal("endless_columns", most=most_columns)
    except _DAMAGE:
        tell_refusal("damaged_document")


class _TooWide(Exception):
    pass


def _tables(path: str) -> Iterator[Element]:
    """Each whole table, one after the other: what was read is let go."""
    with zipfile.ZipFile(path) as book, book.open(_DOCUMENT) as document:
        inside = 0
        for event, element in iterparse(document, events=("start", "end")):
            name = _name(element)
            inside += name == "tbl" if event == "start" else 0
            if event == "end" and name == "tbl":
                inside -= 1
                if not inside:
                    yield element
            if event == "end" and not inside:
                element.clear()


def _name(element: Element) -> str:
    return _local(str(element.tag))


@lru_cache
def _local(tag: str) -> str:
    return tag.removeprefix(_WORD).removeprefix(_WORD_STRICT)


def _laid_out(table: Element, most_columns: int) -> tuple[Grid, list[tuple[int, int, int, int]]]:
    """The rows of a table, and its merged ranges from 1: over columns by `gridSpan`, over rows by `vMerge`."""
    grid: Grid = []
    merged: list[tuple[int, int, int, int]] = []
    above: dict[int, tuple[int, int]] = {}
    for number, row in enumerate(_children(table, "tr"), start=1):
        texts: list[str] = [""] * _number_in(row, "trPr", "gridBefore", 0, most_columns)
        begun: dict[int, tuple[int, int]] = {}
        for cell in _children(row, "tc"):
            place, span = len(texts) + 1, _number_in(cell, "tcPr", "gridSpan", 1, most_columns)
            texts += [_text(cell), *[""] * (span - 1)]
            if len(texts) > most_columns:
                raise _TooWide
            goes_on = _goes_on(cell) and place in above
            begun[place] = above[place] if goes_on else (number, span)
            if goes_on:
                texts[place - 1] = ""
        merged += [_range(place, *area, number - 1) for place, area in above.items() if begun.get(place) != area]
        above = begun
        grid.append(texts)
    merged += [_range(place, *area, len(grid)) for place, area in above.items()]
    return grid, [area for area in merged if area[:2] != area[2:]]


def _range(place: int, first_row: int, span: int, last_row: int) -> tuple[int, int, int, int]:
    return first_row, place, last_row, place + span - 1


def _goes_on(cell: Element) -> bool:
    """Whether the cell is part of the one above it."""
    mark = next((one for one in _properties(cell, "tcPr") if _name(one) == "vMerge"), None)
    return mark is not None and _value(mark) != "restart"


def _number_in(element: Element, properties: str, name: str, otherwise: int, most: int) -> int:
    mark = next((one for one in _properties(element, properties) if _name(one) == name), None)
    return otherwise if mark is None else min(max(int(_value(mark) or otherwise), otherwise), most + 1)


def _properties(element: Element, name: str) -> Iterator[Element]:
    for properties in _children(element, name):
        yield from properties


def _value(element: Element) -> str | None:
    return element.get(f"{_WORD}val") or element.get(f"{_WORD_STRICT}val")


def _children(element: Element, name: str) -> Iterator[Element]:
    """The children of this name, also those inside a field or control that Word put around them."""
    for child in element:
        if _name(child) == name:
            yield child
        elif _name(child) in {"sdt", "sdtContent", "ins"}:
            yield from _children(child, name)


def _text(cell: Element) -> str:
    """What stands in a cell, without what was deleted under review; its paragraphs are lines."""
    return "\n".join(line for one in cell.iter() if _name(one) == "p" and (line := _line(one)))


def _line(paragraph: Element) -> str:
    shown = {"tab": "\t", "br": "\n", "noBreakHyphen": "-"}
    parts = (one.text or "" if _name(one) == "t" else shown.get(_name(one), "") for one in paragraph.iter())
    return "".join(parts).strip()


if __name__ == "__main__":
    main(sys.argv[1], *(int(limit) for limit in sys.argv[2:5]))
