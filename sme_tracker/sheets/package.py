"""The zip of an .xlsx file, unpacked once with a cap and looked through before anything is built from it."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from defusedxml.ElementTree import ParseError, fromstring

from sme_tracker.sheets.inspected import Inspected
from sme_tracker.sheets.sheet import MEGABYTE, Limits, SheetRefused

_CHUNK = 1 << 20
_TAIL = 1 << 16
_DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_FILLED = rb"""[^<>]*(?<!/)>\s*(?:<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?(?:v\b[^>]*>[^<]|is\b)"""
_FAR = (  # each begins with plain bytes, which are found fast
    re.compile(rb' r="([A-Z]{2,}|[A-Z](?=\d{6}))(\d+)"' + _FILLED),
    re.compile(rb" r='([A-Z]{2,}|[A-Z](?=\d{6}))(\d+)'" + _FILLED),
)
_HIDDEN_ROW = re.compile(
    rb"""<(?:\w+:)?row\b[^>]*?\s(?:hidden\s*=\s*["'](?:1|true)["']|ht\s*=\s*["']0(?:\.0+)?["'])[^>]*>"""
)
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_COLUMNS = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_HIDDEN_COLUMN = re.compile(rb"""\s(?:hidden\s*=\s*["'](?:1|true)["']|width\s*=\s*["']0(?:\.0+)?["'])""")
_FIRST_COLUMN = re.compile(rb"""\smin\s*=\s*["'](\d+)["']""")
_LAST_COLUMN = re.compile(rb"""\smax\s*=\s*["'](\d+)["']""")
_BEGINS_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\sdate1904\s*=\s*["'](?:1|true|on)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])?>(.*?)</(?:\w+:)?c>", re.DOTALL)
_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Z]+)(\d+)["']""")
_IS_ERROR = re.compile(rb"""\bt\s*=\s*["']e["']""")
_IS_TEXT = re.compile(rb"""\bt\s*=\s*["'](?:str|s|inlineStr)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>/]*>([^<]+)")
_WORKBOOK, _WORKBOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    ParseError,
    KeyError,
    ValueError,
)


def inspect(path: Path, limits: Limits, inspected: Inspected) -> None:
    """Note the marks of an .xlsx workbook; what the file claims about its size is not believed.

    Raises SheetRefused when it is encrypted, damaged, carries macros or a document type, or grows beyond the limits.
    """
    try:
        with zipfile.ZipFile(path) as book:
            names = _names(book, limits)
            _refuse_other_than_workbook(names)
            _look_through_all(book, limits, inspected)
            if inspected:
                inspected.rename(_sheet_names(book))
    except _UNREADABLE as damage:
        raise SheetRefused("damaged_workbook") from damage


def inspect_document(path: Path, limits: Limits) -> None:
    """Look through a .docx document in the same way.

    Raises SheetRefused for what is no such document, is encrypted or damaged, carries macros or a document type, or
    grows beyond the limits.
    """
    try:
        with zipfile.ZipFile(path) as book:
            if "word/document.xml" not in _names(book, limits):
                raise SheetRefused("not_a_document")
            _look_through_all(book, limits, Inspected(limits))
    except zipfile.BadZipFile as other:
        raise SheetRefused("not_a_document") from other
    except _UNREADABLE as damage:
        raise SheetRefused("damaged_document") from damage
    except SheetRefused as refused:
        if refused.code == "damaged_workbook":
            raise SheetRefused("damaged_document") from refused
        raise


def _names(book: zipfile.ZipFile, limits: Limits) -> set[str]:
    names = [part.filename for part in book.infolist()]
    if len(names) > limits.parts or len(set(names)) < len(names):
        raise SheetRefused("damaged_workbook")
    if any("vbaproject" in name.lower() for name in names):
        raise SheetRefused("macros")
    return set(names)


def _refuse_other_than_workbook(names: set[str]) -> None:
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise SheetRefused("other_workbook")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise SheetRefused("not_a_workbook")


def _look_through_all(book: zipfile.ZipFile, limits: Limits, inspected: Inspected) -> None:
    left = limits.unpacked_bytes
    for part in book.infolist():
        left -= _look_through(book, part, left, limits, inspected)


def _look_through(book: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, limits: Limits, inspected: Inspected) -> int:
    """Check one part piece by piece, and return its real size."""
    if part.flag_bits & 1:
        raise SheetRefused("encrypted")
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise SheetRefused("damaged_workbook")
    size = 0
    rest = b""
    is_sheet = False
    for chunk in _chunks(book, part):
        if size == 0:
            _refuse_encoding(part.filename, chunk)
            is_sheet = b"worksheet" in chunk[:4096]
            if is_sheet:
                beginning = chunk[: max(chunk.find(b"sheetData"), 0)]
                _note_hidden_columns(beginning, part.filename, limits, inspected)
        size += len(chunk)
        if size > left:
            raise SheetRefused("unpacked_too_big", most_mb=limits.unpacked_bytes // MEGABYTE)
        piece, rest = _split(rest + chunk, between_cells=is_sheet)
        _check(piece, part.filename if is_sheet else None, limits, inspected)
    _check(rest, part.filename if is_sheet else None, limits, inspected)
    return size


def _split(text: bytes, *, between_cells: bool) -> tuple[bytes, bytes]:
    """What can be checked now, and what has to wait for more: from the last cell or, failing that, the last mark on."""
    for start in (b"<c", b"<") if between_cells else (b"<",):
        end = text.rfind(start)
        if end >= 0 and len(text) - end <= _TAIL:
            return text[:end], text[end:]
    return text, b""


def _check(text: bytes, sheet: str | None, limits: Limits, inspected: Inspected) -> None:
    if b"<!" in text and _DOCUMENT_TYPE.search(text):
        raise SheetRefused("document_type")
    if sheet:
        _check_cells(text, sheet, limits, inspected)
        _note_hidden_rows(text, sheet, inspected)
    elif b"date1904" in text and _BEGINS_1904.search(text):
        inspected.begins_1904 = True


def _chunks(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with book.open(part) as content:
        while chunk := content.read(_CHUNK):
            yield chunk


def _refuse_encoding(name: str, head: bytes) -> None:
    """Nobody writes a workbook's XML in anything but UTF-8, except to hide something in it."""
    if name.endswith((".xml", ".rels")) and b"\x00" in head[:100]:
        raise SheetRefused("damaged_workbook")


def _check_cells(text: bytes, part: str, limits: Limits, inspected: Inspected) -> None:
    for far in _FAR:
        for cell in far.finditer(text):
            _refuse_far(cell, limits)
    if b't="e"' in text or b"t='e'" in text or b"<f" in text or b":f" in text:
        for attributes, content in _CELL.findall(text):
            _note_error(attributes, content, part, inspected)


def _refuse_far(cell: re.Match[bytes], limits: Limits) -> None:
    """A cell that holds something outside of what is read; an empty one, however it is painted, does not matter."""
    if _column_number(cell[1]) > limits.columns:
        raise SheetRefused("endless_columns", most=limits.columns)
    if int(cell[2]) > limits.rows:
        raise SheetRefused("endless_rows", most=limits.rows)


def _note_hidden_rows(text: bytes, part: str, inspected: Inspected) -> None:
    if b"hidden=" in text or b' ht="0' in text:
        for row in _HIDDEN_ROW.finditer(text):
            if number := _ROW_NUMBER.search(row[0]):
                inspected.hide_row(part, int(number[1]))


def _note_hidden_columns(beginning: bytes, part: str, limits: Limits, inspected: Inspected) -> None:
    for columns in _COLUMNS.findall(beginning):
        first, last = _FIRST_COLUMN.search(columns), _LAST_COLUMN.search(columns)
        if first and last and _HIDDEN_COLUMN.search(columns):
            inspected.hide_columns(part, range(int(first[1]), min(int(last[1]), limits.columns) + 1))


def _note_error(attributes: bytes, content: bytes, part: str, inspected: Inspected) -> None:
    is_error = _IS_ERROR.search(attributes)
    value = _VALUE.search(content)
    if not is_error and (value or _IS_TEXT.search(attributes) or not _FORMULA.search(content)):
        return
    address = _ADDRESS.search(attributes)
    if not address:
        raise SheetRefused("damaged_workbook")
    shown = value[1].decode() if is_error and value else "#ERROR" if is_error else "="
    inspected.add_error(part, int(address[2]), _column_number(address[1]), shown)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number


def _sheet_names(book: zipfile.ZipFile) -> dict[str, str]:
    """Part of the package → name of the sheet."""
    targets = {link.get("Id"): link.get("Target", "") for link in fromstring(book.read(_WORKBOOK_RELATIONS)).iter()}
    names: dict[str, str] = {}
    for element in fromstring(book.read(_WORKBOOK)).iter():
        target = targets.get(element.get(_RELATION))
        if element.tag.endswith("}sheet") and target:
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            names[part] = element.get("name", "")
    return names
