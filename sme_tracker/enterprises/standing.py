"""The dated standing of enterprises, which every count is a view of, and today's caches of it.

Each owner of facts hands over its dimensions as functions of days (`record_dimensions`); nobody else writes standing.
What changes is retired and added anew, so counts can be asked for any day as known on any day.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from sme_tracker.bulk import insert_rows
from sme_tracker.clock import local_today
from sme_tracker.enterprises.models import Enterprise, StandingSpan, Tally
from sme_tracker.history.facts import portions
from sme_tracker.reference.models import Setting
from sme_tracker.rules.counting import (
    DIMENSIONS,
    FAR_FUTURE,
    FAR_PAST,
    Dimension,
    Span,
    Standing,
    bit,
    overlay,
    value_on,
)
from sme_tracker.rules.moves import stage
from sme_tracker.rules.terms import Level, Status

VERSION = 1
"""Of what the spans say of the same facts; whoever changes that raises it, and databases are rebuilt."""
TALLY_VERSION = 1
"""The same for the tally."""
_STANDING = StandingSpan.metadata.tables["standing"]
ROLLED_TO = "rolled_to"
_ENTERPRISE = Enterprise.metadata.tables["enterprise"]
_TALLY = Tally.metadata.tables["tally"]
_TIMELINES = (
    select(*(_STANDING.c[name] for name in ("id", "enterprise_id", "from_day", "until_day", *DIMENSIONS)))
    .where(_STANDING.c.enterprise_id.in_(bindparam("ids", expanding=True)), _STANDING.c.retired_at.is_(None))
    .order_by(_STANDING.c.enterprise_id, _STANDING.c.from_day)
)
_THESE = _ENTERPRISE.c.id.in_(bindparam("ids", expanding=True))
_PLACE = tuple(_ENTERPRISE.c[name] for name in ("unit_id", "status", "level", "stage"))
_COUNTED = select(*_PLACE).where(_THESE)
_COUNTED_ANEW = select(*_PLACE, func.count().label("enterprises")).group_by(*_PLACE)
_TOUCH = update(_ENTERPRISE).where(_THESE).values(updated_at=bindparam("at"))
_RETIRE = (
    update(_STANDING).where(_STANDING.c.id.in_(bindparam("ids", expanding=True))).values(retired_at=bindparam("at"))
)
_LEVEL = case(
    (_STANDING.c.status != Status.ACTIVE.value, int(Level.NONE)),
    *((_STANDING.c.holds >= bit(level), int(level)) for level in sorted(Level, reverse=True) if level),
    else_=int(Level.NONE),
)
"""The level that follows from what a span holds, as `Standing.level` says it."""
_MISCOUNTED = _STANDING.c.level != _LEVEL
TallyKey = tuple[int, str, int, str]
Timeline = list[Span[Standing]]
Dimensions = Mapping[Dimension, Sequence[Span[Any]]]
"""Dimensions of one standing, each as a function of days."""


def begin(session: Session, units: Mapping[int, int | None], at: datetime) -> None:
    """The standing of new enterprises, by id and reporting unit: active from the beginning, without title or case.

    The new rows of `enterprise` must carry the same unit already; what they add to the tally is added here.
    """
    first = _row(0, Span(FAR_PAST, FAR_FUTURE, Standing())) | {"recorded_at": at}
    of_all = {name: value for name, value in first.items() if name not in ("enterprise_id", "unit_id")}
    insert_rows(session, _STANDING, ("enterprise_id", "unit_id"), list(units.items()), of_all)
    counted = Counter(units.values()).items()
    _add_to_tally(session, Counter({_tally_key(Standing(unit_id=unit_id)): number for unit_id, number in counted}))


def record_dimensions(
    session: Session, recorded: Mapping[int, Dimensions], at: datetime, today: date | None = None
) -> None:
    """Replace dimensions of the standing of many enterprises, known from `at` on, and refresh today's caches."""
    for ids in portions(recorded):
        known = _known(session, ids)
        changed = {}
        for enterprise_id in ids:
            before = timeline = list(known[enterprise_id].values())
            for dimension, spans in recorded[enterprise_id].items():
                timeline = overlay(timeline, dimension, spans)
            if timeline != before:
                changed[enterprise_id] = timeline
        _replace(session, known, changed, at)
        _refresh(session, changed, today or local_today())


