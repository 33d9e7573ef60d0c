"""What a cell says: codes, names, days, amounts and the field's words, read for certain or refused with a reason."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from sme_tracker.rules import credit_code
from sme_tracker.rules.bounds import BLANKS, LINE, LONGEST, check_text
from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.rules.terms import RecognitionKind, Source, Title
from sme_tracker.sheets.sheet import Cell, CellError

UNITS_IN_WAN = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "百万元": Decimal(100),
    "亿元": Decimal(10_000),
}
"""How many 万元 one of each unit is."""

_MISSING = frozenset(
    {"", "n/a", "na", "-", "--", "—", "——", "–", "/", "\\", "无", "不详", "暂无", "空", "null", "none", "nan"}
)
_LONGEST_MISSING = max(map(len, _MISSING))
_AROUND = BLANKS + "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""What is taken away around a text: blanks, and what copying leaves there that has no width."""
_CENT = Decimal("0.01")
_LARGEST_WAN = Decimal(10) ** 10
_LARGEST_EXACT_NUMBER = 10**15
_LARGEST_COUNT = 10_000_000
_EARLIEST, _LATEST = 1900, 2100
_SERIAL_DAYS = range(18_264, 73_051)
_SERIAL_ZERO = date(1899, 12, 30).toordinal()

Meaning = TypeVar("Meaning")

_TIME = r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DAY = re.compile(
    rf"(\d{{4}})\s*[-./年]\s*(\d{{1,2}})\s*[-./月]\s*(\d{{1,2}})\s*日?{_TIME}|(\d{{4}})(\d{{2}})(\d{{2}})"
)
_SHORT_YEAR = re.compile(r"'?\d{2}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?")
_PART_OF_A_DAY = re.compile(r"\d{4}\s*年?度?|\d{4}\s*[-./年]\s*\d{1,2}\s*月?")
_NORMAL_CODE = re.compile(r"[0-9A-Z]{18}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")
_YEAR = re.compile(r"(\d{4})(?:\.0)?\s*年?度?")
_NUMBER = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?")
_COUNT = re.compile(rf"({_NUMBER.pattern})[人名个家]?")
_AMOUNT = re.compile(
    rf"(?:人民币|RMB|CNY|¥)?({_NUMBER.pattern})(千|百万|万|亿)?(元|圆)?(?:人民币|RMB|CNY)?(元)?整?", re.IGNORECASE
)
_FOREIGN = re.compile(
    r"美元|欧元|港[元币]|日元|韩元|韩币|英镑|澳元|加元|加拿大元|澳大利亚元|新加坡元|台币|法郎|卢布|USD|EUR|HKD|JPY|KRW|GBP|\$|€",
    re.IGNORECASE,
)


