"""The table of the yearly targets."""

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from sme_tracker.db import Base
from sme_tracker.history.facts import Recorded, one_in_force


class Target(Recorded, Base):
    """What is to be reached in a year for an indicator, by the city (`unit_id` is None) or by a unit."""

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value_range"),
        one_in_force("target", "year", "indicator", text("coalesce(unit_id, 0)")),
    )

    year: Mapped[int]
    indicator: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("reporting_unit.id"))
    value: Mapped[int]
