"""What is said of and decided on candidates, putting them forward, freezing a list, entering what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.history.facts import insert_facts, retire, stamped
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.rules.canonical import seal
from sme_tracker.rules.findings import Finding, Refused, need_reason
from sme_tracker.rules.terms import DecisionWord, RecognitionKind, Title
from sme_tracker.shortlists.draft import judged_draft
from sme_tracker.shortlists.models import (
    AddedByHand,
    Decision,
    DistrictWord,
    Outcome,
    PutForward,
    ShortlistVersion,
)
from sme_tracker.shortlists.queries import ShortlistKey, is_open_to_districts
from sme_tracker.shortlists.versions import content_of, recommended, versions_of

T = TypeVar("T", Decision, DistrictWord, AddedByHand, Outcome)
S = TypeVar("S", Decision, DistrictWord)


@dataclass(frozen=True, slots=True)
class Result:
    """What the province or the ministry decided on those put forward: the title given, or refused with its reason."""

    document_number: str
    published_on: date
    valid_until: date
    recognised: Sequence[int]
    refused: Sequence[tuple[int, str]] = ()


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


def decide(
    session: Session, by: Author, key: ShortlistKey, enterprise_ids: Sequence[int], word: DecisionWord, reason: str
) -> None:
    """Decide on candidates; undecided and not recommended need a reason. A decision made again replaces the last."""
    _say(session, by, Decision, key, dict.fromkeys(enterprise_ids, word), reason, "shortlist.decide")


def recommend(
    session: Session,
    by: Author,
    key: ShortlistKey,
    unit_id: int,
    enterprise_ids: Sequence[int],
    word: DecisionWord,
    reason: str,
) -> None:
    """Record a district's word on candidates of its own: recommended, or not recommended with the reason.

    Raises Refused for another word, a list that is not open to the districts, and an enterprise of another unit.
    """
    if word is DecisionWord.UNDECIDED:
        raise Refused(Finding("district.word"))
    if not is_open_to_districts(session, key, local(by.at).date()):
        raise Refused(Finding("district.closed"))
    units = session.execute(select(Enterprise.id, Enterprise.unit_id).where(Enterprise.id.in_(enterprise_ids)))
    if {which for which, unit in units if unit == unit_id} != set(enterprise_ids):
        raise Refused(Finding("district.not_own"))
    said = dict.fromkeys(enterprise_ids, word)
    _say(session, by, DistrictWord, key, said, reason, "shortlist.district", unit_id=unit_id)


def add_by_hand(session: Session, by: Author, key: ShortlistKey, enterprise_id: int, reason: str) -> None:
    """Put an enterprise on the shortlist beside the rule, with the reason; one that is on it by hand stays."""
    need_reason(reason)
    if session.scalars(_in_force(AddedByHand, key, [enterprise_id])).first():
        return
    insert_facts(session, AddedByHand, [stamped(by, **_of(key), enterprise_id=enterprise_id, reason=reason.strip())])
    entry = Entry("shortlist.add", str(key), None, enterprise_id, {"reason": (None, reason.strip())})
    record(session, by, [entry])


def freeze(session: Session, by: Author, key: ShortlistKey) -> ShortlistVersion:
    """Freeze the shortlist as its next version, and put forward exactly whom it recommends.

    Who was put forward before and is not recommended any more is taken back from that day on; a frozen version is
    never changed. Raises Refused when nothing changed since the last version.
    """
    current, verdicts = judged_draft(session, key, local(by.at).date())
    content = content_of(current, verdicts)
    checksum, earlier = seal(content), versions_of(session, key)
    if earlier and checksum == earlier[-1].checksum:
        raise Refused(Finding("shortlist.unchanged", {"number": earlier[-1].number}))
    version = ShortlistVersion(
        **_of(key),
        number=len(earlier) + 1,
        as_of=current.as_of,
        frozen_at=by.at,
        frozen_by_id=by.user_id,
        candidates=len(current.rows),
        recommended=len(recommended(content)),
        content=content,
        checksum=checksum,
    )
    session.add(version)
    session.flush()
    told = ("number", "candidates", "recommended", "checksum")
    changes: dict[str, tuple[object, object]] = {name: (None, getattr(version, name)) for name in told}
    record(session, by, [Entry("shortlist.freeze", str(key), version.id, changes=changes)])
    wanted = {row.candidate.enterprise_id for row in current.rows if row.is_recommended}
    _follow(session, by, key, wanted, current.as_of)
    return version


def enter_result(session: Session, by: Author, key: ShortlistKey, result: Result) -> None:
    """Enter the outcome: recognitions for those who got the title, the reason for those who did not."""
    for _which, reason in result.refused:
        need_reason(reason)
    taken = [*result.recognised, *(which for which, _reason in result.refused)]
    if session.scalars(_in_force(Outcome, key, taken)).first():
        raise Refused(Finding("shortlist.result_known"))
    ids = recognitions.recognise(session, by, [_recognition(key, result, which) for which in result.recognised])
    reached = zip(result.recognised, ids, strict=True)
    outcomes = [_outcome(by, key, which, "recognised", None, recognition_id) for which, recognition_id in reached]
    outcomes += [_outcome(by, key, which, "refused", reason.strip(), None) for which, reason in result.refused]
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
    for row in rows:
        if row.recognition_id:
            recognitions.withdraw(session, by, row.recognition_id, reason)
    entries = [
        Entry("shortlist.undo_result", str(key), None, row.enterprise_id, {"outcome": (row.outcome, None)})
        for row in rows
    ]
    retire(session, by, Outcome, [row.id for row in rows], reason)
    record(session, by, entries)


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
            PutForward.enterprise_id.in_(ids), PutForward.in_force(), PutForward.taken_back_on.is_(None)
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


def _follow(session: Session, by: Author, key: ShortlistKey, wanted: set[int], day: date) -> None:
    """Let those put forward be exactly those wanted, from the day on."""
    rows = session.scalars(
        select(PutForward).where(
            PutForward.title == key.title.value,
            PutForward.year == key.year,
            PutForward.taken_back_on.is_(None),
            PutForward.in_force(),
        )
    ).all()
    leaving = [row for row in rows if row.enterprise_id not in wanted]
    ended = [
        _row(Forwarding(row.enterprise_id, key.title, key.year, row.put_forward_on), by) | {"taken_back_on": day}
        for row in leaving
    ]
    entries = [
        _entry("take_back", row.enterprise_id, key.title, key.year, (row.put_forward_on, None)) for row in leaving
    ]
    staying = {row.enterprise_id for row in rows}
    retire(session, by, PutForward, [row.id for row in leaving])
    insert_facts(session, PutForward, ended)
    record(session, by, entries)
    put_forward(session, by, [Forwarding(which, key.title, key.year, day) for which in sorted(wanted - staying)])


def _say(
    session: Session,
    by: Author,
    table: type[S],
    key: ShortlistKey,
    words: Mapping[int, DecisionWord],
    reason: str,
    action: str,
    **more: int,
) -> None:
    """Record a word on each candidate where it or its reason differs from the one in force, which it replaces."""
    if any(word is not DecisionWord.RECOMMENDED for word in words.values()):
        need_reason(reason)
    written = reason.strip() or None
    known = {row.enterprise_id: row for row in session.scalars(_in_force(table, key, list(words)))}
    before = {
        which: (known[which].decision, known[which].reason) if which in known else (None, None) for which in words
    }
    changed = [which for which, word in words.items() if before[which] != (word.value, written)]
    retire(session, by, table, [known[which].id for which in changed if which in known])
    insert_facts(
        session,
        table,
        [
            stamped(by, **_of(key), **more, enterprise_id=which, decision=words[which].value, reason=written)
            for which in changed
        ],
    )
    record(session, by, [_word_entry(key, action, which, before[which], words[which], written) for which in changed])


def _word_entry(
    key: ShortlistKey,
    action: str,
    enterprise_id: int,
    before: tuple[str | None, str | None],
    word: DecisionWord,
    reason: str | None,
) -> Entry:
    changes: dict[str, tuple[object, object]] = {"decision": (before[0], word.value)}
    if reason or before[1]:
        changes["reason"] = (before[1], reason)
    return Entry(action, str(key), None, enterprise_id, changes)


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
        **_of(key),
        enterprise_id=enterprise_id,
        outcome=outcome,
        reason=reason,
        recognition_id=recognition_id,
    )


def _of(key: ShortlistKey) -> dict[str, Any]:
    return {"title": key.title.value, "year": key.year}


def _in_force(table: type[T], key: ShortlistKey, enterprise_ids: Sequence[int]) -> Select[T]:
    facts: Any = table
    return select(table).where(
        facts.title == key.title.value,
        facts.year == key.year,
        facts.enterprise_id.in_(enterprise_ids),
        facts.in_force(),
    )
