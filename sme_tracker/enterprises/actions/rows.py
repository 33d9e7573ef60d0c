"""What all actions on enterprises share: withdrawing facts and reading enterprises anew."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sme_tracker.enterprises.models import Enterprise, EnterpriseName, EnterpriseStatus, EnterpriseUnit, YearlyFigure
from sme_tracker.history.chain import Author
from sme_tracker.history.facts import portions
from sme_tracker.rules.findings import Finding, Refused

Fact = type[EnterpriseName] | type[EnterpriseUnit] | type[EnterpriseStatus] | type[YearlyFigure]


class Stale(Exception):
    """Somebody saved the record after it was read; nothing has been changed."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A fact that was recorded by mistake, by its id, and why."""

    fact_id: int
    reason: str


def withdraw_rows(session: Session, by: Author, fact: Fact, withdrawals: Sequence[Withdrawal]) -> list[dict[str, Any]]:
    """Retire facts with the reason and return them; raises Refused when one is not in force any more."""
    table = fact.metadata.tables[fact.__tablename__]
    withdrawn: list[dict[str, Any]] = []
    for portion in portions(withdrawals):
        reasons = {withdrawal.fact_id: withdrawal.reason for withdrawal in portion}
        rows = session.execute(
            select(table).where(table.c.id.in_(reasons), table.c.retired_at.is_(None)).with_for_update()
        ).mappings()
        found = [{**row, "retired_reason": reasons[row["id"]]} for row in rows]
        if len(found) < len(reasons):
            raise Refused(Finding("record.gone"))
        retire = update(table).where(table.c.id == bindparam("which")).values(
            retired_at=by.at, retired_by_id=by.user_id, retired_reason=bindparam("why")
        )  # fmt: skip
        session.execute(retire, [{"which": which, "why": why} for which, why in reasons.items()])
        withdrawn += found
    return withdrawn


def expire(session: Session, enterprise_ids: Container[int]) -> None:
    """Let go of what the session remembers of these enterprises, so that it is read anew."""
    for kind, (which, *_rest), _token in list(session.identity_map.keys()):
        if kind is Enterprise and which in enterprise_ids:
            session.expire(session.identity_map[kind, (which,), None])
