"""Lists go out as XLSX, streamed: the sheet's XML is written row by row into a zip that nobody has to seek in."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any
from xml.sax.saxutils import quoteattr

from sme_tracker.sheets.writing import Column, Kind, Row, in_batches

LONGEST_TEXT = 32_767
MOST_ROWS = 1_048_576
_FIRST_EXACT_DAY = date(1900, 3, 1)
_DAY_ZERO = date(1899, 12, 30).toordinal()
_LARGEST_EXACT_NUMBER = 2**53
_BOLD, _WHOLE, _WAN, _PERCENT, _DATE, _TITLE = 1, 2, 3, 4, 5, 6
_NOTE_COLUMNS = (Column("what", "项目 Item", width=24), Column("value", "内容 Value", width=80))

_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ILLEGAL_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def stream_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Row],
    sheet_name: str,
    notes: Sequence[tuple[str, str]],
    notes_name: str = "筛选条件",
    above: Sequence[str] = (),
) -> Iterator[bytes]:
    """The list as a workbook: head frozen and bold, numbers and days as such, the notes on a last sheet.

    The lines `above` stand over the head of the first sheet, each across all columns, the first as its title.

    A list longer than a sheet goes on on the next one. An interrupted stream is a zip without its directory, which no
    program opens, so it cannot be taken for the whole list. A text over 32,767 characters, the most a cell holds, ends
    in "…"; a character that XML cannot carry becomes "\N{REPLACEMENT CHARACTER}".
    """
    sink = _Sink()
    names: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("[Content_Types].xml", _CONTENT_TYPES)
        book.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        book.writestr("xl/styles.xml", _STYLES)
        yield sink.taken()
        for sheet_rows in _sheetfuls(rows):
            names.append(_sheet_name(sheet_name, names))
            yield from _write_sheet(book, sink, len(names), columns, sheet_rows, above if len(names) == 1 else ())
        names.append(_sheet_name(notes_name, names))
        yield from _write_sheet(book, sink, len(names), _NOTE_COLUMNS, notes)
        book.writestr("xl/workbook.xml", _workbook(names))
        book.writestr("xl/_rels/workbook.xml.rels", _workbook_relations(len(names)))
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


def _sheetfuls(rows: Iterable[Row]) -> Iterator[Iterator[Row]]:
    remaining = iter(rows)
    yield islice(remaining, MOST_ROWS - 1)
    for row in remaining:
        yield chain([row], islice(remaining, MOST_ROWS - 2))


def _write_sheet(
    book: zipfile.ZipFile,
    sink: _Sink,
    number: int,
    columns: Sequence[Column],
    rows: Iterable[Row],
    above: Sequence[str] = (),
) -> Iterator[bytes]:
    cells = [_CELL[column.kind] for column in columns]
    with book.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
        part.write(_sheet_head(columns, above, is_first=number == 1).encode())
        yield sink.taken()
        for batch in in_batches(rows):
            text = "".join(
                [
                    "<row>" + "".join([cell(value) for cell, value in zip(cells, row, strict=True)]) + "</row>"
                    for row in batch
                ]
            )
            part.write(text.encode())
            yield sink.taken()
        part.write(f"</sheetData>{_merged(len(above), len(columns))}</worksheet>".encode())


def _text_cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    text = str(value)
    if len(text) > LONGEST_TEXT // 2:
        text = _cut(text)
    if _SPECIAL.search(text):
        text = _escaped(text)
    if "_x" in text and _ESCAPE_LIKE.search(text):
        return _split_text_cell(text)
    space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    return f'<c t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


def _split_text_cell(text: str) -> str:
    """`_x0041_` is an escaped A to Excel, unless its underscore stands in a run of its own."""
    runs = _ESCAPE_LIKE.sub('_</t></r><r><t xml:space="preserve">', text)
    return f'<c t="inlineStr"><is><r><t xml:space="preserve">{runs}</t></r></is></c>'


def _cut(text: str) -> str:
    """At most 32,767 UTF-16 units, as Excel counts."""
    units = text.encode("utf-16-le", errors="replace")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", errors="ignore") + "…"


def _number_cell(value: Any, style: int) -> str:
    if value is None:
        return "<c/>"
    if value != value or not -_LARGEST_EXACT_NUMBER < value < _LARGEST_EXACT_NUMBER:
        return _text_cell(value)
    return f'<c s="{style}"><v>{value}</v></c>'


def _date_cell(value: Any) -> str:
    if not isinstance(value, date):
        return "<c/>"
    if value < _FIRST_EXACT_DAY:
        return _text_cell(value.isoformat())
    return f'<c s="{_DATE}"><v>{value.toordinal() - _DAY_ZERO}</v></c>'


_CELL: dict[Kind, Callable[[Any], str]] = {
    "text": _text_cell,
    "whole": lambda value: _number_cell(value, _WHOLE),
    "wan": lambda value: _number_cell(value, _WAN),
    "percent": lambda value: _number_cell(value, _PERCENT),
    "date": _date_cell,
}


def _sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """At most 31 characters, none of them forbidden, and unlike every name before it."""
    plain = _ILLEGAL_IN_SHEET_NAME.sub(" ", wanted).strip(" '") or "1"
    candidates = chain([plain[:31]], (f"{plain[:27]} {number}" for number in range(2, 1000)))
    lower = {name.lower() for name in taken}
    return next(name for name in candidates if name.lower() not in lower)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_CONTENT_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_PART}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_PART}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_PART}.styles+xml"/></Types>'
)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="0.0"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="等线"/></font>'
    '<font><b/><sz val="11"/><name val="等线"/></font><font><b/><sz val="16"/><name val="等线"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment vertical="center" wrapText="1"/></xf>'
    + "".join(
        f'<xf numFmtId="{number_format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number_format in (3, 4, 165, 164)
    )
    + '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment horizontal="center" vertical="center"/></xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _relations(parts: Sequence[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(parts, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _workbook_relations(sheets: int) -> str:
    parts = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, sheets + 1)]
    return _relations([*parts, ("styles", "styles.xml")])


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _sheet_head(columns: Sequence[Column], above: Sequence[str], *, is_first: bool) -> str:
    selected = ' tabSelected="1"' if is_first else ""
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"/>'
        for number, column in enumerate(columns, start=1)
    )
    heads = "".join(_styled(column.head, _BOLD) for column in columns)
    lines = "".join(
        f"<row>{_styled(line, _TITLE if place == 0 else 0)}</row>" if line else "<row/>"
        for place, line in enumerate(above)
    )
    below = len(above) + 1
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView{selected} workbookViewId="0">'
        f'<pane ySplit="{below}" topLeftCell="A{below + 1}" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{widths}</cols><sheetData>{lines}<row>{heads}</row>"
    )


def _styled(text: str, style: int) -> str:
    return _text_cell(text).replace("<c ", f'<c s="{style}" ', 1)


def _merged(lines: int, columns: int) -> str:
    """The lines above the head, each one cell as wide as the table."""
    if not lines or columns < 2:
        return ""
    last = _letters(columns)
    cells = "".join(f'<mergeCell ref="A{line}:{last}{line}"/>' for line in range(1, lines + 1))
    return f'<mergeCells count="{lines}">{cells}</mergeCells>'


def _letters(number: int) -> str:
    """The name of a column, counted from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
