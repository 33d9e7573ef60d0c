"""Undoing that a version was frozen: what that does to those put forward, and what has been built on it since."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.clock import local
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.exports.models import Export
from sme_tracker.rules.findings import Finding
from sme_tracker.shortlists.models import Outcome, PutForward, ShortlistVersion
from sme_tracker.shortlists.queries import ShortlistKey, made_by, recognised
from sme_tracker.shortlists.versions import standing_versions


class Undoing(NamedTuple):
    """Who would be put forward again if freezing were undone, and who no longer; names in the order of recording."""

    again: Sequence[str]
    no_longer: Sequence[str]


RECOMMENDATION = "recommendation"
"""What the register of exports calls the recommendation table of a version."""


def what_undoing_does(session: Session, version: ShortlistVersion) -> Undoing:
    """What undoing does to those put forward."""
    rows = session.execute(
        select(Enterprise.name, PutForward.taken_back_on)
        .join(PutForward, PutForward.enterprise_id == Enterprise.id)
        .where(PutForward.version_id == version.id, PutForward.in_force())
        .order_by(PutForward.id)
    ).all()
    return Undoing(
        again=[row.name for row in rows if row.taken_back_on is not None],
        no_longer=[row.name for row in rows if row.taken_back_on is None],
    )


def built_on(session: Session, version: ShortlistVersion) -> Iterator[Finding]:
    """What rests on a version and so forbids undoing it; nothing where it may be undone.

    A later version that stands, an outcome entered since, a title this round gave to whom the version put forward, and
    every recommendation table of it that has left the house.
    """
    if version.undone is not None:
        yield Finding("freeze.undone", {"number": version.number})
        return
    key = ShortlistKey.of(version)
    for later in standing_versions(session, key):
        if later.number > version.number:
            yield Finding("freeze.later_version", {"number": later.number})
    yield from _outcome(session, key, version)
    yield from _recognised(session, key, version)
    yield from _exports(session, key, version)


def _outcome(session: Session, key: ShortlistKey, version: ShortlistVersion) -> Iterator[Finding]:
    entered = session.scalars(
        select(Outcome.recorded_at)
        .where(Outcome.title == key.title, Outcome.year == key.year, Outcome.in_force())
        .where(Outcome.recorded_at >= version.frozen_at)
        .order_by(Outcome.recorded_at)
        .limit(1)
    ).first()
    if entered:
        yield Finding("freeze.outcome", {"day": local(entered).date()})


def _recognised(session: Session, key: ShortlistKey, version: ShortlistVersion) -> Iterator[Finding]:
    added = {row.enterprise_id for row in made_by(session, version) if row.taken_back_on is None}
    titled = added & recognised(session, key).keys()
    if titled:
        names = session.scalars(select(Enterprise.name).where(Enterprise.id.in_(titled)).order_by(Enterprise.id))
        yield Finding("freeze.recognised", {"names": tuple(names)})


def _exports(session: Session, key: ShortlistKey, version: ShortlistVersion) -> Iterator[Finding]:
    taken = session.execute(
        select(Export.taken_at, Export.filters, User.full_name)
        .outerjoin(User, User.id == Export.taken_by_id)
        .where(Export.what == RECOMMENDATION, Export.taken_at >= version.frozen_at)
        .order_by(Export.id)
    )
    for at, filters, name in taken:
        if filters.get("key") == str(key) and filters.get("version") == version.number:
            yield Finding("freeze.exported", {"day": local(at).date(), "name": name or "—"})
