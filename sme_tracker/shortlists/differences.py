"""Two lists side by side, item by item: which findings turned and by what cause, who came and went and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.facts import facts_of
from sme_tracker.enterprises.models import Enterprise, StandingSpan
from sme_tracker.history.facts import portions
from sme_tracker.rules.canonical import from_plain
from sme_tracker.rules.comparison import EnterpriseChange, Judged, compare, judged
from sme_tracker.rules.eligibility import judge
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.terms import Level, Status
from sme_tracker.shortlists.bars import Bar, bars_of
from sme_tracker.shortlists.changes import InShort, Short, draft_in_short, version_in_short
from sme_tracker.shortlists.draft import PURPOSE, Draft
from sme_tracker.shortlists.models import ShortlistVersion
from sme_tracker.shortlists.queries import ShortlistKey


@dataclass(frozen=True, slots=True)
class Side:
    """One of the lists that are compared: a frozen version, or the draft as it stands."""

    key: ShortlistKey
    day: date
    short: InShort
    version: ShortlistVersion | None = None


class Stand(NamedTuple):
    """How an enterprise stands to a list: what bars it by rule, what that rests on, and who wants it all the same.

    `level` is None before it was registered; `gates` are the keys of the vetoes in force.
    """

    bars: frozenset[Bar]
    level: Level | None
    status: Status | None
    barred_until: date | None
    gates: tuple[str, ...]
    is_put_forward: bool
    added_because: str | None


class Move(NamedTuple):
    """Somebody who came onto the list or left it: how it stood to the earlier one, and how to the later one."""

    code: str
    before: Stand
    after: Stand


def side_of_version(version: ShortlistVersion) -> Side:
    """A frozen version, to be compared."""
    return Side(ShortlistKey.of(version), version.as_of, version_in_short(version), version)


def side_of_draft(draft: Draft) -> Side:
    """The list as it stands, to be compared."""
    return Side(draft.key, draft.as_of, draft_in_short(draft))


def turned(session: Session, before: Side, after: Side) -> Sequence[EnterpriseChange]:
    """The criteria and gates of which something else was found, by enterprise, each with before, after and causes.

    Only those whose marks differ are looked at closely; a value that moved without turning its finding is no change.
    """
    old, new = before.short, after.short
    differing = [code for code in new.candidates if code in old.candidates and _differ(before, after, code)]
    changes = compare(_judged(session, before, differing), _judged(session, after, differing)).changed
    found = [EnterpriseChange(one.enterprise, tuple(each for each in one.findings if each.turned)) for one in changes]
    return [one for one in found if one.findings]


def moves(session: Session, before: Side, after: Side, codes: Collection[str]) -> dict[str, Move]:
    """Why those with the codes are on the one list and not on the other."""
    if not codes:
        return {}
    enterprises = {row.code: row for row in _enterprises(session, codes)}
    old, new = (_stands(session, side, codes, enterprises) for side in (before, after))
    return {code: Move(code, old[code], new[code]) for code in codes}


def _differ(before: Side, after: Side, code: str) -> bool:
    old, new = before.short.candidates[code], after.short.candidates[code]
    return (old.letters, old.wanting) != (new.letters, new.wanting) or before.short.criteria != after.short.criteria


def _judged(session: Session, side: Side, codes: Collection[str]) -> dict[str, Judged]:
    """What is found of the candidates with everything that rests on: as frozen, or anew where it is the draft."""
    rule_set = side.short.rule_set
    if rule_set is None or not codes:
        return {}
    facts = _frozen_facts(side.version, codes) if side.version else _facts_now(session, codes)
    return {code: judged(rule_set, each, side.day, PURPOSE) for code, each in facts.items()}


def _frozen_facts(version: ShortlistVersion, codes: Collection[str]) -> dict[str, EnterpriseFacts]:
    wanted = set(codes)
    frozen = [each for each in version.content["candidates"] if each["code"] in wanted]
    return {each["code"]: from_plain(EnterpriseFacts, each["facts"]) for each in frozen}


def _facts_now(session: Session, codes: Collection[str]) -> dict[str, EnterpriseFacts]:
    ids = {row.id: row.code for row in _enterprises(session, codes)}
    return {ids[which]: facts for which, facts in facts_of(session, list(ids)).items()}


def _enterprises(session: Session, codes: Collection[str]) -> Iterable[Enterprise]:
    for some in portions(codes):
        yield from session.scalars(select(Enterprise).where(Enterprise.code.in_(some)))


def _stands(
    session: Session, side: Side, codes: Collection[str], enterprises: Mapping[str, Enterprise]
) -> dict[str, Stand]:
    standings = _standings(session, side, [one.id for one in enterprises.values()])
    off = [code for code in codes if code not in side.short.candidates]
    gates = _gates(session, side, off)
    found = {}
    for code in codes:
        one, listed = enterprises.get(code), side.short.candidates.get(code)
        level, status = standings.get(one.id, (None, None)) if one else (None, None)
        found[code] = (
            _on(side, level, status, listed) if listed else _off(side, level, status, one, gates.get(code, ()))
        )
    return found


def _on(side: Side, level: Level | None, status: Status | None, listed: Short) -> Stand:
    """How somebody stands to a list it is on: with nothing against it, or against the rule."""
    bars = {*listed.bars} | (_bars(side, level, status, None) if level is not None else set())
    wanted = bool(bars) and listed.added_because is None
    return Stand(frozenset(bars), level, status, None, (), wanted, listed.added_because)


def _off(
    side: Side, level: Level | None, status: Status | None, one: Enterprise | None, gates: tuple[str, ...]
) -> Stand:
    """How somebody stands to a list it is not on; its profile is read as it is now."""
    bars = {*_bars(side, level, status, one)} | ({Bar.VETOED} if gates else set())
    return Stand(frozenset(bars), level, status, one.barred_until if one else None, gates, False, None)


def _bars(side: Side, level: Level | None, status: Status | None, one: Enterprise | None) -> set[Bar]:
    if level is None or status is None:
        return {Bar.LEVEL_BELOW}
    is_branch, until = (one.is_branch, one.barred_until) if one else (False, None)
    return set(bars_of(side.key.title, side.day, level, status, is_branch=is_branch, barred_until=until))


def _standings(session: Session, side: Side, ids: Sequence[int]) -> dict[int, tuple[Level, Status]]:
    """The level and status of the day as known when the list was frozen, or now."""
    in_force = StandingSpan.retired_at.is_(None)
    known: ColumnElement[bool] = in_force
    if side.version:
        frozen_at = side.version.frozen_at
        known = and_(StandingSpan.recorded_at <= frozen_at, or_(in_force, StandingSpan.retired_at > frozen_at))
    found: dict[int, tuple[Level, Status]] = {}
    for some in portions(ids):
        rows = session.execute(
            select(StandingSpan.enterprise_id, StandingSpan.level, StandingSpan.status).where(
                StandingSpan.enterprise_id.in_(some),
                StandingSpan.from_day <= side.day,
                StandingSpan.until_day > side.day,
                known,
            )
        )
        found |= {row.enterprise_id: (Level(row.level), Status(row.status)) for row in rows}
    return found


def _gates(session: Session, side: Side, codes: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What vetoes those who are not on the list, by its standard and what is known now."""
    rule_set = side.short.rule_set
    if rule_set is None or not codes:
        return {}
    found = _facts_now(session, codes)
    return {code: judge(rule_set, facts, side.day, PURPOSE).vetoes for code, facts in found.items()}
