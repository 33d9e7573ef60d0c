"""Putting enterprises forward for a title, and taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.terms import Title
from sme_tracker.shortlists.models import PutForward


@dataclass(frozen=True, slots=True)
class Forwarding:
    """An enterprise that is put forward for a title in a year, on a day."""

    enterprise_id: int
    title: Title
    year: int
    put_forward_on: date


def put_forward(session: Session, by: Author, forwardings: Sequence[Forwarding]) -> None:
    """Put the enterprises forward; one already put forward for the title and year stays as it is.

    Raises Refused for a day in the future or outside the year.
    """
    today = local(by.at).date()
    findings = [finding for forwarding in forwardings for finding in check_forwarding(forwarding, today)]
    if findings:
        raise Refused(*findings)
    known = _known(session, forwardings)
    new = [f for f in dict.fromkeys(forwardings) if (f.enterprise_id, f.title, f.year) not in known]
    if new:
        session.execute(insert(PutForward), [_row(forwarding, by) for forwarding in new])
    record(
        session, by, [_entry("put_forward", f.enterprise_id, f.title, f.year, (None, f.put_forward_on)) for f in new]
    )


def take_back(
    session: Session, by: Author, title: Title, year: int, enterprise_ids: Sequence[int], reason: str
) -> None:
    """Withdraw that the enterprises were put forward; what was reported before stays as it was known then."""
    taken = session.execute(
        update(PutForward)
        .where(
            PutForward.title == title,
            PutForward.year == year,
            PutForward.enterprise_id.in_(enterprise_ids),
            PutForward.in_force(),
        )
        .values(retired_at=by.at, retired_by_id=by.user_id, retired_reason=reason)
        .returning(PutForward.enterprise_id, PutForward.put_forward_on)
        .execution_options(synchronize_session=False)
    ).all()
    record(
        session, by, [_entry("take_back", row.enterprise_id, title, year, (row.put_forward_on, None)) for row in taken]
    )


def check_forwarding(forwarding: Forwarding, today: date) -> list[Finding]:
    """What speaks against the day on which an enterprise is said to be put forward."""
    if forwarding.put_forward_on > today:
        return [Finding("date.future", {"today": today})]
    if forwarding.put_forward_on.year != forwarding.year:
        return [Finding("put_forward.outside_year", {"year": forwarding.year})]
    return []


def _known(session: Session, forwardings: Sequence[Forwarding]) -> set[tuple[int, str, int]]:
    ids = {forwarding.enterprise_id for forwarding in forwardings}
    rows = session.execute(
        select(PutForward.enterprise_id, PutForward.title, PutForward.year).where(
            PutForward.enterprise_id.in_(ids), PutForward.in_force()
        )
    )
    return {(row.enterprise_id, row.title, row.year) for row in rows}


def _row(forwarding: Forwarding, by: Author) -> dict[str, object]:
    return {
        "enterprise_id": forwarding.enterprise_id,
        "title": forwarding.title.value,
        "year": forwarding.year,
        "put_forward_on": forwarding.put_forward_on,
        "recorded_at": by.at,
        "recorded_by_id": by.user_id,
    }


def _entry(action: str, enterprise_id: int, title: Title, year: int, day: tuple[date | None, date | None]) -> Entry:
    changes: dict[str, tuple[object, object]] = {"title": (title.value, title.value), "year": (year, year)}
    return Entry(action, "put_forward", enterprise_id, enterprise_id, changes | {"put_forward_on": day})
