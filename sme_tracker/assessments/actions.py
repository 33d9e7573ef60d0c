"""Recording evidence and judgements: adding, correcting, verifying and withdrawing, many at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.assessments.facts import NONE_OF
from sme_tracker.assessments.files import KeptFile
from sme_tracker.assessments.models import EvidenceRecord, JudgementRecord
from sme_tracker.clock import local
from sme_tracker.enterprises import standing
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import insert_facts, portions, retire, stamped
from sme_tracker.rules.bounds import LONGEST, need_reason
from sme_tracker.rules.findings import Finding, Refused, refuse
from sme_tracker.rules.papers import PAPERS, QUESTIONS, Paper, check_paper

TOLD = ("kind", "name", "ref", "from_day", "until_day", "source", "file_name")
_COLUMNS = tuple(column.key for column in EvidenceRecord.__table__.columns if column.key != "id")


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """A paper of an enterprise, with the fields of its kind and the file that shows it."""

    enterprise_id: int
    kind: str
    name: str
    ref: str | None = None
    from_day: date | None = None
    until_day: date | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    source: str | None = None
    file: KeptFile | None = None


@dataclass(frozen=True, slots=True)
class NothingThere:
    """The word that a list was looked through and holds nothing: `list_name` is "awards" or "statements.own_brand"."""

    enterprise_id: int
    list_name: str
    looked_on: date


@dataclass(frozen=True, slots=True)
class NewJudgement:
    """An expert's word on a question of an enterprise from a day on; points where points are given."""

    enterprise_id: int
    question: str
    met: bool | None
    reason: str
    from_day: date
    until_day: date | None = None
    points: int | None = None


def record_evidence(session: Session, by: Author, rows: Sequence[NewEvidence]) -> list[int]:
    """Record papers and return their ids in order; raises Refused with everything that speaks against one."""
    today = local(by.at).date()
    for row in rows:
        refuse(check_paper(Paper(row.kind, row.name, row.from_day, row.until_day, row.data), today))
    ids = insert_facts(session, EvidenceRecord, [_row(by, row) for row in rows])
    _tell(session, by, "add_evidence", ids, rows)
    return ids


def correct_evidence(session: Session, by: Author, evidence_id: int, corrected: NewEvidence, reason: str) -> int:
    """Put another paper in the place of one recorded wrongly; without a new file it keeps the old one."""
    need_reason(reason)
    before = get_evidence(session, evidence_id)
    refuse(
        check_paper(
            Paper(corrected.kind, corrected.name, corrected.from_day, corrected.until_day, corrected.data),
            local(by.at).date(),
        )
    )
    values = _row(by, corrected) | {"origin_id": before.origin_id or before.id}
    if corrected.file is None:
        values |= {name: getattr(before, name) for name in _COLUMNS if name.startswith("file_")}
    was = {name: getattr(before, name) for name in TOLD} | before.data
    retire(session, by, EvidenceRecord, [evidence_id], reason)
    (new_id,) = insert_facts(session, EvidenceRecord, [values])
    changes = chain.differences(was, {name: values[name] for name in TOLD} | values["data"])
    _record(session, by, "correct_evidence", new_id, before.enterprise_id, changes | {"reason": (None, reason)})
    return new_id


def verify_evidence(session: Session, by: Author, evidence_ids: Sequence[int]) -> list[int]:
    """Say that papers were checked against the originals, today by the author; returns the new ids in order."""
    found = [get_evidence(session, evidence_id) for evidence_id in evidence_ids]
    verified = {"verified_by_id": by.user_id, "verified_on": local(by.at).date()}
    values = [
        {name: getattr(row, name) for name in _COLUMNS}
        | stamped(by, origin_id=row.origin_id or row.id, **verified, retired_at=None)
        for row in found
    ]
    for ids in portions(evidence_ids):
        retire(session, by, EvidenceRecord, ids)
    new_ids = insert_facts(session, EvidenceRecord, values)
    for new_id, row in zip(new_ids, values, strict=True):
        changes: dict[str, tuple[object, object]] = {"verified_on": (None, row["verified_on"])}
        _record(session, by, "verify_evidence", new_id, row["enterprise_id"], {"name": (row["name"],) * 2} | changes)
    return new_ids


def withdraw_evidence(session: Session, by: Author, evidence_id: int, reason: str) -> None:
    """Withdraw a paper recorded by mistake; its file stays with the record."""
    need_reason(reason)
    row = get_evidence(session, evidence_id)
    was: dict[str, tuple[object, object]] = {
        name: (getattr(row, name), None) for name in TOLD if getattr(row, name) is not None
    }
    enterprise_id = row.enterprise_id
    retire(session, by, EvidenceRecord, [evidence_id], reason)
    _record(session, by, "withdraw_evidence", evidence_id, enterprise_id, was | {"reason": (None, reason)})


