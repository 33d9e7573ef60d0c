"""Pages by key hold exactly what a sorted list cut into pages would, forwards, backwards and from the end."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sme_tracker.db import GuardedSession
from sme_tracker.enterprises.asked import Asked
from sme_tracker.enterprises.columns import COLUMNS, Column
from sme_tracker.enterprises.filters import Filters
from sme_tracker.enterprises.listing import Listing, Page, Place
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.terms import Role
from tests.enterprises.list import register

TODAY = date(2026, 3, 2)
SIZE = 3
SORTED_BY = [column for column in COLUMNS.values() if column.sorts]


class Everybody:
    """A user who sees all enterprises."""

    role = Role.CASEWORKER
    unit_id = None


def pages(session: GuardedSession, column: Column, *, descending: bool, filters: Filters | None = None) -> Any:
    """A reader of pages of three."""
    listing = Listing(session, Everybody(), filters or Filters(), TODAY)
    sort = column.sort(descending=descending)

    def read(place: Place | None = None) -> Page:
        return listing.page([column.source], sort, _through_the_address(place, column, descending=descending), SIZE)

    return read


def _through_the_address(place: Place | None, column: Column, *, descending: bool) -> Place | None:
    asked = Asked(Filters(), sort=f"-{column.key}" if descending else column.key)
    read = Asked.read(asked.address_at(place).items())
    assert read.ignored == ()
    assert read.place == place
    return read.place


def ids(page: Page) -> list[int]:
    return [row.which for row in page.rows]


def in_order(session: GuardedSession, column: Column, *, descending: bool) -> list[int]:
    """All ids as Python sorts them: known values in order, missing ones at the end."""
    source = Enterprise.__table__.c[column.source]
    rows = [(row.value, row.id) for row in session.execute(select(source.label("value"), Enterprise.id))]
    known = sorted((row for row in rows if row[0] is not None), reverse=descending)
    missing = sorted((row[1] for row in rows if row[0] is None), reverse=descending)
    return [which for _value, which in known] + missing


def filled(session: GuardedSession, drawn: list[dict[str, Any]]) -> None:
    """A register of enterprises with these values; where it has them already, they get the values."""
    made = list(session.scalars(select(Enterprise.id).order_by(Enterprise.id)))
    made = made or register.add(session, [f"企业{place}号" for place in range(len(drawn))])
    units = register.units(session)
    columns = {
        which: {**values, "unit_id": None if values["unit_id"] is None else units[values["unit_id"]]}
        for which, values in zip(made, drawn, strict=True)
    }
    register.set_columns(session, columns)


VALUES = st.fixed_dictionaries({
    "name": st.text("春长Aa~,精&", min_size=1, max_size=3),
    "level": st.integers(0, 3),
    "unit_id": st.none() | st.integers(0, 2),
    "revenue_wan": st.none() | st.sampled_from([Decimal("0.00"), Decimal("-1.50"), Decimal("1500.25"), Decimal(10)]),
    "rd_intensity_percent": st.none() | st.sampled_from([Decimal("3.50"), Decimal(0)]),
    "level_until": st.none() | st.dates(date(2025, 1, 1), date(2025, 1, 3)),
    "updated_at": st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 2), timezones=st.just(UTC)),
})  # fmt: skip


@pytest.mark.parametrize("size", [1, 6, 10])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_pages_hold_what_a_sorted_list_would(session: GuardedSession, size: int, data: st.DataObject) -> None:
    filled(session, data.draw(st.lists(VALUES, min_size=size, max_size=size)))
    for column in SORTED_BY:
        for descending in (False, True):
            expected = in_order(session, column, descending=descending)
            _walk_both_ways(pages(session, column, descending=descending), expected)


def test_an_empty_register_has_one_empty_page(session: GuardedSession) -> None:
    page = pages(session, COLUMNS["name"], descending=False)()
    assert (page.rows, page.total, page.earlier, page.later) == ([], (0, True), None, None)


def _walk_both_ways(read: Any, expected: list[int]) -> None:
    page = read()
    forwards = ids(page)
    first = 1
    while page.later:
        assert page.first == first
        first += SIZE
        page = read(page.later)
        forwards += ids(page)
    assert forwards == expected
    assert page.total.number == len(expected)
    page = read(Place("last"))
    assert page.later is None
    backwards = ids(page)
    while page.earlier:
        assert page.first == len(expected) - len(backwards) + 1
        page = read(page.earlier)
        backwards = ids(page) + backwards
    assert backwards == expected
    assert page.first == 1


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", SORTED_BY, ids=lambda column: column.key)
def test_the_whole_list_streams_in_the_same_order(session: GuardedSession, column: Column, *, descending: bool) -> None:
    filled(
        session,
        [
            {
                "name": f"企业{place % 3}",
                "level": place % 4,
                "unit_id": place % 3 or None,
                "revenue_wan": Decimal(place % 3) if place % 4 else None,
                "rd_intensity_percent": Decimal(place % 2) if place % 3 else None,
                "level_until": date(2026, 1, 1 + place % 3) if place % 2 else None,
                "updated_at": datetime(2026, 1, 1, place % 5, tzinfo=UTC),
            }
            for place in range(12)
        ],
    )
    listing = Listing(session, Everybody(), Filters(), TODAY)
    portions = listing.portions([column.source], column.sort(descending=descending))
    streamed = [row.which for portion in portions for row in portion]
    assert streamed == in_order(session, column, descending=descending)


def test_a_place_whose_rows_are_gone_opens_the_first_page(session: GuardedSession) -> None:
    made = register.add(session, ["企业甲", "企业乙"])
    page = pages(session, COLUMNS["level"], descending=False)(Place("after", 2**31 - 1, 3, 40))
    assert ids(page) == made


def test_a_list_longer_than_can_be_counted_says_so_and_still_turns_to_its_end(
    session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sme_tracker.enterprises.listing.COUNTED_UP_TO", 4)
    made = register.add(session, [f"企业{place}" for place in range(8)])
    read = pages(session, COLUMNS["level"], descending=False, filters=Filters(q="企业"))
    page = read()
    assert page.total == (4, False)
    last = read(Place("last"))
    assert (ids(last), last.first, last.later) == (made[-3:], None, None)
    assert ids(read(last.earlier)) == made[2:5]
