"""Any file at all, cut, shuffled, of random cells and merges, is read or refused with a sentence, in bounded time."""

import random
import struct
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import psutil
import pytest

from sme_tracker.imports.words import REFUSALS
from sme_tracker.sheets.document import read_document
from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import Sheet, SheetRefused
from tests.sheets.files import record, write_xls, write_xlsx, xls_number, xls_text
from tests.sheets.test_document import LIST, write_docx
from tests.sheets.test_kinds import EXCELS_OWN, locked_xls, locked_xlsx

SECONDS = 60


def whole(path: Path, form: str) -> bytes:
    if form == "docx":
        return write_docx(path, LIST).read_bytes()
    if form == "xls":
        merged = record(0x00E5, struct.pack("<HHHHH", 1, 0, 3, 0, 0))
        cells = [xls_text(n, 0, f"长春{n}有限公司") + xls_number(n, 1, n) for n in range(50)]
        return write_xls(path, record(0x0208, bytes(16)), *cells, merged).read_bytes()
    if form == "locked":
        return locked_xlsx(path, EXCELS_OWN).read_bytes()
    if form == "locked xls":
        return locked_xls(path, EXCELS_OWN).read_bytes()
    if form == "csv":
        return ("企业名称,代码\n" + "".join(f'"长春{n}有限公司","{n}"\n' for n in range(200))).encode("gb18030")
    book = openpyxl.Workbook()
    for n in range(50):
        book.active.append([f"长春{n}有限公司", n, "=1+1"])
    book.active.merge_cells("A2:B9")
    book.active.row_dimensions[3].hidden = True
    book.save(path)
    return path.read_bytes()


def damaged(content: bytes, draw: random.Random) -> bytes:
    spoiled = bytearray(content)
    match draw.randrange(4):
        case 0:
            return content[: draw.randrange(len(content))]
        case 1:
            for _ in range(draw.randint(1, 40)):
                spoiled[draw.randrange(len(spoiled))] = draw.randrange(256)
        case 2:
            start, length = draw.randrange(len(spoiled)), draw.randint(1, 400)
            piece = spoiled[start : start + length]
            draw.shuffle(piece)
            spoiled[start : start + length] = piece
        case 3:
            start, length = draw.randrange(len(spoiled)), draw.randint(1, 400)
            spoiled[start:start] = spoiled[start : start + length]
    return bytes(spoiled)


def read_or_refused(path: Path, form: str) -> None:
    assert _refusal(read_document(path) if form == "docx" else read_workbook(path, "a")) in {None, *REFUSALS}


def _refusal(sheets: Iterator[Sheet]) -> str | None:
    try:
        for sheet in sheets:
            deque(sheet.rows, maxlen=0)
    except SheetRefused as refused:
        return refused.code
    return None


@pytest.mark.parametrize("form", ["xlsx", "xls", "csv", "docx", "locked", "locked xls"])
def test_a_damaged_file_is_read_or_refused_with_a_sentence(tmp_path: Path, form: str) -> None:
    draw = random.Random(form)
    content = whole(tmp_path / "whole", form)
    path = tmp_path / "damaged"
    before = psutil.Process().memory_info().rss
    began = time.monotonic()
    for _ in range({"csv": 150, "locked": 8}.get(form, 25)):
        path.write_bytes(damaged(content, draw))
        read_or_refused(path, form)
    assert time.monotonic() - began < SECONDS
    assert psutil.Process().memory_info().rss - before < 100_000_000


def test_random_cells_and_merges_are_read_or_refused_with_a_sentence(tmp_path: Path) -> None:
    draw = random.Random(9)
    began = time.monotonic()
    for _ in range(25):
        cells = "".join(_row(draw) for _ in range(draw.randrange(30)))
        merges = "".join(f'<mergeCell ref="{_address(draw)}:{_address(draw)}"/>' for _ in range(draw.randrange(200)))
        path = write_xlsx(tmp_path / "a.xlsx", f"{cells}</sheetData><mergeCells>{merges}</mergeCells><sheetData>")
        read_or_refused(path, "xlsx")
    assert time.monotonic() - began < SECONDS


NUMBERS = ("", ' r="0"', ' r="1"', ' r="7"', ' r="99999999999"', ' r="x"', ' r="-1"')
ODD_ROWS = ("", ' hidden="1"', ' ht="0"', ' spans="1:99999"', ' hidden="maybe"')


def _row(draw: random.Random) -> str:
    cells = "".join(_cell(draw) for _ in range(draw.randrange(9)))
    return f"<row{draw.choice(NUMBERS)}{draw.choice(ODD_ROWS)}>{cells}</row>"


def _cell(draw: random.Random) -> str:
    kind = draw.choice(["", ' t="s"', ' t="str"', ' t="e"', ' t="b"', ' t="n"', ' t="d"', ' t="inlineStr"', ' t="?"'])
    inside = draw.choice(
        ["", "<v/>", "<v>1</v>", "<v>x</v>", "<v>1e999</v>", "<f>A1</f>", "<is><t>甲</t></is>", "<v>-9"]
    )
    place = draw.choice(["", f' r="{_address(draw)}"', ' r="A1"', ' r=""', ' r="1A"'])
    return f'<c{place}{kind} s="{draw.choice([0, 1, 99999])}">{inside}</c>'


def _address(draw: random.Random) -> str:
    return draw.choice(["A1", "B2", "C9", "AA100", "GR9", "XFD1048576", "A0", "", "ZZZZ1", f"D{draw.randrange(30)}"])
