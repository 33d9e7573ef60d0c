"""The facts judging rests on, gathered for many enterprises at once from what is recorded of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, get_type_hints

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.models import EvidenceRecord, JudgementRecord
from sme_tracker.enterprises.actions import PROFILE
from sme_tracker.enterprises.caches import yearly_figures
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.facts import portions
from sme_tracker.recognitions.queries import TitleHeld, titles_of
from sme_tracker.rules.counting import FAR_FUTURE
from sme_tracker.rules.facts import EVIDENCE, EnterpriseFacts, Evidence, HeldTitle, Judgement, judged_figures
from sme_tracker.rules.figures import YearlyFigures, best_figures

NONE_OF = "none_of"
PROVINCES = {"22": "jilin"}
"""The provinces a rule names, by the first digits of the registration authority in the credit code."""

UNASKED_SUBJECTS = frozenset({"case", "contact", "plan", "put_forward"})
"""The kinds of records, as the history names them, that no rule asks of."""

UNASKED_FIELDS = frozenset(PROFILE) - {"barred_until", "enterprise_type", "founded_on", "industry_code", "niche_since"}
"""The fields of a profile that no rule asks for, nor for anything that follows from them."""

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
_JUDGEMENT = JudgementRecord.metadata.tables[JudgementRecord.__tablename__]
_JUDGEMENTS = (
    select(_JUDGEMENT)
    .where(_JUDGEMENT.c.enterprise_id.in_(_IDS), _JUDGEMENT.c.retired_at.is_(None))
    .order_by(_JUDGEMENT.c.id)
)
_BASE = frozenset(field.name for field in fields(Evidence))


def may_turn(subject: str, fields: Collection[str]) -> bool:
    """Whether a verdict can turn out otherwise once something was recorded in the fields of such a record."""
    is_profile = subject == "enterprise" and bool(fields)
    return subject not in UNASKED_SUBJECTS and not (is_profile and UNASKED_FIELDS.issuperset(fields))


def facts_of(session: Session, enterprise_ids: Collection[int]) -> dict[int, EnterpriseFacts]:
    """What is known now of each enterprise that a rule may ask for, in a handful of queries."""
    found: dict[int, EnterpriseFacts] = {}
    for ids in portions(sorted(enterprise_ids)):
        found |= _of_portion(session, ids)
    return found


def _of_portion(session: Session, ids: Sequence[int]) -> dict[int, EnterpriseFacts]:
    kinds = [read(session, ids) for read in KINDS]
    rows: Sequence[Any] = session.execute(_ENTERPRISES, {"ids": ids}).all()
    return {row.id: facts_from(row, *(kind[row.id] for kind in kinds)) for row in rows}


def facts_from(
    enterprise: Any,
    figures: Iterable[YearlyFigures],
    titles: Iterable[TitleHeld],
    papers: Iterable[Any],
    judgements: Iterable[Any],
) -> EnterpriseFacts:
    """What a rule may ask for, from the row of an enterprise and what is recorded of it."""
    lists_entered: set[str] = set()
    of_kind: dict[str, list[Any]] = defaultdict(list)
    for paper in papers:
        if paper.kind == NONE_OF:
            lists_entered.add(paper.data["list"])
        else:
            of_kind[paper.kind].append(as_evidence(paper))
    province = enterprise.code[2:4]
    return EnterpriseFacts(
        enterprise=enterprise.code,
        name=enterprise.name,
        figures=judged_figures(best_figures(figures)),
        established_on=enterprise.founded_on,
        niche_since=enterprise.niche_since,
        registered_province=PROVINCES.get(province, province),
        size_class=enterprise.size_class,
        independent_legal_person=not enterprise.is_branch,
        barred_until=enterprise.barred_until,
        titles=tuple(_title(held) for held in titles),
        judgements=tuple(_judgement(row) for row in judgements),
        lists_entered=frozenset(lists_entered),
        **{kind: tuple(listed) for kind, listed in of_kind.items()},
    )


def papers_of(session: Session, enterprise_ids: Collection[int]) -> Mapping[int, list[Any]]:
    """The papers in force of each enterprise as recorded, and the lists found empty, in the order of recording."""
    return _by_enterprise(session.execute(_PAPERS, {"ids": list(enterprise_ids)}))


def judgements_of(session: Session, enterprise_ids: Collection[int]) -> Mapping[int, list[Any]]:
    """The judgements in force of each enterprise as recorded, in the order of recording."""
    return _by_enterprise(session.execute(_JUDGEMENTS, {"ids": list(enterprise_ids)}))


KINDS: Final[tuple[Callable[[Session, Collection[int]], Mapping[int, list[Any]]], ...]] = (
    yearly_figures,
    titles_of,
    papers_of,
    judgements_of,
)
"""What `facts_from` wants to know beside the row, each read for many enterprises at once."""


def _by_enterprise(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.enterprise_id].append(row)
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


def _judgement(row: Any) -> Judgement:
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
