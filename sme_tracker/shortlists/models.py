"""The table of enterprises put forward for a title."""

from datetime import date

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from sme_tracker.db import Base
from sme_tracker.history.facts import Recorded


class PutForward(Recorded, Base):
    """An enterprise put forward for a title in a year, on a day."""

    __tablename__ = "put_forward"
    __table_args__ = (
        Index(
            "uq_put_forward_in_force",
            "enterprise_id",
            "title",
            "year",
            unique=True,
            sqlite_where=text("retired_at is null"),
            postgresql_where=text("retired_at is null"),
        ),
        Index("ix_put_forward_year", "title", "year", "put_forward_on"),
    )

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    title: Mapped[str]
    year: Mapped[int]
    put_forward_on: Mapped[date]
