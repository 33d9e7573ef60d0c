"""An enterprise is found by what people type, on both databases alike, and what they type is taken literally."""

from datetime import date
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import search
from sme_tracker.enterprises.actions import Renaming, rename
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.names import search_key
from tests.enterprises.list import register
from tests.enterprises.list.register import BY, code

NAMES = [
    "长春辰屿精密轴承股份有限公司",
    "吉林省瀚砺铸造有限公司",
    "长春（中德）ABC科技有限公司",
    "百分之100%_电子有限公司",
]
_numbers = count(50_000, 100)


class Found(NamedTuple):
    """A session with enterprises in it."""

    session: GuardedSession

    def by(self, typed: str) -> list[str]:
        """The names of what is found, in the order they were registered."""
        found = (
            select(Enterprise.name)
            .where(search.matching(self.session, typed).condition(self.session))
            .order_by(Enterprise.id)
        )
        return list(self.session.scalars(found))


@pytest.fixture
def found(session: GuardedSession) -> Found:
    register.add(session, NAMES)
    return Found(session)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("精密", NAMES[:1]),
        ("精密轴承股份", NAMES[:1]),
        ("精", NAMES[:1]),
        ("司", NAMES),
        ("密精", []),
        ("轴 承", NAMES[:1]),
        ("中德", NAMES[2:3]),
        ("（中德）abc", NAMES[2:3]),
        ("ＡＢＣ", NAMES[2:3]),
        ("ccyjx", []),
        ("cccyjm", NAMES[:1]),
        ("CCCYJM", NAMES[:1]),
        ("jls", NAMES[1:2]),
        ("%", NAMES[3:]),
        ("_", NAMES[3:]),
        ("%司", NAMES),
        ("电%子", NAMES[3:]),
        ("100", NAMES[3:]),
        ("\\", []),
        ("没有这一户", []),
        ("𠀀", []),
    ],
)
def test_a_name_is_found_by_a_part_its_initials_or_one_character(found: Found, typed: str, names: list[str]) -> None:
    assert found.by(typed) == names


def test_an_enterprise_is_found_by_its_former_name(found: Found) -> None:
    which = found.session.scalars(select(Enterprise.id).order_by(Enterprise.id)).first() or 0
    with transaction(found.session):
        rename(found.session, BY, [Renaming(which, "长春辰屿智能装备股份有限公司", date(2026, 1, 5))])
    assert found.by("精密轴承") == ["长春辰屿智能装备股份有限公司"]
    assert found.by("jmzc") == ["长春辰屿智能装备股份有限公司"]
    assert found.by("智能装备") == ["长春辰屿智能装备股份有限公司"]


@pytest.mark.parametrize("part", [slice(0, 18), slice(-6, None), slice(0, 10), slice(8, 17), slice(-4, None)])
def test_an_enterprise_is_found_by_a_part_of_its_code(session: GuardedSession, part: slice) -> None:
    register.add(session, [NAMES[1]], first=777)
    register.add(session, [NAMES[0]], first=12_345_678)
    found = Found(session).by(code(12_345_678)[part].lower())
    assert NAMES[0] in found
    assert (NAMES[1] in found) == (code(12_345_678)[part] in code(777))


def test_what_many_have_is_found_as_exactly_as_what_few_have(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW", 1)
    assert found.by("有限公司") == NAMES
    assert found.by("精密") == NAMES[:1]
    assert found.by("司") == NAMES


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.text("春长精密%_Ab1（", min_size=1, max_size=6), min_size=1, max_size=6),
    typed=st.text("春长精密%_ab1", min_size=1, max_size=3),
)
def test_found_is_what_contains_the_typed_letters(session: GuardedSession, names: list[str], typed: str) -> None:
    first = next(_numbers)
    ids = register.add(session, [f"{name}厂" for name in names], first=first)
    choice = search.matching(session, typed)
    key = search_key(typed)
    expected = {
        which
        for place, (which, name) in enumerate(zip(ids, names, strict=True))
        if (key in search_key(name) if key else typed in name)
        or (key and key in search.initials(search_key(name) + "厂"))
        or (len(key) >= 4 and not key.isalpha() and key.isascii() and key.upper() in code(first + place))
    }
    for picked in (Enterprise.id.in_(choice.ids), choice.holds):
        assert set(session.scalars(select(Enterprise.id).where(picked, Enterprise.id.in_(ids)))) == expected


@pytest.mark.parametrize(
    ("typed", "marked"),
    [("精密", "精密"), ("jm", "精密"), ("中德abc", None), ("cccy", "长春辰屿"), ("（精密", "精密"), ("", None)],
)
def test_the_part_of_a_name_that_was_found_is_marked(typed: str, marked: str | None) -> None:
    found = search.found_at(NAMES[0], typed)
    assert (NAMES[0][slice(*found)] if found else None) == marked


def test_brackets_do_not_hide_the_part_that_is_marked() -> None:
    assert search.found_at(NAMES[2], "中德abc") == (3, 9)
