"""The folder of uploaded files: kept under names the server makes, found by their digest, removed when discarded."""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from sme_tracker.kept_files import new_file, own_folder
from sme_tracker.rules.bounds import LONGEST

UPLOADS = "uploads"
"""The folder's name in the data folder."""
NOTES = ".plan"
"""The ending of what is noted beside a file."""
_BYTES_AT_A_TIME = 1 << 20
_LONGEST_NAME = LONGEST["file_name"]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as uploaded: what the person called it, where it is kept, and its digest."""

    original_name: str
    stored_as: str
    digest: str


class UploadFolder:
    """Where uploads are kept; a client's file name never becomes a path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: IO[bytes], original_name: str) -> StoredFile:
        """Store what is read from `content`; whoever does not go on with the file removes it again."""
        own_folder(self._folder)
        stored_as = secrets.token_hex(16)
        digest = hashlib.sha256()
        with new_file(self.path(stored_as)) as file:
            while piece := content.read(_BYTES_AT_A_TIME):
                digest.update(piece)
                file.write(piece)
        return StoredFile(shown_name(original_name), stored_as, digest.hexdigest())

    def path(self, stored_as: str) -> Path:
        """The path of a stored file."""
        return self._folder / stored_as

    def remove(self, stored_as: str) -> None:
        """Remove a stored file and what was noted beside it; one that is gone already is gone."""
        self.path(stored_as).unlink(missing_ok=True)
        self.notes_path(stored_as).unlink(missing_ok=True)

    def notes_path(self, stored_as: str) -> Path:
        """The path of what is noted beside a stored file: its plan, as it was last shown."""
        return self._folder / f"{stored_as}{NOTES}"


def shown_name(original_name: str) -> str:
    """The file's name without folders and invisible characters, its ending kept."""
    last = original_name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(character for character in last if character.isprintable()).strip()
    if len(visible) <= _LONGEST_NAME:
        return visible or "?"
    ending = PurePosixPath(visible).suffix[:10]
    return visible[: _LONGEST_NAME - len(ending)] + ending
