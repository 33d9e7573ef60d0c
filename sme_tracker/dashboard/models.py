"""The tables of the board: today's numbers as last counted, and what each enterprise adds to them."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sme_tracker.db import Base, BigId


class BoardTotal(Base):
    """The single row of the city's numbers on a day, with all that the history tells up to an entry counted in.

    `counts` lists the key, the unit and how many.
    """

    __tablename__ = "board_total"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    entry_id: Mapped[int] = mapped_column(BigId)
    counts: Mapped[list[list[Any]]] = mapped_column(JSON)


class BoardShare(Base):
    """What one enterprise adds to the numbers of the total's day; no row for one that adds nothing."""

    __tablename__ = "board_share"

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), primary_key=True, autoincrement=False)
    counts: Mapped[list[list[Any]]] = mapped_column(JSON)
