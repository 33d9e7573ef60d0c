"""The folder of proofs: files kept under names the server makes, outside anything that is served."""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sme_tracker.kept_files import new_file, own_folder
from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.file_types import HEAD_BYTES, LARGEST_BYTES, check_file
from sme_tracker.rules.findings import Refused

PROOFS = "files"
"""The folder's name in the data folder."""
_LONGEST_NAME = LONGEST["file_name"]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it was handed in and where it is kept."""

    name: str
    stored_as: str
    size: int
    digest: str


class ProofFolder:
    """Where the files of evidence are kept."""

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder / PROOFS

    def keep(self, content: IO[bytes], original_name: str) -> KeptFile:
        """Keep a file; raises Refused if it is too large, empty, or not what its name says."""
        name = _shown_name(original_name)
        body = content.read(LARGEST_BYTES + 1)
        finding = check_file(name, len(body), body[:HEAD_BYTES])
        if finding:
            raise Refused(finding)
        own_folder(self._folder)
        stored_as = secrets.token_hex(16)
        with new_file(self.path(stored_as)) as file:
            file.write(body)
        return KeptFile(name, stored_as, len(body), hashlib.sha256(body).hexdigest())

    def path(self, stored_as: str) -> Path:
        """The path of a kept file."""
        return self._folder / stored_as

    def remove(self, stored_as: str) -> None:
        """Remove a file that nothing was recorded with."""
        self.path(stored_as).unlink(missing_ok=True)


def _shown_name(original_name: str) -> str:
    last = original_name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable()).strip()[-_LONGEST_NAME:] or "?"
