"""Putting enterprises forward by date, taking them back, and what freezing a list or undoing it makes of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.history.facts import insert_facts, portions, retire, stamped
from sme_tracker.rules.bounds import need_reason
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.terms import Title
from sme_tracker.shortlists.actions.keyed import in_force, of, told_of
from sme_tracker.shortlists.consequences import Consequences
from sme_tracker.shortlists.draft import Row
from sme_tracker.shortlists.models import PutForward, ShortlistVersion
from sme_tracker.shortlists.queries import ShortlistKey, made_by, recognised, replaced_by
from sme_tracker.shortlists.versions import standing_versions

Change = tuple[object, object]


@dataclass(frozen=True, slots=True)
class Forwarding:
    """An enterprise that is put forward for a title in a year, on a day."""

    enterprise_id: int
    title: Title
    year: int
    put_forward_on: date

    @property
    def key(self) -> ShortlistKey:
        """The shortlist it is put forward on."""
        return ShortlistKey(self.title, self.year)


def put_forward(session: Session, by: Author, forwardings: Sequence[Forwarding]) -> None:
    """Put the enterprises forward; one already put forward for the title and year stays as it is.

    Raises Refused for a day in the future or outside the year.
    """
    today = local(by.at).date()
    findings = [finding for forwarding in forwardings for finding in check_forwarding(forwarding, today)]
    if findings:
        raise Refused(*findings)
    for key in dict.fromkeys(forwarding.key for forwarding in forwardings):
        _put_forward(session, by, key, {f.enterprise_id: f.put_forward_on for f in forwardings if f.key == key})


def take_back(
    session: Session, by: Author, title: Title, year: int, enterprise_ids: Sequence[int], reason: str
) -> None:
    """Withdraw that the enterprises were put forward; what was reported before stays as it was known then.

    Raises Refused where a frozen version stands, which only the next one may change, and where this round has
    recognised one of them: its title would stand without its application.
    """
    need_reason(reason)
    key = ShortlistKey(title, year)
    if standing_versions(session, key):
        raise Refused(Finding("put_forward.frozen"))
    held = recognised(session, key).keys() & set(enterprise_ids)
    if held:
        names = session.scalars(select(Enterprise.name).where(Enterprise.id.in_(held)).order_by(Enterprise.id))
        raise Refused(Finding("put_forward.recognised", {"names": tuple(names)}))
    rows = _counted(session, key, enterprise_ids)
    retire(session, by, PutForward, [row.id for row in rows], reason)
    told = [_entry("take_back", key, row, {"put_forward_on": (row.put_forward_on, None)}, reason) for row in rows]
    record(session, by, told)


def check_forwarding(forwarding: Forwarding, today: date) -> list[Finding]:
    """What speaks against the day on which an enterprise is said to be put forward."""
    if forwarding.put_forward_on > today:
        return [Finding("date.future", {"today": today})]
    if forwarding.put_forward_on.year != forwarding.year:
        return [Finding("put_forward.outside_year", {"year": forwarding.year})]
    return []


def follow(session: Session, by: Author, version: ShortlistVersion, found: Consequences) -> None:
    """Let those put forward be what freezing the version makes of them, from its day on."""
    key, day = ShortlistKey.of(version), version.as_of
    leaving = {row.candidate.enterprise_id: row for row in found.leaving}
    rows = _counted(session, key, list(leaving))
    retire(session, by, PutForward, [row.id for row in rows])
    ended = [_again(by, row) | _by(version, row.id) | {"taken_back_on": day} for row in rows]
    insert_facts(session, PutForward, ended)
    record(session, by, [_leaving_entry(key, version, row, leaving[row.enterprise_id]) for row in rows])
    _put_forward(session, by, key, {row.candidate.enterprise_id: day for row in found.entering}, version)


def bring_back(session: Session, by: Author, version: ShortlistVersion, reason: str) -> None:
    """Let those put forward be what they were before the version was frozen."""
    key, made = ShortlistKey.of(version), made_by(session, version)
    before = replaced_by(session, made)
    retire(session, by, PutForward, [row.id for row in made], reason)
    insert_facts(session, PutForward, [_again(by, row) for row in before.values()])
    record(session, by, [_undone_entry(key, version, row, before.get(row.id), reason) for row in made])


def _put_forward(
    session: Session,
    by: Author,
    key: ShortlistKey,
    days: dict[int, date],
    version: ShortlistVersion | None = None,
) -> None:
    """Put forward on the days given whoever is not yet; one taken back that very day was only away until now."""
    known = {row.enterprise_id for row in _counted(session, key, list(days))}
    new = {which: day for which, day in days.items() if which not in known}
    away = {
        row.enterprise_id: row
        for row in _in_force(session, key, list(new))
        if row.put_forward_on == new[row.enterprise_id]
    }
    retire(session, by, PutForward, [row.id for row in away.values()])
    rows = [
        stamped(by, **of(key), enterprise_id=which, put_forward_on=day, taken_back_on=None)
        | _by(version, away[which].id if which in away else None)
        for which, day in new.items()
    ]
    insert_facts(session, PutForward, rows)
    entries = [
        Entry("put_forward", "put_forward", which, which, _placed(key, version) | {"put_forward_on": (None, day)})
        for which, day in new.items()
    ]
    record(session, by, entries)


def _in_force(session: Session, key: ShortlistKey, enterprise_ids: Sequence[int]) -> list[PutForward]:
    found = [
        session.scalars(in_force(PutForward, key, ids).order_by(PutForward.id)) for ids in portions(enterprise_ids)
    ]
    return [row for rows in found for row in rows]


def _counted(session: Session, key: ShortlistKey, enterprise_ids: Sequence[int]) -> list[PutForward]:
    """The facts by which the enterprises are put forward still."""
    return [row for row in _in_force(session, key, enterprise_ids) if row.taken_back_on is None]


def _again(by: Author, row: PutForward) -> dict[str, Any]:
    """The fact once more, as recorded now."""
    names = ("enterprise_id", "title", "year", "put_forward_on", "taken_back_on", "version_id", "replaces_id")
    return stamped(by, **{name: getattr(row, name) for name in names})


def _by(version: ShortlistVersion | None, replaces_id: int | None) -> dict[str, int | None]:
    return {"version_id": version.id if version else None, "replaces_id": replaces_id}


def _placed(key: ShortlistKey, version: ShortlistVersion | None) -> dict[str, Change]:
    """On which list something happened to an enterprise, and by which of its versions."""
    return told_of(key) | {"number": (None, version.number)} if version else told_of(key)


def _entry(action: str, key: ShortlistKey, row: PutForward, changes: dict[str, Change], reason: str | None) -> Entry:
    told = _placed(key, None) | changes | {"reason": (None, reason)}
    return Entry(action, "put_forward", row.enterprise_id, row.enterprise_id, told)


def _leaving_entry(key: ShortlistKey, version: ShortlistVersion, row: PutForward, of_draft: Row) -> Entry:
    """That somebody no longer counts since a version was frozen, and by whose decision."""
    decided = of_draft.decided
    changes = _placed(key, version) | {"taken_back_on": (None, version.as_of)}
    if decided:
        changes |= {"decision": (None, decided.decision), "decided_by": (None, decided.by)}
    return _entry("shortlist.leave", key, row, changes, decided.reason if decided else None)


def _undone_entry(
    key: ShortlistKey, version: ShortlistVersion, row: PutForward, before: PutForward | None, reason: str
) -> Entry:
    """That what freezing a version made of somebody holds no longer."""
    now = (before.put_forward_on, before.taken_back_on) if before else (None, None)
    was = {"put_forward_on": row.put_forward_on, "taken_back_on": row.taken_back_on}
    told = zip(was.items(), now, strict=True)
    changes: dict[str, Change] = {name: (old, new) for (name, old), new in told if old != new}
    return _entry("shortlist.undo_freeze", key, row, _placed(key, version) | changes, reason)
