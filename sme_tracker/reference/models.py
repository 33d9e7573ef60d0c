"""The tables of the lists an administrator keeps: reporting units, industries, chains, batches, settings."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from sme_tracker.db import Base


class Listed:
    """An item of such a list: from `closed_from` on it is no longer offered, and what names it stays as it is."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    closed_from: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Two people saving one item: the second is told."""
        return {"version_id_col": cls.version}

    def is_open(self, day: date) -> bool:
        """Whether the item may still be chosen on the day."""
        return self.closed_from is None or day < self.closed_from


class ReportingUnit(Listed, Base):
    """A county, district or development zone (县市区、开发区) that reports; not the administrative division."""

    __tablename__ = "reporting_unit"

    short_name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    region_code: Mapped[str | None]
    office_name: Mapped[str | None]
    sort: Mapped[int] = mapped_column(default=0)


class Industry(Listed, Base):
    """An industry of GB/T 4754, its code as text with the section's letter: C36."""

    __tablename__ = "industry"


class Chain(Listed, Base):
    """An industrial chain (产业链) of the city."""

    __tablename__ = "chain"


class Batch(Listed, Base):
    """A recognition round (批次) of a title, with the notice that opened it."""

    __tablename__ = "batch"

    title: Mapped[str]
    year: Mapped[int]
    notice_number: Mapped[str | None]
    published_on: Mapped[date | None]


class Setting(Base):
    """A fact about this installation: the bureau's name, whether it is a demo, the day last rolled to."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
