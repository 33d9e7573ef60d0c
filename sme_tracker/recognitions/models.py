"""The tables of recognitions: titles as recognised, their reviews and revocations."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sme_tracker.db import Base, BigId
from sme_tracker.history.facts import Recorded, one_in_force


class Recognition(Recorded, Base):
    """A title as recognised; a correction is a new row with the same `origin_id`."""

    __tablename__ = "recognition"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_until", name="validity_order"),
        Index("ix_recognition_enterprise", "enterprise_id", "retired_at"),
        Index("ix_recognition_published", "published_on", "title"),
        one_in_force("recognition", "enterprise_id", "title", "valid_from"),
    )

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    origin_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("recognition.id"), index=True)
    title: Mapped[str]
    kind: Mapped[str]
    batch: Mapped[str | None]
    document_number: Mapped[str | None]
    certificate_number: Mapped[str | None]
    published_on: Mapped[date]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    estimated: Mapped[str | None]


class Review(Recorded, Base):
    """A review (复核) of a title, open until decided; deciding retires the open row and adds the decided one."""

    __tablename__ = "review"

    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"), index=True)
    opened_on: Mapped[date]
    decided_on: Mapped[date | None]
    result: Mapped[str | None]


class Revocation(Recorded, Base):
    """The loss of a title from a day on, with its reason."""

    __tablename__ = "revocation"

    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"), index=True)
    revoked_on: Mapped[date]
    reason: Mapped[str]
