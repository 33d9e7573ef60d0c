"""Texts as they are compared and searched, by one folding; a comparison only points out, it never merges."""

import unicodedata
from functools import cache
from importlib.resources import files

_PAIRS = files("sme_tracker.rules") / "alike"
_BRACKETS = "()[]{}<>〈〉《》「」『』【】〔〕〖〗〘〙〚〛"
_QUOTES = "\"'“”„‟‘’‚‛`´′″"
_NOT_COMPARED = dict.fromkeys(map(ord, _BRACKETS + _QUOTES))
_DOTS = "·•‧∙⋅・ꞏ⸱"
_DASHES = "‐‑‒–—―−﹘─"
_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x180E))
_MOST_ROUNDS = 4
"""After so many foldings nothing changes any more: what one composes, the next may fold."""
_FURTHER_IDEOGRAPHS = range(0x20000, 0x3FFFE)
"""The planes kept for ideographs, of which each version of Unicode assigns more."""


def folded(text: str) -> str:
    """The text without differences of typography, to be compared and read.

    Width, case, traditional characters, radicals that look like characters, dots and dashes are made one, variation
    selectors left out. Folding again changes nothing.
    """
    if text.isascii():
        return text.casefold()
    once = _once(text)
    if once.isalnum() and unicodedata.is_normalized("NFKC", once):
        return once
    for _round in range(_MOST_ROUNDS):
        again = _once(once)
        if again == once:
            break
        once = again
    return once


def name_key(name: str) -> str:
    """The name for comparing: folded, without brackets and quotation marks (what they hold stays) and blanks."""
    plain = folded(name)
    if plain.isalnum():
        return plain
    return folded("".join([c for c in plain if c not in _BRACKETS + _QUOTES and not _is_blank(c)]))


def search_key(name: str) -> str:
    """The name for searching: folded, only letters and figures of any script."""
    plain = folded(name)
    return plain if plain.isalnum() else "".join([c for c in plain if is_letter(c)])


def is_letter(character: str) -> bool:
    """Whether it is a letter or figure, also an ideograph too new to be known here."""
    return character.isalnum() or ord(character) in _FURTHER_IDEOGRAPHS


def bigrams(name: str) -> list[str]:
    """What a name is found by: each pair of neighbouring characters and its last one, each once."""
    return key_pairs(search_key(name))


def key_pairs(key: str) -> list[str]:
    """Each pair of neighbouring characters of a search key and its last character, each once."""
    return list(dict.fromkeys([key[place : place + 2] for place in range(len(key))]))


def query_bigrams(typed: str) -> list[str]:
    """The pairs a name must have to contain what was typed; for a single character that character.

    A name that has them all may hold them apart, so whoever asks compares the search keys too.
    """
    key = search_key(typed)
    return bigrams(key) if len(key) < 2 else list(dict.fromkeys(key[p : p + 2] for p in range(len(key) - 1)))


def _once(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(_alike())


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"


@cache
def _alike() -> dict[int, str | None]:
    """Character → the one it is taken for; None for one that is left out."""
    simplified, ideograph = _pairs("traditional.txt"), _pairs("radicals.txt")
    table: dict[int, str | None] = dict.fromkeys(_SELECTORS)
    table |= {ord(dot): "·" for dot in _DOTS} | {ord(dash): "-" for dash in _DASHES}
    table |= {ord(character): plain for character, plain in simplified.items()}
    table |= {ord(radical): simplified.get(character, character) for radical, character in ideograph.items()}
    return table


def _pairs(name: str) -> dict[str, str]:
    lines = (_PAIRS / name).read_text(encoding="utf-8").splitlines()
    characters = "".join(line for line in lines if not line.startswith("#"))
    return dict(zip(characters[::2], characters[1::2], strict=True))
