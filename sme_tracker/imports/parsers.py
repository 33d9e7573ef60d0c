"""Which grammar reads the cells of which column, and which cells a row cannot come in without."""

from collections.abc import Callable, Container, Mapping
from functools import partial
from typing import Any

from sme_tracker.imports import cells
from sme_tracker.imports.columns import CAPITAL, Column
from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.figures import MAY_BE_NEGATIVE
from sme_tracker.sheets.sheet import Cell

REQUIRED = frozenset({"code", "name", "title", "fiscal_year"})
"""What its part of a row cannot do without, so that it is lost with an unreadable cell; others are lost alone."""
_PARSERS: Mapping[str, Callable[[Cell], Any]] = {
    "code": cells.code,
    "name": cells.enterprise_name,
    "legal_representative": partial(cells.name, longest=LONGEST["legal_representative"]),
    "contact_name": partial(cells.name, longest=LONGEST["person"]),
    "contact_phone": cells.phone,
    "business_scope": cells.long_text,
    "batch": partial(cells.line, longest=LONGEST["batch"]),
    "document_no": partial(cells.line, longest=LONGEST["document_number"]),
    "certificate_no": partial(cells.line, longest=LONGEST["certificate_number"]),
    "founded_on": cells.day,
    "title": cells.titles,
    "kind": cells.recognition_kind,
    "published_on": cells.day,
    "valid_from": cells.day,
    "valid_until": cells.day,
    "validity": cells.period,
    "review_opened_on": cells.day,
    "revoked_on": cells.day,
    "fiscal_year": cells.fiscal_year,
    "source": cells.source,
    "staff": cells.whole,
    "rd_staff": cells.whole,
}


def parser(column: Column, *, begins_1904: bool = False, printed: Container[str] = ()) -> Callable[[Cell], Any]:
    """What reads the cells of a column; an amount that names no unit is in that of its heading, else in 万元.

    `begins_1904`: in its workbook a number that nobody formatted as a day counts the days from 1904. `printed`: codes
    that licences print so although they do not verify.
    """
    parse = _of_column(column)
    if parse is cells.code:
        return partial(cells.code, printed=printed)
    return partial(_from_1904, parse) if begins_1904 and parse is cells.day else parse


def _of_column(column: Column) -> Callable[[Cell], Any]:
    field = column.meaning.field if column.meaning else None
    if field is None:
        return cells.line
    if field.key == CAPITAL:
        return partial(cells.capital, unit=column.unit)
    if field.is_money:
        return partial(cells.money_wan, unit=column.unit or "万元", may_be_negative=field.key in MAY_BE_NEGATIVE)
    if field.is_yearly:
        return partial(cells.whole, unit=column.unit or "")
    return _PARSERS.get(field.key, cells.line)


def _from_1904(parse: Callable[[Cell], Any], cell: Cell) -> Any:
    if isinstance(cell, float | int) and 0 < cell < _LARGEST_DAY_NUMBER:
        return parse(cell + _DAYS_TO_1904)
    return parse(cell)


_DAYS_TO_1904 = 1_462
"""How many days later the count of days begins in some workbooks, mostly of older Macs."""
_LARGEST_DAY_NUMBER = 100_000
