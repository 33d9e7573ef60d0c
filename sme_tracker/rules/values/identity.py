"""Who an enterprise is and how it is called: credit codes, names with what brackets behind them say, phones."""

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from sme_tracker.rules import credit_code
from sme_tracker.rules.findings import Finding
from sme_tracker.rules.values.reading import Unread, compact, said, unread

_NORMAL_CODE = re.compile(r"[0-9A-Z]{18}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d+", re.IGNORECASE | re.ASCII)
_REMARK = re.compile(r"\s*[（(﹙]([^（）()﹙﹚]*(?:[（(][^（）()]*[）)][^（）()]*)?)[）)﹚]$")
_CLOSING = frozenset("）)﹚")
_FORMER = re.compile(
    r"(?:原名称?|原企业名称|曾用名|原(?!料|油|野|种|生|木|煤|子|创|味|始|素)|更名前|旧称|前身)[:：为是]?\s*(.+)"
)
_NOTE = re.compile(
    r"(?:已|拟)?(?:注销|吊销|迁出|迁移|停业|停产|歇业|清算|破产|更名|合并|搬迁|外迁|退库|失联|关停)(?:中|了|企业)?|筹|筹建|筹备|筹建中|筹备中|存续|在业|开业"
)
_PHONE_SEPARATOR = re.compile(r"\s*[、,，;；/|\n\r]+\s*|\s{2,}|(?<=\d{11})\s+(?=1\d{10})")
_DIGIT = re.compile(r"\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class EnterpriseNamed:
    """A name without what stands in brackets behind it: the former name, and what is noted about the enterprise."""

    name: str
    former: str | None = None
    notes: tuple[str, ...] = ()


def code(written: str | None, printed: Container[str] = ()) -> str | None:
    """The unified social credit code, normalised and verified; `printed` are those that licences print as they are.

    Raises Unread for one that is ruined or wrong, and for that of a sole trader (92…), who cannot be cultivated.
    """
    text = said(written)
    if not text:
        return None
    if _SCIENTIFIC.fullmatch(compact(text)):
        raise unread("code_is_number", text)
    normal = text if _NORMAL_CODE.fullmatch(text) else credit_code.normalise(text)
    finding = credit_code.check(normal)
    if credit_code.is_sole_trader(normal):
        raise Unread(Finding("credit_code.sole_trader", {"code": normal}))
    if finding and finding.code == credit_code.CHECK_CHARACTER and normal in printed:
        return normal
    if finding and finding.refuses:
        suggestion = credit_code.suggestion(normal)
        raise Unread(Finding(finding.code, {**finding.parameters, "code": normal, "suggestion": suggestion}))
    return normal


def enterprise_name(written: str | None) -> EnterpriseNamed | None:
    """A name kept exactly, but for blanks around it and for brackets behind it that are no part of it.

    （原…） is the former name, （已注销） or （筹） a note; any other bracket, such as （长春分公司）, stays.
    """
    name = said(written)
    if not name:
        return None
    former: str | None = None
    notes: list[str] = []
    while name[-1:] in _CLOSING and (match := _REMARK.search(name)):
        if earlier := _FORMER.fullmatch(match[1].strip()):
            former = earlier[1].strip()
        elif _NOTE.fullmatch(match[1].strip()):
            notes.insert(0, match[1].strip())
        else:
            break
        name = name[: match.start()].rstrip()
    return EnterpriseNamed(name, former, tuple(notes)) if name else EnterpriseNamed(said(written))


def phones(written: str | None) -> str | None:
    """Phone numbers as they are kept, several of them with 、 between; raises Unread for what a spreadsheet ruined."""
    text = unicodedata.normalize("NFKC", said(written))
    if not text:
        return None
    numbers = [number.strip() for number in _PHONE_SEPARATOR.split(text) if number.strip()]
    if any(_SCIENTIFIC.fullmatch(compact(number)) for number in numbers):
        raise unread("phone_is_number", text)
    if not any(_DIGIT.search(compact(number)) for number in numbers):
        raise unread("not_a_phone", text)
    return "、".join(numbers)
