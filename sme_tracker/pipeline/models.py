"""The tables of the cultivation pipeline: cases on the three tracks, their steps and closings, the plan (培育库)."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sme_tracker.db import Base
from sme_tracker.history.facts import Recorded, one_in_force


class PipelineCase(Recorded, Base):
    """One enterprise on one track, from the day it was opened."""

    __tablename__ = "pipeline_case"
    __table_args__ = (Index("ix_pipeline_case_enterprise", "enterprise_id", "track"),)

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    track: Mapped[str]
    opened_on: Mapped[date]
    plan_year: Mapped[int | None]
    note: Mapped[str | None]


class CaseStep(Recorded, Base):
    """A step of a case, with the day planned, the day it was taken, or both."""

    __tablename__ = "case_step"
    __table_args__ = (
        Index("ix_case_step_step", "step", "actual_on"),
        one_in_force("case_step", "case_id", "step"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("pipeline_case.id"))
    step: Mapped[str]
    planned_on: Mapped[date | None]
    actual_on: Mapped[date | None]


class CaseClosing(Recorded, Base):
    """The end of a case by a side exit, with its reason."""

    __tablename__ = "case_closing"
    __table_args__ = (one_in_force("case_closing", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("pipeline_case.id"))
    closed_on: Mapped[date]
    exit: Mapped[str]
    reason: Mapped[str | None]


class Plan(Recorded, Base):
    """Which enterprise is cultivated for which title in which year, and by whom (培育库)."""

    __tablename__ = "plan"
    __table_args__ = (
        one_in_force("plan", "enterprise_id", "title", "year"),
        Index("ix_plan_title", "title", "year", "enterprise_id"),
    )

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    title: Mapped[str]
    year: Mapped[int]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
