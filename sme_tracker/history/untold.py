"""Facts that were recorded or retired at an instant of which the history knows nothing."""

from collections.abc import Iterator, Mapping
from operator import eq
from typing import NamedTuple

from sqlalchemy import ColumnElement, MetaData, Table, exists, false, or_, select
from sqlalchemy.orm import Session

from sme_tracker.history.models import HistoryEntry, of_instant

_ENTRY = HistoryEntry.metadata.tables["history_entry"].c


class Untold(NamedTuple):
    """A row of a table of facts that no entry tells of."""

    table: str
    row_id: int


def fact_tables(metadata: MetaData) -> list[Table]:
    """The tables whose rows are recorded and retired, never changed."""
    return [table for table in metadata.sorted_tables if {"recorded_at", "retired_by_id"} <= set(table.c.keys())]


def untold_rows(
    session: Session,
    metadata: MetaData,
    subjects: Mapping[str, str],
    supplied: Mapping[str, ColumnElement[bool]] | None = None,
) -> Iterator[Untold]:
    """Every fact whose recording or retiring no entry tells of.

    A fact about an enterprise, its own or its parent's, is told of by an entry about that enterprise at the instant;
    one about none by an entry about what `subjects` says of its table. Raises KeyError for a table not named there.
    `supplied` says by table which rows came with the product: of their coming no entry tells, of their going one does.
    """
    for table in fact_tables(metadata):
        about = _about_enterprise(table)
        is_told_at = _ENTRY.subject == subjects[table.name] if about is None else about
        is_at = eq if about is None else of_instant
        told = exists().where(is_told_at, is_at(_ENTRY.at, table.c.recorded_at))
        came_along = (supplied or {}).get(table.name, false())
        untold = or_(
            ~(told | came_along),
            table.c.retired_at.is_not(None) & ~exists().where(is_told_at, is_at(_ENTRY.at, table.c.retired_at)),
        )
        for row_id in session.scalars(select(table.c.id).where(untold).order_by(table.c.id)):
            yield Untold(table.name, row_id)


def _about_enterprise(table: Table) -> ColumnElement[bool] | None:
    """That an entry is about the enterprise of a fact; None where the fact is about none."""
    if "enterprise_id" in table.c:
        return _ENTRY.enterprise_id == table.c.enterprise_id
    for key in table.foreign_keys:
        parent = key.column.table
        if "recorded_at" in parent.c and "enterprise_id" in parent.c:
            whose = select(parent.c.enterprise_id).where(key.column == key.parent).correlate(table)
            return _ENTRY.enterprise_id == whose.scalar_subquery()
    return None
