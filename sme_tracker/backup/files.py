"""The files that rows of the database name, and whether they lie where they are kept, as they were handed in."""

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum, auto
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from sme_tracker.assessments.files import PROOFS
from sme_tracker.assessments.models import EvidenceRecord
from sme_tracker.backup.archive import digest, may_be_packed
from sme_tracker.imports.models import Import
from sme_tracker.imports.uploads import NOTES, UPLOADS

SETTLING_S = 1.0
"""How long a file that was just handed in is given until a row names it."""


@dataclass(frozen=True)
class Place:
    """A folder of the data folder and the columns that name its files; `beside` ends what may lie beside a file."""

    folder: str
    stored_as: InstrumentedAttribute[Any]
    file_name: InstrumentedAttribute[Any]
    digest: InstrumentedAttribute[Any]
    kept: ColumnElement[bool]
    beside: str = ""


PLACES = (
    Place(PROOFS, EvidenceRecord.file_stored_as, EvidenceRecord.file_name, EvidenceRecord.file_digest, true()),
    Place(UPLOADS, Import.stored_as, Import.file_name, Import.digest, Import.discarded_at.is_(None), NOTES),
)
"""Every column that names a file stands here."""


class Named(NamedTuple):
    """A file as a row names it: what the person called it, its SHA-256 when it was handed in, and the row."""

    file_name: str
    digest: str | None
    table: str
    row_id: int


class Wrong(StrEnum):
    """What may be wrong with a file."""

    MISSING = auto()
    CHANGED = auto()
    UNNAMED = auto()


@dataclass(frozen=True, slots=True)
class WrongFile:
    """A file that is not as the database says: its path in the data folder, and who names it, if a row does."""

    path: str
    wrong: Wrong
    named: Named | None = None


def named_files(session: Session) -> dict[str, Named]:
    """Every file that a row names, by its path in the data folder: `files/ab12`."""
    found = {}
    for place in PLACES:
        table = place.stored_as.class_.__tablename__
        columns = select(place.stored_as, place.file_name, place.digest, place.stored_as.class_.id)
        rows = session.execute(columns.where(place.stored_as.is_not(None), place.kept))
        for stored_as, file_name, handed_in, row_id in rows:
            found[f"{place.folder}/{stored_as}"] = Named(file_name, handed_in, table, row_id)
    return found


def lying_files(data_folder: Path) -> dict[str, Path]:
    """Every file that lies where files are kept, by its path in the data folder."""
    return {
        f"{place.folder}/{path.name}": path
        for place in PLACES
        for path in sorted((data_folder / place.folder).glob("*"))
        if path.is_file() and not path.is_symlink()
    }


def files_to_pack(data_folder: Path) -> dict[str, Path]:
    """The files a backup takes along: all that lie there, since one that no row names may be the only trace of it."""
    return {name: path for name, path in lying_files(data_folder).items() if may_be_packed(name)}


def wrong_files(session: Session, data_folder: Path) -> Iterator[WrongFile]:
    """Every file that is missing, changed, or named by no row; nothing if all are as they were handed in.

    The session begins to read anew, since people go on uploading and discarding files.
    """
    yield from _out_of_place(session, data_folder)
    lying = lying_files(data_folder)
    for path, said in named_files(session).items():
        if path in lying and is_changed(_digest(lying[path]), said):
            yield WrongFile(path, Wrong.CHANGED, said)


def is_changed(found: str | None, said: Named) -> bool:
    """Whether a file's digest is not the one of the file that was handed in."""
    return None not in (found, said.digest) and found != said.digest


def unnamed(named: Collection[str], paths: Iterable[str]) -> list[str]:
    """Those of the paths that are not named and do not lie beside a file that is."""
    beside = {f"{path}{place.beside}" for place in PLACES if place.beside for path in named}
    return [path for path in paths if path not in named and path not in beside]


def _out_of_place(session: Session, data_folder: Path) -> list[WrongFile]:
    """The files that are missing or that no row names, on looking twice: a file comes before the row that names it."""
    found = _missing_or_unnamed(session, data_folder)
    if found:
        time.sleep(SETTLING_S)
        session.rollback()
        again = set(_missing_or_unnamed(session, data_folder))
        found = [each for each in found if each in again]
    return found


def _missing_or_unnamed(session: Session, data_folder: Path) -> list[WrongFile]:
    named, lying = named_files(session), lying_files(data_folder)
    missing = [WrongFile(path, Wrong.MISSING, said) for path, said in named.items() if path not in lying]
    return missing + [WrongFile(path, Wrong.UNNAMED) for path in unnamed(named, lying)]


def _digest(file: Path) -> str | None:
    try:
        return digest(file)
    except FileNotFoundError:  # discarded meanwhile
        return None
