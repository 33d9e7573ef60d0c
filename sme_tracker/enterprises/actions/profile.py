"""Registering enterprises and changing their profiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sme_tracker.bulk import insert_rows, next_ids
from sme_tracker.clock import local
from sme_tracker.enterprises import standing
from sme_tracker.enterprises.actions.figures import refresh_figures
from sme_tracker.enterprises.actions.rows import Fact, Stale, expire
from sme_tracker.enterprises.models import Enterprise, EnterpriseName, EnterpriseStatus, EnterpriseUnit
from sme_tracker.enterprises.search import insert_pairs, search_fields
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import portions
from sme_tracker.rules import credit_code, records
from sme_tracker.rules.branches import is_branch
from sme_tracker.rules.findings import Finding, Refused, refuse
from sme_tracker.rules.names import name_key
from sme_tracker.rules.terms import Status

PROFILE = (
    "registered_region",
    "address",
    "enterprise_type",
    "legal_representative",
    "registered_capital",
    "registered_capital_wan",
    "business_scope",
    "industry_code",
    "chain_id",
    "niche",
    "niche_since",
    "main_product",
    "founded_on",
    "group_parent",
    "barred_until",
    "owner_id",
)
"""The fields of a profile, in the order of the form; names, unit, status and figures are dated facts instead."""

_TABLE = Enterprise.metadata.tables["enterprise"]
_PROFILES = select(*(_TABLE.c[name] for name in ("id", "name", "version", *PROFILE))).where(
    _TABLE.c.id.in_(bindparam("ids", expanding=True))
)
_UPDATE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("which"))
    .values(
        {name: bindparam(name) for name in (*PROFILE, "is_branch", "updated_at")} | {"version": _TABLE.c.version + 1}
    )
)
_ALWAYS = ("id", "code", "code_reversed", "search_text", "name", "name_key", "unit_id", "code_as_printed", "is_branch")


@dataclass(frozen=True, slots=True)
class NewEnterprise:
    """An enterprise to be registered; `profile` holds what is known of the fields of `PROFILE`."""

    code: str
    name: str
    unit_id: int | None = None
    code_as_printed: bool = False
    profile: Mapping[str, object] = field(default_factory=dict)


def register(session: Session, by: Author, rows: Sequence[NewEnterprise]) -> list[int]:
    """Register enterprises, whose codes are normalised, and return their ids in the same order.

    Name, unit and status hold from the beginning. Raises Refused, also for a code that is taken.
    """
    today = local(by.at).date()
    for row in rows:
        refuse(records.check_new(row.code, row.name, row.code_as_printed))
        refuse(records.check_profile(row.profile, today))
    for portion in portions(rows):
        _refuse_taken(session, portion)
    ids = next_ids(session, _TABLE, len(rows))
    _insert(session, by, rows, ids)
    _insert_facts(session, by, rows, ids)
    standing.begin(session, {which: row.unit_id for which, row in zip(ids, rows, strict=True)}, by.at)
    chain.record(session, by, (_registered(row, which) for which, row in zip(ids, rows, strict=True)))
    return ids


def change_profile(
    session: Session, by: Author, enterprise_id: int, version: int, values: Mapping[str, object]
) -> bool:
    """Change the profile of an enterprise that was read at `version`; returns whether anything changed.

    Raises Stale when it was saved since, Refused for values that cannot be.
    """
    rows = _profiles(session, [enterprise_id], held=True)
    if [row["version"] for row in rows] != [version]:
        raise Stale
    refuse(records.check_profile(values, local(by.at).date()))
    return bool(_update_portion(session, by, rows, {enterprise_id: values}))


def update_profiles(session: Session, by: Author, changes: Mapping[int, Mapping[str, object]]) -> list[int]:
    """Change fields of `PROFILE` of many enterprises, by id; returns the ids of those that were not so already.

    Raises Refused for values that cannot be.
    """
    today = local(by.at).date()
    for values in changes.values():
        refuse(records.check_profile(values, today))
    changed: list[int] = []
    for ids in portions(list(changes)):
        changed += _update_portion(session, by, _profiles(session, ids), changes)
    return changed


def _profiles(session: Session, ids: Sequence[int], *, held: bool = False) -> Sequence[RowMapping]:
    """The profiles as they stand, `held` so that nobody else changes them meanwhile."""
    session.flush()
    return session.execute(_PROFILES.with_for_update() if held else _PROFILES, {"ids": ids}).mappings().all()


def _update_portion(
    session: Session, by: Author, rows: Sequence[RowMapping], changes: Mapping[int, Mapping[str, object]]
) -> list[int]:
    differences: dict[int, dict[str, tuple[object, object]]] = {}
    updates = []
    for row in rows:
        differing = chain.differences(dict(row), changes[row["id"]])
        if not differing:
            continue
        differences[row["id"]] = differing
        after = {**row, **changes[row["id"]]}
        updates.append(_update_row(after, by))
    if not updates:
        return []
    session.execute(_UPDATE, updates)
    regrouped = [which for which, differing in differences.items() if "industry_code" in differing]
    refresh_figures(session, regrouped, by)
    expire(session, differences)
    chain.record(
        session, by, (Entry("update", "enterprise", which, which, made) for which, made in differences.items())
    )
    return list(differences)


def _update_row(after: Mapping[str, Any], by: Author) -> dict[str, object]:
    return {
        "which": after["id"],
        **{name: after[name] for name in PROFILE},
        "is_branch": is_branch(after["name"], after["enterprise_type"]),
        "updated_at": by.at,
    }


def _refuse_taken(session: Session, rows: Sequence[NewEnterprise]) -> None:
    columns = select(_TABLE.c.code, _TABLE.c.id)
    taken = session.execute(columns.where(_TABLE.c.code.in_([row.code for row in rows]))).all()
    if taken:
        raise Refused(*(Finding("credit_code.taken", {"code": code, "enterprise_id": which}) for code, which in taken))


def _insert(session: Session, by: Author, rows: Sequence[NewEnterprise], ids: Sequence[int]) -> None:
    """Insert the enterprises, and the pairs they are found by."""
    known = [name for name in PROFILE if any(row.profile.get(name) is not None for row in rows)]
    pairs: dict[int, list[str]] = {}
    values = []
    for which, row in zip(ids, rows, strict=True):
        search_text, code_reversed, pairs[which] = search_fields(row.code, [row.name])
        own = (which, row.code, code_reversed, search_text, row.name, name_key(row.name), row.unit_id)
        values.append((*own, *_of_code_and_type(row), *[row.profile.get(name) for name in known]))
    names = (
        "id",
        "code",
        "code_reversed",
        "search_text",
        "name",
        "name_key",
        "unit_id",
        "code_as_printed",
        "is_branch",
    )
    try:
        insert_rows(session, _TABLE, [*names, *known], values, {"created_at": by.at, "updated_at": by.at})
    except IntegrityError as taken_meanwhile:
        raise Refused(Finding("credit_code.taken")) from taken_meanwhile
    insert_pairs(session, pairs)


def _of_code_and_type(row: NewEnterprise) -> tuple[bool, bool]:
    """Whether the code is kept although it does not verify, and whether the enterprise is a branch."""
    failing = credit_code.check(row.code) if row.code_as_printed else None
    enterprise_type = row.profile.get("enterprise_type")
    branch = is_branch(row.name, enterprise_type if isinstance(enterprise_type, str) else None)
    return bool(failing and failing.refuses), branch


def _insert_facts(session: Session, by: Author, rows: Sequence[NewEnterprise], ids: Sequence[int]) -> None:
    """The first name, unit and status, which hold from the beginning."""
    stamp = {"recorded_at": by.at, "recorded_by_id": by.user_id}
    first: dict[Fact, tuple[str, Sequence[object]]] = {
        EnterpriseName: ("name", [row.name for row in rows]),
        EnterpriseUnit: ("unit_id", [row.unit_id for row in rows]),
        EnterpriseStatus: ("status", [Status.ACTIVE.value] * len(rows)),
    }
    for fact, (column, values) in first.items():
        table = fact.metadata.tables[fact.__tablename__]
        insert_rows(session, table, ("enterprise_id", column), list(zip(ids, values, strict=True)), stamp)


def _registered(row: NewEnterprise, enterprise_id: int) -> Entry:
    known: dict[str, object] = {
        "code": row.code,
        "name": row.name,
        "unit_id": row.unit_id,
        **row.profile,
    }
    if row.code_as_printed:
        known["code_as_printed"] = True
    changes = {name: (None, value) for name, value in known.items() if value is not None}
    return Entry("register", "enterprise", enterprise_id, enterprise_id, changes)
