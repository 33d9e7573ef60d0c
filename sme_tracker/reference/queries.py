"""Reading the lists: units, chains, industries, by id and by what people write."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sme_tracker.reference.models import Chain, Industry, ReportingUnit


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
