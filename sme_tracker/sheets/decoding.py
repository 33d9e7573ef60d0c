"""The text of a CSV file: UTF-8 and GB18030 read exactly, damaged blanks mended and named, anything else refused."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, field

from sme_tracker.sheets.sheet import SheetRefused

LONE_BLANK = 0xA0
_SAMPLE = 1_000_000


@dataclass(frozen=True)
class Decoded:
    """The text, and the lines (from 1) in which a lone 0xA0, a blank of other code pages, was read as a blank."""

    text: str
    repaired_lines: dict[int, str] = field(default_factory=dict)


def decode(content: bytes) -> Decoded:
    """The text of a CSV file.

    Raises SheetRefused when it is neither UTF-8, UTF-16 with its mark, nor GB18030, or damaged beyond a blank.
    """
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return Decoded(_strictly(content, "utf-16"))
    if b"\x00" in content:
        raise SheetRefused("not_a_workbook")
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
        raise SheetRefused("damaged_text", line=_line_of(content, damage.start)) from damage


def _repaired(content: bytes) -> Decoded:
    """Line by line: no character of GB18030 holds the byte of a line break."""
    lines: list[str] = []
    repaired: dict[int, str] = {}
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            lines.append(line.decode("gb18030"))
        except UnicodeDecodeError:
            lines.append(_mended(line, number))
            repaired[number] = lines[-1].rstrip("\r")
    return Decoded("\n".join(lines), repaired)


def _mended(line: bytes, number: int) -> str:
    text = ""
    while True:
        try:
            return text + line.decode("gb18030")
        except UnicodeDecodeError as damage:
            if line[damage.start] != LONE_BLANK:
                raise SheetRefused("unknown_encoding", line=number) from damage
            text += line[: damage.start].decode("gb18030") + " "
            line = line[damage.start + 1 :]


def _line_of(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _is_mostly_utf8(content: bytes) -> bool:
    """A few damaged bytes in UTF-8, rather than another encoding: short Chinese UTF-8 can pass for GB18030."""
    text = content[:_SAMPLE].decode("utf-8", errors="replace")
    damaged = text.count("\N{REPLACEMENT CHARACTER}")
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