class CellRefused(Exception):
    """A cell cannot be read: the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True)
class Capital:
    """Registered capital as written, and in 万元 where it can be read for certain; `unread` says why not."""

    written: str
    wan: Decimal | None
    unread: Finding | None = None


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
    """The text of a cell, trimmed; None when it is empty or says that there is nothing (N/A, 无, —).

    Characters that nobody sees are refused, as a form refuses them.
    """
    if cell is None:
        return None
    if isinstance(cell, CellError):
        raise _refused("formula_without_value" if cell.shown == "=" else "error", shown=cell.shown)
    if isinstance(cell, float | int) and not abs(cell) < _LARGEST_EXACT_NUMBER:
        raise _refused("number_too_long", value=shown(cell))
    written = shown(cell).strip(_AROUND)
    if len(written) <= _LONGEST_MISSING and unicodedata.normalize("NFKC", written).casefold() in _MISSING:
        return None
    for finding in check_text("cell", written, longest, one_line=one_line):
        raise CellRefused(finding)
    return written


def long_text(cell: Cell) -> str | None:
    """A text of several lines: a business scope."""
    written = text(cell, LONGEST["business_scope"])
    return written.replace("\r\n", "\n").replace("\r", "\n") if written else written


def name(cell: Cell, longest: int = LONGEST["enterprise_name"]) -> str | None:
    """The name of an enterprise or person, kept exactly but for blanks around it."""
    return text(cell, longest, one_line=True)


def code(cell: Cell) -> str | None:
    """The unified social credit code of an enterprise, verified.

    A numeric cell is refused: of eighteen digits a spreadsheet keeps fifteen, so the code in it is already ruined.
    A sole trader (92…) is refused: it cannot be cultivated.
    """
    written = cell if isinstance(cell, int | float) else text(cell)
    if written is None:
        return None
    if not isinstance(written, str) or _SCIENTIFIC.fullmatch(written):
        raise _refused("code_is_number", value=str(written))
    normal = written if _NORMAL_CODE.fullmatch(written) else credit_code.normalise(written)
    finding = credit_code.check(normal)
    if credit_code.is_sole_trader(normal):
        raise CellRefused(Finding("credit_code.sole_trader", {"code": normal}))
    if finding and finding.refuses:
        suggestion = credit_code.suggestion(normal)
        raise CellRefused(Finding(finding.code, {**finding.parameters, "code": normal, "suggestion": suggestion}))
    return normal


def doubt_about(verified: str) -> Finding | None:
    """What is odd about a code that verifies: its 17th character, which does not match in some real ones."""
    if verified[16] == credit_code.organisation_check_character(verified[8:16]):
        return None
    return Finding("credit_code.organisation_check", severity=Severity.NOTICE)


def day(cell: Cell) -> date | None:
    """A day from a date cell, or from 2022-06-01, 2022.6.1, 2022年6月1日, 20220601; what is less certain is refused."""
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, date):
        return _plausible(cell)
    if isinstance(cell, float | int) and cell in _SERIAL_DAYS:
        return date.fromordinal(_SERIAL_ZERO + int(cell))
    written = text(cell)
    if written is None:
        return None
    return _day_from(written if written.isascii() else _half_width(written))


def period(cell: Cell) -> tuple[date, date] | None:
    """Both days of a period such as 2021年7月1日至2024年6月30日."""
    written = text(cell)
    if written is None:
        return None
    days = [match[0] for match in _DAY.finditer(_half_width(written))]
    if len(days) != 2:
        raise _refused("not_a_period", value=written)
    return _day_from(days[0]), _day_from(days[1])


def fiscal_year(cell: Cell) -> int | None:
    """A year: 2021, 2021年 or 2021年度."""
    written = text(cell)
    if written is None:
        return None
    match = _YEAR.fullmatch(_half_width(written))
    if not match or not _EARLIEST <= int(match[1]) <= _LATEST:
        raise _refused("not_a_year", value=written)
    return int(match[1])


def money_wan(cell: Cell, unit: str = "万元", *, may_be_negative: bool = False) -> Decimal | None:
    """An amount in 万元 with two decimals; a unit in the cell goes before the column's `unit`."""
    written = text(cell)
    if written is None:
        return None
    if isinstance(cell, bool | date):
        raise _refused("not_a_number", value=written)
    plain = _plain_amount(written)
    match = _AMOUNT.fullmatch(plain)
    if not match:
        raise _refused("not_a_number", value=written)
    own_unit = (match[2] or "") + "元" if match[2] or match[3] or match[4] else unit
    amount = Decimal(match[1].replace(",", "")) * UNITS_IN_WAN[own_unit]
    if amount < 0 and not may_be_negative:
        raise _refused("negative", value=written)
    if abs(amount) >= _LARGEST_WAN:
        raise _refused("too_large", value=written)
    return amount.quantize(_CENT, ROUND_HALF_UP) + 0


def whole(cell: Cell) -> int | None:
    """A count of people or things."""
    written = text(cell)
    if written is None:
        return None
    match = _COUNT.fullmatch(_plain_amount(written))
    number = Decimal(match[1].replace(",", "")) if match and not isinstance(cell, bool | date) else None
    if number is None or number != number.to_integral_value():
        raise _refused("not_a_count", value=written)
    if number < 0:
        raise _refused("negative", value=written)
    if number > _LARGEST_COUNT:
        raise _refused("too_large", value=written)
    return int(number)


def names_unit(cell: Cell) -> bool:
    """Whether an amount's cell says its own unit."""
    return isinstance(cell, str) and bool(re.search(r"[万亿元圆]", cell) or _FOREIGN.search(cell))


def capital(cell: Cell, unit: str | None) -> Capital | None:
    """Registered capital in whichever way it is spelled: 1,000(万元人民币), 50万人民币, 20(万美元), 人民币50万元 …

    What is in another currency or cannot be read keeps its text and has no amount. `unit` is the column's, for numbers
    that name none; without it such a number is not read.
    """
    written = text(cell)
    if written is None:
        return None
    plain = re.sub(r"[()\s]", "", _half_width(written))
    if _FOREIGN.search(plain):
        return Capital(written, None, _notice("foreign_currency", value=written))
    match = _AMOUNT.fullmatch(plain)
    has_unit = bool(match and (match[2] or match[3] or match[4]))
    if not match or isinstance(cell, bool | date) or not (has_unit or unit):
        return Capital(written, None, _notice("capital_unread", value=written))
    try:
        wan = money_wan(plain, unit or "元")
    except CellRefused:
        return Capital(written, None, _notice("capital_unread", value=written))
    return Capital(written if has_unit else f"{written}{unit}", wan)


