"""A heading taken apart: the words of its field, and the year, level, unit and remarks around them in any order."""

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sme_tracker.rules.terms import Title
from sme_tracker.rules.values.numbers import CURRENCIES

Words = Container[str]
"""The words that name a field, plain: without blanks and brackets, half-width, in lower case."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says.

    `unit` is canonical: 万元 for 万 and 单位：万元. `years_back` counts from the year of the sheet: 上年 is 1.
    `part_of_year` is a period shorter than a year, `currency` one that is not yuan; `unread` is what else it says,
    which is not understood and has to be asked.
    """

    words: str = ""
    year: int | None = None
    years_back: int | None = None
    title: Title | None = None
    unit: str | None = None
    part_of_year: str | None = None
    currency: str | None = None
    unread: tuple[str, ...] = ()


def plain(written: object) -> str:
    """A heading's text for comparing: half-width, in lower case, without blanks, numbering and marks of duty."""
    text = re.sub(r"[\s\u200b-\u200f\u2060\ufeff]", "", unicodedata.normalize("NFKC", str(written or ""))).casefold()
    return _NUMBERING.sub("", text).translate(_BRACKETS).strip(":;,、")


def heading_of(levels: Iterable[object], known: Words) -> Heading:
    """The heading that stands in one or more lines above a column, the uppermost first.

    The lowest line names the field unless it says a year, level or unit only; together with the lines above it may name
    another one (联系人 over 电话). A line above that is neither a group such as 主要经济指标 nor part of the name is
    kept as unread: 电话 under 法定代表人 is not the contact's.
    """
    lines = [_line(text, known) for text in _distinct(plain(level) for level in levels) if text]
    if not lines:
        return Heading()
    said = _together(lines)
    named = [line.words for line in lines if line.words]
    for first in range(len(named)):
        words = _known_form("".join(named[first:]), known)
        if words is not None:
            above = [group for group in named[:first] if not _GROUP.fullmatch(group)]
            return replace(said, words=words, unread=(*above, *said.unread))
    return replace(said, words="".join(named[-1:]))


def stated_unit(text: object) -> Heading | None:
    """The unit of money or the currency that a line above the head states: 单位：万元, 金额单位:亿, 单位：万美元."""
    for match in _STATED.finditer(plain(text)):
        piece = _piece(match[1], ())
        if piece.currency or piece.unit in MONEY_UNITS:
            return Heading(unit=piece.unit, currency=piece.currency)
    return None


MONEY_UNITS = ("元", "千元", "万元", "十万元", "百万元", "千万元", "亿元", "十亿元")
"""Units of money as headings are said to have them."""
_SCALES = {
    "": "元",
    "千": "千元",
    "k": "千元",
    "thousand": "千元",
    "万": "万元",
    "10k": "万元",
    "10000": "万元",
    "10,000": "万元",
    "十万": "十万元",
    "百万": "百万元",
    "million": "百万元",
    "千万": "千万元",
    "亿": "亿元",
    "十亿": "十亿元",
    "billion": "十亿元",
}
_SCALE = r"十亿|亿|千万|百万|十万|万|千|10k|10,?000|k|thousand|million|billion"
_YUAN = r"人民币|rmb|cny|yuan|元|圆|¥"
_UNIT_SAID = r"(?:(?:金额|计量|货币)?单位(?:为|是)?[:]?)?"
_MONEY = re.compile(rf"{_UNIT_SAID}(?:in)?(?P<before>{_YUAN})*[,/:]?(?P<scale>{_SCALE})?(?P<after>{_YUAN})*")
_COUNT = re.compile(rf"{_UNIT_SAID}((?:千|百|万)?人|名|户|家|件|个|项|台|套|年|人次|people|persons)")
_SHARE = re.compile(rf"{_UNIT_SAID}(%|‰|百分比|百分数|百分点|percent)")
_FOREIGN = re.compile(rf"{_UNIT_SAID}(?:{_SCALE})?({CURRENCIES}|瑞士法郎|外币)")
_STATED = re.compile(r"单位(?:为|是)?:?((?:(?!单位)[^,;。()])+)")
_AT_THE_END = re.compile(rf"(.+?)[,/:_]?(?:单位:?)?(?:人民币|rmb|cny)?(?P<scale>{_SCALE})?(?:元|圆|yuan|rmb|cny)")
_AFTER_A_STROKE = re.compile(rf"(.+?)[,/:_-]+(?P<unit>(?:{_YUAN})?(?:{_SCALE})?(?:{_YUAN})?|(?:千|万)?人|%)")
_YUAN_SIGN = re.compile(r"(.+?)[,/:_-]*¥")
_PER_YEAR = re.compile(r"(.+元)[/每]年")

_NUMBERING = re.compile(r"^(?:[(]?[一二三四五六七八九十]+[)、.]|[(]?\d{1,2}[).、](?=\D)|[*※★●▲△#☆]+)+|[*※★]+$")
_BRACKETS = str.maketrans("[]{}【】〔〕〖〗「」『』《》<>〈〉", "()()()()()()()()()()")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_BETWEEN = re.compile(r"[,;、/|·。+]|和|以及")

