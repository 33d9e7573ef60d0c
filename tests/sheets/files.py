"""Files for the tests of reading: workbooks made by hand, down to the broken and the hostile."""

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/workbook.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="企业" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def write_xlsx(path: Path, rows_xml: str, more_parts: Mapping[str, str | bytes] | None = None) -> Path:
    """A workbook of one sheet with exactly these `<row>` elements."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows_xml}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in {**PARTS, "xl/worksheets/sheet1.xml": sheet, **(more_parts or {})}.items():
            book.writestr(name, content)
    return path


def write_table(path: Path, *rows: list[object]) -> Path:
    """A workbook as an office program writes it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def write_xls(path: Path, *records: bytes, streams: Mapping[str, bytes] | None = None) -> Path:
    """A BIFF8 workbook of one sheet 企业 with these cell records, in the smallest container that holds it."""
    path.write_bytes(container(streams or {"Workbook": biff(*records)}))
    return path


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls_text(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def xls_number(row: int, column: int, number: float) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, 0, number))


def xls_error(row: int, column: int, code: int) -> bytes:
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, code, 1))


def biff(*cells: bytes) -> bytes:
    start, end = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0), record(0x000A)
    sheet_start = struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)
    name = "企业".encode("utf-16-le")
    globals_size = len(record(0x0809, start)) + 4 + 8 + len(name) + len(end)
    about = record(0x0085, struct.pack("<IBBBB", globals_size, 0, 0, 2, 1) + name)
    return record(0x0809, start) + about + end + record(0x0809, sheet_start) + b"".join(cells) + end


def container(streams: Mapping[str, bytes]) -> bytes:
    """A compound file: one sector of table, one of directory, then the streams."""
    table, directory, content = [0xFFFFFFFD, 0xFFFFFFFE], entry("Root Entry", 5, 0xFFFFFFFE, 0), b""
    for name, stream in list(streams.items())[:3]:
        stream = stream.ljust(4096, b"\0")
        sectors = -(-len(stream) // 512)
        first = len(table)
        table += [*range(first + 1, first + sectors), 0xFFFFFFFE]
        directory += entry(name, 2, first, len(stream))
        content += stream.ljust(sectors * 512, b"\0")
    head = bytes.fromhex("d0cf11e0a1b11ae1").ljust(24, b"\0")
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    numbers = table + [0xFFFFFFFF] * (128 - len(table))
    return head + struct.pack("<128I", *numbers) + directory.ljust(512, b"\0") + content


def entry(name: str, kind: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF)
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBB", len(raw) + 2, kind, 1)
        + links
        + bytes(36)
        + struct.pack("<II", start, size)
        + bytes(4)
    )


def zip_bytes(names: Mapping[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in names.items():
            book.writestr(name, text)
    return content.getvalue()
