"""What an address asks for: read back as it was written, and never a failure whatever it says."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.enterprises.asked import Asked
from sme_tracker.enterprises.filters import Filters
from sme_tracker.rules.terms import SizeClass, Status, Track

SOME = Filters(
    q="精密, 100%",
    level=(1, 3),
    unit=(3, None),
    status=(Status.MOVED_OUT,),
    stage=(Track.CONVERT, None),
    track=(Track.UPGRADE,),
    column=2,
    step=("near_line",),
    chain=(None, 2),
    industry=("C", "C36"),
    owner=(1,),
    size=(SizeClass.SMALL, None),
    revenue_from=Decimal("1500.50"),
    revenue_to=Decimal(20_000),
    branch=False,
    as_of=date(2022, 9, 30),
)
NAMES = [
    "q",
    "level",
    "unit",
    "status",
    "stage",
    "column",
    "step",
    "industry",
    "size",
    "revenue_from",
    "expiring",
    "as_of",
]
OWN_NAMES = ["sort", "cols", "density", "after", "before", "first", "page", "nonsense"]


@pytest.mark.parametrize("filters", [SOME, Filters(), Filters(status=()), Filters(expiring=90, branch=True)])
def test_filters_are_read_back_from_the_address_they_write(filters: Filters) -> None:
    assert Filters.read(filters.address().items()) == (filters, [])


def test_what_is_asked_by_default_is_not_in_the_address() -> None:
    assert Asked(Filters()).address() == {}


def test_a_value_may_be_repeated_as_a_form_sends_it() -> None:
    filters, _ignored = Filters.read([("level", "1"), ("level", "2"), ("level", ""), ("unit", "")])
    assert (filters.level, filters.unit) == ((1, 2), ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("level", "4"), ("level", "-1"), ("level", "²"), ("unit", "99999999999"), ("unit", "abc"), ("status", "gone"),
        ("stage", "up"), ("column", "6"), ("step", "no_step"), ("industry", "36"), ("industry", "C36000"),
        ("size", "huge"), ("revenue_from", "NaN"), ("revenue_from", "1e99"), ("revenue_to", "viel"),
        ("expiring", "-5"), ("branch", "maybe"), ("as_of", "2022-02-30"), ("sort", "code"), ("sort", "--level"),
        ("sort", "id; drop table enterprise"), ("cols", "password_hash"), ("density", "tiny"), ("nonsense", "1"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_left_aside_and_said(name: str, text: str) -> None:
    asked = Asked.read([(name, text)])
    assert asked == Asked(Filters(), ignored=(name,))


@pytest.mark.parametrize(
    "place", ["x", "1~2~3", "99999999999~1", "5~9999-12-31T23:59:59-23:59", "5~", "5~2022", "~", "5~NaN"]
)
@pytest.mark.parametrize("sort", ["level", "updated", "valid_until", "revenue"])
def test_a_place_that_is_none_opens_the_first_page_and_says_so(sort: str, place: str) -> None:
    asked = Asked.read([("sort", sort), ("after", place)])
    assert asked.place is None or (sort, place) in {
        ("level", "5~2022"),
        ("revenue", "5~2022"),
        ("revenue", "5~"),
        ("valid_until", "5~"),
    }
    assert asked.ignored == (() if asked.place else ("page",))


def test_columns_keep_the_order_of_the_house_and_the_name_is_always_there() -> None:
    asked = Asked.read([("cols", "code,level"), ("cols", "owner")])
    assert asked.cols == ("name", "code", "level", "owner")
    assert Asked.read(asked.address().items()).cols == asked.cols


def test_what_is_known_of_today_only_is_left_off_the_list_of_another_day() -> None:
    asked = Asked.read([("as_of", "2022-09-30"), ("expiring", "90"), ("sort", "valid_until")])
    assert set(asked.ignored) == {"expiring", "sort"}
    assert "valid_until" not in [column.key for column in asked.columns]


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES + OWN_NAMES), st.text(max_size=12) | st.sampled_from(["1", "none", "-level"]))
    )
)
def test_every_address_can_be_answered(address: list[tuple[str, str]]) -> None:
    asked = Asked.read(address)
    again = Asked.read(asked.address_at(asked.place).items())
    assert (again.filters, again.sort, again.cols, again.place) == (asked.filters, asked.sort, asked.cols, asked.place)
    assert again.ignored == ()