_YEAR = r"(?<!\d)((?:19[89]|20\d)\d)"
_WHOLE_YEAR = re.compile(
    rf"(?:截至|截止|至|在|fy)?{_YEAR}(?:财年|会计年度|年度?|-(?=12))?"
    r"(?:0?1月?(?:1日)?[-~—–至到]12月(?:31日)?|全年|1-12|12月(?:31日|末|底|份)?|-?12[-./]31|\.12\.31|年?末|底)?(?:止|为止|时)?"
)
_SPAN_OF_YEARS = re.compile(rf"{_YEAR}年?度?[-~—–至到]{_YEAR}年?度?")
_PART_OF_YEAR = re.compile(
    rf"(?:{_YEAR}年?度?)?(?!0?1月?[-~—–至到]12月)((?:0?[1-9]|1[0-2])[-~—–至到](?:0?[1-9]|1[0-2])月(?:份)?|上半年|下半年|半年度?|前[三3]季度"
    r"|第?[一二三四1-4]季度|[1-4]q|q[1-4]|(?:0?[1-9]|1[01])月(?:份|末|底)?)(?:累计)?"
)
_TWO_DIGITS = re.compile(r"(?<!\d)'?\d\d年度?")
_RELATIVE = (
    (re.compile(r"上上年度?|前年度?"), 2),
    (re.compile(r"上一?年度?|去年|前一年度?|previousyear|lastyear"), 1),
    (re.compile(r"本年度?|当年度?|今年|报告期|currentyear"), 0),
)
_HARMLESS = re.compile(
    r"必填项?|选填项?|可选|可不填|可空|如有|没有可不填|若有|没有填无|有则填写|文本|文本型|文本格式|数字|数值|日期|日期型|下拉|下拉选择|请选择|单选"
    r"|18位.*|.*位数?字|保留.*小数|格式.*|例如?[:].*|如[:].*|yyyy.*|年月日|年-月-日|不含税|审计数?|经审计|合并口径|母公司口径|合并报表|合并"
    r"|全年|年末|期末|年底|累计|年末数|期末数|截至年末|1-12月?|全称|简称|盖章|公章|加盖公章|大类|门类|中类|小类|大类代码|行业大类|与营业执照一致|同营业执照|按营业执照.*|代码|名称|企业|公司|required|optional|text"
)
_GROUP = re.compile(
    r".*(?:情况|信息|指标|数据|资料|概况|部分|简况|明细|内容|事项|要素)|近[两二三四五2-5]年.*|基本|企业|公司|经济|财务|年报|报表"
)
_BEFORE = (
    "近三年",
    "近两年",
    "企业",
    "公司",
    "单位",
    "本企业",
    "年末",
    "期末",
    "年底",
    "全年",
    "年度",
    "年",
    "其中:",
    "其中",
    "主要",
    "累计",
)
_BEHIND = ("情况", "数额", "金额", "年末数", "期末数", "等")


class _Piece(NamedTuple):
    """What a piece of a heading says, if it is one thing only."""

    unit: str | None = None
    currency: str | None = None
    is_harmless: bool = False
    is_unread: bool = False


def _line(text: str, known: Words) -> Heading:
    """One line of a heading, which stands plainly."""
    opened = text.replace("(", "").replace(")", "")
    if opened in known:
        return Heading(opened)
    outside, said = _IN_BRACKETS.sub("", text), Heading()
    for remark in _IN_BRACKETS.findall(text):
        said = _with_remark(said, remark, outside, known)
    if outside in known:
        return replace(said, words=outside)
    said, rest = _without_time(said, outside, known)
    said, rest = _without_unit(said, rest.strip(_STROKES), known)
    title, rest = _without_title(rest.strip(_STROKES), known)
    return replace(said, words=rest, title=title or said.title)


def _with_remark(said: Heading, remark: str, outside: str, known: Words) -> Heading:
    """What a bracket adds, as a whole or in its parts."""
    remark = _PER_YEAR.sub(r"\1", remark)
    for part in [remark] if not _piece(remark, known).is_unread else [one for one in _BETWEEN.split(remark) if one]:
        timed, rest = _without_time(said, part, known)
        said, rest = timed, rest.strip("的:-,.")
        if not rest or f"{outside}{rest}" in known or rest == outside:
            continue
        if rest in _TITLES:
            said = replace(said, title=_TITLES[rest])
            continue
        piece = _piece(rest, known)
        said = replace(said, unit=piece.unit or said.unit, currency=piece.currency or said.currency)
        if piece.is_unread:
            said = replace(said, unread=(*said.unread, rest))
    return said


def _piece(text: str, known: Words) -> _Piece:
    if match := _FOREIGN.fullmatch(text):
        return _Piece(currency=match[1])
    if match := _COUNT.fullmatch(text) or _SHARE.fullmatch(text):
        return _Piece(unit=match[1])
    match = _MONEY.fullmatch(text)
    if match and (match["scale"] or match["before"] or match["after"]):
        return _Piece(unit=_SCALES[match["scale"] or ""])
    if _HARMLESS.fullmatch(text) or text in known:
        return _Piece(is_harmless=True)
    return _Piece(is_unread=True)