def touch(session: Session, enterprise_ids: Sequence[int], at: datetime) -> None:
    """Note that something was recorded of the enterprises; their forms that are open elsewhere stay valid."""
    session.execute(_TOUCH, {"ids": list(enterprise_ids), "at": at})
    for enterprise_id in enterprise_ids:
        loaded = session.identity_map.get(identity_key(Enterprise, enterprise_id))
        if loaded is not None:
            session.expire(loaded, ["updated_at"])


def timelines(session: Session, enterprise_ids: Collection[int]) -> dict[int, Timeline]:
    """The standing of each enterprise over all time, as known now."""
    return {which: list(spans.values()) for which, spans in _known(session, enterprise_ids).items()}


def roll(session: Session, today: date) -> int:
    """Apply what changed by date alone up to today; returns how many enterprises it touched."""
    due = session.scalars(select(Enterprise.id).where(Enterprise.changes_on <= today)).all()
    for ids in portions(due):
        _refresh(session, timelines(session, ids), today)
    session.execute(delete(Setting).where(Setting.key == ROLLED_TO))
    session.execute(insert(Setting).values(key=ROLLED_TO, value=today.isoformat()))
    return len(due)


def rolled_to(session: Session) -> date | None:
    """The day up to which date-only changes have been applied, None if never."""
    value = session.scalar(select(Setting.value).where(Setting.key == ROLLED_TO))
    return date.fromisoformat(value) if value else None


def cache_of(timeline: Timeline, today: date) -> dict[str, Any]:
    """What the row of an enterprise says of today: the columns of `enterprise` that standing keeps."""
    place = next(i for i, span in enumerate(timeline) if span.from_day <= today < span.until_day)
    now = timeline[place].value
    following = (span for span in timeline[place + 1 :] if span.value.level != now.level)
    level_ends = next((span.from_day for span in following), None)
    ends = timeline[place].until_day
    current_stage = stage(now.upgrade, now.convert, now.go_public)
    return {
        "unit_id": now.unit_id,
        "status": now.status.value,
        "level": int(now.level),
        "holds": now.holds,
        "level_until": level_ends - timedelta(days=1) if level_ends and now.level else None,
        "upgrade": now.upgrade,
        "convert": now.convert,
        "go_public": now.go_public,
        "stage": current_stage.value if current_stage else None,
        "changes_on": ends if ends < FAR_FUTURE else None,
    }


def rebuild(session: Session, told: Mapping[int, Dimensions], at: datetime) -> int:
    """Let the standing of enterprises be what all its dimensions tell, whatever was kept; returns how many it was not.

    What the rows of the enterprises and the tally say of it is left to the caller.
    """
    known = _known(session, told)
    changed: dict[int, Timeline] = {}
    for enterprise_id, dimensions in told.items():
        timeline: Timeline = []
        for dimension, spans in dimensions.items():
            timeline = overlay(timeline, dimension, spans)
        if timeline != list(known[enterprise_id].values()):
            changed[enterprise_id] = timeline
    _replace(session, known, changed, at)
    these = _STANDING.c.enterprise_id.in_(list(told)), _MISCOUNTED
    miscounted_of = set(session.scalars(select(_STANDING.c.enterprise_id).where(*these)))
    if miscounted_of:
        session.execute(update(_STANDING).where(*these).values(level=_LEVEL))
    return len(miscounted_of | changed.keys())


def miscounted(session: Session) -> list[tuple[int, int, int]]:
    """The spans whose level is not what follows from the rest of them: of whom, the level, and what it should be."""
    columns = (_STANDING.c.enterprise_id, _STANDING.c.level, _LEVEL)
    rows = session.execute(select(*columns).where(_MISCOUNTED).order_by(_STANDING.c.enterprise_id, _STANDING.c.id))
    return [(which, level, follows) for which, level, follows in rows]


def tally_anew(session: Session) -> dict[TallyKey, int]:
    """How many enterprises stand where, counted from their rows."""
    rows: Sequence[Any] = session.execute(_COUNTED_ANEW).all()
    return {(row.unit_id or 0, row.status, row.level, row.stage or ""): row.enterprises for row in rows}


def rebuild_tally(session: Session) -> None:
    """Keep what is counted anew from the rows of the enterprises."""
    session.execute(delete(_TALLY))
    _add_to_tally(session, Counter(tally_anew(session)))


