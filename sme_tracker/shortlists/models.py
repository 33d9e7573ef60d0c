"""The tables of shortlists: what was said of candidates, additions by hand, frozen versions, outcomes, templates."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sme_tracker.db import Base, BigId
from sme_tracker.history.facts import Recorded, one_in_force


class PutForward(Recorded, Base):
    """An enterprise put forward for a title in a year, from a day until the day it was taken off the list again.

    `version_id` is the frozen version that made the fact, None where it was put forward by date; `replaces_id` the fact
    that it stands in the place of, which undoing the freeze brings back.
    """

    __tablename__ = "put_forward"
    __table_args__ = (
        one_in_force("put_forward", "enterprise_id", "title", "year", "put_forward_on"),
        Index("ix_put_forward_year", "title", "year", "put_forward_on"),
    )

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    title: Mapped[str]
    year: Mapped[int]
    put_forward_on: Mapped[date]
    taken_back_on: Mapped[date | None]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("shortlist_version.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("put_forward.id"))


class Decision(Recorded, Base):
    """What was decided on a candidate: recommended, undecided or not recommended, with the reason."""

    __tablename__ = "shortlist_decision"
    __table_args__ = (one_in_force("shortlist_decision", "title", "year", "enterprise_id"),)

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    title: Mapped[str]
    year: Mapped[int]
    decision: Mapped[str]
    reason: Mapped[str | None]


class DistrictWord(Recorded, Base):
    """What a district says of a candidate of its own before the city decides: recommended, or not with the reason."""

    __tablename__ = "district_word"
    __table_args__ = (one_in_force("district_word", "title", "year", "enterprise_id"),)

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("reporting_unit.id"))
    title: Mapped[str]
    year: Mapped[int]
    decision: Mapped[str]
    reason: Mapped[str | None]


class AddedByHand(Recorded, Base):
    """An enterprise put on a shortlist beside the rule, and why."""

    __tablename__ = "shortlist_added"
    __table_args__ = (one_in_force("shortlist_added", "title", "year", "enterprise_id"),)

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    title: Mapped[str]
    year: Mapped[int]
    reason: Mapped[str]


class ShortlistVersion(Base):
    """A frozen shortlist: everything it rests on inside `content`, sealed by its checksum. Never changed."""

    __tablename__ = "shortlist_version"
    __table_args__ = (UniqueConstraint("title", "year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    year: Mapped[int]
    number: Mapped[int]
    as_of: Mapped[date]
    frozen_at: Mapped[datetime]
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    candidates: Mapped[int]
    recommended: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    checksum: Mapped[str]
    undone: Mapped["VersionUndone | None"] = relationship(lazy="joined", innerjoin=False, viewonly=True)


class VersionUndone(Base):
    """That freezing a version was taken back, by whom and why; the version itself stays as it was frozen."""

    __tablename__ = "shortlist_version_undone"

    version_id: Mapped[int] = mapped_column(ForeignKey("shortlist_version.id"), primary_key=True)
    undone_at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str]


class Outcome(Recorded, Base):
    """What became of an enterprise put forward: recognised, or refused with the reason given."""

    __tablename__ = "shortlist_outcome"
    __table_args__ = (one_in_force("shortlist_outcome", "title", "year", "enterprise_id"),)

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    title: Mapped[str]
    year: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    recognition_id: Mapped[int | None] = mapped_column(ForeignKey("recognition.id"))


class TableTemplate(Recorded, Base):
    """How the province wants its recommendation table: the sheet, the lines above it, and the columns in order.

    `columns` are pairs of heading and field, the field being a key of `table_fields.FIELDS`; `rows` says who stands in
    it. An edited template is a new fact of the same `code`.
    """

    __tablename__ = "table_template"
    __table_args__ = (one_in_force("table_template", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    sheet_title: Mapped[str]
    lines: Mapped[list[str]] = mapped_column(JSON)
    columns: Mapped[list[list[str]]] = mapped_column(JSON)
    rows: Mapped[str]
