"""What went out, by the register of exports."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.exports.models import Export


@dataclass(frozen=True, slots=True)
class PastExport:
    """An export with the name of whoever took it."""

    export: Export
    taken_by: str | None


def exports_before(session: Session, before_id: int | None, most: int) -> list[PastExport]:
    """Exports from the latest on, or those before the one with this id."""
    wanted = select(Export, User.full_name).outerjoin(User, User.id == Export.taken_by_id)
    if before_id is not None:
        wanted = wanted.where(Export.id < before_id)
    rows = session.execute(wanted.order_by(Export.id.desc()).limit(most))
    return [PastExport(export, name) for export, name in rows]
