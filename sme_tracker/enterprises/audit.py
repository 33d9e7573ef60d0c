"""Whether what enterprises' rows, the counts of today and the search say equals what the facts say."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.orm import Session

from sme_tracker.enterprises import standing
from sme_tracker.enterprises.caches import figures_cache, name_cache, name_spans, yearly_figures
from sme_tracker.enterprises.models import Enterprise, EnterpriseStatus, EnterpriseUnit, SearchPair, Tally
from sme_tracker.enterprises.search import pairs_in
from sme_tracker.rules.counting import DatedFact, Dimension, facts_in_force, merged, value_on
from sme_tracker.rules.counting import Span as FactSpan
from sme_tracker.rules.terms import Status

AT_ONCE = 1000
_TABLE = Enterprise.metadata.tables["enterprise"]
_PAIR = SearchPair.metadata.tables["search_pair"]
_id = itemgetter(0)
KINDS = {
    "standing": "standing",
    "tally": "tally",
    "search_pair": "pairs",
    "board_share": "board",
    "board_total": "board",
}
"""In which kind of cache a difference is, by the first word of what it is in; the others are columns."""
DimensionsOf = Callable[[Session, Collection[int]], Mapping[int, standing.Dimensions]]
"""What the facts of a feature say of the dimensions that it hands over, of each enterprise."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a cache or summary is not what the facts say; `at` says where in it, if it is of no enterprise."""

    what: str
    enterprise_id: int | None
    stored: object
    computed: object
    at: object = None

    @property
    def kind(self) -> str:
        """The kind of cache in which it is."""
        return KINDS.get(self.what.partition(".")[0], "columns")


def differences(session: Session, today: date) -> Iterator[Difference]:
    """Every difference between facts and what is derived from them; nothing if the records are sound.

    `today` is the day the records were last rolled to.
    """
    last = 0
    while rows := _rows_after(session, last):
        last = rows[-1]["id"]
        yield from _of_columns(session, rows, today)
    yield from standing_differences(session, dimensions)
    yield from _of_levels(session)
    yield from tally_differences(session)
    yield from pair_differences(session)


def tally_differences(session: Session) -> Iterator[Difference]:
    """Where the tally is not how many rows of enterprises say so."""
    stored = {
        (one.unit_id, one.status, one.level, one.stage): one.enterprises for one in session.scalars(select(Tally))
    }
    counted = standing.tally_anew(session)
    for key in sorted(stored.keys() | counted.keys()):
        if stored.get(key, 0) != counted.get(key, 0):
            yield Difference("tally", None, stored.get(key, 0), counted.get(key, 0), key)


def standing_differences(session: Session, told: DimensionsOf) -> Iterator[Difference]:
    """Every enterprise whose standing is not what the facts of a feature say of its dimensions."""
    for timelines in _every_timeline(session):
        for which, dimensions in told(session, timelines).items():
            for name, computed in dimensions.items():
                stored = dimension(timelines[which], name)
                if stored != computed:
                    yield Difference(f"standing.{name}", which, stored, computed)


def dimension(timeline: standing.Timeline, name: Dimension) -> list[FactSpan[Any]]:
    """One dimension of a standing as a function of days."""
    return merged(FactSpan(span.from_day, span.until_day, getattr(span.value, name)) for span in timeline)


def dimensions(session: Session, enterprise_ids: Collection[int]) -> dict[int, standing.Dimensions]:
    """The dimensions of a standing that are the enterprises' own: reporting unit and status."""
    units = _facts(session, EnterpriseUnit, "unit_id", enterprise_ids)
    statuses = _facts(session, EnterpriseStatus, "status", enterprise_ids)
    return {which: {"unit_id": units.get(which, []), "status": statuses.get(which, [])} for which in enterprise_ids}


def rebuild_columns(session: Session, enterprise_ids: Collection[int], today: date) -> list[int]:
    """Let the rows of enterprises say what their facts say of the day; returns those that said otherwise."""
    wrong: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    rows = session.execute(select(_TABLE).where(_TABLE.c.id.in_(enterprise_ids))).mappings().all()
    for found in _of_columns(session, rows, today):
        if found.enterprise_id is not None and found.what in _TABLE.c:
            wrong[found.enterprise_id][found.what] = found.computed
    alike: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for which, columns in wrong.items():
        alike[tuple(columns)].append({"which": which, **columns})
    for names, these in alike.items():
        put_right = update(_TABLE).where(_TABLE.c.id == bindparam("which"))
        session.connection().execute(put_right.values({name: bindparam(name) for name in names}), these)
    return list(wrong)


def _every_timeline(session: Session) -> Iterator[dict[int, standing.Timeline]]:
    """The standing of every enterprise as known now, a portion at a time."""
    last = 0
    while ids := session.scalars(
        select(_TABLE.c.id).where(_TABLE.c.id > last).order_by(_TABLE.c.id).limit(AT_ONCE)
    ).all():
        last = ids[-1]
        yield {which: [] for which in ids} | standing.timelines(session, ids)


def _rows_after(session: Session, last: int) -> Sequence[Any]:
    statement = select(_TABLE).where(_TABLE.c.id > last).order_by(_TABLE.c.id).limit(AT_ONCE)
    return session.execute(statement).mappings().all()


def _of_columns(session: Session, rows: Sequence[Any], today: date) -> Iterator[Difference]:
    """Where rows of enterprises are not what their names, figures and standing say of the day."""
    ids = [row["id"] for row in rows]
    timelines = standing.timelines(session, ids)
    names, figures = name_spans(session, ids), yearly_figures(session, ids)
    for row in rows:
        which = row["id"]
        stands = value_on(timelines.get(which, ()), today) is not None
        if not stands or which not in names:
            yield Difference("names" if stands else "standing", which, None, None)
            continue
        named, _found_by = name_cache(row["code"], names[which], today)
        computed = named | figures_cache(figures.get(which, ()), row["industry_code"])
        computed |= standing.cache_of(timelines[which], today)
        yield from (
            Difference(column, which, row[column], value) for column, value in computed.items() if row[column] != value
        )


def _of_levels(session: Session) -> Iterator[Difference]:
    """Where the level that a span is counted at is not that of the titles in it."""
    for which, level, follows in standing.miscounted(session):
        yield Difference("standing.level", which, level, follows)


def pair_differences(session: Session) -> Iterator[Difference]:
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
