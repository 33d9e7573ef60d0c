"""The register of exports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sme_tracker.db import Base


class Export(Base):
    """What somebody took out of the house: which list, by which filters, how many rows, as of when."""

    __tablename__ = "export"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    format: Mapped[str]
    filters: Mapped[dict[str, Any]] = mapped_column(JSON)
    as_of: Mapped[date | None]
    rows: Mapped[int | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    taken_at: Mapped[datetime]