def _without_time(said: Heading, text: str, known: Words) -> tuple[Heading, str]:
    """What is said of the year, and the text without it; years that only follow one another stay unread."""
    if match := _SPAN_OF_YEARS.search(text):
        return replace(said, unread=(*said.unread, match[0])), _cut(text, match)
    if match := _WHOLE_YEAR.search(text):
        year, rest = int(match[1]), _cut(text, match)
        if not _PART_OF_YEAR.fullmatch(text[match.start() : match.end() + 8]) and not _PART_OF_YEAR.match(rest):
            return replace(said, year=year), rest
    if (match := _PART_OF_YEAR.search(text)) and text not in known:
        year_said = int(match[1]) if match[1] else said.year
        return replace(said, year=year_said, part_of_year=match[2]), _cut(text, match)
    if match := _TWO_DIGITS.search(text):
        return replace(said, unread=(*said.unread, match[0])), _cut(text, match)
    for pattern, years_back in _RELATIVE:
        if match := pattern.search(text):
            return replace(said, years_back=years_back), _cut(text, match)
    return said, text


def _without_unit(said: Heading, text: str, known: Words) -> tuple[Heading, str]:
    """A unit behind the words without brackets: 营业收入万元, 营业收入/亿, 从业人数_人."""
    if text in known:
        return said, text
    if (match := _AT_THE_END.fullmatch(text)) and match[1]:
        return replace(said, unit=said.unit or _SCALES[match["scale"] or ""]), match[1]
    if match := _YUAN_SIGN.fullmatch(text):
        return replace(said, unit=said.unit or "元"), match[1]
    if (match := _AFTER_A_STROKE.fullmatch(text)) and match["unit"]:
        piece = _piece(match["unit"], known)
        return replace(said, unit=said.unit or piece.unit), match[1]
    return said, text


def _without_title(text: str, known: Words) -> tuple[Title | None, str]:
    """A level before the words of a recognition: 省级认定时间 is 认定时间 of the provincial title."""
    bare = re.sub(r"[“”\"'‘’]", "", text)
    for words, title in TITLE_WORDS:
        if bare == words:
            return title, ""
        if bare.startswith(words) and _known_form(bare.removeprefix(words), known) is not None:
            return title, bare.removeprefix(words)
    return None, text


_STROKES = "-_/:,·~—–的"


def _title_words() -> Iterator[tuple[str, Title]]:
    national = (
        "国家级专精特新小巨人",
        "国家专精特新小巨人",
        "专精特新小巨人",
        "国家级小巨人",
        "小巨人",
        "国家级专精特新",
        "国家级",
    )
    key = ("国家级重点小巨人", "国家级重点专精特新小巨人", "重点专精特新小巨人", "重点小巨人")
    provincial = ("省级专精特新", "省专精特新", "吉林省专精特新", "省级")
    municipal = ("市级专精特新", "市专精特新", "长春市专精特新", "市级")
    for title, names in (
        (Title.KEY_NATIONAL, key),
        (Title.NATIONAL, national),
        (Title.PROVINCIAL, provincial),
        (Title.MUNICIPAL, municipal),
        (Title.INNOVATIVE, ("创新型",)),
        (Title.CHAMPION, ("制造业单项冠军", "单项冠军")),
    ):
        for name in names:
            yield from ((f"{name}{kind}", title) for kind in ("中小企业", "企业", ""))


TITLE_WORDS = tuple(sorted(_title_words(), key=lambda words: -len(words[0])))
"""The words of a level before those of a field, the longest first."""
_TITLES = dict(TITLE_WORDS)


def _together(lines: Sequence[Heading]) -> Heading:
    """What several lines say besides the words; the lower one goes before the upper.

    Years that follow one another over a line that names its own are a group's.
    """
    said = Heading()
    for line in lines:
        has_year = line.year is not None or line.part_of_year is not None
        said = Heading(
            year=line.year or said.year,
            years_back=line.years_back if line.years_back is not None else said.years_back,
            title=line.title or said.title,
            unit=line.unit or said.unit,
            part_of_year=line.part_of_year or said.part_of_year,
            currency=line.currency or said.currency,
            unread=(*(one for one in said.unread if not (has_year and _SPAN_OF_YEARS.fullmatch(one))), *line.unread),
        )
    return said


def _known_form(words: str, known: Words) -> str | None:
    """The words as a field has them, also without what is often said before or behind them."""
    if words in known:
        return words
    shorter = [words.removeprefix(before) for before in _BEFORE] + [words.removesuffix(behind) for behind in _BEHIND]
    return next((form for form in shorter if form != words and form in known), None)


def _distinct(texts: Iterable[str]) -> Iterator[str]:
    """Each text but those that only repeat the one above, as a cell merged over several lines does."""
    last = ""
    for text in texts:
        if text != last:
            yield text
        last = text or last


def _cut(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + text[match.end() :]
