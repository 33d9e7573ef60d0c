"""Moving cases: opening, planning and taking steps, withdrawing, closing; and the plan of whom to cultivate."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.enterprises import standing
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import insert_facts, portions, retire, stamped
from sme_tracker.pipeline.models import CaseClosing, CaseStep, PipelineCase, Plan
from sme_tracker.pipeline.queries import DIMENSIONS, CaseFile, cases_of, get_cases, spans_of
from sme_tracker.rules import moves
from sme_tracker.rules.bounds import need_reason
from sme_tracker.rules.findings import Finding, Refused, refuse
from sme_tracker.rules.terms import Title, Track


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """A case to open on the day."""

    enterprise_id: int
    track: Track
    opened_on: date
    plan_year: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step taken on a day, planned for a day, or both."""

    case_id: int
    step: str
    actual_on: date | None = None
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a case by a side exit."""

    case_id: int
    exit: str
    closed_on: date
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Planning:
    """An enterprise to cultivate for a title in a year, and who does it."""

    enterprise_id: int
    title: Title
    year: int
    officer_id: int | None = None


def open_cases(session: Session, by: Author, rows: Sequence[CaseOpening]) -> list[int]:
    """Open cases and return their ids in order; raises Refused for a second open case on a track."""
    today = local(by.at).date()
    ids: list[int] = []
    for portion in portions(rows):
        known = cases_of(session, {row.enterprise_id for row in portion})
        for row in portion:
            earlier = [file.ruled for file in known[row.enterprise_id] if file.track is row.track]
            refuse(moves.check_opening(earlier, row.opened_on, today))
        _refuse_twins(portion)
        values = [
            stamped(
                by,
                enterprise_id=row.enterprise_id,
                track=row.track.value,
                opened_on=row.opened_on,
                plan_year=row.plan_year,
                note=row.note,
            )
            for row in portion
        ]
        inserted = insert_facts(session, PipelineCase, values)
        entries = [
            Entry(
                "case.open",
                "case",
                case_id,
                row.enterprise_id,
                {"track": (None, row.track), "opened_on": (None, row.opened_on)},
            )
            for case_id, row in zip(inserted, portion, strict=True)
        ]
        chain.record(session, by, entries)
        _refresh(session, by, [(row.enterprise_id, row.track) for row in portion])
        ids += inserted
    return ids


def take_steps(session: Session, by: Author, rows: Sequence[StepTaken]) -> None:
    """Record steps taken or planned; a step on record is replaced by what is known of it now.

    Several steps of one case build on each other in their order. Reaching the counting step completes the case on
    that day. Raises Refused for a step before the one it follows.
    """
    today = local(by.at).date()
    for portion in portions(_each_step_once(rows)):
        files = _files(session, {row.case_id for row in portion})
        entries, obsolete, values = [], [], []
        for row in portion:
            file = files[row.case_id]
            known = next((step for step in file.steps if step.step == row.step), None)
            _refuse_step(file, row, known, today)
            if known:
                obsolete.append(known.id)
            values.append(stamped(by, **_step(row, known)))
            entries.append(_step_entry(file, row, known))
            file.steps = [step for step in file.steps if step is not known] + [CaseStep(**values[-1])]
        retire(session, by, CaseStep, obsolete)
        insert_facts(session, CaseStep, values)
        chain.record(session, by, entries)
        _refresh_files(session, by, files.values())


def withdraw_step(session: Session, by: Author, case_id: int, step: str, reason: str) -> None:
    """Take a step back that was recorded by mistake; taking back the counting one opens the case again."""
    need_reason(reason)
    file = _files(session, [case_id])[case_id]
    known = next((known for known in file.steps if known.step == step), None)
    if known is None or known.actual_on:
        refuse(moves.check_withdrawal(file.ruled, step, _others(session, file)))
    retire(session, by, CaseStep, [known.id] if known else [], reason)
    changes: dict[str, tuple[object, object]] = {
        "track": (file.case.track, file.case.track),
        "step": (step, None),
        "actual_on": (known.actual_on if known else None, None),
        "reason": (None, reason),
    }
    chain.record(session, by, [Entry("case.withdraw_step", "case", case_id, file.case.enterprise_id, changes)])
    _refresh_files(session, by, [file])


def close_cases(session: Session, by: Author, rows: Sequence[Closing]) -> None:
    """End cases by a side exit, with its reason."""
    today = local(by.at).date()
    for portion in portions(rows):
        files = _files(session, [row.case_id for row in portion])
        for row in portion:
            refuse(moves.check_closing(files[row.case_id].ruled, row.exit, row.closed_on, today))
        values = [
            stamped(by, case_id=row.case_id, exit=row.exit, closed_on=row.closed_on, reason=row.reason)
            for row in portion
        ]
        insert_facts(session, CaseClosing, values)
        entries = [
            Entry(
                "case.close",
                "case",
                row.case_id,
                files[row.case_id].case.enterprise_id,
                {
                    "track": (files[row.case_id].case.track, files[row.case_id].case.track),
                    "exit": (None, row.exit),
                    "closed_on": (None, row.closed_on),
                    "reason": (None, row.reason),
                },
            )
            for row in portion
        ]
        chain.record(session, by, entries)
        _refresh_files(session, by, files.values())


def withdraw_closing(session: Session, by: Author, case_id: int, reason: str) -> None:
    """Take back an end that was recorded by mistake; the case is open again."""
    need_reason(reason)
    file = _files(session, [case_id])[case_id]
    if file.closing is None:
        raise Refused(Finding("record.gone"))
    refuse(moves.check_reopening(file.ruled, _others(session, file)))
    retire(session, by, CaseClosing, [file.closing.id], reason)
    changes: dict[str, tuple[object, object]] = {
        "track": (file.case.track, file.case.track),
        "exit": (file.closing.exit, None),
        "closed_on": (file.closing.closed_on, None),
        "reason": (None, reason),
    }
    chain.record(session, by, [Entry("case.withdraw_closing", "case", case_id, file.case.enterprise_id, changes)])
    _refresh_files(session, by, [file])


def withdraw_case(session: Session, by: Author, case_id: int, reason: str) -> None:
    """Withdraw a case that was opened by mistake, with everything in it."""
    need_reason(reason)
    file = _files(session, [case_id])[case_id]
    retire(session, by, PipelineCase, [case_id], reason)
    retire(session, by, CaseStep, [step.id for step in file.steps], reason)
    retire(session, by, CaseClosing, [file.closing.id] if file.closing else [], reason)
    changes: dict[str, tuple[object, object]] = {
        "track": (file.case.track, None),
        "opened_on": (file.case.opened_on, None),
        "reason": (None, reason),
    }
    chain.record(session, by, [Entry("case.withdraw", "case", case_id, file.case.enterprise_id, changes)])
    _refresh_files(session, by, [file])


def plan(session: Session, by: Author, rows: Sequence[Planning]) -> None:
    """Take enterprises into the plan (培育库); one that is in it for the title and year stays as it is."""
    for portion in portions(rows):
        known = {
            (row.enterprise_id, row.title, row.year)
            for row in session.scalars(
                select(Plan).where(Plan.enterprise_id.in_([row.enterprise_id for row in portion]), Plan.in_force())
            )
        }
        new = [row for row in portion if (row.enterprise_id, row.title.value, row.year) not in known]
        values = [
            stamped(
                by,
                enterprise_id=row.enterprise_id,
                title=row.title.value,
                year=row.year,
                officer_id=row.officer_id,
            )
            for row in new
        ]
        insert_facts(session, Plan, values)
        entries = [
            Entry(
                "plan.add",
                "plan",
                None,
                row.enterprise_id,
                {"title": (None, row.title), "year": (None, row.year), "officer_id": (None, row.officer_id)},
            )
            for row in new
        ]
        chain.record(session, by, entries)


def withdraw_plan(session: Session, by: Author, plan_id: int, reason: str) -> None:
    """Take an enterprise out of the plan again."""
    row = session.get(Plan, plan_id)
    if row is None or row.retired_at is not None:
        raise Refused(Finding("record.gone"))
    need_reason(reason)
    retire(session, by, Plan, [plan_id], reason)
    changes: dict[str, tuple[object, object]] = {
        "title": (row.title, None),
        "year": (row.year, None),
        "reason": (None, reason),
    }
    chain.record(session, by, [Entry("plan.withdraw", "plan", plan_id, row.enterprise_id, changes)])


def _refuse_step(file: CaseFile, row: StepTaken, known: CaseStep | None, today: date) -> None:
    if row.actual_on and known and known.actual_on:
        refuse(moves.check_correction(file.ruled, row.step, row.actual_on, today))
    elif row.actual_on:
        refuse(moves.check_move(file.ruled, row.step, row.actual_on, today))
    elif moves.track(file.track).place(row.step) is None:
        raise Refused(Finding("move.unknown_step", {"step": row.step}))


def _step(row: StepTaken, known: CaseStep | None) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "step": row.step,
        "actual_on": row.actual_on or (known.actual_on if known else None),
        "planned_on": row.planned_on or (known.planned_on if known else None),
    }


def _step_entry(file: CaseFile, row: StepTaken, known: CaseStep | None) -> Entry:
    changes: dict[str, tuple[object, object]] = {
        "track": (file.case.track, file.case.track),
        "step": (known.step if known else None, row.step),
    }
    for name in ("actual_on", "planned_on"):
        value = getattr(row, name)
        if value:
            changes[name] = (getattr(known, name) if known else None, value)
    return Entry("case.step", "case", row.case_id, file.case.enterprise_id, changes)


def _others(session: Session, file: CaseFile) -> list[moves.Case]:
    """The other cases of the same enterprise and track."""
    files = cases_of(session, [file.case.enterprise_id])[file.case.enterprise_id]
    return [other.ruled for other in files if other.case.id != file.case.id and other.track is file.track]


def _files(session: Session, case_ids: Collection[int]) -> dict[int, CaseFile]:
    files = get_cases(session, case_ids)
    if any(case_id not in files for case_id in case_ids):
        raise Refused(Finding("record.gone"))
    return files


def _each_step_once(rows: Sequence[StepTaken]) -> Iterator[StepTaken]:
    """The rows as they are; the same step of a case twice must come in separate calls."""
    seen: set[tuple[int, str]] = set()
    for row in rows:
        if (row.case_id, row.step) in seen:
            raise ValueError("a step of a case once at a time")
        seen.add((row.case_id, row.step))
        yield row


def _refuse_twins(rows: Sequence[CaseOpening]) -> None:
    if len({(row.enterprise_id, row.track) for row in rows}) < len(rows):
        raise Refused(Finding("case.already_open"))


def _refresh_files(session: Session, by: Author, files: Iterable[CaseFile]) -> None:
    _refresh(session, by, [(file.case.enterprise_id, file.track) for file in files])


def _refresh(session: Session, by: Author, touched: Iterable[tuple[int, Track]]) -> None:
    """Hand the steps the cases stand at to the standing, and mark the enterprises as changed."""
    tracks: dict[int, set[Track]] = defaultdict(set)
    for enterprise_id, track in touched:
        tracks[enterprise_id].add(track)
    for ids in portions(tracks):
        recorded: dict[int, standing.Dimensions] = {
            which: {DIMENSIONS[track]: spans_of(files, track) for track in sorted(tracks[which])}
            for which, files in cases_of(session, ids).items()
        }
        standing.record_dimensions(session, recorded, by.at)
        standing.touch(session, ids, by.at)
