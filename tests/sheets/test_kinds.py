"""A file is what its content says, however it is called, and a locked one opens if Excel opens it for everybody."""

import struct
from hashlib import md5
from io import BytesIO
from pathlib import Path
from random import randbytes

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import LIMITS, CellError, Limits, Row, SheetRefused
from tests.sheets.files import biff, container, record, write_table, write_xls, write_xlsx, xls_text

EXCELS_OWN = "VelvetSweatshop"


def rows_of(path: Path, name: str, limits: Limits = LIMITS) -> list[Row]:
    return [row for sheet in read_workbook(path, name, limits) for row in sheet.rows]


def refusal_of(path: Path, name: str, limits: Limits = LIMITS) -> SheetRefused:
    with pytest.raises(SheetRefused) as refused:
        rows_of(path, name, limits)
    return refused.value


def locked_xlsx(path: Path, password: str) -> Path:
    cells = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="e"><v>#N/A</v></c></row>'
    return locked(write_xlsx(path, cells, {"docProps/thumbnail.jpeg": randbytes(9_000)}), password)


def locked(path: Path, password: str) -> Path:
    content = BytesIO()
    with path.open("rb") as file:
        OOXMLFile(file).encrypt(password, content)
    path.write_bytes(content.getvalue())
    return path


def locked_xls(path: Path, password: str) -> Path:
    """The kind of lock of Excel 97: every record but the first and those that say where sheets begin, by RC4."""
    salt, verifier = bytes(range(16)), bytes(range(16, 32))
    secrets = rc4(key(password, salt, 0), verifier + md5(verifier, usedforsecurity=False).digest())
    lock = record(0x002F, struct.pack("<HHH", 1, 1, 1) + salt + secrets)
    cells = xls_text(0, 0, "名称") + xls_text(1, 0, "甲")
    whole_words = record(0x0001, bytes(-len(biff(cells) + lock) % 4))
    plain = biff(cells, whole_words)
    start = 4 + struct.unpack_from("<H", plain, 2)[0]
    stream = plain[:start] + lock + plain[start:]
    hidden = bytearray(stream)
    at = 0
    while at < len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == 0x0085:
            (place,) = struct.unpack_from("<I", stream, at + 4)
            struct.pack_into("<I", hidden, at + 4, place + len(lock))
        if kind not in {0x0809, 0x002F}:
            clear = 4 if kind == 0x0085 else 0
            for place in range(at + 4 + clear, at + 4 + size):
                hidden[place] = stream[place] ^ rc4(key(password, salt, place // 1024), bytes(1024))[place % 1024]
        at += 4 + size
    path.write_bytes(container({"Workbook": bytes(hidden)}))
    return path


def key(password: str, salt: bytes, block: int) -> bytes:
    first = md5(password.encode("utf-16-le"), usedforsecurity=False).digest()[:5]
    second = md5((first + salt) * 16, usedforsecurity=False).digest()[:5]
    return md5(second + struct.pack("<I", block), usedforsecurity=False).digest()


def rc4(secret: bytes, text: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + secret[i % len(secret)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    out = bytearray()
    for byte in text:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


@pytest.mark.parametrize("ending", ["xlsx", "xls", "et", "csv", "txt", "ett", ""])
def test_every_kind_is_read_by_its_content_under_any_name(tmp_path: Path, ending: str) -> None:
    name = f"台账.{ending}" if ending else "台账"
    assert rows_of(write_table(tmp_path / "a", ["名称", 2]), name) == [["名称", 2]]
    assert rows_of(write_xls(tmp_path / "b", xls_text(0, 0, "名称")), name) == [["名称"]]
    (tmp_path / "c").write_bytes("名称,代码\n".encode("gbk"))
    assert rows_of(tmp_path / "c", name) == [["名称", "代码"]]


@pytest.mark.parametrize(
    "content",
    [
        container({"ETStream": b"\1" * 99}),
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\xff" * 600,
        b"WPS\x00\x01\x02\x00\x00" * 99,
    ],
)
def test_what_only_wps_can_read_is_told_to_be_saved_as_xlsx(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert refusal_of(tmp_path / "a", "台账.ET").code == "other_workbook"


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n1 0 obj\n", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"Rar!\x1a\x07\x01\x00", bytes(range(256)) * 9]
)
def test_what_is_no_table_at_all_is_not_read_as_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert refusal_of(tmp_path / "a", "a.csv").code == "not_a_workbook"


def test_a_workbook_of_the_years_before_containers_is_told_to_be_saved_anew(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(b"\x09\x04\x06\x00\x00\x04\x10\x00" + bytes(99))
    assert refusal_of(tmp_path / "a.xls", "a.xls").code == "other_workbook"


@pytest.mark.parametrize("name", ["a.xlsx", "a.et", "a.csv"])
def test_a_workbook_with_excels_own_password_opens(tmp_path: Path, name: str) -> None:
    assert rows_of(locked_xlsx(tmp_path / "a", EXCELS_OWN), name) == [[1, CellError("#N/A")]]
    assert rows_of(locked_xls(tmp_path / "b", EXCELS_OWN), name) == [["名称"], ["甲"]]


def test_a_workbook_with_any_other_password_is_told_to_take_it_off(tmp_path: Path) -> None:
    refused = [
        refusal_of(locked_xlsx(tmp_path / "a", "长春"), "a.xlsx"),
        refusal_of(locked_xls(tmp_path / "b", "secret"), "b.xls"),
    ]
    assert [one.code for one in refused] == ["encrypted", "encrypted"]


def test_macros_behind_excels_own_password_are_found(tmp_path: Path) -> None:
    plain = write_xlsx(tmp_path / "a", '<row r="1"/>', {"xl/vbaProject.bin": randbytes(9_000)})
    assert refusal_of(locked(plain, EXCELS_OWN), "a.xlsx").code == "macros"


def test_nothing_of_an_opened_workbook_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    rows_of(locked_xlsx(tmp_path / "a", EXCELS_OWN), "a.xlsx")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_lock_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    assert refusal_of(locked_xlsx(tmp_path / "a", EXCELS_OWN), "a.xlsx", Limits(seconds=0.000_1)).code == "too_slow"


def test_where_nothing_opens_locked_workbooks_they_are_told_to_take_the_password_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sme_tracker.sheets.unlocking.find_spec", lambda _: None)
    assert refusal_of(locked_xlsx(tmp_path / "a", EXCELS_OWN), "a.xlsx").code == "encrypted"
