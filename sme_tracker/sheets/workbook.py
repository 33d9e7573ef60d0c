"""Lists go out as XLSX, streamed: the sheet's XML is written row by row into a zip that nobody has to seek in."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest
from typing import Any
from xml.sax.saxutils import escape

from sme_tracker.sheets.cell_xml import CELLS
from sme_tracker.sheets.workbook_xml import (
    CONTENT_TYPES,
    MAIN,
    PAPER,
    STYLES,
    XML,
    letters_of,
    merged_lines,
    relations,
    sheet_head,
    workbook,
    workbook_relations,
)
from sme_tracker.sheets.writing import Column, Row, in_batches

MOST_ROWS = 1_048_576
_NOTE_COLUMNS = (Column("what", "项目 Item", width=24), Column("value", "内容 Value", width=80))
_OPTIONS = "选项"
_ILLEGAL_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True)
class OutgoingSheet:
    """A list on its way out as a sheet; the lines `above` stand over its head, the first as its title."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    above: Sequence[str] = ()


def stream_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Row],
    sheet_name: str,
    notes: Sequence[tuple[str, str]],
    notes_name: str = "说明",
    above: Sequence[str] = (),
) -> Iterator[bytes]:
    """One list as a workbook, as `stream_book` writes it."""
    return stream_book([OutgoingSheet(sheet_name, columns, rows, above)], notes, notes_name)


