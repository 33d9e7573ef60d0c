"""How enterprises are found by what is typed: parts of names and former names, pinyin initials, the end of the code."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from pypinyin import Style, pinyin_dict
from pypinyin.style import convert
from sqlalchemy.orm import Session

from sme_tracker.rules.names import bigrams, search_key

# Where the first reading of the dictionary is not the one names use: 长春, 厦门.
USUAL_INITIALS = {"长": "c", "厦": "x"}


def search_fields(code: str, names: Sequence[str]) -> tuple[str, str, list[str]]:
    """What an enterprise is found by: the text to compare with, the code from its end, and the pairs of characters.

    `names` are the present name first and the former ones after it.
    """
    keys = [search_key(name) for name in names]
    texts = [*keys, *(initials(key) for key in keys)]
    pairs = dict.fromkeys(pair for text in texts for pair in bigrams(text))
    return " ".join(texts), code[::-1], list(pairs)


def initials(key: str) -> str:
    """The pinyin initials of a search key, character by character; letters and figures stand for themselves."""
    return key.translate(_table())


@cache
def _table() -> dict[int, str]:
    """Character → initial, computed once; a dictionary of phrases would be too slow and misreads 长."""
    table = {
        codepoint: letter
        for codepoint, readings in pinyin_dict.pinyin_dict.items()
        if (letter := _first_letter(readings.partition(",")[0]))
    }
    return table | {ord(character): letter for character, letter in USUAL_INITIALS.items()}


def _first_letter(reading: str) -> str:
    return convert(reading, Style.FIRST_LETTER, strict=False)


def insert_pairs(session: Session, pairs: Mapping[int, Iterable[str]]) -> None:
    """Add what enterprises are found by, by id.

    These are some thirty rows for each name, so they go straight to the driver, in the order of the table.
    """
    rows = sorted((pair, enterprise_id) for enterprise_id, found in pairs.items() for pair in found)
    connection = session.connection()
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    connection.exec_driver_sql(f"insert into search_pair (pair, enterprise_id) values ({mark}, {mark})", rows)  # noqa: S608
