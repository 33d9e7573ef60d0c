"""The facts of one shortlist: how they are found in force, and what names the list in a new one."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, select

from sme_tracker.shortlists.models import AddedByHand, Decision, DistrictWord, Outcome, PutForward
from sme_tracker.shortlists.queries import ShortlistKey

T = TypeVar("T", Decision, DistrictWord, AddedByHand, Outcome, PutForward)


def of(key: ShortlistKey) -> dict[str, Any]:
    """The columns that name the list."""
    return {"title": key.title.value, "year": key.year}


def told_of(key: ShortlistKey) -> dict[str, tuple[object, object]]:
    """What names the list in an entry of the history."""
    return {"shortlist": (None, str(key))}


def in_force(table: type[T], key: ShortlistKey, enterprise_ids: Sequence[int]) -> Select[T]:
    """The facts in force of these enterprises on the list."""
    facts: Any = table
    return select(table).where(
        facts.title == key.title.value,
        facts.year == key.year,
        facts.enterprise_id.in_(enterprise_ids),
        facts.in_force(),
    )
