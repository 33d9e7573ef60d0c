"""How long a text and how large a number may be that people write: one place for forms, addresses and files."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice

from sme_tracker.rules.findings import Finding, Refused, refuse
from sme_tracker.rules.names import is_letter

LARGEST_ID = 2**31 - 1
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
LARGEST_WAN = Decimal(10) ** 10
"""No amount of money reaches it, in 万元."""
LARGEST_COUNT = 10_000_000
"""No number of people or things is larger."""
LINE = 500
"""How many characters a text may have that has no length of its own."""
LONGEST: Mapping[str, int] = {
    "reason": LINE,
    "enterprise_name": 200,
    "credit_code": 40,
    "legal_representative": 200,
    "business_scope": 20_000,
    "person": 60,
    "position": 60,
    "phone": 40,
    "account": 60,
    "password": 512,
    "paper_name": 200,
    "paper_ref": 100,
    "paper_source": 200,
    "judgement": 1_000,
    "batch": 60,
    "document_number": 120,
    "certificate_number": 120,
    "listed_code": 40,
    "industry_code": 5,
    "listed_name": 100,
    "unit_short_name": 20,
    "region_code": 6,
    "notice_number": 60,
    "bureau_name": 60,
    "bureau_name_en": 100,
    "table_name": 40,
    "table_heading": 60,
    "table_line": 200,
    "table_lines": 2_000,
    "rule_set_key": 60,
    "rule_set_text": 2_000,
    "file_name": 120,
    "number": 40,
    "search": 100,
    "pasted_list": 100_000,
}
"""How many characters each text may have, whichever way it comes in."""
_PLAIN_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
BLANKS = " \t\r\n\u00a0\u2000\u2002\u2003\u2009\u3000"
"""What is taken away around a text, as nobody means it."""


def whole_number(written: str | None, most: int = LARGEST_ID) -> int | None:
    """The number that plain digits say, None where they say none or one greater than `most`."""
    if not written or len(written) > len(str(most)) or not (written.isascii() and written.isdecimal()):
        return None
    number = int(written)
    return number if number <= most else None


def plain_day(written: object) -> date:
    """The day written as 2026-03-31, in no other form of ISO 8601; raises ValueError for anything else."""
    if not isinstance(written, str) or not _PLAIN_DAY.fullmatch(written):
        raise ValueError(f"{written!r} is no plain day")
    return date.fromisoformat(written)


def check_text(field: str, text: str | None, longest: int = LINE, *, one_line: bool = False) -> Iterator[Finding]:
    """What forbids a text that somebody wrote in a field: it is too long, or holds a character that is not to be seen.

    Blanks are no such characters, nor are the ends of lines unless it must be `one_line`.
    """
    if text is None:
        return
    if len(text) > longest:
        yield Finding(f"{field}.too_long", {"length": len(text), "longest": longest})
    elif not text.isprintable():
        unseen = (place for place, character in enumerate(text) if not _is_seen(character, one_line=one_line))
        for place in islice(unseen, 1):
            character = f"U+{ord(text[place]):04X}"
            kind = "private_character" if unicodedata.category(text[place]) == "Co" else "invisible_character"
            yield Finding(f"{field}.{kind}", {"place": place + 1, "character": character})


def need_reason(reason: str | None, longest: int = LONGEST["reason"]) -> None:
    """Raise Refused unless a reason is given, and one that can be read and kept."""
    if not (reason or "").strip(BLANKS):
        raise Refused(Finding("reason.missing"))
    refuse(check_text("reason", reason, longest))


def _is_seen(character: str, *, one_line: bool) -> bool:
    if character in "\t\n\r":
        return not one_line
    return character.isprintable() or is_letter(character) or unicodedata.category(character) == "Zs"
