"""What a cell says: its text, and by the grammars of the house the value in it, or the reason why there is none."""

import re
from collections.abc import Container
from datetime import date, datetime
from decimal import Decimal
from math import isfinite

from sme_tracker.rules import credit_code
from sme_tracker.rules.bounds import LINE, LONGEST, check_text
from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.rules.terms import RecognitionKind, Source, Title
from sme_tracker.rules.values import capital as capitals
from sme_tracker.rules.values import days, identity, numbers, words
from sme_tracker.rules.values import titles as title_words
from sme_tracker.rules.values.capital import Capital
from sme_tracker.rules.values.days import Day, Period
from sme_tracker.rules.values.identity import EnterpriseNamed
from sme_tracker.rules.values.reading import Unread, one_line, said, unread
from sme_tracker.sheets.sheet import Cell, CellError

_LARGEST_EXACT_NUMBER = 10**15
_SERIAL = re.compile(r"\d{5}", re.ASCII)
_SERIAL_DAYS = range(18_264, 73_051)
_SERIAL_ZERO = date(1899, 12, 30).toordinal()
_DAMAGED = "\ufffd"


def shown(cell: Cell) -> str:
    """A cell as it stands in the file: whole numbers without a point."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, CellError):
        return cell.shown
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, date):
        return cell.isoformat()
    return str(int(cell)) if abs(cell) < _LARGEST_EXACT_NUMBER and cell == int(cell) else repr(cell)


def text(cell: Cell, longest: int = LINE, *, one_line: bool = False) -> str | None:
    """The text of a cell, trimmed; None when it is empty or says that there is nothing (N/A, 无, 未填).

    Raises Unread for an error, for what is damaged, too long, or holds characters that nobody sees, as a form does.
    """
    if cell is None:
        return None
    if isinstance(cell, CellError):
        raise _refused("formula_without_value" if cell.shown == "=" else "error", shown=cell.shown)
    if isinstance(cell, float | int) and not abs(cell) < _LARGEST_EXACT_NUMBER:
        raise _refused("number_too_long", value=shown(cell))
    written = said(shown(cell))
    if _DAMAGED in written:
        raise _refused("damaged", value=written)
    for finding in check_text("cell", written, longest, one_line=one_line):
        raise Unread(finding)
    return written or None


def line(cell: Cell, longest: int = LINE) -> str | None:
    """A text of one line; a break in the cell is a blank, as no form can show one."""
    written = text(cell, longest)
    return one_line(written) if written else written


def long_text(cell: Cell) -> str | None:
    """A text of several lines: a business scope."""
    written = text(cell, LONGEST["business_scope"])
    return written.replace("\r\n", "\n").replace("\r", "\n") if written else written


def name(cell: Cell, longest: int = LONGEST["enterprise_name"]) -> str | None:
    """The name of a person, kept exactly but for blanks around it."""
    return text(cell, longest, one_line=True)


def enterprise_name(cell: Cell) -> EnterpriseNamed | None:
    """The name of an enterprise, and what brackets behind it say: its former name, and notes such as 已注销."""
    return identity.enterprise_name(name(cell))


def code(cell: Cell, printed: Container[str] = ()) -> str | None:
    """The unified social credit code of an enterprise, verified, or one of those that licences print as they are.

    A numeric cell is refused: of eighteen digits a spreadsheet keeps fifteen, so the code in it is already ruined.
    """
    if isinstance(cell, int | float):
        raise unread("code_is_number", shown(cell))
    return identity.code(text(cell), printed)


def doubt_about(verified: str) -> Finding | None:
    """What is odd about a code that verifies: its 17th character, which does not match in some real ones."""
    if verified[16] == credit_code.organisation_check_character(verified[8:16]):
        return None
    return Finding("credit_code.organisation_check", severity=Severity.NOTICE)


def phone(cell: Cell) -> str | None:
    """One or several phone numbers; a number that a spreadsheet ruined is refused."""
    return _within(identity.phones(text(cell)), LONGEST["phone"])


def day(cell: Cell) -> Day | None:
    """A day, or the last one of a month or year of which no more is known; serial numbers of a spreadsheet are days."""
    return days.day(_day_text(cell))


def period(cell: Cell) -> Period | None:
    """How long a title is valid: two days, an end, or a number of years."""
    return days.period(_day_text(cell))


def fiscal_year(cell: Cell) -> int | None:
    """A year: 2021, 2021年 or 2021年度."""
    return numbers.year(text(cell))


def money_wan(cell: Cell, unit: str = "万元", *, may_be_negative: bool = False) -> Decimal | None:
    """An amount in 万元 with two decimals; a unit in the cell goes before the column's `unit`."""
    return numbers.money(_number_text(cell, "not_a_number"), unit, may_be_negative=may_be_negative)


def whole(cell: Cell, unit: str = "") -> int | None:
    """A count of people or things; `unit` is the multiple its column counts in, such as 千人."""
    return numbers.count(_number_text(cell, "not_a_count"), unit)


def names_unit(cell: Cell) -> bool:
    """Whether an amount's cell says its own unit."""
    return isinstance(cell, str) and numbers.names_unit(cell)


def capital(cell: Cell, unit: str | None) -> Capital | None:
    """Registered capital in whichever way it is spelled, kept as written; `unit` is that of numbers that name none."""
    return capitals.capital(text(cell), unit if not isinstance(cell, bool | date) else None)


def titles(cell: Cell) -> tuple[Title, ...] | None:
    """Every title that the words of a cell mean."""
    return title_words.titles(text(cell)) or None


def recognition_kind(cell: Cell) -> RecognitionKind | None:
    """Whether a title is new, renewed or came with a higher one."""
    return words.recognition_kind(text(cell))


def source(cell: Cell) -> Source | None:
    """Where yearly figures come from."""
    return words.source(text(cell))


def _day_text(cell: Cell) -> str | None:
    """A day as it is written; a number that a spreadsheet counts days with is one, also where it stands as text."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, str) and _SERIAL.fullmatch(cell.strip()):
        cell = int(cell)
    if isinstance(cell, float | int) and isfinite(cell) and int(cell) in _SERIAL_DAYS:
        return date.fromordinal(_SERIAL_ZERO + int(cell)).isoformat()
    return text(cell)


def _number_text(cell: Cell, refusal: str) -> str | None:
    """A number as its digits: what a spreadsheet computed may be 1e-05."""
    written = text(cell)
    if isinstance(cell, bool | date):
        raise unread(refusal, written or "")
    return format(Decimal(repr(cell)), "f") if isinstance(cell, float) else written


def _within(written: str | None, longest: int) -> str | None:
    for finding in check_text("cell", written, longest):
        raise Unread(finding)
    return written


def _refused(code: str, **parameters: object) -> Unread:
    return Unread(Finding(f"cell.{code}", parameters))