def standing_on(timeline: Timeline, day: date) -> Standing:
    """The standing on the day."""
    return value_on(timeline, day) or Standing()


def _known(session: Session, enterprise_ids: Collection[int]) -> dict[int, dict[int, Span[Standing]]]:
    """The spans of each enterprise that are held true, by the id of their row, in the order of time."""
    found: dict[int, dict[int, Span[Standing]]] = defaultdict(dict)
    rows = session.execute(_TIMELINES, {"ids": list(enterprise_ids)})
    for row_id, enterprise_id, from_day, until_day, unit_id, status, *others in rows:
        found[enterprise_id][row_id] = Span(from_day, until_day, Standing(unit_id, Status(status), *others))
    return found


def _replace(
    session: Session,
    known: Mapping[int, Mapping[int, Span[Standing]]],
    changed: Mapping[int, Timeline],
    at: datetime,
) -> None:
    """Retire the spans that are no longer true and add the new ones; spans that stay are left as they are."""
    obsolete, added = [], []
    for enterprise_id, timeline in changed.items():
        missing = list(timeline)
        for row_id, span in known[enterprise_id].items():
            if span in missing:
                missing.remove(span)
            else:
                obsolete.append(row_id)
        added += [_row(enterprise_id, span) for span in missing]
    if obsolete:
        session.execute(_RETIRE, {"ids": obsolete, "at": at})
    if added:
        insert_rows(session, _STANDING, list(added[0]), [tuple(row.values()) for row in added], {"recorded_at": at})


def _refresh(session: Session, changed: Mapping[int, Timeline], today: date) -> None:
    """Bring the caches on the enterprise rows and the tally to what standing says of today."""
    if not changed:
        return
    session.flush()
    moved: Counter[TallyKey] = Counter()
    for unit_id, status, level, current_stage in session.execute(_COUNTED, {"ids": list(changed)}):
        moved[(unit_id or 0, status, level, current_stage or "")] -= 1
    caches = []
    for enterprise_id, timeline in changed.items():
        moved[_tally_key(standing_on(timeline, today))] += 1
        caches.append({"which": enterprise_id, **cache_of(timeline, today)})
    names = [name for name in caches[0] if name != "which"]
    statement = (
        update(_ENTERPRISE)
        .where(_ENTERPRISE.c.id == bindparam("which"))
        .values({name: bindparam(name) for name in names})
    )
    session.connection().execute(statement, caches)
    for enterprise_id in changed:
        loaded = session.identity_map.get(identity_key(Enterprise, enterprise_id))
        if loaded is not None:
            session.expire(loaded, names)
    _add_to_tally(session, moved)


def _add_to_tally(session: Session, moved: Counter[TallyKey]) -> None:
    changed = {key: difference for key, difference in moved.items() if difference}
    if not changed:
        return
    names = ("unit_id", "status", "level", "stage")
    known = {tuple(row) for row in session.execute(select(*(_TALLY.c[name] for name in names)))}
    rows = [{**dict(zip(names, key, strict=True)), "enterprises": number} for key, number in changed.items()]
    added = [row for row in rows if tuple(row[name] for name in names) not in known]
    if added:
        session.execute(insert(_TALLY), added)
    raised = [{f"at_{name}": value for name, value in row.items()} for row in rows if row not in added]
    if raised:
        here = and_(*(_TALLY.c[name] == bindparam(f"at_{name}") for name in names))
        more = _TALLY.c.enterprises + bindparam("at_enterprises")
        session.connection().execute(update(_TALLY).where(here).values(enterprises=more), raised)


def _tally_key(standing: Standing) -> TallyKey:
    current = stage(standing.upgrade, standing.convert, standing.go_public)
    return standing.unit_id or 0, standing.status.value, int(standing.level), current.value if current else ""


def _row(enterprise_id: int, span: Span[Standing]) -> dict[str, Any]:
    standing = span.value
    return {
        "enterprise_id": enterprise_id,
        "from_day": span.from_day,
        "until_day": span.until_day,
        "unit_id": standing.unit_id,
        "status": standing.status.value,
        "holds": standing.holds,
        "level": int(standing.level),
        "upgrade": standing.upgrade,
        "convert": standing.convert,
        "go_public": standing.go_public,
    }
