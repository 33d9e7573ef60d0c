"""A filter of the list that an index answers, whether it picks few enterprises or many."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select
from sqlalchemy.orm import Session

from sme_tracker.enterprises.models import Enterprise

FEW = 1000
"""Up to so many enterprises are looked up one by one; where there are more, whoever walks the list soon meets them."""


class Choice(NamedTuple):
    """The ids of those a filter picks, and the same as a condition on one enterprise.

    `few` says whether they are few, where that is known; `plain` is the condition on a `column` of the row, for a list
    that is sorted by it.
    """

    ids: Select[Any] | CompoundSelect[Any]
    holds: ColumnElement[bool]
    few: bool | None = None
    column: str | None = None
    plain: ColumnElement[bool] | None = None

    def condition(self, session: Session) -> ColumnElement[bool]:
        """The few it picks by their ids; where it picks many, what to test each enterprise by."""
        few = self.few
        if few is None:
            some = self.ids.limit(FEW + 1).subquery()
            few = session.connection().execute(select(func.count()).select_from(some)).scalar_one() <= FEW
        return Enterprise.__table__.c.id.in_(self.ids) if few else self.holds
