"""The unified social credit code (统一社会信用代码, GB 32100-2015): how it is written and what proves it."""

import re
import unicodedata
from operator import mul

from sme_tracker.rules.findings import Finding, Severity

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "Z": "2", "S": "5"})
SOLE_TRADER = "92"
CHECK_CHARACTER = "credit_code.check_character"
"""What is found where the 18th character is wrong; a licence may print it so."""

_WELL_FORMED = re.compile(f"[{ALPHABET}]*")
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_VALUE = {character: int(character, 36) for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def normalise(text: str) -> str:
    """The code as it is stored: half-width capitals, no blanks, hyphens or invisible characters."""
    half_width = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in half_width if not c.isspace() and c != "-" and unicodedata.category(c) != "Cf")


def check(code: str) -> Finding | None:
    """The first thing wrong with a normalised code, None if nothing is.

    A wrong 18th character refuses (GB 32100-2015); a wrong 17th (GB 11714) is a notice, since some codes in use
    fail it.
    """
    if len(code) != LENGTH:
        return Finding("credit_code.length", {"length": len(code), "expected": LENGTH})
    if not _WELL_FORMED.fullmatch(code):
        place, character = next(one for one in enumerate(code, start=1) if one[1] not in _VALUE)
        return Finding("credit_code.alphabet", {"place": place, "character": character})
    if code[-1] != check_character(code[:-1]):
        return Finding(CHECK_CHARACTER)
    if code[16] != organisation_check_character(code[8:16]):
        return Finding("credit_code.organisation_check", severity=Severity.NOTICE)
    return None


def suggestion(code: str) -> str | None:
    """The code with typed O, I, Z, S read as 0, 1, 2, 5, if that verifies; never with a computed character."""
    reread = code.translate(LOOK_ALIKES)
    finding = check(reread)
    return reread if reread != code and not (finding and finding.refuses) else None


def is_sole_trader(code: str) -> bool:
    """Whether the code is one of a sole trader (个体工商户), who cannot hold a title."""
    return code.startswith(SOLE_TRADER)


def check_character(first17: str) -> str:
    """The 18th character; raises KeyError for a character outside the alphabet."""
    total = sum(map(mul, map(_VALUE.__getitem__, first17), _WEIGHTS))
    return ALPHABET[-total % 31]


def organisation_check_character(subject8: str) -> str:
    """The 17th character, from the 9th to 16th (GB 11714: A = 10 to Z = 35)."""
    total = sum(map(mul, map(_ORGANISATION_VALUE.__getitem__, subject8), _ORGANISATION_WEIGHTS))
    return "0123456789X"[-total % 11]
