"""Days and periods as people write them; a day of which only month or year is known is estimated."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from sme_tracker.rules.values.numbers import check_year
from sme_tracker.rules.values.reading import Unread, compact, said, unread


class Known(IntEnum):
    """How much of a day is known."""

    YEAR = 1
    MONTH = 2
    DAY = 3


@dataclass(frozen=True, slots=True)
class Day:
    """A day; where only its month or year is known, `value` is the last day of that and an estimate."""

    value: date
    known: Known = Known.DAY

    @property
    def is_estimated(self) -> bool:
        """Whether the day itself was not written."""
        return self.known is not Known.DAY

    @property
    def first(self) -> date:
        """The first day it could be."""
        if self.known is Known.DAY:
            return self.value
        return self.value.replace(month=1 if self.known is Known.YEAR else self.value.month, day=1)

    def may_be(self, other: date) -> bool:
        """Whether the other day lies in what is known of this one."""
        return self.first <= other <= self.value


@dataclass(frozen=True, slots=True)
class Period:
    """How long something holds: from a day, until a day, or for so many years; what is None was not said."""

    from_day: Day | None = None
    until: Day | None = None
    years: int | None = None

    @property
    def starts_on(self) -> date | None:
        """The day it begins: of two months or years the first begins with its first day, else it is an estimate."""
        if self.from_day is None:
            return None
        return self.from_day.first if self.until else self.from_day.value


_MOST_YEARS = 10
_FIGURES = "〇零一二三四五六七八九"
_NUMERALS = dict(zip("壹贰叁肆伍陆柒捌玖两", (*range(1, 10), 2), strict=True)) | {
    figure: max(place - 1, 0) for place, figure in enumerate(_FIGURES)
}
_TIME = r"(?:t?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z)?)?"
_WHOLE = rf"(?P<y>\d{{4}})[-./年](?P<m>\d{{1,2}})[-./月](?P<d>\d{{1,2}})[日号]?{_TIME}"
_MONTH = r"(?P<y>\d{4})[-./年](?P<m>\d{1,2})(?:月份?|月底|月末)?"
_YEAR = r"(?P<y>\d{4})(?:\.0)?(?:年度?|年底|年末)?"
_GRAMMARS = tuple(
    re.compile(grammar, re.ASCII)
    for grammar in (_WHOLE, r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", _MONTH, r"(?P<y>\d{4})(?P<m>0[1-9]|1[0-2])", _YEAR)
)
_SHORT_YEAR = re.compile(r"'?\d{2}[-./年]\d{1,2}(?:[-./月]\d{1,2})?[日号月]?", re.ASCII)
_CHINESE_FIGURE = re.compile(f"[{_FIGURES}十]")
_CHINESE_YEAR = re.compile(rf"([{_FIGURES}]{{4}})(?=年)")
_CHINESE_PART = re.compile(
    r"(?<=[年月])([一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=[月日号])"
)

_YEARS = re.compile(
    r"(?:为?期|有效期限?)?(?:限|为|是)?[:]?([一二三四五六七八九十两壹贰叁肆伍陆柒捌玖]|\d{1,2})(?:个?整?年|周年)(?:期|有效|内)?",
    re.ASCII,
)
_MONTHS = re.compile(r"(\d{1,3})个月", re.ASCII)
_SINCE = re.compile(r"(?:有效期)?(?:自|从)?(.*?)(?:之?日)?(?:起|开始)[,，]?(?:有效期)?(?:至|到)?(.*)")
_ANY_START = re.compile(r"(?:发证|公布|公告|公示|认定|发布|批准|颁发|颁证|通过|印发|发文)*(?:之|当)?日?")
_UNTIL = re.compile(r"(?:有效期)?(?:至|到|截至|截止|截止到|止于|~|-)?(.+?)(?:止|前|到期|截止|为止|届满)?")
_BETWEEN = re.compile(r"(?:~|至|到|—|--+|-)")


def day(written: str | None) -> Day | None:
    """A day, from 2022-06-01, 2022.6.1, 2022/6/1, 2022年6月1日 or 20220601, or what is known of one: 2022年6月, 2022.

    Raises Unread for what could be another day or none.
    """
    text = said(written)
    return _day(text, compact(text)) if text else None


def whole_day(written: str | None) -> date | None:
    """A day of which all is written; raises Unread also where only its month or year is."""
    found = day(written)
    if found is not None and found.is_estimated:
        raise unread("part_of_a_day", said(written))
    return found.value if found else None


def period(written: str | None) -> Period | None:
    """How long something is valid: two days, an end, a number of years, or a start with years.

    Of two months the first begins with its first day; months or years that lie whole years apart say the years from
    the first: 2021.06-2024.06 are three years from June 2021. Raises Unread for anything else.
    """
    text = said(written)
    if not text:
        return None
    plain = _without_length(_with_figures(compact(text)))
    for grammar in (_of_years, _from_a_day, _between, _with_an_end):
        if (found := grammar(text, plain)) is not None:
            return found
    raise unread("not_a_period", text)


def _without_length(plain: str) -> str:
    """3年(2021.6.1-2024.5.31) says with its days all that its years say; so does 2021.6.1-2024.5.31(3年)."""
    match = re.fullmatch(r"([^()]+)\(([^()]+)\)", plain)
    if not match:
        return plain
    if _YEARS.fullmatch(match[1]):
        return match[2]
    return match[1] if _YEARS.fullmatch(match[2]) else plain


def _of_years(_text: str, plain: str) -> Period | None:
    if (match := _YEARS.fullmatch(plain)) or (match := re.fullmatch(r"(\d)(?:\.0)?", plain, re.ASCII)):
        years = int(match[1]) if match[1].isdecimal() else 10 if match[1] == "十" else _NUMERALS[match[1]]
        return Period(years=years) if 0 < years <= _MOST_YEARS else None
    if (match := _MONTHS.fullmatch(plain)) and int(match[1]) in range(12, 12 * _MOST_YEARS + 1, 12):
        return Period(years=int(match[1]) // 12)
    return None


def _from_a_day(text: str, plain: str) -> Period | None:
    match = _SINCE.fullmatch(plain)
    if not match:
        return None
    first = None if _ANY_START.fullmatch(match[1]) else _day_or_none(match[1])
    if first is None and not _ANY_START.fullmatch(match[1]):
        return None
    length = _of_years(text, match[2])
    until = _with_an_end(text, match[2]) if match[2] and not length else None
    if length:
        return Period(first, years=length.years)
    return Period(first, until.until if until else None) if first else until


def _between(text: str, plain: str) -> Period | None:
    """Two days, wherever the stroke between them stands: days are written with strokes too."""
    plain = re.sub(r"^有效期[:]?|^自|^从|止$", "", plain)
    pairs = {
        (first, last)
        for first, last in _splits(plain)
        if first and last and first.known is last.known and first.value <= last.value
    }
    if len(pairs) != 1:
        if any(first and last for first, last in _splits(plain)):
            raise unread("not_a_period", text)
        return None
    first, last = pairs.pop()
    if first.is_estimated and (years := _whole_years(first, last)):
        return Period(first, years=years)
    return Period(first, last)


def _splits(plain: str) -> list[tuple[Day | None, Day | None]]:
    return [(_day_or_none(plain[: s.start()]), _day_or_none(plain[s.end() :])) for s in _BETWEEN.finditer(plain)]


def _whole_years(first: Day, last: Day) -> int:
    is_same_month = first.known is Known.YEAR or first.value.month == last.value.month
    return last.value.year - first.value.year if is_same_month else 0


def _with_an_end(text: str, plain: str) -> Period | None:
    match = _UNTIL.fullmatch(plain)
    return Period(until=_day(text, match[1])) if match and re.search(r"\d", match[1]) else None


def _day_or_none(plain: str) -> Day | None:
    try:
        return _day(plain, plain)
    except Unread:
        return None


def _day(text: str, plain: str) -> Day:
    plain = _with_figures(plain)
    for grammar in _GRAMMARS:
        if match := grammar.fullmatch(plain):
            return _day_of(text, match.groupdict())
    raise unread("two_digit_year" if _SHORT_YEAR.fullmatch(plain) else "not_a_day", text)


def _day_of(text: str, parts: dict[str, str]) -> Day:
    year, month = int(parts["y"]), int(parts.get("m") or 12)
    check_year(text, year)
    if not 1 <= month <= 12:
        raise unread("no_such_day", text)
    last = monthrange(year, month)[1]
    number = int(parts.get("d") or last)
    if not 1 <= number <= last:
        raise unread("no_such_day", text)
    known = Known.DAY if "d" in parts else Known.MONTH if "m" in parts else Known.YEAR
    return Day(date(year, month, number), known)


def _with_figures(plain: str) -> str:
    """二〇二一年六月一日 as 2021年6月1日."""
    if plain.isascii() or not _CHINESE_FIGURE.search(plain):
        return plain
    with_year = _CHINESE_YEAR.sub(lambda match: "".join(str(_NUMERALS[figure]) for figure in match[1]), plain)
    return _CHINESE_PART.sub(lambda match: str(_number_of(match[1])), with_year)


def _number_of(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    return (_NUMERALS[tens] if tens else 1) * 10 * bool(ten) + (_NUMERALS[ones] if ones else 0)
