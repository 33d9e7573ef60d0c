"""Money, counts and years as people write them."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from sme_tracker.rules.bounds import EARLIEST_YEAR, LARGEST_COUNT, LARGEST_WAN, LATEST_YEAR
from sme_tracker.rules.values.reading import Unread, compact, is_about, said, unread

_MULTIPLES = {
    "": Decimal(1),
    "十": Decimal(10),
    "百": Decimal(100),
    "千": Decimal(1_000),
    "万": Decimal(10_000),
    "十万": Decimal(100_000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
    "十亿": Decimal(1_000_000_000),
    "百亿": Decimal(10_000_000_000),
}
UNITS_IN_WAN = {f"{multiple}元": times / 10_000 for multiple, times in _MULTIPLES.items()}
"""How many 万元 one of each unit of money is."""
PEOPLE_UNITS: Mapping[str, int] = {
    "": 1,
    "人": 1,
    "名": 1,
    "people": 1,
    "persons": 1,
    "百人": 100,
    "千人": 1_000,
    "万人": 10_000,
}
"""Units of people, and how many one is."""
CURRENCIES = (
    "加拿大元|澳大利亚元|新加坡元|新西兰元|美元|美金|欧元|港元|港币|港纸|日元|日币|韩元|韩币|英镑|澳元|加元|新元|新台币|台币|澳门元"
    "|法郎|马克|卢布|卢比|泰铢|usd|eur|hkd|jpy|krw|gbp|aud|cad|sgd|chf|twd|rub|us\\$|hk\\$|\\$|€|£"
)
_CENT = Decimal("0.01")
_RESIDUE = Decimal("0.000001")
"""What the arithmetic of a spreadsheet leaves beside a whole number."""

_NUMBER = r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?"
_MULTIPLE = "|".join(sorted(filter(None, _MULTIPLES), key=len, reverse=True))
_AMOUNT = re.compile(rf"(?:人民币|rmb|cny|¥)?({_NUMBER})({_MULTIPLE})?(元|圆)?(?:人民币|rmb|cny)?(元)?整?", re.ASCII)
_COUNT = re.compile(rf"({_NUMBER})({_MULTIPLE})?(?:人次|[人名个家户位件项次所台套])?", re.ASCII)
_LOSS = re.compile(r"\(([^()]*)\)((?:人民币)?[十百千万亿]*[元圆]?)")
_FOREIGN = re.compile(CURRENCIES)
_YEAR = re.compile(r"(\d{4})(?:\.0+)?(?:年|年度)?", re.ASCII)


def money(
    written: str | None, unit: str = "万元", *, may_be_negative: bool = False, may_be_rounded: bool = True
) -> Decimal | None:
    """An amount in 万元 with two decimals; a unit that is written goes before `unit`, None where nothing is said.

    (5.2) is −5.2, as accountants write it. Raises Unread for what is no certain amount of yuan; unless it
    `may_be_rounded` also for one without a unit that has more decimals.
    """
    text = said(written)
    if not text:
        return None
    plain = compact(text)
    if foreign := foreign_currency(plain):
        raise unread("foreign_amount", text, currency=foreign)
    match = _AMOUNT.fullmatch(_without_brackets(plain))
    if not match:
        raise _no_number(text, plain)
    amount = _number(match[1]) * UNITS_IN_WAN[_own_unit(match) or unit]
    _check_bounds(text, amount, LARGEST_WAN, may_be_negative=may_be_negative)
    if not may_be_rounded and not _own_unit(match) and amount != round(amount, 2):
        raise unread("too_many_decimals", text, places=2)
    return amount.quantize(_CENT, ROUND_HALF_UP) + 0


def names_unit(written: str) -> bool:
    """Whether what is written names its own unit of money, or a currency."""
    match = _AMOUNT.fullmatch(_without_brackets(compact(written)))
    return bool(match and _own_unit(match)) or foreign_currency(compact(written)) is not None


def foreign_currency(plain: str) -> str | None:
    """The foreign currency that a compact text names, None if it names none."""
    found = _FOREIGN.search(plain)
    return found[0].upper() if found else None


def number(written: str | None, places: int = 2) -> Decimal | None:
    """A plain number without a unit and with at most so many decimals. Raises Unread for anything else."""
    text = said(written)
    if not text:
        return None
    plain = compact(text)
    if not re.fullmatch(_NUMBER, plain, re.ASCII):
        raise _no_number(text, plain)
    found = _number(plain)
    _check_bounds(text, found, LARGEST_WAN, may_be_negative=True)
    if found != round(found, places):
        raise unread("too_many_decimals", text, places=places)
    return found


def count(written: str | None, unit: str = "") -> int | None:
    """A number of people or things; 1.2千人 are 1200, and what arithmetic left beside a whole number is dropped.

    `unit` is the one of its column, of PEOPLE_UNITS: 千人. Raises Unread for what is no certain whole number.
    """
    text = said(written)
    if not text:
        return None
    plain = compact(text)
    match = _COUNT.fullmatch(plain)
    if not match:
        raise _no_number(text, plain)
    exact = _number(match[1]) * (_MULTIPLES[match[2]] if match[2] else PEOPLE_UNITS[unit])
    nearest = exact.to_integral_value(ROUND_HALF_UP)
    if abs(exact - nearest) > _RESIDUE:
        raise unread("not_a_count", text)
    _check_bounds(text, nearest, Decimal(LARGEST_COUNT) + 1)
    return int(nearest)


def year(written: str | None) -> int | None:
    """A year: 2021, 2021年 or 2021年度. Raises Unread for anything else."""
    text = said(written)
    if not text:
        return None
    match = _YEAR.fullmatch(compact(text))
    if not match:
        raise unread("not_a_year", text)
    check_year(text, int(match[1]))
    return int(match[1])


def check_year(written: str, value: int) -> None:
    """Raise Unread for a year beyond all records."""
    if not EARLIEST_YEAR <= value <= LATEST_YEAR:
        raise unread("year_out_of_range", written, first=EARLIEST_YEAR, last=LATEST_YEAR)


def _own_unit(match: re.Match[str]) -> str | None:
    return f"{match[2] or ''}元" if match[2] or match[3] or match[4] else None


def _without_brackets(plain: str) -> str:
    """Brackets around the whole are a loss, those around a unit nothing: (5.2) is −5.2, and 3(万) is 3万."""
    if loss := _LOSS.fullmatch(plain):
        return f"-{loss[1]}{loss[2]}"
    return plain.replace("(", "").replace(")", "")


def _number(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _no_number(text: str, plain: str) -> Unread:
    return unread("approximate" if is_about(plain) else "not_a_number", text)


def _check_bounds(text: str, value: Decimal, beyond: Decimal, *, may_be_negative: bool = False) -> None:
    if value < 0 and not may_be_negative:
        raise unread("negative", text)
    if abs(value) >= beyond:
        raise unread("too_large", text)
