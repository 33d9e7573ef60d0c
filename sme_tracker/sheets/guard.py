"""What a file is, by its content and by the end of its name, and whether the reader of workbooks may have it."""

import re
from pathlib import Path, PurePosixPath
from typing import Literal

from sme_tracker.sheets import ole, package
from sme_tracker.sheets.sheet import MEGABYTE, ErrorCells, Limits, SheetRefused

FileKind = Literal["xlsx", "xls", "csv"]

_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style|div)\b", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(rb"\s*<\?xml|\s*<(?:\w+:)?workbook\b|MIME-Version:", re.IGNORECASE)


def kind_of(path: Path, original_name: str, limits: Limits) -> FileKind:
    """Which of the three kinds the file is: its content and the end of its name must say the same.

    Raises SheetRefused for an empty or oversized file, for anything that is neither workbook nor plain text, and for a
    file under a wrong name.
    """
    size = path.stat().st_size
    if size == 0:
        raise SheetRefused("empty_file")
    if size > limits.file_bytes:
        raise SheetRefused("file_too_big", most_mb=limits.file_bytes // MEGABYTE)
    with path.open("rb") as file:
        kind = _kind_by_content(file.read(4096))
    ending = PurePosixPath(original_name).suffix.lower()
    if ending in {".xlsm", ".xltm", ".xlam"}:
        raise SheetRefused("macros")
    if ending != f".{kind}":
        inspect(path, kind, limits)
        raise SheetRefused("wrong_ending", ending=ending or "—", really=f".{kind}")
    return kind


def inspect(path: Path, kind: FileKind, limits: Limits) -> ErrorCells:
    """The error cells of a workbook that is safe to read.

    Raises SheetRefused for one that is encrypted or damaged, carries macros or a document type, or grows beyond the
    limits.
    """
    errors = ErrorCells(limits)
    if kind == "xls":
        ole.inspect(path.read_bytes(), errors)
    if kind == "xlsx":
        package.inspect(path, limits, errors)
    return errors


def _kind_by_content(head: bytes) -> FileKind:
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(ole.SIGNATURE):
        return "xls"
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(text):
        raise SheetRefused("web_page")
    if _XML.match(text):
        raise SheetRefused("other_workbook")
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetRefused("not_a_workbook")
    return "csv"
