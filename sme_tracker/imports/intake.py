"""A file on its way in, from upload to writing: what the import pages and the command do alike."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import IO

from sme_tracker.bulk import undisturbed
from sme_tracker.clock import local
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author
from sme_tracker.imports import actions
from sme_tracker.imports.choices import Choices
from sme_tracker.imports.mapped import Mapped, mapped_columns
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.matching.match import Matched
from sme_tracker.imports.matching.verdict import Answers
from sme_tracker.imports.models import Import
from sme_tracker.imports.notes import NotedPlan, note, noted_plan
from sme_tracker.imports.plan import FileContent, read_file
from sme_tracker.imports.queries import reading_of
from sme_tracker.imports.uploads import UploadFolder


def answers_of(imported: Import) -> Answers:
    """What people answered to an import so far."""
    return Answers(imported.answers or {})


class Intake:
    """Takes files in for one person, whose records `reach` says."""

    def __init__(self, session: GuardedSession, folder: UploadFolder, reach: Reach) -> None:
        self.session = session
        self.folder = folder
        self.reach = reach

    def upload(self, by: Author, file: IO[bytes], name: str, today: date) -> Import:
        """Keep a file and note what it would do; raises SheetRefused, and then nothing is kept."""
        stored = self.folder.keep(file, name)
        kept_as = None
        try:
            reading = reading_of(self.session, None, today, user_id=by.user_id)
            content = read_file(self.folder.path(stored.stored_as), stored.original_name, reading)
            with transaction(self.session):
                imported = actions.store_upload(self.session, by, stored, content)
                kept_as = imported.stored_as
            self.plan(imported, self.read(imported, today) if imported.choices else content, today)
        finally:
            if kept_as != stored.stored_as:
                self.folder.remove(stored.stored_as)
        return imported

    def plan(self, imported: Import, content: FileContent, today: date) -> Matched:
        """Make the plan of an import anew and note it."""
        matched = actions.plan(self.session, content, self.reach, today, answers=answers_of(imported))
        note(self.folder.notes_path(imported.stored_as), content, matched)
        return matched

    def plan_of(self, imported: Import, today: date) -> NotedPlan:
        """The plan as it was last noted."""
        path = self.folder.notes_path(imported.stored_as)
        if not path.exists():
            self.plan(imported, self.read(imported, today), today)
        return noted_plan(path)

    def read(self, imported: Import, today: date) -> FileContent:
        """The file of an import, read once more as its columns were mapped."""
        reading = reading_of(self.session, imported, today)
        return read_file(self.folder.path(imported.stored_as), imported.file_name, reading)

    def columns(self, imported: Import, today: date) -> list[Mapped]:
        """The columns of the file with where each goes, and some of its cells."""
        reading = reading_of(self.session, imported, today)
        return mapped_columns(self.folder.path(imported.stored_as), imported.file_name, reading)

    def choose(self, by: Author, imported: Import, choices: Choices, today: date) -> Matched:
        """Map the columns of an import as somebody decided, remember it, and plan anew; raises ImportOver."""
        with transaction(self.session):
            actions.decide(self.session, by, imported, choices=choices)
        content = self.read(imported, today)
        with transaction(self.session):
            imported.kind = content.kind
        return self.plan(imported, content, today)

    def answer(self, by: Author, imported: Import, answers: Mapping[str, str], today: date) -> Matched:
        """Take answers to what an import asked, and plan anew; raises ImportOver."""
        with transaction(self.session):
            actions.decide(self.session, by, imported, answers=answers)
        return self.plan(imported, self.read(imported, today), today)

    @undisturbed()
    def write(self, by: Author, imported: Import, shown: str) -> Matched:
        """Write an import whose plan was shown; raises what `actions.write` raises, PlanMoved with the plan noted."""
        content = self.read(imported, local(by.at).date())
        answers = answers_of(imported)
        try:
            with transaction(self.session):
                matched = actions.write(self.session, by, imported, content, self.reach, shown, answers=answers)
        except actions.PlanMoved as moved:
            note(self.folder.notes_path(imported.stored_as), content, moved.matched)
            raise
        note(self.folder.notes_path(imported.stored_as), content, matched)
        return matched

    def discard(self, by: Author, imported: Import) -> None:
        """Give up an import and remove its file."""
        with transaction(self.session):
            actions.discard(self.session, by, imported)
        self.folder.remove(imported.stored_as)

    @undisturbed()
    def write_at_once(
        self,
        by: Author,
        path: Path,
        content: FileContent,
        progress: actions.Progress,
        answers: Answers | None = None,
    ) -> Matched:
        """Import a file that was read, without showing its plan first."""
        with path.open("rb") as file:
            stored = self.folder.keep(file, path.name)
        kept_as = None
        try:
            with transaction(self.session):
                imported = actions.store_upload(self.session, by, stored, content)
                matched = actions.write(
                    self.session, by, imported, content, self.reach, progress=progress, answers=answers
                )
            kept_as = imported.stored_as
            note(self.folder.notes_path(kept_as), content, matched)
        finally:
            if kept_as != stored.stored_as:
                self.folder.remove(stored.stored_as)
        return matched