def title(cell: Cell) -> Title | None:
    """The title a level's words mean.

    专精特新中小企业 without a level is the provincial one, 小巨人 the national one (工信部企业〔2022〕63号).
    """
    written = text(cell)
    if written is None:
        return None
    plain = re.sub(r"[\s“”\"'‘’「」()]|企业|中小|称号", "", _half_width(written)).casefold()
    found = {meant for meant, says in _TITLES.items() if says(plain)}
    if len(found) != 1:
        raise _refused("level_unclear", value=written)
    return found.pop()


def recognition_kind(cell: Cell) -> RecognitionKind | None:
    """Whether a title is new, renewed or came with a higher one."""
    return _word(cell, _RECOGNITION_KINDS, "kind_unclear")


def source(cell: Cell) -> Source | None:
    """Where yearly figures come from."""
    return _word(cell, _SOURCES, "source_unclear")


def _title_rules() -> dict[Title, Callable[[str], bool]]:
    def is_level(level: str, *words: str) -> Callable[[str], bool]:
        others = {"国", "省", "市"} - {level}
        beside = ("小巨人", "创新型", "冠军")
        return lambda plain: (
            plain in words or (level in plain and not any(word in plain for word in (*others, *beside)))
        )

    return {
        Title.MUNICIPAL: is_level("市", "municipal", "city", "m"),
        Title.PROVINCIAL: lambda plain: (
            is_level("省", "provincial", "province", "p")(plain) or plain in {"专精特新", "srdi"}
        ),
        Title.NATIONAL: lambda plain: (
            is_level("国", "national", "state", "n", "little giant", "littlegiant")(plain)
            or ("小巨人" in plain and "重点" not in plain and not {"省", "市"} & set(plain))
        ),
        Title.KEY_NATIONAL: lambda plain: "小巨人" in plain and "重点" in plain and not {"省", "市"} & set(plain),
        Title.INNOVATIVE: lambda plain: "创新型" in plain and "小巨人" not in plain,
        Title.CHAMPION: lambda plain: "单项冠军" in plain and not {"省", "市"} & set(plain),
    }


_TITLES = _title_rules()
_RECOGNITION_KINDS = {
    RecognitionKind.NEW: {"新认定", "新增", "首次", "首次认定", "初次认定", "新申报", "新申请", "新获认定", "new"},
    RecognitionKind.RENEWED: {"复核", "复审", "复核通过", "通过复核", "复评", "延续", "续期", "renewed", "review"},
    RecognitionKind.AUTOMATIC: {"自动", "自动认定", "直接认定", "视同", "automatic"},
}
_SOURCES = {
    Source.AUDIT: {"审计", "审计报告", "年度审计", "年度审计报告", "财务审计报告", "audit"},
    Source.PLATFORM: {"平台", "培育平台", "梯度培育平台", "优质中小企业梯度培育平台", "platform"},
    Source.SELF_REPORTED: {
        "自报",
        "企业自报",
        "填报",
        "企业填报",
        "上报",
        "企业上报",
        "self-reported",
        "self_reported",
        "self",
    },
}


def _word(cell: Cell, words: Mapping[Meaning, set[str]], refusal: str) -> Meaning | None:
    written = text(cell)
    if written is None:
        return None
    plain = re.sub(r"\s", "", _half_width(written)).casefold()
    for meaning, spellings in words.items():
        if plain in spellings:
            return meaning
    raise _refused(refusal, value=written)


def _day_from(written: str) -> date:
    match = _DAY.fullmatch(written)
    if not match:
        reason = (
            "two_digit_year"
            if _SHORT_YEAR.fullmatch(written)
            else "part_of_a_day"
            if _PART_OF_A_DAY.fullmatch(written)
            else "not_a_day"
        )
        raise _refused(reason, value=written)
    year, month, number = (int(part) for part in match.groups() if part)
    try:
        return _plausible(date(year, month, number))
    except ValueError as error:
        raise _refused("no_such_day", value=written) from error


def _plausible(found: date) -> date:
    if not _EARLIEST <= found.year <= _LATEST:
        raise _refused("year_out_of_range", value=found.isoformat())
    return found


def _half_width(written: str) -> str:
    return unicodedata.normalize("NFKC", written).replace("−", "-").strip()


def _plain_amount(written: str) -> str:
    """Half-width, without blanks, and with (5.2) as accountants write −5.2."""
    plain = re.sub(r"\s", "", _half_width(written))
    return f"-{plain[1:-1]}" if plain.startswith("(") and plain.endswith(")") else plain


def _refused(code: str, **parameters: object) -> CellRefused:
    return CellRefused(Finding(f"cell.{code}", parameters))


def _notice(code: str, **parameters: object) -> Finding:
    return Finding(f"cell.{code}", parameters, Severity.NOTICE)
