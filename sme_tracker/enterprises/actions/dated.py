"""Names, reporting units and statuses as dated facts: recording, correcting and withdrawing them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.enterprises import standing
from sme_tracker.enterprises.actions.rows import Withdrawal, expire, withdraw_rows
from sme_tracker.enterprises.caches import name_cache, name_spans
from sme_tracker.enterprises.models import Enterprise, EnterpriseName, EnterpriseStatus, EnterpriseUnit
from sme_tracker.enterprises.search import insert_pairs, pairs_in, remove_pairs
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import portions
from sme_tracker.rules import records
from sme_tracker.rules.branches import is_branch
from sme_tracker.rules.counting import DatedFact, Dimension, facts_in_force
from sme_tracker.rules.findings import Finding, Refused, refuse
from sme_tracker.rules.terms import Status

_ENTERPRISE = Enterprise.metadata.tables["enterprise"]
Row = dict[str, Any]
Dated = type[EnterpriseName] | type[EnterpriseUnit] | type[EnterpriseStatus]


@dataclass(frozen=True, slots=True)
class Renaming:
    """A new registered name from a day on; None corrects the first name. `corrects` is the fact it stands in for."""

    enterprise_id: int
    name: str
    from_day: date | None
    corrects: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class UnitChange:
    """Another reporting unit (or none) from a day on; None corrects the first unit."""

    enterprise_id: int
    unit_id: int | None
    from_day: date | None
    corrects: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Active, moved out or deregistered from a day on, with the reason."""

    enterprise_id: int
    status: Status
    from_day: date | None
    reason: str | None = None
    corrects: int | None = None


Change = Renaming | UnitChange | StatusChange


def rename(session: Session, by: Author, changes: Sequence[Renaming]) -> None:
    """Record new names; former ones are kept and still found. Raises Refused for a name or a day that cannot be."""
    today = local(by.at).date()
    for change in changes:
        refuse([*records.check_name(change.name), *records.check_past(change.from_day, today)])
    _record(session, by, EnterpriseName, "name", changes)
    _refresh_names(session, {change.enterprise_id for change in changes}, by)


def assign_units(session: Session, by: Author, changes: Sequence[UnitChange]) -> None:
    """Record changes of reporting unit, also to come. Raises Refused for a fact that is not in force any more."""
    _record(session, by, EnterpriseUnit, "unit_id", changes)
    _refresh_standing(session, by, EnterpriseUnit, "unit_id", {change.enterprise_id for change in changes})


def change_statuses(session: Session, by: Author, changes: Sequence[StatusChange]) -> None:
    """Record that enterprises moved out, were deregistered or are active again.

    Raises Refused without a reason for leaving.
    """
    for change in changes:
        if change.status is not Status.ACTIVE and not change.reason:
            raise Refused(Finding("reason.missing"))
    _record(session, by, EnterpriseStatus, "status", changes)
    _refresh_standing(session, by, EnterpriseStatus, "status", {change.enterprise_id for change in changes})


def withdraw_names(session: Session, by: Author, withdrawals: Sequence[Withdrawal]) -> None:
    """Withdraw names that were recorded by mistake; raises Refused for the first name, which can only be corrected."""
    _refresh_names(session, _withdraw(session, by, EnterpriseName, "name", withdrawals), by)


def withdraw_units(session: Session, by: Author, withdrawals: Sequence[Withdrawal]) -> None:
    """Withdraw changes of unit that were recorded by mistake; raises Refused for the first unit."""
    ids = _withdraw(session, by, EnterpriseUnit, "unit_id", withdrawals)
    _refresh_standing(session, by, EnterpriseUnit, "unit_id", ids)


def withdraw_statuses(session: Session, by: Author, withdrawals: Sequence[Withdrawal]) -> None:
    """Withdraw changes of status that were recorded by mistake; raises Refused for the first status."""
    ids = _withdraw(session, by, EnterpriseStatus, "status", withdrawals)
    _refresh_standing(session, by, EnterpriseStatus, "status", ids)


def _record(session: Session, by: Author, fact: Dated, column: str, changes: Sequence[Change]) -> None:
    """Add the facts, each in place of the one it corrects and of one from the same day."""
    for portion in portions(changes):
        known = _in_force(session, fact, {change.enterprise_id for change in portion})
        entries: list[Entry] = []
        added: list[dict[str, Any]] = []
        obsolete: dict[int, str | None] = {}
        for change in portion:
            facts = known[change.enterprise_id]
            replaced = _replaced(facts, change)
            value = getattr(change, column)
            if any((row[column], row["from_day"]) == (value, change.from_day) for row in replaced):
                continue
            obsolete |= {row["id"]: change.reason for row in replaced}
            added.append(_row(column, change, by))
            entries.append(_recorded(column, change, replaced[0] if replaced else _before(facts, change.from_day)))
        _retire(session, by, fact, obsolete)
        if added:
            session.execute(insert(fact.metadata.tables[fact.__tablename__]), added)
        chain.record(session, by, entries)


def _in_force(session: Session, fact: Dated, enterprise_ids: Collection[int]) -> dict[int, list[Row]]:
    table = fact.metadata.tables[fact.__tablename__]
    rows = session.execute(select(table).where(table.c.enterprise_id.in_(enterprise_ids), table.c.retired_at.is_(None)))
    known: dict[int, list[Row]] = defaultdict(list)
    for row in rows.mappings():
        known[row["enterprise_id"]].append(dict(row))
    return known


