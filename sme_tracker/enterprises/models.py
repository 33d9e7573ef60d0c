"""The tables of enterprises: profile, dated facts, contacts, what they are found by, their standing and its tally."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from sme_tracker.accounts.models import User
from sme_tracker.db import Base, BigId, ByCodePoint
from sme_tracker.history.facts import Recorded, one_in_force
from sme_tracker.reference.models import Chain, Industry, ReportingUnit
from sme_tracker.rules.terms import Status, Track


class Enterprise(Base):
    """An enterprise as it is today: its profile, and a cache of what its dated facts say of today.

    The columns from `name` to `changes_on` are that cache; `enterprises.standing` and the actions that record the
    facts keep it, and `changes_on` is the next day on which it changes by date alone.
    """

    __tablename__ = "enterprise"
    __table_args__ = (
        CheckConstraint("length(code) = 18", name="code_length"),
        CheckConstraint("level between 0 and 3", name="level_range"),
        Index("ix_enterprise_level", "level", "id"),
        Index(
            "ix_enterprise_gone",
            "status",
            "level",
            "id",
            sqlite_where=text("status <> 'active'"),
            postgresql_where=text("status <> 'active'"),
        ),
        Index(
            "ix_enterprise_branch",
            "level",
            "id",
            sqlite_where=text("is_branch = 1"),
            postgresql_where=text("is_branch"),
        ),
        Index("ix_enterprise_unit", "unit_id", "id"),
        Index("ix_enterprise_unit_level", "unit_id", "level", "id"),
        Index("ix_enterprise_stage_unit", "stage", "unit_id", "id"),
        Index("ix_enterprise_name", "name", "id"),
        Index("ix_enterprise_code_reversed", "code_reversed"),
        Index("ix_enterprise_revenue", "revenue_wan", "id"),
        Index("ix_enterprise_rd_intensity", "rd_intensity_percent", "id"),
        Index("ix_enterprise_updated", "updated_at", "id"),
        Index("ix_enterprise_level_until", "level_until", "id"),
        Index("ix_enterprise_owner", "owner_id", "id"),
        Index("ix_enterprise_chain", "chain_id", "id"),
        Index("ix_enterprise_industry", "industry_code", "id"),
        *(
            Index(
                f"ix_enterprise_{of}",
                of.value,
                "id",
                sqlite_where=text(f'"{of}" is not null'),
                postgresql_where=text(f'"{of}" is not null'),
            )
            for of in Track
        ),
        Index("ix_enterprise_changes_on", "changes_on"),
        Index("ix_enterprise_name_key", "name_key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(ByCodePoint, unique=True)
    code_reversed: Mapped[str] = mapped_column(ByCodePoint)
    code_as_printed: Mapped[bool] = mapped_column(default=False)
    is_branch: Mapped[bool] = mapped_column(default=False)
    registered_region: Mapped[str | None]
    address: Mapped[str | None]
    enterprise_type: Mapped[str | None]
    legal_representative: Mapped[str | None]
    registered_capital: Mapped[str | None]
    registered_capital_wan: Mapped[Decimal | None]
    business_scope: Mapped[str | None]
    industry_code: Mapped[str | None] = mapped_column(ByCodePoint)
    chain_id: Mapped[int | None] = mapped_column(ForeignKey("chain.id"))
    niche: Mapped[str | None]
    niche_since: Mapped[date | None]
    main_product: Mapped[str | None]
    founded_on: Mapped[date | None]
    group_parent: Mapped[str | None]
    barred_until: Mapped[date | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    name: Mapped[str] = mapped_column(ByCodePoint)
    name_key: Mapped[str]
    search_text: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("reporting_unit.id"))
    status: Mapped[str] = mapped_column(default=Status.ACTIVE)
    level: Mapped[int] = mapped_column(default=0)
    holds: Mapped[int] = mapped_column(default=0)
    level_until: Mapped[date | None]
    upgrade: Mapped[str | None]
    convert: Mapped[str | None]
    go_public: Mapped[str | None]
    stage: Mapped[str | None]
    figures_year: Mapped[int | None]
    revenue_wan: Mapped[Decimal | None]
    rd_intensity_percent: Mapped[Decimal | None]
    size_class: Mapped[str | None]
    changes_on: Mapped[date | None]

    unit: Mapped[ReportingUnit | None] = relationship()
    chain: Mapped[Chain | None] = relationship()
    industry: Mapped[Industry | None] = relationship(
        primaryjoin=lambda: foreign(Enterprise.industry_code) == Industry.code, viewonly=True
    )
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])

    __mapper_args__ = {"version_id_col": version}


class EnterpriseName(Recorded, Base):
    """A registered name from a day on; the first holds from the beginning (`from_day` is None)."""

    __tablename__ = "enterprise_name"
    __table_args__ = (one_in_force("enterprise_name", "enterprise_id", text("coalesce(from_day, '0001-01-01')")),)

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    from_day: Mapped[date | None]
    name: Mapped[str]


class EnterpriseUnit(Recorded, Base):
    """The reporting unit from a day on; None is "no unit yet"."""

    __tablename__ = "enterprise_unit"
    __table_args__ = (one_in_force("enterprise_unit", "enterprise_id", text("coalesce(from_day, '0001-01-01')")),)

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    from_day: Mapped[date | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("reporting_unit.id"))


class EnterpriseStatus(Recorded, Base):
    """Active, moved out (迁出) or deregistered (注销) from a day on, with the reason."""

    __tablename__ = "enterprise_status"
    __table_args__ = (one_in_force("enterprise_status", "enterprise_id", text("coalesce(from_day, '0001-01-01')")),)

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    from_day: Mapped[date | None]
    status: Mapped[str]
    reason: Mapped[str | None]


class YearlyFigure(Recorded, Base):
    """The figures of one fiscal year from one source; money in 万元, None is not known and not zero."""

    __tablename__ = "yearly_figure"
    __table_args__ = (
        one_in_force("yearly_figure", "enterprise_id", "fiscal_year", "source"),
        CheckConstraint("fiscal_year between 1949 and 2200", name="year_range"),
    )

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    fiscal_year: Mapped[int]
    source: Mapped[str]
    revenue_wan: Mapped[Decimal | None]
    main_revenue_wan: Mapped[Decimal | None]
    rd_expense_wan: Mapped[Decimal | None]
    assets_wan: Mapped[Decimal | None]
    liabilities_wan: Mapped[Decimal | None]
    net_profit_wan: Mapped[Decimal | None]
    total_profit_wan: Mapped[Decimal | None]
    tax_wan: Mapped[Decimal | None]
    staff: Mapped[int | None]
    rd_staff: Mapped[int | None]


class Contact(Base):
    """A person to call; the number is masked unless it may be shown, and showing it is recorded."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    name: Mapped[str]
    position: Mapped[str | None]
    phone: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class SearchPair(Base):
    """Two neighbouring characters of a name, former name or its pinyin initials: what an enterprise is found by.

    No key leads back to the enterprise: looking each of its thirty-odd rows up cost more than writing them.
    """

    __tablename__ = "search_pair"
    __table_args__ = {"sqlite_with_rowid": False}

    pair: Mapped[str] = mapped_column(ByCodePoint, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)


