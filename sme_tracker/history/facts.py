"""What every dated fact has in common: when it was recorded, when and why it was retired, and by whom."""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, and_, or_
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from sme_tracker.db import BigId


class Recorded:
    """A fact on the second clock: known from `recorded_at` until `retired_at`; never overwritten, never deleted."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recorded_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_reason: Mapped[str | None]

    @declared_attr
    def recorded_by_id(cls) -> Mapped[int | None]:
        """Who recorded the fact."""
        return mapped_column(ForeignKey("user_account.id"))

    @declared_attr
    def retired_by_id(cls) -> Mapped[int | None]:
        """Who retired the fact."""
        return mapped_column(ForeignKey("user_account.id"))

    @classmethod
    def in_force(cls) -> ColumnElement[bool]:
        """The condition that picks what is held true now."""
        return cls.retired_at.is_(None)

    @classmethod
    def known_at(cls, instant: datetime) -> ColumnElement[bool]:
        """The condition that picks what was held true at the instant (exclusive end of the day asked for)."""
        return and_(cls.recorded_at < instant, or_(cls.retired_at.is_(None), cls.retired_at >= instant))
