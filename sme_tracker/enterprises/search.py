"""How enterprises are found by what is typed: parts of names and former names, pinyin initials, the code's ends."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from pypinyin import Style, pinyin_dict
from pypinyin.style import convert
from sqlalchemy import ColumnElement, Select, bindparam, delete, func, or_, select, union
from sqlalchemy.orm import Session

from sme_tracker.bulk import insert_rows
from sme_tracker.enterprises.choosing import FEW, Choice
from sme_tracker.enterprises.models import Enterprise, SearchPair
from sme_tracker.rules.credit_code import ALPHABET
from sme_tracker.rules.names import key_pairs, query_bigrams, search_key

VERSION = 2
"""Of what the pairs are of the same text; whoever changes that raises it, and databases are rebuilt."""
PAIRS_TRIED = 12
PAIR = 2
LEAST_CODE_PART = 4
ORGANISATION_LENGTH = 9
LAST_CHARACTER = chr(0x10FFFF)

_ENTERPRISE = Enterprise.__table__
_E = _ENTERPRISE.c
_PAIR = SearchPair.metadata.tables["search_pair"]
_P = _PAIR.c

# Where the first reading of the dictionary is not the one names use: 长春, 厦门.
USUAL_INITIALS = {"长": "c", "厦": "x"}


def search_fields(code: str, names: Sequence[str]) -> tuple[str, str, list[str]]:
    """What an enterprise is found by: the text to compare with, the code from its end, and the pairs of characters.

    `names` are the present name first and the former ones after it.
    """
    keys = [search_key(name) for name in names]
    search_text = " ".join([*keys, *(initials(key) for key in keys)])
    return search_text, code[::-1], pairs_in(search_text)


def pairs_in(search_text: str) -> list[str]:
    """The pairs of characters by which an enterprise with this text is found."""
    return list(dict.fromkeys(chain.from_iterable(map(key_pairs, search_text.split(" ")))))


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

    These are some thirty rows for each name, which are added in the order of the table.
    """
    found_by: defaultdict[str, list[int]] = defaultdict(list)
    for enterprise_id, found in pairs.items():
        for pair in found:
            found_by[pair].append(enterprise_id)
    rows = [(pair, enterprise_id) for pair in sorted(found_by) for enterprise_id in found_by[pair]]
    insert_rows(session, _PAIR, ("pair", "enterprise_id"), rows)


def remove_pairs(session: Session, pairs: Mapping[int, Iterable[str]]) -> None:
    """Remove what enterprises are no longer found by, by id; each row by its key."""
    rows = [{"gone": pair, "which": enterprise_id} for enterprise_id, found in pairs.items() for pair in found]
    if rows:
        one = delete(_PAIR).where(_PAIR.c.pair == bindparam("gone"), _PAIR.c.enterprise_id == bindparam("which"))
        session.connection().execute(one, rows)


def pairs_of(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[str]]:
    """The pairs kept of enterprises; every row of the table is looked at, as no index leads from an enterprise."""
    found: dict[int, list[str]] = {which: [] for which in enterprise_ids}
    for which, pair in session.execute(select(_P.enterprise_id, _P.pair).where(_P.enterprise_id.in_(enterprise_ids))):
        found[which].append(pair)
    return found


def rebuild_pairs(session: Session, kept: Mapping[int, Collection[str]]) -> None:
    """Let enterprises be found by what their text says and by nothing else; `kept` is what was kept of each before.

    One that has been renamed since `kept` was read has what its new text says.
    """
    texts = session.execute(select(_E.id, _E.search_text).where(_E.id.in_(kept))).all()
    pairs = {which: pairs_in(search_text) for which, search_text in texts}
    remove_pairs(session, {which: {*before, *pairs.get(which, ())} for which, before in kept.items()})
    insert_pairs(session, pairs)


def matching(session: Session, typed: str) -> Choice:
    """The enterprises that have what was typed in a name or its initials, or whose code it is part of.

    Width, case, blanks and punctuation do not matter; what is nothing but punctuation is looked for as it is.
    """
    key = search_key(typed)
    if not key:
        contains = _E.name.contains(typed.strip(), autoescape=True)
        return Choice(select(_E.id).where(contains), contains, few=False)
    pairs = query_bigrams(key)[:PAIRS_TRIED]
    coded = _coded(key) if _may_be_code(key) else []
    of_codes = [select(_E.id).where(one) for one in coded]
    candidates = [*(select(_P.enterprise_id).where(_beginning(pair)) for pair in pairs), *of_codes]
    counts = session.connection().execute(select(*map(_counted, candidates))).one()
    fewest, rarest = min(zip(counts, pairs, strict=False))
    few = max(fewest, *counts[len(pairs) :], 0) <= FEW
    named = _named(key, rarest)._replace(few=few)
    if not coded:
        return named
    holds = or_(named.holds, *coded)
    return Choice(union(named.ids, *of_codes) if few else select(_E.id).where(holds), holds, few)


def _named(key: str, rarest: str) -> Choice:
    """Those that have the key in a name or its initials; where the key is a pair, the pair alone answers."""
    of_pair = select(_P.enterprise_id).where(_beginning(rarest))
    if key == rarest and len(key) == PAIR:
        return Choice(of_pair, of_pair.where(_P.enterprise_id == _E.id).correlate(_ENTERPRISE).exists())
    contains = _E.search_text.contains(key, autoescape=True)
    return Choice(select(_E.id).where(_E.id.in_(of_pair), contains), contains)


def _counted(candidates: Select[Any]) -> ColumnElement[int]:
    """How many candidates there are, counted up to one more than FEW."""
    return select(func.count()).select_from(candidates.limit(FEW + 1).subquery()).scalar_subquery()


def _beginning(pair: str) -> ColumnElement[bool]:
    """A pair, or for a single character every pair that begins with it."""
    if len(pair) > 1:
        return _P.pair == pair
    return begins(_P.pair, pair)


def _may_be_code(key: str) -> bool:
    return key.isascii() and len(key) >= LEAST_CODE_PART and not key.isalpha()


def _coded(key: str) -> list[ColumnElement[bool]]:
    """The conditions that the code begins or ends so, or that this is the code of the organisation in it.

    The code of the organisation stands before the check character, whichever that is.
    """
    part = key.upper()
    ends = [part, *(part + check for check in ALPHABET if len(part) == ORGANISATION_LENGTH)]
    return [begins(_E.code, part), or_(*(begins(_E.code_reversed, end[::-1]) for end in ends))]


def begins(column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """The condition that a text begins so, for a column compared by code point, whose index can answer it."""
    return (column >= part) & (column <= part + LAST_CHARACTER)


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
