"""The cells of a workbook as XML, a column of many rows at a time."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any

from sme_tracker.sheets.writing import Kind

LONGEST_TEXT = 32_767
BOLD, WHOLE, WAN, PERCENT, DATE, TITLE = 1, 2, 3, 4, 5, 6
"""The styles, by their places in the part that describes them."""
_FIRST_EXACT_DAY = date(1900, 3, 1)
_DAY_ZERO = date(1899, 12, 30).toordinal()
_LARGEST_EXACT_NUMBER = 2**53
_DIGITS = re.compile(r"[-.0-9]*")
_DIGITS_KEPT = 15
_UNUSUAL = re.compile("[&<>\\s\x00-\x1f\ud800-\udfff\ufffe\uffff]|_x")
_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def _text_cells(values: Sequence[Any]) -> list[str]:
    """Mostly nothing in them is unusual, which is seen at once for all."""
    texts = ["" if value is None else str(value) for value in values]
    if _UNUSUAL.search("|".join(texts)) or len(max(texts, key=len)) > LONGEST_TEXT // 2:
        return list(map(_text_cell, texts))
    return [f'<c t="inlineStr"><is><t>{text}</t></is></c>' if text else "<c/>" for text in texts]


def _number_cells(values: Sequence[Any], style: int) -> list[str]:
    texts = ["" if value is None else str(value) for value in values]
    if _DIGITS.fullmatch("".join(texts)) and len(max(texts, key=len)) <= _DIGITS_KEPT:
        return [f'<c s="{style}"><v>{text}</v></c>' if text else "<c/>" for text in texts]
    return [_number_cell(value, style) for value in values]


def styled_cell(text: str, style: int) -> str:
    """One cell of text in a style."""
    return _text_cell(text).replace("<c ", f'<c s="{style}" ', 1)


def _text_cell(text: str) -> str:
    if not text:
        return "<c/>"
    if len(text) > LONGEST_TEXT // 2:
        text = _cut(text)
    if _SPECIAL.search(text):
        text = _escaped(text)
    if "_x" in text and _ESCAPE_LIKE.search(text):
        return _split_text_cell(text)
    space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    return f'<c t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


def _split_text_cell(text: str) -> str:
    """`_x0041_` is an escaped A to Excel, unless its underscore stands in a run of its own."""
    runs = _ESCAPE_LIKE.sub('_</t></r><r><t xml:space="preserve">', text)
    return f'<c t="inlineStr"><is><r><t xml:space="preserve">{runs}</t></r></is></c>'


def _cut(text: str) -> str:
    """At most 32,767 UTF-16 units, as Excel counts."""
    units = text.encode("utf-16-le", errors="replace")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", errors="ignore") + "…"


def _number_cell(value: Any, style: int) -> str:
    if value is None:
        return "<c/>"
    if value != value or not -_LARGEST_EXACT_NUMBER < value < _LARGEST_EXACT_NUMBER:
        return _text_cell(str(value))
    return f'<c s="{style}"><v>{value}</v></c>'


@lru_cache(maxsize=20_000)
def _date_cell(value: Any) -> str:
    if not isinstance(value, date):
        return "<c/>"
    if value < _FIRST_EXACT_DAY:
        return _text_cell(value.isoformat())
    return f'<c s="{DATE}"><v>{value.toordinal() - _DAY_ZERO}</v></c>'


CELLS: Mapping[Kind, Callable[[Sequence[Any]], list[str]]] = {
    "text": _text_cells,
    "whole": partial(_number_cells, style=WHOLE),
    "wan": partial(_number_cells, style=WAN),
    "percent": partial(_number_cells, style=PERCENT),
    "date": lambda values: list(map(_date_cell, values)),
}
"""Kind of a column → what makes cells of its values."""
