"""The text of a file: UTF-8, UTF-16 and GB18030, stray bytes mended and their lines named, anything else refused."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, field

from sme_tracker.sheets.sheet import SheetRefused

BROKEN = "\N{REPLACEMENT CHARACTER}"
"""What stands where half a character is left and the other half is lost."""
_LONE_BYTES = frozenset(b"\x80\xa0\xff")
_SAMPLE = 1_000_000
_NUL = "\x00"
_CONTROL = bytes({*range(1, 32), 127} - {*b"\t\n\v\f\r\x1a\x1b"})
_EVERYDAY = re.compile(r"[\t\n\r -~\u00b7\u2010-\u2027\u3000-\u303f\u4e00-\u9fff\uff01-\uffe5]+")


@dataclass(frozen=True)
class Decoded:
    """The text, and the lines (from 1) in which damage was mended, as they read now.

    A lone byte that begins no character is read as a blank, half a character as BROKEN, and a NUL is left out.
    """

    text: str
    repaired_lines: dict[int, str] = field(default_factory=dict)


def decode(content: bytes) -> Decoded:
    """The text of a file.

    Raises SheetRefused when it is no text, neither UTF-8, UTF-16 nor GB18030, or too damaged to be told apart.
    """
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _without_nul(Decoded(_strictly(content, "utf-16")))
    if (unmarked := _unmarked_utf16(content)) is not None:
        return _without_nul(Decoded(unmarked))
    _refuse_binary(content)
    return _without_nul(_in_bytes(content))


def _in_bytes(content: bytes) -> Decoded:
    try:
        return Decoded(content.removeprefix(BOM_UTF8).decode("utf-8"))
    except UnicodeDecodeError as damage:
        if content.startswith(BOM_UTF8) or _is_mostly_utf8(content):
            raise SheetRefused("damaged_text", line=_line_of(damage.object, damage.start)) from damage
    if _is_big5(content):
        raise SheetRefused("unknown_encoding", line=1)
    try:
        return Decoded(content.decode("gb18030"))
    except UnicodeDecodeError:
        return _repaired(content)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as damage:
        before = content[: damage.start].decode(encoding, errors="ignore")
        raise SheetRefused("damaged_text", line=before.count("\n") + 1) from damage


def _unmarked_utf16(content: bytes) -> str | None:
    """The text of UTF-16 that lost its mark: NULs beside every digit and line break, and read as such it is Chinese."""
    sample = content[: 2 * _SAMPLE]
    if b"\x00" not in sample:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample[: len(sample) // 2 * 2].decode(encoding, errors="replace").replace(_NUL, "")
        if sum(map(len, _EVERYDAY.findall(text))) * 10 > len(text) * 9:
            return _strictly(content, encoding)
    return None


def _refuse_binary(content: bytes) -> None:
    sample = content[:_SAMPLE]
    control = len(sample) - len(sample.translate(None, _CONTROL))
    if sample.count(0) * 10 > len(sample) or control * 50 > len(sample):
        raise SheetRefused("not_a_workbook")


def _without_nul(decoded: Decoded) -> Decoded:
    if _NUL not in decoded.text:
        return decoded
    text = decoded.text.replace(_NUL, "")
    damaged = [number for number, line in enumerate(decoded.text.split("\n"), start=1) if _NUL in line]
    lines = text.split("\n")
    return Decoded(text, {**decoded.repaired_lines, **{number: lines[number - 1].rstrip("\r") for number in damaged}})


def _repaired(content: bytes) -> Decoded:
    """Line by line: no character of GB18030 holds the byte of a line break."""
    lines: list[str] = []
    repaired: dict[int, str] = {}
    mended = 0
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            lines.append(line.decode("gb18030"))
        except UnicodeDecodeError:
            text, bytes_mended = _mended(line)
            lines.append(text)
            repaired[number] = text.rstrip("\r")
            mended += bytes_mended
    text = "\n".join(lines)
    if mended * 4 > sum(character > "\x7f" for character in text):
        raise SheetRefused("unknown_encoding", line=next(iter(repaired)))
    return Decoded(text, repaired)


def _mended(line: bytes) -> tuple[str, int]:
    """The line without its damage, and how many bytes of it were damaged."""
    text, mended = "", 0
    while True:
        try:
            return text + line.decode("gb18030"), mended
        except UnicodeDecodeError as damage:
            text += line[: damage.start].decode("gb18030") + (" " if line[damage.start] in _LONE_BYTES else BROKEN)
            line = line[damage.start + 1 :]
            mended += 1


def _line_of(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _is_mostly_utf8(content: bytes) -> bool:
    """A few damaged bytes in UTF-8, rather than another encoding: short Chinese UTF-8 can pass for GB18030."""
    text = content[:_SAMPLE].decode("utf-8", errors="replace")
    damaged = text.count(BROKEN)
    read = sum(character > "\x7f" for character in text) - damaged
    return damaged * 10 < read


def _is_big5(content: bytes) -> bool:
    """Valid Big5 that would come out of GB18030 as characters outside the everyday set of GB 2312."""
    try:
        content.decode("big5")
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    foreign = "".join(character for character in text if character > "\x7f")
    everyday = len(foreign.encode("gb2312", errors="ignore")) // 2
    return bool(foreign) and everyday < 0.7 * len(foreign)