def stream_book(
    sheets: Iterable[OutgoingSheet], notes: Sequence[tuple[str, str]], notes_name: str = "说明"
) -> Iterator[bytes]:
    """Lists as a workbook, the notes on a sheet behind them, numbers and days as such.

    Each head is bold, frozen, filtered by, and repeated on every printed page; paper is A4 across, as wide as the
    list. Where a column has choices they drop down, kept on a hidden sheet at the end. A list longer than a sheet goes
    on on the next one. An interrupted stream is a zip without its directory, which no program opens, so it cannot be
    taken for the whole list. A text over 32,767 characters, the most a cell holds, ends in "…"; a character that XML
    cannot carry becomes "\N{REPLACEMENT CHARACTER}".
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        zipped.writestr("[Content_Types].xml", CONTENT_TYPES)
        zipped.writestr("_rels/.rels", relations([("officeDocument", "xl/workbook.xml")]))
        zipped.writestr("xl/styles.xml", STYLES)
        yield sink.taken()
        book = _Book(zipped, sink)
        for sheet in sheets:
            for part, rows in enumerate(_sheetfuls(sheet.rows, len(sheet.above) + 1)):
                above = () if part else sheet.above
                yield from book.write_list(OutgoingSheet(sheet.name, sheet.columns, rows, above))
        yield from book.write_notes(notes, notes_name)
        yield from book.write_choices()
        zipped.writestr("xl/workbook.xml", workbook(book.names, book.hidden, book.defined))
        zipped.writestr("xl/_rels/workbook.xml.rels", workbook_relations(len(book.names)))
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What the zip writes into: it cannot seek, and gives away what has arrived."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any, /) -> int:
        self._chunks.append(bytes(chunk))
        return len(self._chunks[-1])

    def taken(self) -> bytes:
        taken = b"".join(self._chunks)
        self._chunks.clear()
        return taken


def _sheetfuls(rows: Iterable[Row], head_rows: int) -> Iterator[Iterator[Row]]:
    remaining = iter(rows)
    yield islice(remaining, MOST_ROWS - head_rows)
    for row in remaining:
        yield chain([row], islice(remaining, MOST_ROWS - 2))


@dataclass
class _Book:
    """A workbook while it is written: its sheets so far, the names it defines, and what drops down in it."""

    zipped: zipfile.ZipFile
    sink: _Sink
    names: list[str] = field(default_factory=list)
    defined: list[str] = field(default_factory=list)
    hidden: int | None = None
    choices: dict[Sequence[str], int] = field(default_factory=dict)

    def write_list(self, sheet: OutgoingSheet) -> Iterator[bytes]:
        """A sheet with all that makes a list."""
        head, last = len(sheet.above) + 1, letters_of(len(sheet.columns))
        begun = sheet_head(sheet.columns, sheet.above, is_first=not self.names)
        rows = 0

        def counted(batches: Iterable[list[Row]]) -> Iterator[list[Row]]:
            nonlocal rows
            for batch in batches:
                rows += len(batch)
                yield batch

        def ended() -> str:
            return (
                f'</sheetData><autoFilter ref="A{head}:{last}{head + rows}"/>'
                f"{merged_lines(len(sheet.above), len(sheet.columns))}{self._dropping_down(sheet.columns, head)}{PAPER}"
            )

        name = self._named(sheet.name)
        yield from self._write(begun, sheet.columns, counted(in_batches(sheet.rows)), ended)
        self._define("Print_Titles", name, f"${head}:${head}")
        self._define("_FilterDatabase", name, f"$A${head}:${last}${head + rows}", ' hidden="1"')

    def write_notes(self, notes: Sequence[tuple[str, str]], name: str) -> Iterator[bytes]:
        """A sheet of what there is to say about the others."""
        self._named(name)
        head = sheet_head(_NOTE_COLUMNS, (), is_first=False)
        yield from self._write(head, _NOTE_COLUMNS, in_batches(notes), lambda: f"</sheetData>{PAPER}")

    def write_choices(self) -> Iterator[bytes]:
        """The hidden sheet whose columns drop down in the others, if any does."""
        if self.choices:
            self.names.append(_OPTIONS)
            self.hidden = len(self.names)
            columns = [Column("choices", "")] * len(self.choices)
            rows = zip_longest(*self.choices)
            head = f'{XML}<worksheet xmlns="{MAIN}"><sheetData>'
            yield from self._write(head, columns, in_batches(rows), lambda: "</sheetData></worksheet>")

    def _named(self, wanted: str) -> str:
        self.names.append(_sheet_name(wanted, [*self.names, _OPTIONS]))
        return self.names[-1]

    def _define(self, what: str, sheet: str, cells: str, more: str = "") -> None:
        quoted = escape(sheet.replace("'", "''"))
        range_of = "!".join([f"'{quoted}'", cells])
        place = len(self.names) - 1
        self.defined.append(f'<definedName name="_xlnm.{what}" localSheetId="{place}"{more}>{range_of}</definedName>')

    def _dropping_down(self, columns: Sequence[Column], head: int) -> str:
        rules = []
        for number, column in enumerate(columns, start=1):
            if column.choices:
                source = letters_of(self.choices.setdefault(tuple(column.choices), len(self.choices)) + 1)
                letters = letters_of(number)
                rules.append(
                    '<dataValidation type="list" allowBlank="1" showErrorMessage="1"'
                    f' sqref="{letters}{head + 1}:{letters}{MOST_ROWS}">'
                    f"<formula1>{_OPTIONS}!${source}$1:${source}${len(column.choices)}</formula1></dataValidation>"
                )
        return f'<dataValidations count="{len(rules)}">{"".join(rules)}</dataValidations>' if rules else ""

    def _write(
        self, begun: str, columns: Sequence[Column], batches: Iterable[Sequence[Row]], ended: Callable[[], str]
    ) -> Iterator[bytes]:
        cells_of = [CELLS[column.kind] for column in columns]
        with self.zipped.open(f"xl/worksheets/sheet{len(self.names)}.xml", "w", force_zip64=True) as part:
            part.write(begun.encode())
            yield self.sink.taken()
            for batch in batches:
                cells = [of(values) for of, values in zip(cells_of, zip(*batch, strict=True), strict=True)]
                rows = "</row><row>".join(map("".join, zip(*cells, strict=True)))
                part.write(f"<row>{rows}</row>".encode())
                yield self.sink.taken()
            part.write(ended().encode())


def _sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """At most 31 characters, none of them forbidden, and unlike every name before it."""
    plain = _ILLEGAL_IN_SHEET_NAME.sub(" ", wanted).strip(" '") or "1"
    candidates = chain([plain[:31]], (f"{plain[:27]} {number}" for number in range(2, 1000)))
    lower = {name.lower() for name in taken}
    return next(name for name in candidates if name.lower() not in lower)
