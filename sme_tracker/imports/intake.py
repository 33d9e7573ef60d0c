"""A file on its way in, from upload to writing: what the import pages and the command do alike."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import IO

from sme_tracker.bulk import undisturbed
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author
from sme_tracker.imports import actions
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.matching.match import Matched
from sme_tracker.imports.models import Import
from sme_tracker.imports.notes import NotedPlan, note, noted_plan
from sme_tracker.imports.plan import Action, FileContent, read_file
from sme_tracker.imports.uploads import UploadFolder


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
            content = read_file(self.folder.path(stored.stored_as), stored.original_name)
            with transaction(self.session):
                imported = actions.store_upload(self.session, by, stored, content)
                kept_as = imported.stored_as
            self.plan(imported, content, today)
        finally:
            if kept_as != stored.stored_as:
                self.folder.remove(stored.stored_as)
        return imported

    def plan(self, imported: Import, content: FileContent, today: date) -> Matched:
        """Make the plan of an import anew and note it."""
        matched = actions.plan(self.session, content, self.reach, today)
        note(self.folder.notes_path(imported.stored_as), content, matched)
        return matched

    def plan_of(self, imported: Import, today: date) -> NotedPlan:
        """The plan as it was last noted."""
        path = self.folder.notes_path(imported.stored_as)
        if not path.exists():
            self.plan(imported, self.read(imported), today)
        return noted_plan(path)

    def read(self, imported: Import) -> FileContent:
        """The file of an import, read once more."""
        return read_file(self.folder.path(imported.stored_as), imported.file_name)

    @undisturbed()
    def write(self, by: Author, imported: Import, shown_counts: Mapping[Action, int]) -> Matched:
        """Write an import whose plan was shown; raises what `actions.write` raises, PlanMoved with the plan noted."""
        content = self.read(imported)
        try:
            with transaction(self.session):
                matched = actions.write(self.session, by, imported, content, self.reach, shown_counts)
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
    def write_at_once(self, by: Author, path: Path, content: FileContent, progress: actions.Progress) -> Matched:
        """Import a file that was read, without showing its plan first."""
        with path.open("rb") as file:
            stored = self.folder.keep(file, path.name)
        kept_as = None
        try:
            with transaction(self.session):
                imported = actions.store_upload(self.session, by, stored, content)
                matched = actions.write(self.session, by, imported, content, self.reach, progress=progress)
            kept_as = imported.stored_as
            note(self.folder.notes_path(kept_as), content, matched)
        finally:
            if kept_as != stored.stored_as:
                self.folder.remove(stored.stored_as)
        return matched
