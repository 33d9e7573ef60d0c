"""Taking a file in: keeping the upload, planning it against what is known, writing it whole or not at all."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.actions import NewContact, NewEnterprise, Renaming, StatusChange, UnitChange
from sme_tracker.enterprises.models import Contact, Enterprise
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.history.facts import portions
from sme_tracker.imports.choices import Choices, plain_choices
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.matching.match import Matched, Portion, match_file
from sme_tracker.imports.matching.verdict import (
    Answers,
    ChangedRecord,
    ContactGiven,
    EnteredAgain,
    FiguresGiven,
    TitleGiven,
    Write,
)
from sme_tracker.imports.models import HeadingChoice, Import
from sme_tracker.imports.plan import FileContent
from sme_tracker.imports.queries import portions_of
from sme_tracker.imports.uploads import StoredFile
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.recognitions.actions import NewRecognition, ReviewOpening, Revoking
from sme_tracker.rules.terms import Status

CORRECTED_BY_IMPORT = "按导入文件更正"
"""The reason a correction by an import is given, kept with the record it corrects."""
_STEP = 2_000
W = TypeVar("W")
Progress = Callable[[int], object]
"""Is told how many rows have been dealt with; each is dealt with twice: planned, then written."""


def _silently(_rows: int) -> None:
    """Tell nobody."""


class ImportOver(Exception):
    """The import was written or discarded already."""


class PlanMoved(Exception):
    """The records changed since the plan was shown, and with them what the import would do: `matched` says what."""

    def __init__(self, matched: Matched) -> None:
        super().__init__()
        self.matched = matched


def store_upload(session: Session, by: Author, stored: StoredFile, content: FileContent) -> Import:
    """Note an uploaded file; the same file of the same person, still waiting to be written, is the same import."""
    waiting = session.scalars(
        select(Import).where(
            Import.digest == stored.digest,
            Import.uploaded_by_id == by.user_id,
            Import.written_at.is_(None),
            Import.discarded_at.is_(None),
        )
    ).first()
    if waiting:
        return waiting
    imported = Import(
        file_name=stored.original_name,
        digest=stored.digest,
        stored_as=stored.stored_as,
        kind=content.kind,
        uploaded_by_id=by.user_id,
        uploaded_at=by.at,
        counts={},
    )
    session.add(imported)
    session.flush()
    return imported


def plan(
    session: Session,
    content: FileContent,
    reach: Reach,
    today: date,
    progress: Progress = _silently,
    answers: Answers | None = None,
) -> Matched:
    """What the file would do to the records as they are now, by what people answered; writes nothing."""

    def watched() -> Iterator[Portion]:
        for rows, around in portions_of(session, content, reach, today, answers or Answers()):
            yield rows, around
            progress(len(rows))

    return match_file(content, watched())


def write(
    session: Session,
    by: Author,
    imported: Import,
    content: FileContent,
    reach: Reach,
    shown: str | None = None,
    progress: Progress = _silently,
    answers: Answers | None = None,
) -> Matched:
    """Write the file's good rows, all or none, in the transaction that surrounds this.

    The plan is made anew. Raises PlanMoved when it is not the one that was `shown`, by its digest, ImportOver when the
    import was written or discarded meanwhile.
    """
    _need_waiting(session, imported)
    matched = plan(session, content, reach, local(by.at).date(), progress, answers)
    if shown is not None and shown != matched.plan.digest:
        raise PlanMoved(matched)
    apply(session, Author(by.user_id, f"import {imported.id}", by.at, by.address), matched.writes, progress)
    imported.written_at = by.at
    imported.counts = {action.value: number for action, number in matched.plan.counts.items()}
    session.flush()
    made = {"file_name": imported.file_name, "file_kind": imported.kind, **imported.counts}
    told: dict[str, tuple[object, object]] = {name: (None, value) for name, value in made.items()}
    chain.record(session, by, [Entry("import", "import", imported.id, None, told)])
    return matched


def decide(
    session: Session,
    by: Author,
    imported: Import,
    choices: Choices | None = None,
    answers: Mapping[str, str] | None = None,
) -> None:
    """Keep what somebody decided about the columns of an import or answered to it; raises ImportOver."""
    _need_waiting(session, imported)
    if choices is not None:
        imported.choices = {**(imported.choices or {}), **plain_choices(choices)}
        for heading, choice in choices.items() if by.user_id is not None else ():
            remembered = HeadingChoice(
                heading=heading, choice=replace(choice, year=None).plain(), chosen_by_id=by.user_id, chosen_at=by.at
            )
            session.merge(remembered)
    if answers is not None:
        imported.answers = {**(imported.answers or {}), **answers}
    session.flush()


def discard(session: Session, by: Author, imported: Import) -> None:
    """Give up an import that was not written."""
    _need_waiting(session, imported)
    imported.discarded_at = by.at
    session.flush()
    gone: dict[str, tuple[object, object]] = {"file_name": (imported.file_name, None)}
    chain.record(session, by, [Entry("discard_import", "import", imported.id, None, gone)])


def _need_waiting(session: Session, imported: Import) -> None:
    """Raise ImportOver for an import that was written or discarded, maybe by somebody else just now."""
    session.refresh(imported)
    if imported.written_at or imported.discarded_at:
        raise ImportOver


def apply(session: Session, by: Author, writes: Sequence[Write], progress: Progress = _silently) -> None:
    """Do everything a plan would write, through the same actions people use."""
    id_of: dict[str, int] = {}
    for new in _in_steps(_of(writes, NewEnterprise)):
        id_of |= zip((row.code for row in new), enterprises.register(session, by, new), strict=True)
        progress(len(new))
    again = [StatusChange(one.enterprise_id, Status.ACTIVE, None) for one in _of(writes, EnteredAgain)]
    enterprises.change_statuses(session, by, again)
    _change(session, by, _of(writes, ChangedRecord))
    contacts, titles, figures = _of(writes, ContactGiven), _of(writes, TitleGiven), _of(writes, FiguresGiven)
    codes = {code for given in (contacts, titles, figures) for code in (one.code for one in given)}
    id_of |= _ids(session, codes - id_of.keys())
    _take_contacts(session, by, contacts, id_of)
    _take_titles(session, by, titles, id_of)
    enterprises.record_figures(session, by, [(id_of[given.code], given.figures) for given in figures])


def _change(session: Session, by: Author, changed: Sequence[ChangedRecord]) -> None:
    """Profiles at once; names and units from today on, a unit that was missing from the beginning."""
    today = local(by.at).date()
    profiles = {change.enterprise_id: change.profile for change in changed if change.profile}
    renamings = [Renaming(change.enterprise_id, change.name, today) for change in changed if change.name]
    moves = [
        UnitChange(change.enterprise_id, change.unit_id, None if change.unit_from_beginning else today)
        for change in changed
        if change.unit_id is not None
    ]
    enterprises.update_profiles(session, by, profiles)
    enterprises.rename(session, by, renamings)
    enterprises.assign_units(session, by, moves)


def _take_contacts(session: Session, by: Author, given: Sequence[ContactGiven], id_of: Mapping[str, int]) -> None:
    """People who are new are added, people who are known get the number given."""
    known = _contacts(session, {id_of[contact.code] for contact in given})
    new = []
    changed = []
    for contact in given:
        person = NewContact(id_of[contact.code], contact.name, phone=contact.phone)
        recorded = known.get((person.enterprise_id, person.name))
        if recorded is None:
            new.append(person)
        else:
            changed.append((recorded, replace(person, position=recorded.position)))
    enterprises.add_contacts(session, by, new)
    enterprises.replace_contacts(session, by, changed)


def _take_titles(session: Session, by: Author, given: Sequence[TitleGiven], id_of: Mapping[str, int]) -> None:
    """New titles at once, corrections one by one, then the reviews and revocations of both."""
    new = [one for one in given if one.title.id is None]
    ids = recognitions.recognise(session, by, [_recognition(one, id_of) for one in new])
    recorded = list(zip(new, ids, strict=True))
    recorded += [(one, _corrected(session, by, one, one.title.id, id_of)) for one in given if one.title.id is not None]
    openings = [ReviewOpening(which, one.opens_review_on) for one, which in recorded if one.opens_review_on]
    revoked = [Revoking(which, one.revoked_on, one.revoke_reason or "") for one, which in recorded if one.revoked_on]
    recognitions.open_reviews(session, by, openings)
    recognitions.revoke(session, by, revoked)


def _corrected(session: Session, by: Author, given: TitleGiven, title_id: int, id_of: Mapping[str, int]) -> int:
    if not given.is_corrected:
        return title_id
    return recognitions.correct(session, by, title_id, _recognition(given, id_of), CORRECTED_BY_IMPORT)


def _recognition(given: TitleGiven, id_of: Mapping[str, int]) -> NewRecognition:
    title = given.title
    return NewRecognition(
        enterprise_id=id_of[given.code],
        title=title.title,
        kind=title.kind,
        published_on=title.published_on,
        valid_from=title.valid_from,
        valid_until=title.valid_until,
        batch=title.batch,
        document_number=title.document_number,
        certificate_number=title.certificate_number,
        estimated=title.estimated,
    )


def _contacts(session: Session, enterprise_ids: Collection[int]) -> dict[tuple[int, str], Contact]:
    return {
        (contact.enterprise_id, contact.name): contact
        for ids in portions(enterprise_ids)
        for contact in session.scalars(
            select(Contact).where(Contact.enterprise_id.in_(ids), Contact.removed_at.is_(None))
        )
    }


def _ids(session: Session, codes: Collection[str]) -> dict[str, int]:
    """The ids of recorded enterprises by code."""
    columns = select(Enterprise.code, Enterprise.id)
    return {
        code: which
        for some in portions(codes)
        for code, which in session.execute(columns.where(Enterprise.code.in_(some)))
    }


def _in_steps(rows: Sequence[W]) -> Iterator[Sequence[W]]:
    return (rows[first : first + _STEP] for first in range(0, len(rows), _STEP))


def _of(writes: Sequence[Write], kind: type[W]) -> list[W]:
    return [write for write in writes if isinstance(write, kind)]