class StandingSpan(Base):
    """An enterprise's standing from `from_day` to before `until_day`, as known from `recorded_at` to `retired_at`."""

    __tablename__ = "standing"
    __table_args__ = (
        Index("ix_standing_enterprise", "enterprise_id", "retired_at"),
        Index(
            "ix_standing_count",
            "level",
            "unit_id",
            "from_day",
            "until_day",
            "recorded_at",
            "retired_at",
            "enterprise_id",
        ),
        *(
            Index(
                f"ix_standing_{name}",
                *columns,
                "status",
                "unit_id",
                "retired_at",
                sqlite_where=text("retired_at is null"),
                postgresql_where=text("retired_at is null"),
            )
            for name, columns in {
                "listed": ("level", "enterprise_id", "from_day", "until_day"),
                "begun": ("from_day", "until_day", "level"),
                "ended": ("until_day", "from_day", "level"),
            }.items()
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    from_day: Mapped[date]
    until_day: Mapped[date]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("reporting_unit.id"))
    status: Mapped[str]
    holds: Mapped[int]
    level: Mapped[int]
    upgrade: Mapped[str | None]
    convert: Mapped[str | None]
    go_public: Mapped[str | None]
    recorded_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Tally(Base):
    """How many enterprises stand where today, as known now: kept in the transaction that moves them.

    `unit_id` 0 stands for no unit yet, `stage` "" for no open case.
    """

    __tablename__ = "tally"

    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage: Mapped[str] = mapped_column(primary_key=True)
    enterprises: Mapped[int]
