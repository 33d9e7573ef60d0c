"""Recording and withdrawing yearly figures."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.enterprises.actions.rows import Stale, Withdrawal, expire, withdraw_rows
from sme_tracker.enterprises.caches import FIGURES_CACHE, figures_cache, yearly_figures
from sme_tracker.enterprises.models import Enterprise, YearlyFigure
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import portions
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
_IN_FORCE = select(_FIGURE).where(
    _FIGURE.c.enterprise_id.in_(bindparam("ids", expanding=True)), _FIGURE.c.retired_at.is_(None)
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
        known = _in_force(session, {enterprise_id for enterprise_id, _ in portion})
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
    known = _in_force(session, [enterprise_id], held=True)
    current = known.get((enterprise_id, figures.fiscal_year, figures.source.value))
    if (current["id"] if current else None) != opened:
        raise Stale
    refuse(records.check_figures(figures, local(by.at).date()))
    changed = _record_portion(session, by, [(enterprise_id, figures)], known, reason)
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
    figures = yearly_figures(session, enterprise_ids)
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
        added.append(_row(enterprise_id, figures, by))
        entries.append(_recorded(enterprise_id, figures, differing, reason))
    if obsolete:
        retire = update(_FIGURE).where(_FIGURE.c.id.in_(obsolete))
        session.execute(retire.values(retired_at=by.at, retired_by_id=by.user_id, retired_reason=reason))
    if added:
        session.execute(insert(_FIGURE), added)
    chain.record(session, by, entries)
    return [row["enterprise_id"] for row in added]


def _in_force(session: Session, enterprise_ids: Collection[int], *, held: bool = False) -> dict[Key, dict[str, Any]]:
    """The figures of the enterprises in force, `held` so that nobody else retires them meanwhile."""
    rows = session.execute(_IN_FORCE.with_for_update() if held else _IN_FORCE, {"ids": list(enterprise_ids)})
    return {(row["enterprise_id"], row["fiscal_year"], row["source"]): dict(row) for row in rows.mappings()}


def _row(enterprise_id: int, figures: YearlyFigures, by: Author) -> dict[str, Any]:
    return {
        **asdict(figures),
        "source": figures.source.value,
        "enterprise_id": enterprise_id,
        "recorded_at": by.at,
        "recorded_by_id": by.user_id,
    }


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
