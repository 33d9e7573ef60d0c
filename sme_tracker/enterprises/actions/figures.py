"""Recording and withdrawing yearly figures."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sme_tracker.bulk import insert_rows
from sme_tracker.clock import local
from sme_tracker.enterprises.actions.rows import Stale, Withdrawal, expire, withdraw_rows
from sme_tracker.enterprises.caches import CACHED_FROM, FIGURES_CACHE, figures_cache, yearly_figures
from sme_tracker.enterprises.models import Enterprise, YearlyFigure
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import portions, stamped
from sme_tracker.rules import records
from sme_tracker.rules.figures import FIGURES, YearlyFigures
from sme_tracker.rules.findings import refuse

Key = tuple[int, int, str]
_ENTERPRISE = Enterprise.metadata.tables["enterprise"]
_FIGURE = YearlyFigure.metadata.tables["yearly_figure"]
_INDUSTRIES = select(_ENTERPRISE.c.id, _ENTERPRISE.c.industry_code).where(
    _ENTERPRISE.c.id.in_(bindparam("ids", expanding=True))
)
_UPDATE = (
    update(_ENTERPRISE)
    .where(_ENTERPRISE.c.id == bindparam("which"))
    .values({name: bindparam(name) for name in ("updated_at", *FIGURES_CACHE)})
)
_IN_FORCE = select(*(_FIGURE.c[name] for name in ("id", "enterprise_id", "fiscal_year", "source", *FIGURES))).where(
    _FIGURE.c.enterprise_id.in_(bindparam("ids", expanding=True)),
    _FIGURE.c.fiscal_year.in_(bindparam("years", expanding=True)),
    _FIGURE.c.retired_at.is_(None),
)


def record_figures(
    session: Session, by: Author, rows: Sequence[tuple[int, YearlyFigures]], reason: str | None = None
) -> list[int]:
    """Record figures by enterprise, each in place of what its source said of that year before.

    Returns the ids of the enterprises whose figures were not so already. Raises Refused for figures that cannot be.
    """
    today = local(by.at).date()
    for _, figures in rows:
        refuse(records.check_figures(figures, today))
    changed: dict[int, None] = {}
    for portion in portions(rows):
        known = _in_force(session, portion)
        changed |= dict.fromkeys(_record_portion(session, by, portion, known, reason))
    for ids in portions(changed):
        refresh_figures(session, ids, by)
    return list(changed)


def save_figures(
    session: Session, by: Author, enterprise_id: int, figures: YearlyFigures, opened: int | None, reason: str | None
) -> bool:
    """Record the figures of one year and source over the fact that was read, None if there was none.

    Returns whether anything changed. Raises Stale when somebody recorded them since.
    """
    rows = [(enterprise_id, figures)]
    known = _in_force(session, rows, held=True)
    current = known.get((enterprise_id, figures.fiscal_year, figures.source.value))
    if (current["id"] if current else None) != opened:
        raise Stale
    refuse(records.check_figures(figures, local(by.at).date()))
    changed = _record_portion(session, by, rows, known, reason)
    refresh_figures(session, changed, by)
    return bool(changed)


def withdraw_figures(session: Session, by: Author, withdrawals: Sequence[Withdrawal]) -> None:
    """Withdraw figures that were recorded by mistake, each with the reason; raises Refused for one already gone."""
    rows = withdraw_rows(session, by, YearlyFigure, withdrawals)
    chain.record(session, by, (_withdrawn(row) for row in rows))
    refresh_figures(session, {row["enterprise_id"] for row in rows}, by)


def refresh_figures(session: Session, enterprise_ids: Collection[int], by: Author) -> None:
    """Bring what the rows of these enterprises say of their figures to what the figures say."""
    if not enterprise_ids:
        return
    figures = yearly_figures(session, enterprise_ids, CACHED_FROM)
    industries = session.execute(_INDUSTRIES, {"ids": list(enterprise_ids)})
    caches = [
        {"which": which, "updated_at": by.at, **figures_cache(figures.get(which, ()), industry_code)}
        for which, industry_code in industries
    ]
    session.execute(_UPDATE, caches)
    expire(session, enterprise_ids)


def _record_portion(
    session: Session,
    by: Author,
    rows: Sequence[tuple[int, YearlyFigures]],
    known: Mapping[Key, Mapping[str, Any]],
    reason: str | None,
) -> list[int]:
    added: list[dict[str, Any]] = []
    obsolete: list[int] = []
    entries: list[Entry] = []
    for enterprise_id, figures in rows:
        before = known.get((enterprise_id, figures.fiscal_year, figures.source.value), {})
        values = {name: getattr(figures, name) for name in FIGURES}
        differing = chain.differences(before, values)
        if not differing:
            continue
        obsolete += [before["id"]] if before else []
        place = {"enterprise_id": enterprise_id, "fiscal_year": figures.fiscal_year, "source": figures.source.value}
        added.append(place | values)
        entries.append(_recorded(enterprise_id, figures, differing, reason))
    if obsolete:
        retire = update(_FIGURE).where(_FIGURE.c.id.in_(obsolete))
        session.execute(retire.values(retired_at=by.at, retired_by_id=by.user_id, retired_reason=reason))
    if added:
        insert_rows(session, _FIGURE, list(added[0]), [tuple(row.values()) for row in added], stamped(by))
    chain.record(session, by, entries)
    return [row["enterprise_id"] for row in added]


def _in_force(
    session: Session, rows: Sequence[tuple[int, YearlyFigures]], *, held: bool = False
) -> dict[Key, dict[str, Any]]:
    """What is on record of the years that are to be recorded, `held` so that nobody else retires it meanwhile."""
    ids, years = {which for which, _ in rows}, {figures.fiscal_year for _, figures in rows}
    statement = _IN_FORCE.with_for_update() if held else _IN_FORCE
    found = session.execute(statement, {"ids": list(ids), "years": list(years)})
    return {(row["enterprise_id"], row["fiscal_year"], row["source"]): dict(row) for row in found.mappings()}


def _recorded(
    enterprise_id: int, figures: YearlyFigures, differing: dict[str, tuple[object, object]], reason: str | None
) -> Entry:
    place: dict[str, tuple[object, object]] = {
        "fiscal_year": (figures.fiscal_year, figures.fiscal_year),
        "source": (figures.source.value, figures.source.value),
    }
    why: dict[str, tuple[object, object]] = {"reason": (None, reason)} if reason else {}
    return Entry("record_figures", "figures", None, enterprise_id, place | differing | why)


def _withdrawn(row: dict[str, Any]) -> Entry:
    changes = {name: (row[name], None) for name in ("fiscal_year", "source", *FIGURES) if row[name] is not None}
    changes["reason"] = (None, row["retired_reason"])
    return Entry("withdraw_figures", "figures", row["id"], row["enterprise_id"], changes)
