"""The backup's file: a zip of the database, the uploads, and a manifest that proves it whole and says what it holds."""

import hashlib
import json
import os
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

PRODUCT = "sme-tracker backup"
FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.sqlite"
UPLOADS = "uploads/"
BYTES_AT_A_TIME = 1 << 20


class BackupRefused(Exception):
    """A backup that cannot be made or used; the text is the sentence for the operator, and nothing was touched."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, and the head of the history, which the application cannot change afterwards."""

    made_at: str
    revision: str
    rows: dict[str, int]
    history_entry: int
    history_seal: str
    sha256: dict[str, str]
    product: str = PRODUCT
    format: int = FORMAT


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def members(database: Path, uploads: Path) -> dict[str, Path]:
    """The files of a backup by the name they have in it."""
    kept = sorted(path for path in uploads.glob("*") if path.is_file()) if uploads.is_dir() else []
    return {DATABASE: database} | {f"{UPLOADS}{path.name}": path for path in kept}


def pack(manifest: Manifest, files: dict[str, Path], target: Path) -> None:
    """Write the backup to `target`, readable by its owner only; it is on disk when this returns."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
            for name, path in files.items():
                archive.write(path, name)
        file.flush()
        os.fsync(file.fileno())


def unpack(source: Path, folder: Path) -> Manifest:
    """Put what the backup holds into `folder`; raises BackupRefused unless every file is what the manifest says."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            for name, expected in manifest.sha256.items():
                _unpack_one(archive, name, expected, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise BackupRefused("备份文件已损坏或不完整 · the backup is damaged or incomplete") from error
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    foreign = BackupRefused("这不是本系统的备份文件 · this is not a backup of the register")
    try:
        found = json.loads(archive.read(MANIFEST))
    except (KeyError, ValueError) as error:
        raise foreign from error
    if not isinstance(found, dict) or found.get("product") != PRODUCT:
        raise foreign
    if found.get("format") != FORMAT:
        raise BackupRefused("备份由更新的版本制作，请先升级 · the backup was made by a newer version; upgrade first")
    try:
        manifest = Manifest(**found)
    except TypeError as error:
        raise foreign from error
    if set(archive.namelist()) != {MANIFEST, *manifest.sha256} or DATABASE not in manifest.sha256:
        raise BackupRefused("备份文件已损坏或不完整 · the backup is damaged or incomplete")
    return manifest


def _unpack_one(archive: zipfile.ZipFile, name: str, expected: str, folder: Path) -> None:
    """The manifest's names are taken as they are only where they can lead nowhere else."""
    target = folder / name
    if Path(name).name != name.removeprefix(UPLOADS):
        raise BackupRefused("备份文件已损坏或不完整 · the backup is damaged or incomplete")
    target.parent.mkdir(exist_ok=True)
    with archive.open(name) as packed, target.open("wb") as file:
        while piece := packed.read(BYTES_AT_A_TIME):
            file.write(piece)
    if digest(target) != expected:
        raise BackupRefused("备份文件已损坏或不完整 · the backup is damaged or incomplete")