def record_nothing(session: Session, by: Author, rows: Sequence[NothingThere]) -> list[int]:
    """Record that lists were looked through and hold nothing, so that they count as none and not as missing.

    What was noted on the same day already is not noted again.
    """
    for row in rows:
        kind, _dot, sort = row.list_name.partition(".")
        if kind not in PAPERS or (sort and sort not in PAPERS[kind].kinds):
            raise Refused(Finding("paper.unknown_kind", {"kind": row.list_name}))
    noted = _noted_as_empty(session, {row.enterprise_id for row in rows})
    rows = [row for row in rows if row not in noted]
    values = [
        stamped(
            by,
            enterprise_id=row.enterprise_id,
            kind=NONE_OF,
            name="",
            from_day=row.looked_on,
            data={"list": row.list_name},
        )
        for row in rows
    ]
    ids = insert_facts(session, EvidenceRecord, values)
    for evidence_id, row in zip(ids, rows, strict=True):
        _record(session, by, "look_through", evidence_id, row.enterprise_id, {"list": (None, row.list_name)})
    return ids


def _noted_as_empty(session: Session, enterprises: Collection[int]) -> set[NothingThere]:
    """What is on record of lists that hold nothing, of these enterprises."""
    found: set[NothingThere] = set()
    for ids in portions(sorted(enterprises)):
        rows = session.execute(
            select(EvidenceRecord.enterprise_id, EvidenceRecord.data, EvidenceRecord.from_day).where(
                EvidenceRecord.enterprise_id.in_(ids), EvidenceRecord.kind == NONE_OF, EvidenceRecord.in_force()
            )
        )
        found |= {NothingThere(which, data["list"], day) for which, data, day in rows}
    return found


def record_judgements(session: Session, by: Author, rows: Sequence[NewJudgement]) -> list[int]:
    """Record judgements, each in the place of the one on the same question; each needs its reason."""
    for row in rows:
        need_reason(row.reason, LONGEST["judgement"])
        if row.question not in QUESTIONS:
            raise Refused(Finding("judgement.unknown_question", {"question": row.question}))
        if row.met is None and row.points is None:
            raise Refused(Finding("judgement.no_answer"))
        former = session.scalars(
            select(JudgementRecord.id).where(
                JudgementRecord.enterprise_id == row.enterprise_id,
                JudgementRecord.question == row.question,
                JudgementRecord.in_force(),
            )
        ).all()
        retire(session, by, JudgementRecord, former)
    values = [
        stamped(
            by,
            enterprise_id=row.enterprise_id,
            question=row.question,
            met=row.met,
            points=row.points,
            reason=row.reason,
            from_day=row.from_day,
            until_day=row.until_day,
        )
        for row in rows
    ]
    ids = insert_facts(session, JudgementRecord, values)
    for judgement_id, row in zip(ids, rows, strict=True):
        told: dict[str, tuple[object, object]] = {
            "question": (None, row.question),
            "met": (None, row.met),
            "points": (None, row.points),
            "reason": (None, row.reason),
        }
        _record(session, by, "judge", judgement_id, row.enterprise_id, told)
    return ids


def get_evidence(session: Session, evidence_id: int) -> EvidenceRecord:
    """A paper in force; raises Refused when it was withdrawn meanwhile."""
    found = session.get(EvidenceRecord, evidence_id)
    if found is None or found.retired_at is not None:
        raise Refused(Finding("record.gone"))
    return found


def note_download(session: Session, by: Author, row: EvidenceRecord) -> None:
    """Record that somebody took the file of a paper."""
    told: dict[str, tuple[object, object]] = {"file_name": (None, row.file_name)}
    chain.record(session, by, [Entry("download_file", "evidence", row.id, row.enterprise_id, told)])


def _row(by: Author, row: NewEvidence) -> dict[str, Any]:
    file = row.file
    return stamped(
        by,
        enterprise_id=row.enterprise_id,
        kind=row.kind,
        name=row.name.strip(),
        ref=row.ref,
        from_day=row.from_day,
        until_day=row.until_day,
        data={name: _storable(value) for name, value in row.data.items() if value is not None and value != ""},
        source=row.source,
        file_stored_as=file.stored_as if file else None,
        file_name=file.name if file else None,
        file_size=file.size if file else None,
        file_digest=file.digest if file else None,
    )


def _storable(value: object) -> object:
    return format(value, "f") if isinstance(value, Decimal) else value


def _tell(session: Session, by: Author, action: str, ids: Sequence[int], rows: Sequence[NewEvidence]) -> None:
    entries = []
    for evidence_id, row in zip(ids, rows, strict=True):
        told: dict[str, tuple[object, object]] = {"kind": (None, row.kind), "name": (None, row.name)}
        told |= {name: (None, getattr(row, name)) for name in ("ref", "from_day", "until_day") if getattr(row, name)}
        told |= {name: (None, value) for name, value in row.data.items() if value is not None}
        entries.append(Entry(action, "evidence", evidence_id, row.enterprise_id, told))
    chain.record(session, by, entries)
    for ids_of in portions({row.enterprise_id for row in rows}):
        standing.touch(session, ids_of, by.at)


def _record(
    session: Session,
    by: Author,
    action: str,
    subject_id: int,
    enterprise_id: int,
    changes: Mapping[str, tuple[object, object]],
) -> None:
    subject = "judgement" if action == "judge" else "evidence"
    chain.record(session, by, [Entry(action, subject, subject_id, enterprise_id, changes)])
    standing.touch(session, [enterprise_id], by.at)
