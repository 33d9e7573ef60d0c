"""The facts judging rests on, gathered for many enterprises at once from what is recorded of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, get_type_hints

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.models import EvidenceRecord, JudgementRecord
from sme_tracker.enterprises.caches import yearly_figures
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.facts import portions
from sme_tracker.recognitions.queries import TitleHeld, titles_of
from sme_tracker.rules.counting import FAR_FUTURE
from sme_tracker.rules.facts import EVIDENCE, EnterpriseFacts, Evidence, HeldTitle, Judgement, judged_figures
from sme_tracker.rules.figures import best_figures

NONE_OF = "none_of"
PROVINCES = {"22": "jilin"}
"""The provinces a rule names, by the first digits of the registration authority in the credit code."""

_ONE_DAY = timedelta(days=1)
_COLUMNS = (
    Enterprise.id,
    Enterprise.code,
    Enterprise.name,
    Enterprise.founded_on,
    Enterprise.niche_since,
    Enterprise.is_branch,
    Enterprise.barred_until,
    Enterprise.size_class,
)
_EVIDENCE = EvidenceRecord.metadata.tables[EvidenceRecord.__tablename__]
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ENTERPRISES = select(*_COLUMNS).where(Enterprise.id.in_(_IDS))
_PAPERS = (
    select(_EVIDENCE)
    .where(_EVIDENCE.c.enterprise_id.in_(_IDS), _EVIDENCE.c.retired_at.is_(None))
    .order_by(_EVIDENCE.c.id)
)
_JUDGEMENTS = (
    select(JudgementRecord)
    .where(JudgementRecord.enterprise_id.in_(_IDS), JudgementRecord.in_force())
    .order_by(JudgementRecord.id)
)
_BASE = frozenset(field.name for field in fields(Evidence))


class _Papers(NamedTuple):
    of_kind: dict[str, list[Any]]
    lists_entered: set[str]
    judgements: list[Judgement]


def facts_of(session: Session, enterprise_ids: Collection[int]) -> dict[int, EnterpriseFacts]:
    """What is known now of each enterprise that a rule may ask for, in a handful of queries."""
    found: dict[int, EnterpriseFacts] = {}
    for ids in portions(sorted(enterprise_ids)):
        found |= _of_portion(session, ids)
    return found


def _of_portion(session: Session, ids: Sequence[int]) -> dict[int, EnterpriseFacts]:
    figures, titles, papers = yearly_figures(session, ids), titles_of(session, ids), _papers(session, ids)
    rows: Sequence[Any] = session.execute(_ENTERPRISES, {"ids": ids}).all()
    found = {}
    for row in rows:
        own = papers[row.id]
        found[row.id] = EnterpriseFacts(
            enterprise=row.code,
            name=row.name,
            figures=judged_figures(best_figures(figures.get(row.id, ()))),
            established_on=row.founded_on,
            niche_since=row.niche_since,
            registered_province=PROVINCES.get(row.code[2:4], row.code[2:4]),
            size_class=row.size_class,
            independent_legal_person=not row.is_branch,
            barred_until=row.barred_until,
            titles=tuple(_title(held) for held in titles[row.id]),
            judgements=tuple(own.judgements),
            lists_entered=frozenset(own.lists_entered),
            **{kind: tuple(listed) for kind, listed in own.of_kind.items()},
        )
    return found


def _papers(session: Session, ids: Sequence[int]) -> Mapping[int, _Papers]:
    found: dict[int, _Papers] = defaultdict(lambda: _Papers(defaultdict(list), set(), []))
    for row in session.execute(_PAPERS, {"ids": ids}):
        if row.kind == NONE_OF:
            found[row.enterprise_id].lists_entered.add(row.data["list"])
        else:
            found[row.enterprise_id].of_kind[row.kind].append(as_evidence(row))
    for judgement in session.scalars(_JUDGEMENTS, {"ids": ids}):
        found[judgement.enterprise_id].judgements.append(_judgement(judgement))
    return found


def as_evidence(row: Any) -> Evidence:
    """A recorded paper as the rules know it; `ref` leads back to the record."""
    return EVIDENCE[row.kind](
        name=row.name,
        ref=str(row.origin_id or row.id),
        from_day=row.from_day,
        until_day=row.until_day,
        verified_on=row.verified_on,
        source=row.source or "",
        **typed(row.kind, row.data),
    )


def typed(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a kind of evidence with the types the rules expect, from how they are stored."""
    decimals = _decimals(kind)
    return {name: Decimal(value) if name in decimals and value is not None else value for name, value in data.items()}


@cache
def own_fields(kind: str) -> tuple[str, ...]:
    """The fields a kind of evidence has beyond those that all have."""
    return tuple(field.name for field in fields(EVIDENCE[kind]) if field.name not in _BASE)


@cache
def _decimals(kind: str) -> frozenset[str]:
    hints = get_type_hints(EVIDENCE[kind])
    return frozenset(name for name in own_fields(kind) if hints[name] in (Decimal, Decimal | None))


def _judgement(row: JudgementRecord) -> Judgement:
    return Judgement(
        question=row.question,
        met=row.met,
        reason=row.reason,
        points=None if row.points is None else Decimal(row.points),
        from_day=row.from_day,
        until_day=row.until_day,
        ref=str(row.id),
    )


def _title(held: TitleHeld) -> HeldTitle:
    until = held.until
    return HeldTitle(
        level=held.title.value,
        name=held.recognition.document_number or "",
        ref=str(held.recognition.id),
        from_day=held.recognition.valid_from,
        until_day=None if until >= FAR_FUTURE else until - _ONE_DAY,
    )
