"""Enterprises whose name is near one that is written: to be offered for somebody to choose, never taken by itself."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from sme_tracker.enterprises.models import Enterprise, SearchPair
from sme_tracker.rules.names import key_pairs, name_key, search_key
from sme_tracker.rules.terms import Status

MOST_OF_A_PAIR = 3_000
"""A pair of characters that more names hold tells nothing of any of them."""
COMPARED = 150
"""So many of those that share most are compared with the name as a whole."""
_SHORTEST = 2
_MARK = 4
"""So many characters after the place mostly are what distinguishes one firm from another."""
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南"
    "|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|长春"
)
_PLACE = re.compile(rf"^(?:(?:{_PROVINCES})(?:省|市)?|[一-鿿]{{2,3}}?[市县区])+")

Row: TypeAlias = Any
_PAIR = SearchPair.metadata.tables["search_pair"].c
_ENTERPRISE = Enterprise.metadata.tables["enterprise"].c


@dataclass(frozen=True)
class NearName:
    """An enterprise whose name, or one it had, is near."""

    code: str
    name: str


def near_names(session: Session, written: str, among: ColumnElement[bool], most: int = 10) -> Sequence[NearName]:
    """The enterprises of `among` whose names are nearest to one that is written, the nearest first.

    Those that share its rare pairs of characters are compared with it as a whole: by likeness, and by the mark that
    stands behind the place, which a registered name mostly keeps; the two orders take turns.
    """
    rare = _rare_pairs(session, key_pairs(search_key(written)))
    shared = Counter[int]()
    for pair, count in rare:
        ids = session.scalars(select(_PAIR.enterprise_id).where(_PAIR.pair == pair))
        for enterprise_id in ids:
            shared[enterprise_id] += _WEIGHT // count
    best = [enterprise_id for enterprise_id, _weight in shared.most_common(COMPARED)]
    found = session.execute(
        select(_ENTERPRISE.id, _ENTERPRISE.code, _ENTERPRISE.name).where(
            _ENTERPRISE.id.in_(best), _ENTERPRISE.status != Status.MISTAKEN, among
        )
    ).all()
    key = name_key(written)
    orders = (
        sorted(found, key=lambda row: -SequenceMatcher(None, key, name_key(row.name)).ratio()),
        sorted(found, key=lambda row: (-_shared_mark(key, name_key(row.name)), -shared[row.id])),
    )
    return [NearName(row.code, row.name) for row in _taking_turns(orders)][:most]


_WEIGHT = 1_000_000


def _rare_pairs(session: Session, pairs: Iterable[str]) -> list[tuple[str, int]]:
    """The pairs that not too many names hold, with how many do."""
    counted = []
    for pair in pairs:
        if len(pair) < _SHORTEST:
            continue
        some = select(_PAIR.enterprise_id).where(_PAIR.pair == pair).limit(MOST_OF_A_PAIR + 1).subquery()
        count = session.scalar(select(func.count()).select_from(some)) or 0
        if 0 < count <= MOST_OF_A_PAIR:
            counted.append((pair, count))
    return sorted(counted, key=lambda one: one[1])


def _shared_mark(one: str, other: str) -> int:
    """How many characters the marks of two names share, in order."""
    first, second = _mark(one), _mark(other)
    return sum(block.size for block in SequenceMatcher(None, first, second).get_matching_blocks())


def _mark(key: str) -> str:
    return _PLACE.sub("", key)[:_MARK]


def _taking_turns(orders: Sequence[Sequence[Row]]) -> list[Row]:
    """Each row once, from the orders in turn."""
    return list(dict.fromkeys(row for rows in zip(*orders, strict=True) for row in rows))
