"""The container of .xls files (MS-CFB), as far as telling what is inside, and the marks of its sheets (MS-XLS)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sme_tracker.sheets.inspected import Inspected
from sme_tracker.sheets.sheet import SheetRefused

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
_ENTRY = 128
_FIRST_RECORDS = 20
_FORMULA, _DAYS, _PASSWORD, _COLUMNS, _SHEET = 0x0006, 0x0022, 0x002F, 0x007D, 0x0085
_ERROR, _ROW, _START = 0x0205, 0x0208, 0x0809
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def inspect(content: bytes, inspected: Inspected) -> None:
    """Note the marks of an .xls workbook.

    Raises SheetRefused when it is encrypted, carries macros, or is no workbook.
    """
    try:
        streams = _Container(content).streams()
        _refuse_by_name(set(streams))
        workbook = streams.get("Workbook") or streams.get("Book")
        _note_marks(workbook.read() if workbook else b"", inspected)
    except (struct.error, IndexError, ValueError, MemoryError) as damage:
        raise SheetRefused("damaged_workbook") from damage


def is_locked(content: bytes) -> bool:
    """Whether a container holds a workbook that needs a key; a broken one does not say so."""
    try:
        streams = _Container(content).streams()
        workbook = streams.get("Workbook") or streams.get("Book")
        records = islice(_records(workbook.read() if workbook else b""), _FIRST_RECORDS)
        return "EncryptedPackage" in streams or any(kind == _PASSWORD for _, kind, _ in records)
    except (struct.error, IndexError, ValueError, MemoryError, SheetRefused):
        return False


def _refuse_by_name(names: set[str]) -> None:
    if "EncryptedPackage" in names:
        raise SheetRefused("encrypted")
    if "_VBA_PROJECT_CUR" in names:
        raise SheetRefused("macros")
    if not names & {"Workbook", "Book"}:
        raise SheetRefused("not_a_workbook")


class _Container:
    """A file system in a file: sectors chained by an allocation table."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._sector_size = 1 << int(struct.unpack_from("<H", content, 30)[0])
        if self._sector_size not in {512, 4096}:
            raise SheetRefused("damaged_workbook")
        self._small_limit = int(struct.unpack_from("<I", content, 56)[0])
        self._table = self._allocation_table()
        self._directory = self._chain(int(struct.unpack_from("<I", content, 48)[0]))
        self._small_table = self._numbers(self._chain(int(struct.unpack_from("<I", content, 60)[0])))

    def streams(self) -> dict[str, "_Stream"]:
        """What the directory lists, storages included, by name."""
        return {name: _Stream(self, start, size) for name, start, size in self._entries()}

    def read(self, start: int, size: int) -> bytes:
        if size >= self._small_limit:
            return self._chain(start)[:size]
        _, small_start, _ = next(self._entries())
        small = self._chain(small_start)
        parts = [small[number * 64 : number * 64 + 64] for number in _follow(start, self._small_table)]
        return b"".join(parts)[:size]

    def _entries(self) -> Iterator[tuple[str, int, int]]:
        for at in range(0, len(self._directory) - _ENTRY + 1, _ENTRY):
            length, start, size = (
                int(struct.unpack_from(form, self._directory, at + offset)[0])
                for form, offset in (("<H", 64), ("<I", 116), ("<I", 120))
            )
            name = self._directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", errors="replace")
            yield name, start, size

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._sector_size
        return self._content[at : at + self._sector_size]

    def _chain(self, start: int) -> bytes:
        return b"".join([self._sector(number) for number in _follow(start, self._table)])

    def _allocation_table(self) -> Sequence[int]:
        """The table's own sectors are listed in the head and, in large files, in a chain of further sectors."""
        listed = list(self._numbers(self._content[76:512]))
        following = int(struct.unpack_from("<I", self._content, 68)[0])
        seen: set[int] = set()
        while following < _END and following not in seen:
            seen.add(following)
            *more, following = self._numbers(self._sector(following))
            listed += more
        return self._numbers(b"".join([self._sector(number) for number in dict.fromkeys(listed) if number < _END]))

    @staticmethod
    def _numbers(content: bytes) -> Sequence[int]:
        return memoryview(content[: len(content) // 4 * 4]).cast("I")


@dataclass(frozen=True)
class _Stream:
    container: _Container
    start: int
    size: int

    def read(self) -> bytes:
        return self.container.read(self.start, self.size)


def _follow(start: int, table: Sequence[int]) -> Iterator[int]:
    """The sectors of a chain; one longer than its table runs in a circle."""
    number = start
    for _ in range(len(table) + 1):
        if number >= _END:
            return
        yield number
        number = table[number]
    raise SheetRefused("damaged_workbook")


def _note_marks(stream: bytes, inspected: Inspected) -> None:
    names: dict[int, str] = {}
    sheet = ""
    for at, kind, body in _records(stream):
        if kind == _PASSWORD:
            raise SheetRefused("encrypted")
        if kind == _SHEET:
            names[int(struct.unpack_from("<I", body)[0])] = _short_text(body[6:])
        elif kind == _DAYS:
            inspected.begins_1904 = body[:2] == b"\x01\x00"
        elif kind == _START:
            sheet = names.get(at, "")
        else:
            _note_mark(sheet, kind, body, inspected)


def _note_mark(sheet: str, kind: int, body: bytes, inspected: Inspected) -> None:
    if kind == _ROW:
        row, _, _, height, _, _, options = struct.unpack_from("<7H", body)
        if options & 0x20 or not height:
            inspected.hide_row(sheet, row + 1)
    elif kind == _COLUMNS:
        first, last, width, _, options = struct.unpack_from("<5H", body)
        if options & 1 or not width:
            inspected.hide_columns(sheet, range(first + 1, min(last, 255) + 2))
    elif shown := _error_in(kind, body):
        row, column = struct.unpack_from("<HH", body)
        inspected.add_error(sheet, row + 1, column + 1, shown)


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _error_in(kind: int, body: bytes) -> str | None:
    if kind == _ERROR and body[7]:
        return _ERRORS.get(body[6], "#ERROR")
    if kind == _FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":
        return _ERRORS.get(body[8], "#ERROR")
    return None


def _short_text(body: bytes) -> str:
    length, is_wide = body[0], body[1] & 1
    return body[2 : 2 + 2 * length].decode("utf-16-le") if is_wide else body[2 : 2 + length].decode("latin-1")
