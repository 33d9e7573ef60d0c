"""What a new password must be: length and classes (GB/T 22239-2019 8.1.4.1 a), and not easily guessed."""

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sme_tracker.rules.findings import Finding

LEFT_AT_LEAST = 6
"""So many characters must be left when known words and sequences are taken away."""
SEQUENCE_LENGTH = 4
DIFFERENT_AT_LEAST = 5

COMMON_WORDS = (
    *("password", "passwd", "passw", "admin", "administrator", "root", "system", "manager", "master", "user", "guest"),
    *("test", "demo", "login", "welcome", "default", "changeme", "letmein", "secret", "iloveyou", "hello", "monkey"),
    *("dragon", "sunshine", "princess", "football", "baseball", "superman", "computer", "internet", "server", "oracle"),
    *("office", "company", "china", "beijing", "woaini", "mima", "nihao", "zhongguo", "gongxin", "gongxinju", "qiye"),
    *(
        "changchun",
        "jilin",
        "zhuanjingtexin",
        "xiaojuren",
        "tidupeiyu",
        "taizhang",
        "sme",
        "tracker",
        "srdi",
        "register",
    ),
)
SEQUENCES = (
    "01234567890",
    "09876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiop",
    "poiuytrewq",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "520131415201314",
)

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_AS_LETTERS = str.maketrans("@4013$57!", "aaoiessti")
_UNSHIFTED = str.maketrans("!@#$%^&*()", "1234567890")


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """The bureau's settings; as shipped they follow the custom of 等保 assessments."""

    minimum_length: int = 10
    minimum_classes: int = 3
    remembered: int = 5
    maximum_age_days: int | None = 90


SHIPPED = PasswordPolicy()


def check(
    password: str, user_name: str, context_words: Iterable[str] = (), policy: PasswordPolicy = SHIPPED
) -> list[Finding]:
    """All that speaks against a new password; `context_words` are names of the bureau, the product, the place.

    Whether it is one of the last passwords is asked where their hashes are.
    """
    findings = []
    if len(password) < policy.minimum_length:
        findings.append(Finding("password.length", {"minimum": policy.minimum_length}))
    if _classes(password) < policy.minimum_classes:
        findings.append(Finding("password.classes", {"minimum": policy.minimum_classes}))
    folded = password.translate(_LOWER)
    if len(user_name) >= 3 and user_name.translate(_LOWER) in folded:
        findings.append(Finding("password.user_name"))
    if len(set(folded)) < DIFFERENT_AT_LEAST or _left(folded, (*COMMON_WORDS, *context_words)) < LEFT_AT_LEAST:
        findings.append(Finding("password.guessable"))
    return findings


def must_change(changed_on: date, today: date, policy: PasswordPolicy = SHIPPED) -> bool:
    """Whether the password is older than the policy allows."""
    age = policy.maximum_age_days
    return age is not None and today > changed_on + timedelta(days=age)


def _classes(password: str) -> int:
    """How many of four classes occur: small letters, capitals, figures, anything else."""
    known = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    classes = {next((name for name in known if character in name), "other") for character in password}
    return len(classes)


def _left(folded: str, words: Iterable[str]) -> int:
    """How many characters are part of no known word, sequence or year, whatever signs stand for letters."""
    lowered = [word.translate(_LOWER) for word in words if len(word) >= 3]
    known = {place for year in _YEAR.finditer(folded) for place in range(*year.span())}
    for reading in (folded, folded.translate(_AS_LETTERS), folded.translate(_UNSHIFTED)):
        for word in lowered:
            known.update(_places(reading, word))
        for place in range(len(reading) - SEQUENCE_LENGTH + 1):
            if any(reading[place : place + SEQUENCE_LENGTH] in sequence for sequence in SEQUENCES):
                known.update(range(place, place + SEQUENCE_LENGTH))
    return len(folded) - len(known)


def _places(text: str, word: str) -> Iterable[int]:
    start = text.find(word)
    while start >= 0:
        yield from range(start, start + len(word))
        start = text.find(word, start + 1)
