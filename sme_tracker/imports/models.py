"""The tables of what comes in: uploaded files with what became of their rows, and headings once mapped."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from sme_tracker.db import Base


class Import(Base):
    """A file that was uploaded, and what became of its rows once written."""

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    digest: Mapped[str]
    stored_as: Mapped[str]
    kind: Mapped[str | None]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime]
    written_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    choices: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    undone_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class HeadingChoice(Base):
    """Where a heading goes for somebody who once said so, known the next time it comes from the same person."""

    __tablename__ = "heading_choice"

    heading: Mapped[str] = mapped_column(primary_key=True)
    choice: Mapped[dict[str, Any]] = mapped_column(JSON)
    chosen_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, autoincrement=False)
    chosen_at: Mapped[datetime]
