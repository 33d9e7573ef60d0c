"""Enterprises to list: registered as people do it, with what their facts would make of them set at once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.actions import NewEnterprise, register
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.credit_code import check_character, organisation_check_character

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
BY = Author(None, "form", NOW)


def code(number: int) -> str:
    """A valid code of an enterprise that does not exist, another for each number."""
    subject = f"{number:08d}"
    first17 = "91220101" + subject + organisation_check_character(subject)
    return first17 + check_character(first17)


def add(session: GuardedSession, names: Sequence[str], unit_id: int | None = None, first: int = 1) -> list[int]:
    """Register enterprises of these names; returns their ids."""
    rows = [NewEnterprise(code(first + place), name, unit_id) for place, name in enumerate(names)]
    with transaction(session):
        return register(session, BY, rows)


def set_columns(session: GuardedSession, columns: Mapping[int, Mapping[str, Any]]) -> None:
    """Give enterprises, by id, values as their facts would; each with the same columns."""
    table = Enterprise.__table__
    names = list(next(iter(columns.values())))
    rows = [{"which": which, **values} for which, values in columns.items()]
    statement = update(table).where(table.c.id == bindparam("which")).values({name: bindparam(name) for name in names})
    with transaction(session):
        session.connection().execute(statement, rows)


def units(session: GuardedSession) -> list[int]:
    """The ids of the reporting units, in their order."""
    return list(session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.sort)))
