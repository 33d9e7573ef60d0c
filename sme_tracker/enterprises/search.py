"""How enterprises are found by what is typed: parts of names and former names, pinyin initials, parts of the code."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain

from pypinyin import Style, pinyin_dict
from pypinyin.style import convert
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from sme_tracker.enterprises.models import Enterprise, SearchPair
from sme_tracker.rules.names import key_pairs, query_bigrams, search_key

FEW = 1000
"""Up to so many candidates are looked up one by one; where there are more, whoever walks the list soon meets them."""

PAIRS_TRIED = 12
LEAST_CODE_PART = 4
LAST_CHARACTER = chr(0x10FFFF)

_E = Enterprise.__table__.c
_P = SearchPair.__table__.c

# Where the first reading of the dictionary is not the one names use: 长春, 厦门.
USUAL_INITIALS = {"长": "c", "厦": "x"}


def search_fields(code: str, names: Sequence[str]) -> tuple[str, str, list[str]]:
    """What an enterprise is found by: the text to compare with, the code from its end, and the pairs of characters.

    `names` are the present name first and the former ones after it.
    """
    keys = [search_key(name) for name in names]
    texts = [*keys, *(initials(key) for key in keys)]
    pairs = dict.fromkeys(chain.from_iterable(map(key_pairs, texts)))
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
    rows = sorted([(pair, enterprise_id) for enterprise_id, found in pairs.items() for pair in found])
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("insert into search_pair (pair, enterprise_id) values (?, ?)", rows)
    else:
        columns = ([pair for pair, _id in rows], [enterprise_id for _pair, enterprise_id in rows])
        arrays = "select * from unnest(%s::text[], %s::bigint[])"
        connection.exec_driver_sql(f"insert into search_pair (pair, enterprise_id) {arrays}", columns)


def matching(session: Session, typed: str) -> ColumnElement[bool]:
    """The condition that picks the enterprises that have what was typed in a name, its initials or the code.

    Width, case, blanks and punctuation do not matter; what is nothing but punctuation is looked for as it is.
    """
    key = search_key(typed)
    if not key:
        return _E.name.contains(typed.strip(), autoescape=True)
    named = _named(session, key)
    return or_(named, _coded(key)) if _may_be_code(key) else named


def _named(session: Session, key: str) -> ColumnElement[bool]:
    contains = _E.search_text.contains(key, autoescape=True)
    pairs = query_bigrams(key)[:PAIRS_TRIED]
    tried = session.connection().execute(select(*(_candidates_counted(pair) for pair in pairs))).one()
    fewest, rarest = min(zip(tried, pairs, strict=True))
    if fewest > FEW:
        return contains
    return _E.id.in_(select(_P.enterprise_id).where(_beginning(rarest))) & contains


def _candidates_counted(pair: str) -> ColumnElement[int]:
    """How many enterprises have the pair, counted up to one more than FEW."""
    some = select(_P.enterprise_id).where(_beginning(pair)).limit(FEW + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _beginning(pair: str) -> ColumnElement[bool]:
    """A pair, or for a single character every pair that begins with it."""
    if len(pair) > 1:
        return _P.pair == pair
    return (_P.pair >= pair) & (_P.pair <= pair + LAST_CHARACTER)


def _may_be_code(key: str) -> bool:
    return key.isascii() and len(key) >= LEAST_CODE_PART and not key.isalpha()


def _coded(key: str) -> ColumnElement[bool]:
    part = key.upper()
    return _E.id.in_(select(_E.id).where(_E.code.contains(part, autoescape=True)))


def found_at(name: str, typed: str) -> tuple[int, int] | None:
    """Where in a name what was typed stands, itself or by initials: from which character to before which."""
    key = search_key(typed)
    folded = [search_key(character) for character in name]
    place_of = [place for place, characters in enumerate(folded) for _character in characters]
    text = "".join(folded)
    begins = text.find(key) if key in text else initials(text).find(key)
    if not key or begins < 0:
        return None
    return place_of[begins], place_of[begins + len(key) - 1] + 1
