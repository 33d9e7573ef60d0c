"""Entering what the province or the ministry decided on those put forward, and taking it back in one step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.history.facts import insert_facts, retire, stamped
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.rules.bounds import BLANKS, need_reason
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.terms import RecognitionKind
from sme_tracker.shortlists.actions.keyed import in_force, of
from sme_tracker.shortlists.models import Outcome
from sme_tracker.shortlists.queries import ShortlistKey


@dataclass(frozen=True, slots=True)
class Result:
    """What the province or the ministry decided on those put forward: the title given, or refused with its reason."""

    document_number: str
    published_on: date
    valid_until: date
    recognised: Sequence[int]
    refused: Sequence[tuple[int, str]] = ()


def enter_result(session: Session, by: Author, key: ShortlistKey, result: Result) -> None:
    """Enter the outcome: recognitions for those who got the title, the reason for those who did not."""
    for _which, reason in result.refused:
        need_reason(reason)
    taken = [*result.recognised, *(which for which, _reason in result.refused)]
    if session.scalars(in_force(Outcome, key, taken)).first():
        raise Refused(Finding("shortlist.result_known"))
    ids = recognitions.recognise(session, by, [_recognition(key, result, which) for which in result.recognised])
    reached = zip(result.recognised, ids, strict=True)
    outcomes = [_outcome(by, key, which, "recognised", None, recognition_id) for which, recognition_id in reached]
    outcomes += [_outcome(by, key, which, "refused", reason.strip(BLANKS), None) for which, reason in result.refused]
    insert_facts(session, Outcome, outcomes)
    entries = [
        Entry(
            "shortlist.result",
            str(key),
            None,
            row["enterprise_id"],
            {"outcome": (None, row["outcome"]), "reason": (None, row["reason"])},
        )
        for row in outcomes
    ]
    record(session, by, entries)


def undo_result(session: Session, by: Author, key: ShortlistKey, reason: str) -> None:
    """Take the whole outcome back in one step, with the recognitions it made."""
    need_reason(reason)
    rows = session.scalars(
        select(Outcome).where(Outcome.title == key.title.value, Outcome.year == key.year, Outcome.in_force())
    ).all()
    recognitions.withdraw(session, by, [row.recognition_id for row in rows if row.recognition_id], reason)
    entries = [
        Entry("shortlist.undo_result", str(key), None, row.enterprise_id, {"outcome": (row.outcome, None)})
        for row in rows
    ]
    retire(session, by, Outcome, [row.id for row in rows], reason)
    record(session, by, entries)


def _recognition(key: ShortlistKey, result: Result, enterprise_id: int) -> recognitions.NewRecognition:
    return recognitions.NewRecognition(
        enterprise_id,
        key.title,
        RecognitionKind.NEW,
        result.published_on,
        result.published_on,
        result.valid_until,
        batch=str(key.year),
        document_number=result.document_number,
    )


def _outcome(
    by: Author, key: ShortlistKey, enterprise_id: int, outcome: str, reason: str | None, recognition_id: int | None
) -> dict[str, Any]:
    return stamped(
        by,
        **of(key),
        enterprise_id=enterprise_id,
        outcome=outcome,
        reason=reason,
        recognition_id=recognition_id,
    )
