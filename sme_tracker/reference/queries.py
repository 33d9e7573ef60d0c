"""Reading the lists: units, chains, industries, by id and by what people write."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sme_tracker.reference.models import Batch, Chain, Industry, ReportingUnit, Setting

BUILT_IN_NAMES = {"bureau_name": "长春市工业和信息化局", "bureau_name_en": "Changchun Industry & IT Bureau"}
"""What the bureau is called until somebody names it."""


def all_units(session: Session) -> Sequence[ReportingUnit]:
    """The reporting units in their order."""
    return session.scalars(select(ReportingUnit).order_by(ReportingUnit.sort, ReportingUnit.id)).all()


def find_unit(session: Session, written: str) -> ReportingUnit | None:
    """The unit of a code, a name or a short name."""
    text = written.strip()
    return session.scalars(
        select(ReportingUnit).where(
            or_(ReportingUnit.code == text, ReportingUnit.name == text, ReportingUnit.short_name == text)
        )
    ).first()


def all_chains(session: Session) -> Sequence[Chain]:
    """The industrial chains."""
    return session.scalars(select(Chain).order_by(Chain.id)).all()


def all_industries(session: Session) -> Sequence[Industry]:
    """The industries by code."""
    return session.scalars(select(Industry).order_by(Industry.code)).all()


def all_items(session: Session, table: type[ReportingUnit | Industry | Chain | Batch]) -> Sequence[Any]:
    """The items of a list, closed ones too: units in their order, batches the latest first, others by code."""
    if table is ReportingUnit:
        return all_units(session)
    order = (Batch.year.desc(), Batch.code.desc()) if table is Batch else (table.code,)
    return session.scalars(select(table).order_by(*order)).all()


def bureau_names(session: Session) -> dict[str, str | None]:
    """What the bureau is called in Chinese and in English, None where nothing is set."""
    names: dict[str, str | None] = {"bureau_name": None, "bureau_name_en": None}
    rows = session.execute(select(Setting.key, Setting.value).where(Setting.key.in_(names)))
    return names | {row.key: row.value for row in rows}


def bureau_name(session: Session) -> str:
    """What the bureau is called in Chinese, on whatever leaves the house."""
    return bureau_names(session)["bureau_name"] or BUILT_IN_NAMES["bureau_name"]
