"""Registered capital, kept as it is written and read in 万元 where that is certain."""

from dataclasses import dataclass
from decimal import Decimal

from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.rules.values.numbers import foreign_currency, money, names_unit
from sme_tracker.rules.values.reading import Unread, compact, said


@dataclass(frozen=True)
class Capital:
    """Registered capital as written, and in 万元 where it can be read for certain; `unread` says why not."""

    written: str
    wan: Decimal | None
    unread: Finding | None = None


def capital(written: str | None, unit: str | None = "万元") -> Capital | None:
    """Registered capital in whichever way it is spelled: 1,000(万元人民币), 50万人民币, 人民币50万元 …

    What is in another currency or cannot be read keeps its text and has no amount. `unit` is the one of numbers that
    name none; without it such a number is not read.
    """
    text = said(written)
    if not text:
        return None
    if foreign_currency(compact(text)):
        return Capital(text, None, _notice("foreign_currency", text))
    has_unit = names_unit(text)
    try:
        wan = money(text, unit or "元") if has_unit or unit else None
    except Unread:
        wan = None
    if wan is None:
        return Capital(text, None, _notice("capital_unread", text))
    return Capital(text if has_unit else f"{text}{unit}", wan)


def _notice(code: str, text: str) -> Finding:
    return Finding(f"value.{code}", {"value": text}, Severity.NOTICE)
