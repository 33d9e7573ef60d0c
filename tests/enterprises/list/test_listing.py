"""What the filters pick and how many that is: today from the tally, another day from the standing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import select

from sme_tracker.clock import at_noon
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import choosing, standing
from sme_tracker.enterprises.columns import COLUMNS
from sme_tracker.enterprises.filters import Filters
from sme_tracker.enterprises.listing import Listing, Sort
from sme_tracker.reference.models import Chain
from sme_tracker.rules.counting import FAR_FUTURE, FAR_PAST, Span
from sme_tracker.rules.terms import Role, SizeClass, Status, Track
from tests.enterprises.list import register

TODAY = date(2026, 3, 2)
EARLIER = date(2025, 6, 30)
NAMES = ["甲", "乙", "丙", "丁", "戊", "己"]


@dataclass
class Account:
    """Somebody who looks at the list."""

    role: str = Role.CASEWORKER
    unit_id: int | None = None


class Register:
    """Six enterprises: 甲 and 乙 of the first unit, 丙 of the second, the others of none."""

    def __init__(self, session: GuardedSession) -> None:
        self.session = session
        self.units = register.units(session)
        first = register.add(session, NAMES[:2], self.units[0], first=1)
        second = register.add(session, NAMES[2:3], self.units[1], first=11)
        self.ids = dict(zip(NAMES, [*first, *second, *register.add(session, NAMES[3:], first=21)], strict=True))

    def stand(self, name: str, dimension: Any, value: Any, from_day: date, before: Any = None) -> None:
        """Let the standing of one enterprise say `value` from the day on."""
        spans = [Span(FAR_PAST, from_day, before), Span(from_day, FAR_FUTURE, value)]
        with transaction(self.session):
            standing.record_dimensions(self.session, {self.ids[name]: {dimension: spans}}, at_noon(TODAY), TODAY)

    def set(self, name: str, **values: Any) -> None:
        """Let the row of one enterprise say this."""
        register.set_columns(self.session, {self.ids[name]: values})

    def listed(self, user: Account | None = None, **asked: Any) -> list[str]:
        """The names on the list, which are as many as it says."""
        listing = Listing(self.session, user or Account(), Filters(**asked), TODAY)
        names = [row.name for row in chain.from_iterable(listing.portions(["name"], Sort("name")))]
        assert (len(names), True) == listing.total()
        assert [row.name for row in listing.page(["name"], Sort("name")).rows] == names
        return sorted(names, key=NAMES.index)


@pytest.fixture
def book(session: GuardedSession) -> Register:
    return Register(session)


def test_by_unit_level_status_and_stage(book: Register) -> None:
    book.stand("甲", "holds", 0b001, EARLIER, 0)
    book.stand("丙", "holds", 0b011, EARLIER, 0)
    book.stand("丁", "status", Status.MOVED_OUT, EARLIER, Status.ACTIVE)
    book.stand("乙", "convert", "intention", EARLIER)
    assert book.listed() == ["甲", "乙", "丙", "戊", "己"]
    assert book.listed(level=(1,)) == ["甲"]
    assert book.listed(level=(1, 2)) == ["甲", "丙"]
    assert book.listed(unit=(book.units[0],)) == ["甲", "乙"]
    assert book.listed(unit=(None,)) == ["戊", "己"]
    assert book.listed(unit=(book.units[1], None), level=(0,)) == ["戊", "己"]
    assert book.listed(status=(Status.MOVED_OUT,)) == ["丁"]
    assert book.listed(status=()) == NAMES
    assert book.listed(stage=(Track.CONVERT,)) == ["乙"]
    assert book.listed(stage=(None,), unit=(book.units[0],)) == ["甲"]


def test_by_open_case_column_and_step(book: Register) -> None:
    book.stand("甲", "upgrade", "near_line", EARLIER)
    book.stand("甲", "convert", "intention", EARLIER)
    book.stand("乙", "convert", "due_diligence", EARLIER)
    assert book.listed(track=(Track.CONVERT,)) == ["甲", "乙"]
    assert book.listed(track=(Track.UPGRADE,)) == ["甲"]
    assert book.listed(stage=(Track.UPGRADE,)) == []
    assert book.listed(track=(Track.CONVERT,), column=3) == ["乙"]
    assert book.listed(column=3) == ["甲", "乙"]
    assert book.listed(step=("intention",)) == ["甲"]


def test_by_profile_and_figures(book: Register) -> None:
    book.set("甲", revenue_wan=Decimal("1500.00"), size_class="small", industry_code="C3650")
    book.set("乙", revenue_wan=Decimal("1499.99"), size_class="medium", industry_code="C27")
    book.set("丙", revenue_wan=Decimal(0), size_class="small", industry_code="I65")
    book.set("丁", is_branch=True)
    assert book.listed(revenue_from=Decimal(1500)) == ["甲"]
    assert book.listed(revenue_from=Decimal(0), revenue_to=Decimal("1499.99")) == ["乙", "丙"]
    assert book.listed(size=(SizeClass.SMALL,)) == ["甲", "丙"]
    assert book.listed(size=(None,)) == ["丁", "戊", "己"]
    assert book.listed(industry=("C",)) == ["甲", "乙"]
    assert book.listed(industry=("C36", "I")) == ["甲", "丙"]
    assert book.listed(branch=True) == ["丁"]
    assert book.listed(branch=False) == ["甲", "乙", "丙", "戊", "己"]


def test_by_the_days_a_level_still_lasts(book: Register) -> None:
    book.set("甲", level_until=TODAY)
    book.set("乙", level_until=date(2026, 4, 1))
    book.set("丙", level_until=date(2026, 4, 2))
    assert book.listed(expiring=0) == ["甲"]
    assert book.listed(expiring=30) == ["甲", "乙"]


def test_another_day_is_read_from_the_standing(book: Register) -> None:
    book.stand("甲", "holds", 0b001, date(2025, 7, 1), 0)
    book.stand("乙", "unit_id", book.units[2], date(2025, 7, 1), book.units[0])
    book.stand("丙", "status", Status.DEREGISTERED, date(2025, 7, 1), Status.ACTIVE)
    book.stand("丁", "convert", "intention", date(2025, 7, 1))
    assert book.listed(level=(1,)) == ["甲"]
    assert book.listed(level=(1,), as_of=EARLIER) == []
    assert book.listed(level=(1,), as_of=date(2025, 7, 1)) == ["甲"]
    assert book.listed(unit=(book.units[0],), as_of=EARLIER) == ["甲", "乙"]
    assert book.listed(unit=(book.units[0],)) == ["甲"]
    assert book.listed(as_of=EARLIER) == NAMES
    assert book.listed(track=(Track.CONVERT,), as_of=EARLIER) == []
    assert book.listed(stage=(Track.CONVERT,), as_of=date(2025, 7, 1)) == ["丁"]


@pytest.mark.parametrize(
    "asked", [{}, {"status": ()}, {"q": "甲"}, {"level": (0,)}, {"as_of": EARLIER}, {"unit": (None,)}], ids=str
)
def test_a_clerk_sees_the_own_unit_only_whatever_is_asked(book: Register, asked: dict[str, Any]) -> None:
    seen = book.listed(Account(Role.CLERK, book.units[0]), **asked)
    assert set(seen) <= {"甲", "乙"}


def test_a_clerk_sees_of_another_day_what_was_of_the_own_unit_then(book: Register) -> None:
    own, other = book.units[:2]
    book.stand("甲", "unit_id", other, date(2025, 7, 1), own)
    book.stand("丙", "unit_id", own, date(2025, 7, 1), other)
    book.set("甲", revenue_wan=Decimal(9_999), main_product="轴承")
    book.set("乙", revenue_wan=Decimal(9_999), main_product="齿轮")
    clerk = Account(Role.CLERK, own)
    assert book.listed(clerk) == ["乙", "丙"]
    assert book.listed(clerk, as_of=EARLIER) == ["甲", "乙"] == book.listed(unit=(own,), as_of=EARLIER)
    listing = Listing(book.session, clerk, Filters(as_of=EARLIER), TODAY)
    columns = ["name", "code", "unit_id", "main_product", "opens"]
    then = [tuple(row)[:5] for row in listing.page(columns, Sort("name")).rows]
    assert then == [
        ("乙", register.code(2), own, "齿轮", True),
        ("甲", register.code(1), own, None, False),
    ]
    assert book.listed(clerk, as_of=EARLIER, revenue_from=Decimal(1)) == ["乙"]


@pytest.mark.parametrize("few", [1000, 0])
def test_few_and_many_are_found_alike(book: Register, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(choosing, "FEW", few)
    chain = book.session.scalars(select(Chain.id).order_by(Chain.id)).first()
    book.set("甲", chain_id=chain, revenue_wan=Decimal(2_000), industry_code="C3611")
    book.set("乙", chain_id=chain, revenue_wan=Decimal(10), industry_code="C37")
    book.stand("乙", "status", Status.MOVED_OUT, date(2025, 7, 1), Status.ACTIVE)
    assert book.listed(chain=(chain,)) == ["甲"]
    assert book.listed(chain=(chain,), status=()) == ["甲", "乙"]
    assert book.listed(chain=(chain,), as_of=EARLIER) == ["甲", "乙"]
    assert book.listed(chain=(chain,), revenue_from=Decimal(1_000), industry=("C36",)) == ["甲"]
    assert book.listed(chain=(None,), owner=(None,)) == ["丙", "丁", "戊", "己"]
    assert book.listed(revenue_to=Decimal(100)) == []
    assert book.listed(industry=("C36", "C37"), status=(Status.MOVED_OUT,)) == ["乙"]


def test_branches_are_counted_without_looking_at_the_others(book: Register) -> None:
    book.set("甲", is_branch=True)
    book.set("丁", is_branch=True)
    book.stand("丁", "status", Status.MOVED_OUT, EARLIER, Status.ACTIVE)
    assert book.listed(branch=True) == ["甲"]
    assert book.listed(branch=False) == ["乙", "丙", "戊", "己"]
    assert book.listed(branch=False, unit=(book.units[0],)) == ["乙"]
    assert book.listed(branch=False, status=()) == ["乙", "丙", "戊", "己"]


def test_a_day_to_come_is_counted_as_exactly_as_one_gone_by(book: Register) -> None:
    book.stand("甲", "holds", 0b001, date(2026, 9, 1), 0)
    book.stand("乙", "holds", 0, date(2026, 5, 1), 0b001)
    assert book.listed(level=(1,)) == ["乙"]
    assert book.listed(level=(1,), as_of=date(2026, 12, 31)) == ["甲"]
    assert book.listed(level=(0,), as_of=date(2026, 6, 1)) == NAMES
    assert book.listed(as_of=date(2020, 1, 1), stage=(None,)) == NAMES


@pytest.mark.parametrize("account", [Account(Role.CLERK), Account(Role.ADMINISTRATOR), Account(Role.AUDITOR)], ids=str)
def test_who_may_see_no_enterprise_sees_none(book: Register, account: Account) -> None:
    assert book.listed(account) == []
    assert book.listed(account, q="甲") == []


def test_each_way_to_sort_names_a_column_of_the_list(book: Register) -> None:
    listing = Listing(book.session, Account(), Filters(as_of=EARLIER), TODAY)
    for column in COLUMNS.values():
        names: Sequence[str] = [column.source]
        assert len(listing.page(names, column.sort(descending=True)).rows) == len(NAMES)
