"""Recording titles: recognising, reviewing, revoking, correcting and withdrawing, many at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.enterprises import standing
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import insert_facts, portions, retire, stamped
from sme_tracker.recognitions.models import Recognition, Review, Revocation
from sme_tracker.recognitions.queries import TitleHeld, spans_of, titles_of
from sme_tracker.rules import titles
from sme_tracker.rules.bounds import need_reason
from sme_tracker.rules.findings import Finding, Refused, refuse
from sme_tracker.rules.terms import RecognitionKind, ReviewResult, Title

TOLD = (
    *("title", "kind", "batch", "document_number", "certificate_number", "published_on", "valid_from", "valid_until"),
    "estimated",
)


@dataclass(frozen=True, slots=True)
class NewRecognition:
    """A title an enterprise is recognised with, valid from and until inclusive.

    `estimated` names, parted by commas, the days of which only the month or year is known.
    """

    enterprise_id: int
    title: Title
    kind: RecognitionKind
    published_on: date
    valid_from: date
    valid_until: date
    batch: str | None = None
    document_number: str | None = None
    certificate_number: str | None = None
    estimated: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewOpening:
    """A review of a recognition that begins on the day."""

    recognition_id: int
    opened_on: date


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """How a review ended; a passed one comes with the recognition that renews the title."""

    review_id: int
    decided_on: date
    result: ReviewResult
    renewal: NewRecognition | None = None


@dataclass(frozen=True, slots=True)
class Revoking:
    """The loss of a title from the day on."""

    recognition_id: int
    revoked_on: date
    reason: str


def recognise(session: Session, by: Author, rows: Sequence[NewRecognition]) -> list[int]:
    """Record recognitions and return their ids in order; raises Refused with everything that speaks against one."""
    ids = _insert_recognitions(session, by, rows)
    _refresh(session, by, {row.enterprise_id for row in rows})
    return ids


def open_reviews(session: Session, by: Author, rows: Sequence[ReviewOpening]) -> list[int]:
    """Open reviews and return their ids in order; while a review is undecided the title goes on."""
    today = local(by.at).date()
    held = _held(session, [row.recognition_id for row in rows])
    if len(held) < len(rows):
        raise Refused(Finding("review.already_open"))
    for row in rows:
        title = held[row.recognition_id]
        recognition = title.recognition
        refuse(
            titles.check_review_opening(
                recognition.valid_from, recognition.valid_until, bool(title.open_review), row.opened_on, today
            )
        )
    values = [stamped(by, recognition_id=row.recognition_id, opened_on=row.opened_on) for row in rows]
    ids = insert_facts(session, Review, values)
    changed = {row.recognition_id: {"opened_on": (None, row.opened_on)} for row in rows}
    _tell(session, by, "review.open", held, changed)
    _refresh(session, by, {title.recognition.enterprise_id for title in held.values()})
    return ids


def decide_reviews(session: Session, by: Author, rows: Sequence[ReviewDecision]) -> list[int]:
    """Decide open reviews; returns the ids of the recognitions that renew the passed ones, in order."""
    today = local(by.at).date()
    open_rows = select(Review).where(Review.id.in_([row.review_id for row in rows]), Review.in_force())
    reviews = {review.id: review for review in session.scalars(open_rows) if review.decided_on is None}
    for row in rows:
        review = reviews.get(row.review_id)
        if review is None:
            raise Refused(Finding("record.gone"))
        refuse(
            titles.check_review_decision(review.opened_on, row.decided_on, row.result, row.renewal is not None, today)
        )
    held = _held(session, [review.recognition_id for review in reviews.values()])
    for row in rows:
        _refuse_renewal_of_another(held[reviews[row.review_id].recognition_id].recognition, row.renewal)
    retire(session, by, Review, list(reviews))
    decided = [
        stamped(
            by,
            recognition_id=reviews[row.review_id].recognition_id,
            opened_on=reviews[row.review_id].opened_on,
            decided_on=row.decided_on,
            result=row.result.value,
        )
        for row in rows
    ]
    insert_facts(session, Review, decided)
    changed = {
        reviews[row.review_id].recognition_id: {"decided_on": (None, row.decided_on), "result": (None, row.result)}
        for row in rows
    }
    _tell(session, by, "review.decide", held, changed)
    renewals = _insert_recognitions(session, by, [row.renewal for row in rows if row.renewal])
    _refresh(session, by, {title.recognition.enterprise_id for title in held.values()})
    return renewals


def revoke(session: Session, by: Author, rows: Sequence[Revoking]) -> None:
    """Revoke titles; the enterprise falls back to the next level it holds."""
    today = local(by.at).date()
    held = _held(session, [row.recognition_id for row in rows])
    for row in rows:
        title = held[row.recognition_id]
        refuse(titles.check_revocation(title.recognition.valid_from, row.revoked_on, row.reason, today))
        if title.revocation:
            raise Refused(Finding("title.already_revoked", {"revoked_on": title.revocation.revoked_on}))
    values = [
        stamped(by, recognition_id=row.recognition_id, revoked_on=row.revoked_on, reason=row.reason) for row in rows
    ]
    insert_facts(session, Revocation, values)
    changed = {row.recognition_id: {"revoked_on": (None, row.revoked_on), "reason": (None, row.reason)} for row in rows}
    _tell(session, by, "title.revoke", held, changed)
    _refresh(session, by, {title.recognition.enterprise_id for title in held.values()})


def correct(session: Session, by: Author, recognition_id: int, corrected: NewRecognition, reason: str) -> int:
    """Put another recognition in the place of one recorded wrongly; its reviews and revocation stay with it."""
    need_reason(reason)
    title = _held(session, [recognition_id])[recognition_id]
    before = {name: getattr(title.recognition, name) for name in TOLD}
    origin = title.recognition.origin_id or recognition_id
    corrected = replace(corrected, estimated=_still_estimated(title.recognition, corrected))
    retire(session, by, Recognition, [recognition_id], reason)
    _check(session, [corrected], local(by.at).date())
    (new_id,) = insert_facts(session, Recognition, [_row(by, corrected) | {"origin_id": origin}])
    _follow(session, by, title, new_id)
    changes = chain.differences(before, {name: getattr(corrected, name) for name in TOLD}) | {"reason": (None, reason)}
    enterprise_id = title.recognition.enterprise_id
    chain.record(session, by, [Entry("title.correct", "recognition", new_id, enterprise_id, changes)])
    _refresh(session, by, {enterprise_id})
    return new_id


def _still_estimated(recorded: Recognition, corrected: NewRecognition) -> str | None:
    """The days that stay or become estimates: those a correction says are, and those it leaves as they were."""
    said, before = (one.estimated.split(",") if one.estimated else [] for one in (corrected, recorded))
    unchanged = [name for name in before if getattr(recorded, name) == getattr(corrected, name)]
    return ",".join(sorted({*said, *unchanged})) or None


def withdraw(session: Session, by: Author, recognition_ids: Sequence[int], reason: str) -> None:
    """Withdraw recognitions recorded by mistake, with their reviews and revocations."""
    need_reason(reason)
    held = _held(session, recognition_ids)
    entries = [_withdrawn(title.recognition, reason) for title in held.values()]
    reviews = [review.id for title in held.values() for review in title.reviews]
    revocations = [title.revocation.id for title in held.values() if title.revocation]
    for table, ids in ((Recognition, recognition_ids), (Review, reviews), (Revocation, revocations)):
        for some in portions(ids):
            retire(session, by, table, some, reason)
    chain.record(session, by, entries)
    _refresh(session, by, {entry.enterprise_id for entry in entries if entry.enterprise_id is not None})


def withdraw_followups(session: Session, by: Author, rows: Sequence[Review | Revocation], reason: str) -> None:
    """Withdraw reviews that were opened and revocations that were recorded by mistake; the titles stay."""
    need_reason(reason)
    held = _held(session, {one.recognition_id for one in rows})
    kinds: Sequence[tuple[str, type[Review | Revocation], str]] = (
        ("review.withdraw", Review, "opened_on"),
        ("title.withdraw_revocation", Revocation, "revoked_on"),
    )
    for action, kind, began in kinds:
        of_kind = [one for one in rows if isinstance(one, kind)]
        told = {one.recognition_id: {began: (getattr(one, began), None), "reason": (None, reason)} for one in of_kind}
        _tell(session, by, action, held, told)
        for some in portions(of_kind):
            retire(session, by, kind, [one.id for one in some], reason)
    _refresh(session, by, {title.recognition.enterprise_id for title in held.values()})


def _withdrawn(recognition: Recognition, reason: str) -> Entry:
    changes: dict[str, tuple[object, object]] = {name: (getattr(recognition, name), None) for name in TOLD}
    return Entry(
        "title.withdraw",
        "recognition",
        recognition.id,
        recognition.enterprise_id,
        changes | {"reason": (None, reason)},
    )


def _insert_recognitions(session: Session, by: Author, rows: Sequence[NewRecognition]) -> list[int]:
    if not rows:
        return []
    _check(session, rows, local(by.at).date())
    ids = insert_facts(session, Recognition, [_row(by, row) for row in rows])
    chain.record(
        session,
        by,
        [
            Entry(
                "title.recognise",
                "recognition",
                recognition_id,
                row.enterprise_id,
                {name: (None, getattr(row, name)) for name in TOLD if getattr(row, name) is not None},
            )
            for recognition_id, row in zip(ids, rows, strict=True)
        ],
    )
    return ids


def _check(session: Session, rows: Sequence[NewRecognition], today: date) -> None:
    holders: dict[int, titles.TitleHolder] = {}
    for ids in portions({row.enterprise_id for row in rows}):
        found = session.execute(
            select(Enterprise.id, Enterprise.founded_on, Enterprise.is_branch).where(Enterprise.id.in_(ids))
        )
        holders |= {row.id: titles.TitleHolder(row.founded_on, row.is_branch) for row in found}
    recorded = _recorded(session, holders)
    for row in rows:
        refuse(
            titles.check_recognition(
                holders[row.enterprise_id], row.title, row.published_on, row.valid_from, row.valid_until, today
            )
        )
        key = (row.enterprise_id, row.title.value, row.valid_from)
        if key in recorded:
            raise Refused(Finding("title.already_recorded", {"valid_from": row.valid_from}))
        recorded.add(key)


def _recorded(session: Session, enterprise_ids: Collection[int]) -> set[tuple[int, str, date]]:
    """What the enterprises are on record with: enterprise, title, first day."""
    recorded: set[tuple[int, str, date]] = set()
    for ids in portions(enterprise_ids):
        found = session.execute(
            select(Recognition.enterprise_id, Recognition.title, Recognition.valid_from).where(
                Recognition.enterprise_id.in_(ids), Recognition.in_force()
            )
        )
        recorded |= {(row.enterprise_id, row.title, row.valid_from) for row in found}
    return recorded


def _refuse_renewal_of_another(reviewed: Recognition, renewal: NewRecognition | None) -> None:
    """A review renews its own title: same enterprise, same title, recorded as renewed."""
    if renewal is None:
        return
    renews = (renewal.enterprise_id, renewal.title.value, renewal.kind)
    if renews != (reviewed.enterprise_id, reviewed.title, RecognitionKind.RENEWED):
        raise Refused(Finding("review.renewal_of_another"))


def _row(by: Author, row: NewRecognition) -> dict[str, Any]:
    return stamped(by, enterprise_id=row.enterprise_id, **{name: getattr(row, name) for name in TOLD})


def _follow(session: Session, by: Author, title: TitleHeld, new_id: int) -> None:
    """Let the reviews and the revocation of a corrected recognition follow the one in its place, as new facts."""
    reviews, revocations = title.reviews, [title.revocation] if title.revocation else []
    retire(session, by, Review, [review.id for review in reviews])
    retire(session, by, Revocation, [revocation.id for revocation in revocations])
    for table, rows, names in (
        (Review, reviews, ("opened_on", "decided_on", "result")),
        (Revocation, revocations, ("revoked_on", "reason")),
    ):
        values = [stamped(by, recognition_id=new_id, **{name: getattr(row, name) for name in names}) for row in rows]
        insert_facts(session, table, values)


def _held(session: Session, recognition_ids: Collection[int]) -> dict[int, TitleHeld]:
    """The recognitions with their reviews; raises Refused when one is not in force any more."""
    found: dict[int, TitleHeld] = {}
    for ids in portions(recognition_ids):
        owners = session.scalars(select(Recognition.enterprise_id).where(Recognition.id.in_(ids)).distinct()).all()
        for held in (held for titles_held in titles_of(session, owners).values() for held in titles_held):
            found[held.recognition.id] = held
    if any(recognition_id not in found for recognition_id in recognition_ids):
        raise Refused(Finding("record.gone"))
    return {recognition_id: found[recognition_id] for recognition_id in recognition_ids}


def _tell(
    session: Session,
    by: Author,
    action: str,
    held: dict[int, TitleHeld],
    changed: Mapping[int, Mapping[str, tuple[object, object]]],
) -> None:
    entries = []
    for recognition_id, changes in changed.items():
        recognition = held[recognition_id].recognition
        told: dict[str, tuple[object, object]] = {"title": (recognition.title, recognition.title)}
        entries.append(Entry(action, "recognition", recognition_id, recognition.enterprise_id, {**told, **changes}))
    chain.record(session, by, entries)


def _refresh(session: Session, by: Author, enterprise_ids: Collection[int]) -> None:
    """Hand the levels held to the standing, and mark the enterprises as changed."""
    for ids in portions(enterprise_ids):
        found = titles_of(session, ids).items()
        recorded: dict[int, standing.Dimensions] = {which: {"holds": spans_of(held)} for which, held in found}
        standing.record_dimensions(session, recorded, by.at)
        standing.touch(session, ids, by.at)
