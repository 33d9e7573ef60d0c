"""Lists go out as CSV, streamed; the columns of every export are described here."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, Literal

Kind = Literal["text", "whole", "wan", "percent", "date"]
Row = Sequence[object]

INCOMPLETE = "导出中断，文件不完整 INCOMPLETE"
_UNITS = {"wan": "万元", "percent": "%"}
_FIRST_ROWS = 50
_ROWS_AT_A_TIME = 1_000
_FORMULA = re.compile(r"'*[\s\x00-\x20\u200b\u2060\ufeff]*[=+\-@＝＋－＠﹢﹣﹦﹫\t\r]")
_DEFUSED = re.compile(r"'(?=" + _FORMULA.pattern + ")")
_RUINED = re.compile(r"0\d+|\d++(?:[Ee]\d+|(?<=\d{12})|[-/]\d{1,2}(?:[-/]\d{1,4})?)")
_AS_TEXT = re.compile(r'="([^"]*)"')


@dataclass(frozen=True)
class Column:
    """One column of an export: `wan` is money in 万元, `percent` is 12.5 for 12.5 %, `width` counts characters.

    `choices` are what may be entered in it: in a workbook they drop down.
    """

    key: str
    heading: str
    kind: Kind = "text"
    width: int = 16
    choices: Sequence[str] = ()

    @property
    def head(self) -> str:
        """The heading with its unit, which is added where the heading does not say it yet."""
        unit = _UNITS.get(self.kind, "")
        return self.heading if unit in self.heading else f"{self.heading}（{unit}）"


def stream_csv(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """The list as CSV for Excel and WPS: UTF-8 with BOM, CRLF, every row as long as the head.

    When fetching a row fails, the last line says in its first column that the file is incomplete, and the failure goes
    on, so that the server cuts the connection and the browser drops the download too.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([defused(column.head) for column in columns])
    yield b"\xef\xbb\xbf" + _taken(buffer)
    shown = [_SHOWN[column.kind] for column in columns]
    try:
        for batch in in_batches(rows):
            columns_shown = [map(show, values) for show, values in zip(shown, zip(*batch, strict=True), strict=True)]
            writer.writerows(zip(*columns_shown, strict=True))
            yield _taken(buffer)
    except Exception:
        writer.writerow([INCOMPLETE, *[""] * (len(columns) - 1)])
        yield _taken(buffer)
        raise


def in_batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """A short batch first, so that the first rows leave at once, then longer ones."""
    remaining = iter(rows)
    size = _FIRST_ROWS
    while batch := list(islice(remaining, size)):
        yield batch
        size = _ROWS_AT_A_TIME


def defused(text: str) -> str:
    """The text as a spreadsheet leaves it in peace when it opens a CSV.

    An apostrophe stands before what it would take for a formula, also past leading blanks and at full-width signs, and
    `="…"` around what it would take for a number or a day and ruin: 12 digits and more, leading zeros, 12E5, 3-1.
    `undefused` takes exactly that away again, so the pair gives back every text.
    """
    first = text[:1]
    if first.isdigit():
        return f'="{text}"' if _RUINED.fullmatch(text) else text
    if first.isalpha():
        return text
    return f"'{text}" if _FORMULA.match(text) else text


def undefused(text: str) -> str:
    """The text that `defused` was given."""
    if as_text := _AS_TEXT.fullmatch(text):
        return as_text[1]
    return text[1:] if _DEFUSED.match(text) else text


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", errors="replace")


def _shown_text(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if text[:1].isalpha() else defused(text)


def _shown_number(value: Any) -> str:
    return "" if value is None else f"{value:f}" if type(value) is Decimal else str(value)


def _shown_wan(value: Any) -> str:
    return "" if value is None else f"{value:.2f}"


def _shown_date(value: Any) -> str:
    return value.isoformat()[:10] if isinstance(value, date) else ""


_SHOWN: dict[Kind, Callable[[Any], str]] = {
    "text": _shown_text,
    "whole": _shown_number,
    "wan": _shown_wan,
    "percent": _shown_number,
    "date": _shown_date,
}
