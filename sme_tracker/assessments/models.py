"""The tables of judging: rule sets and when they apply, evidence, judgements, verdicts, what failed, and try-outs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from sme_tracker.db import Base, BigId, ByCodePoint
from sme_tracker.history.facts import Recorded

DRAFT, PUBLISHED = "draft", "published"
MOST_ATTEMPTS = 3
"""Work that has failed so often is set aside until somebody sees to it."""


class StoredRuleSet(Base):
    """A rule set as it was written: a draft that may be edited, or published and never changed again."""

    __tablename__ = "rule_set"
    __table_args__ = (CheckConstraint("state in ('draft', 'published')", name="state_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    level: Mapped[str]
    state: Mapped[str]
    table: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str]
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("rule_set.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @property
    def is_draft(self) -> bool:
        """Whether it may still be edited."""
        return self.state == DRAFT


class RuleAssignment(Recorded, Base):
    """Which rule set applies to a level, purpose and place from a day until a last day, None being open."""

    __tablename__ = "rule_assignment"
    __table_args__ = (CheckConstraint("until_day is null or from_day <= until_day", name="day_order"),)

    rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_set.id"), index=True)
    level: Mapped[str]
    purpose: Mapped[str]
    jurisdiction: Mapped[str]
    from_day: Mapped[date]
    until_day: Mapped[date | None]


class EvidenceRecord(Recorded, Base):
    """A paper the rules may count, with its file if there is one; `data` holds the fields of its kind.

    The kind `none_of` says that somebody has looked a list through and found nothing.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_enterprise", "enterprise_id", "retired_at"),
        Index("ix_evidence_kind", "kind", "until_day"),
        CheckConstraint("from_day is null or until_day is null or from_day <= until_day", name="day_order"),
    )

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    origin_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("evidence.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    ref: Mapped[str | None]
    from_day: Mapped[date | None]
    until_day: Mapped[date | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str | None]
    file_stored_as: Mapped[str | None]
    file_name: Mapped[str | None]
    file_size: Mapped[int | None]
    file_digest: Mapped[str | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    verified_on: Mapped[date | None]


class JudgementRecord(Recorded, Base):
    """An expert's word on a question the rules leave open, with its reason; `points` where points are given."""

    __tablename__ = "judgement"
    __table_args__ = (Index("ix_judgement_enterprise", "enterprise_id", "retired_at"),)

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    question: Mapped[str]
    met: Mapped[bool | None]
    points: Mapped[int | None]
    reason: Mapped[str]
    from_day: Mapped[date]
    until_day: Mapped[date | None]


class VerdictRecord(Base):
    """What judging says of an enterprise today at a level: kept in the transaction that changes its facts.

    `marks` has one letter for each criterion in the order of the standard; the lists of keys are words with a blank
    on either side of each. Nothing in it changes by date alone before `changes_on`.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        Index("ix_verdict_near", "level", "outcome", "near_criterion", "enterprise_id"),
        Index("ix_verdict_changes_on", "changes_on"),
        Index("ix_verdict_outcome", "rule_set_id", "purpose", "outcome", "enterprise_id"),
        Index("ix_verdict_marks", "rule_set_id", "purpose", "marks", "enterprise_id"),
    )

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_set.id"))
    outcome: Mapped[str]
    marks: Mapped[str] = mapped_column(ByCodePoint)
    not_met: Mapped[str]
    missing: Mapped[str]
    to_judge: Mapped[str]
    vetoes: Mapped[str]
    lacks: Mapped[str]
    near_criterion: Mapped[str | None]
    near_value: Mapped[str | None]
    near_distance: Mapped[str | None]
    earliest_on: Mapped[date | None]
    judged_on: Mapped[date]
    judged_at: Mapped[datetime]
    changes_on: Mapped[date | None]
    facts_digest: Mapped[str]


class JudgingFailure(Base):
    """An enterprise whose judging raised an error, of which kind, and how often in a row; it has no verdicts then."""

    __tablename__ = "judging_failure"

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), primary_key=True)
    attempts: Mapped[int]
    error: Mapped[str]
    failed_at: Mapped[datetime]

    @classmethod
    def is_set_aside(cls) -> ColumnElement[bool]:
        """The condition that picks those that are not tried again by themselves."""
        return cls.attempts >= MOST_ATTEMPTS


class TryOutRecord(Base):
    """A rule set somebody asked to be tried out over the enterprises: how far it has come, then what it would change.

    `table` is the text that is tried, saved or not; `key` stands for everything the result rests on, so that the same
    question is computed once. `unit_id` is whose enterprises were tried, None for all; `entry_id` the last change of
    an enterprise known then. A worker holds it while `beat_at` is fresh; `attempts` counts how often one began.
    Finished without a result it has a `failure`: time, memory, rules, stopped, died, or error, its kind in `error`.
    """

    __tablename__ = "try_out"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_set.id"), index=True)
    beside_id: Mapped[int] = mapped_column(ForeignKey("rule_set.id"), index=True)
    table: Mapped[dict[str, Any]] = mapped_column(JSON)
    purpose: Mapped[str]
    everybody: Mapped[bool]
    unit_id: Mapped[int | None]
    day: Mapped[date]
    entry_id: Mapped[int] = mapped_column(BigId)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None]
    beat_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0", default=0)
    finished_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    error: Mapped[str | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
