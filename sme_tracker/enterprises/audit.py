"""Whether what enterprises' rows, the counts of today and the search say equals what the facts say."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from sme_tracker.enterprises import standing
from sme_tracker.enterprises.caches import figures_cache, name_cache, name_spans, yearly_figures
from sme_tracker.enterprises.models import Enterprise, EnterpriseStatus, EnterpriseUnit, SearchPair, Tally
from sme_tracker.enterprises.search import pairs_in
from sme_tracker.rules.counting import DatedFact, Dimension, facts_in_force, merged
from sme_tracker.rules.counting import Span as FactSpan
from sme_tracker.rules.terms import Status

AT_ONCE = 1000
_TABLE = Enterprise.metadata.tables["enterprise"]
_PAIR = SearchPair.metadata.tables["search_pair"]
_id = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a cache or summary is not what the facts say."""

    what: str
    enterprise_id: int | None
    stored: object
    computed: object


def differences(session: Session, today: date) -> Iterator[Difference]:
    """Every difference between facts and what is derived from them; nothing if the records are sound.

    `today` is the day the records were last rolled to.
    """
    counted: Counter[tuple[int, str, int, str]] = Counter()
    last = 0
    while rows := _rows_after(session, last):
        last = rows[-1]["id"]
        for row in rows:
            counted[(row["unit_id"] or 0, row["status"], row["level"], row["stage"] or "")] += 1
        yield from _of_portion(session, rows, today)
    yield from _of_tally(session, counted)
    yield from _of_pairs(session)


def every_timeline(session: Session) -> Iterator[dict[int, standing.Timeline]]:
    """The standing of every enterprise as known now, a portion at a time."""
    last = 0
    while ids := session.scalars(
        select(_TABLE.c.id).where(_TABLE.c.id > last).order_by(_TABLE.c.id).limit(AT_ONCE)
    ).all():
        last = ids[-1]
        yield {which: [] for which in ids} | standing.timelines(session, ids)


def dimension(timeline: standing.Timeline, name: Dimension) -> list[FactSpan[Any]]:
    """One dimension of a standing as a function of days."""
    return merged(FactSpan(span.from_day, span.until_day, getattr(span.value, name)) for span in timeline)


def _rows_after(session: Session, last: int) -> Sequence[Any]:
    statement = select(_TABLE).where(_TABLE.c.id > last).order_by(_TABLE.c.id).limit(AT_ONCE)
    return session.execute(statement).mappings().all()


def _of_portion(session: Session, rows: Sequence[Any], today: date) -> Iterator[Difference]:
    ids = [row["id"] for row in rows]
    timelines = standing.timelines(session, ids)
    names, figures = name_spans(session, ids), yearly_figures(session, ids)
    units, statuses = _facts(session, EnterpriseUnit, "unit_id", ids), _facts(session, EnterpriseStatus, "status", ids)
    for row in rows:
        which = row["id"]
        timeline = timelines.get(which)
        if not timeline or which not in names:
            yield Difference("standing", which, None, "facts")
            continue
        named, _found_by = name_cache(row["code"], names[which], today)
        computed = named | figures_cache(figures.get(which, ()), row["industry_code"])
        computed |= standing.cache_of(timeline, today)
        yield from (
            Difference(column, which, row[column], value) for column, value in computed.items() if row[column] != value
        )
        if dimension(timeline, "unit_id") != units.get(which):
            yield Difference("standing.unit_id", which, dimension(timeline, "unit_id"), units.get(which))
        if dimension(timeline, "status") != statuses.get(which):
            yield Difference("standing.status", which, dimension(timeline, "status"), statuses.get(which))


def _of_pairs(session: Session) -> Iterator[Difference]:
    """The search pairs beside the texts they follow from, both read once in the order of the enterprises."""
    texts = select(_TABLE.c.id, literal("text"), _TABLE.c.search_text).order_by(_TABLE.c.id)
    pairs = select(_PAIR.c.enterprise_id, literal("pair"), _PAIR.c.pair).order_by(_PAIR.c.enterprise_id)
    in_order = merge(*(session.execute(each.execution_options(yield_per=AT_ONCE)) for each in (texts, pairs)), key=_id)
    for which, rows in groupby(in_order, key=_id):
        told: dict[str, list[str]] = {"text": [], "pair": []}
        for _which, kind, value in rows:
            told[kind].append(value)
        computed = {pair for text in told["text"] for pair in pairs_in(text)}
        if computed != set(told["pair"]):
            yield Difference("search_pair", which, sorted(told["pair"]), sorted(computed))


def _facts(
    session: Session, fact: type[EnterpriseUnit] | type[EnterpriseStatus], column: str, ids: Collection[int]
) -> dict[int, list[FactSpan[Any]]]:
    table = fact.metadata.tables[fact.__tablename__]
    rows = session.execute(
        select(table.c.enterprise_id, table.c.from_day, table.c[column])
        .where(table.c.enterprise_id.in_(ids), table.c.retired_at.is_(None))
        .order_by(table.c.id)
    )
    found: dict[int, list[DatedFact[Any]]] = defaultdict(list)
    for which, from_day, value in rows:
        found[which].append(DatedFact(from_day, Status(value) if column == "status" else value))
    return {which: facts_in_force(facts) for which, facts in found.items()}


def _of_tally(session: Session, counted: Counter[tuple[int, str, int, str]]) -> Iterator[Difference]:
    stored = {
        (one.unit_id, one.status, one.level, one.stage): one.enterprises for one in session.scalars(select(Tally))
    }
    for key in sorted(stored.keys() | counted.keys()):
        if stored.get(key, 0) != counted[key]:
            yield Difference(f"tally {key}", None, stored.get(key, 0), counted[key])