def _replaced(facts: Sequence[Row], change: Change) -> list[Row]:
    """The facts that the change stands in for: the one it corrects first, then one from the same day."""
    corrected = [row for row in facts if row["id"] == change.corrects]
    if change.corrects and not corrected:
        raise Refused(Finding("record.gone"))
    if corrected and corrected[0]["from_day"] is None and change.from_day is not None:
        raise Refused(Finding("fact.first"))
    return corrected + [row for row in facts if row["from_day"] == change.from_day and row not in corrected]


def _before(facts: Sequence[Row], day: date | None) -> Row | None:
    """The fact that held until the day."""
    earlier = [row for row in facts if day is not None and (row["from_day"] or date.min) < day]
    return max(earlier, key=lambda row: row["from_day"] or date.min, default=None)


def _row(column: str, change: Change, by: Author) -> dict[str, Any]:
    row = {
        "enterprise_id": change.enterprise_id,
        "from_day": change.from_day,
        column: getattr(change, column),
        "recorded_at": by.at,
        "recorded_by_id": by.user_id,
    }
    return row | {"reason": change.reason} if isinstance(change, StatusChange) else row


def _recorded(column: str, change: Change, before: Row | None) -> Entry:
    changes: dict[str, tuple[object, object]] = {column: (before and before[column], getattr(change, column))}
    old_day = before["from_day"] if before and change.corrects else None
    if old_day != change.from_day:
        changes["from_day"] = (old_day, change.from_day)
    if change.reason:
        changes["reason"] = (None, change.reason)
    action = {"name": "rename", "unit_id": "assign_unit", "status": "change_status"}[column]
    return Entry(action, "enterprise", change.enterprise_id, change.enterprise_id, changes)


def _retire(session: Session, by: Author, fact: Dated, reasons: Mapping[int, str | None]) -> None:
    if not reasons:
        return
    table = fact.metadata.tables[fact.__tablename__]
    statement = update(table).where(table.c.id == bindparam("which"))
    values: dict[str, Any] = {"retired_at": by.at, "retired_by_id": by.user_id, "retired_reason": bindparam("why")}
    rows = [{"which": which, "why": why} for which, why in reasons.items()]
    session.execute(statement.values(values), rows)


def _withdraw(session: Session, by: Author, fact: Dated, column: str, withdrawals: Sequence[Withdrawal]) -> set[int]:
    rows = withdraw_rows(session, by, fact, withdrawals)
    if any(row["from_day"] is None for row in rows):
        raise Refused(Finding("fact.first"))
    entries = []
    for row in rows:
        changes = {
            column: (row[column], None),
            "from_day": (row["from_day"], None),
            "reason": (None, row["retired_reason"]),
        }
        entries.append(Entry(f"withdraw_{column}", "enterprise", row["enterprise_id"], row["enterprise_id"], changes))
    chain.record(session, by, entries)
    return {row["enterprise_id"] for row in rows}


def _refresh_standing(
    session: Session, by: Author, fact: type[EnterpriseUnit] | type[EnterpriseStatus], column: str, ids: Collection[int]
) -> None:
    """Hand the dimension of these enterprises to the standing, and mark them as changed."""
    dimension: Dimension = "unit_id" if fact is EnterpriseUnit else "status"
    for portion in portions(ids):
        recorded: dict[int, standing.Dimensions] = {}
        for which, rows in _in_force(session, fact, portion).items():
            facts = [
                DatedFact(row["from_day"], Status(row[column]) if dimension == "status" else row[column])
                for row in sorted(rows, key=lambda row: int(row["id"]))
            ]
            recorded[which] = {dimension: facts_in_force(facts)}
        standing.record_dimensions(session, recorded, by.at)
        _touch(session, portion, by)


def _refresh_names(session: Session, ids: Collection[int], by: Author) -> None:
    """Bring what the rows say of the names, and what they are found by, to what the names say."""
    for portion in portions(ids):
        spans = name_spans(session, portion)
        rows = session.execute(
            select(*(_ENTERPRISE.c[name] for name in ("id", "code", "enterprise_type", "search_text"))).where(
                _ENTERPRISE.c.id.in_(portion)
            )
        ).all()
        caches: list[dict[str, Any]] = []
        gone: dict[int, set[str]] = {}
        new: dict[int, set[str]] = {}
        for which, code, enterprise_type, search_text in rows:
            columns, found_by = name_cache(code, spans[which], local(by.at).date())
            branch = is_branch(columns["name"], enterprise_type)
            caches.append({"which": which, "updated_at": by.at, "is_branch": branch, **columns})
            before = set(pairs_in(search_text))
            gone[which], new[which] = before.difference(found_by), set(found_by) - before
        names = [name for name in caches[0] if name != "which"]
        statement = update(_ENTERPRISE).where(_ENTERPRISE.c.id == bindparam("which"))
        session.execute(statement.values({name: bindparam(name) for name in names}), caches)
        remove_pairs(session, gone)
        insert_pairs(session, new)
        expire(session, portion)


def _touch(session: Session, ids: Sequence[int], by: Author) -> None:
    session.execute(update(_ENTERPRISE).where(_ENTERPRISE.c.id.in_(ids)).values(updated_at=by.at))
    expire(session, ids)
