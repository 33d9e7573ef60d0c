"""What a file is, by its content and whatever it is called, and whether the reader of workbooks may have it."""

import re
from pathlib import Path, PurePosixPath
from typing import Literal

from sme_tracker.sheets import ole, package
from sme_tracker.sheets.decoding import decode
from sme_tracker.sheets.inspected import Inspected
from sme_tracker.sheets.sheet import MEGABYTE, Limits, SheetRefused

FileKind = Literal["xlsx", "xls", "text"]

_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style|div)\b", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(rb"\s*<\?xml|\s*<(?:\w+:)?workbook\b|MIME-Version:", re.IGNORECASE)
_OLD_WORKBOOKS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
"""How a workbook of the years before there were containers begins (BIFF2 to BIFF4)."""
_NO_TABLE = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
_MACROS = frozenset({".xlsm", ".xltm", ".xlam"})
_OF_WPS = frozenset({".et", ".ett"})


def kind_of(path: Path, original_name: str, limits: Limits) -> FileKind:
    """Which of the three kinds the file is, by its content alone.

    Raises SheetRefused for an empty or oversized file, for one that is named as if it had macros, and for anything
    that is neither workbook nor plain text.
    """
    size = path.stat().st_size
    if size == 0:
        raise SheetRefused("empty_file")
    if size > limits.file_bytes:
        raise SheetRefused("file_too_big", most_mb=limits.file_bytes // MEGABYTE)
    ending = PurePosixPath(original_name).suffix.lower()
    if ending in _MACROS:
        raise SheetRefused("macros")
    with path.open("rb") as file:
        kind = _kind_by_content(file.read(4096))
    if ending in _OF_WPS:
        _refuse_unknown_to_all_but_wps(path, kind, limits)
    return kind


def _refuse_unknown_to_all_but_wps(path: Path, kind: FileKind, limits: Limits) -> None:
    """WPS writes .et files that are workbooks under another name, and in its early years wrote its own kind."""
    try:
        if kind == "text":
            decode(path.read_bytes())
        inspect(path, kind, limits)
    except SheetRefused as refused:
        if refused.code in {"not_a_workbook", "damaged_workbook", "unknown_encoding"}:
            raise SheetRefused("other_workbook") from refused
        raise


def inspect(path: Path, kind: FileKind, limits: Limits) -> Inspected:
    """The marks of a workbook that is safe to read.

    Raises SheetRefused for one that is encrypted or damaged, carries macros or a document type, or grows beyond the
    limits.
    """
    inspected = Inspected(limits)
    if kind == "xls":
        ole.inspect(path.read_bytes(), inspected)
    if kind == "xlsx":
        package.inspect(path, limits, inspected)
    return inspected


def _kind_by_content(head: bytes) -> FileKind:
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(ole.SIGNATURE):
        return "xls"
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(text):
        raise SheetRefused("web_page")
    if _XML.match(text) or head.startswith(_OLD_WORKBOOKS):
        raise SheetRefused("other_workbook")
    if head.startswith(_NO_TABLE):
        raise SheetRefused("not_a_workbook")
    return "text"
