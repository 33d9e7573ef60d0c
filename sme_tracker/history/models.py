"""The tables of the history: sealed entries, and the head that the next one is chained to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from sme_tracker.db import Base, BigId


class HistoryEntry(Base):
    """What one save did to one record: every changed field from → to, who, when, through what. Never changed."""

    __tablename__ = "history_entry"
    __table_args__ = (Index("ix_history_entry_enterprise", "enterprise_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    through: Mapped[str]
    address: Mapped[str | None]
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    subject_id: Mapped[int | None]
    enterprise_id: Mapped[int | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_seal: Mapped[str]
    seal: Mapped[str]


def of_instant(at: ColumnElement[datetime], instant: Any) -> ColumnElement[bool]:
    """That an entry is of the instant, asked of the few entries of an enterprise and not the other way round.

    An import writes thousands of entries at one instant, and by that index all of them would be looked through.
    """
    return func.coalesce(at, at) == instant


class HistoryHead(Base):
    """The single row that says where the chain ends; locked while entries are added."""

    __tablename__ = "history_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigId)
    seal: Mapped[str]
