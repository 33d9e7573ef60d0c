"""The backup's file: a zip of the database, every kept file, and a sealed manifest that says and proves what it holds.

What is read here may have been made to do harm: nothing is believed before it is proved, and nothing is unpacked
beyond what the manifest says.
"""

import hashlib
import hmac
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from sme_tracker.assessments.files import PROOFS
from sme_tracker.imports.uploads import UPLOADS
from sme_tracker.kept_files import new_file, own_folder

PRODUCT = "sme-tracker backup"
FORMAT = 2
UNSEALED_FORMAT = 1
MANIFEST = "manifest.json"
SEAL = "manifest.seal"
DATABASE = "database.sqlite"
FOLDERS = (PROOFS, UPLOADS)
BYTES_AT_A_TIME = 1 << 20
LONGEST_MANIFEST = 1 << 28
MOST_FILES = 1_000_000
MOST_TIMES_PACKED = 100
"""A file that unpacks to more than so many times its size is no database, workbook or scan, unless it is small."""
SMALL = 16 << 20
_FILE_NAME = re.compile(rf"(?:{'|'.join(FOLDERS)})/(?!\.)[^/\\:\x00-\x1f]{{1,200}}")
DAMAGED = "备份文件已损坏或不完整 · the backup is damaged or incomplete"
_FOREIGN = "这不是本系统的备份文件 · this is not a backup of the register"
NEWER = "备份由更新的版本制作，请先升级 · the backup was made by a newer version; upgrade first"


class BackupRefused(Exception):
    """A backup that cannot be made or used; the text is the sentence for the operator, and nothing was touched."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, and the head of the history, which the application cannot change afterwards.

    `missing` and `changed` name the kept files that were not there, or not as handed in, when it was made; `foreign`
    what was found in the database that is not of this product's making, and was left out.
    """

    made_at: str
    revision: str
    rows: dict[str, int]
    history_entry: int
    history_seal: str
    sha256: dict[str, str]
    sizes: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    product: str = PRODUCT
    format: int = FORMAT

    @property
    def is_sealed(self) -> bool:
        """Whether it is of a version that seals."""
        return self.format != UNSEALED_FORMAT


class Packed(NamedTuple):
    """What has been packed: the digest and the size in bytes of each file."""

    sha256: dict[str, str]
    sizes: dict[str, int]


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def may_be_packed(name: str) -> bool:
    """Whether a name, `files/ab12`, may stand in a backup: in a folder of ours, and leading nowhere else."""
    return bool(_FILE_NAME.fullmatch(name))


def pack(files: Mapping[str, Path], target: Path, key: str, manifest_of: Callable[[Packed], Manifest]) -> Manifest:
    """Write the sealed backup to `target`, readable by its owner only; it is on disk when this returns.

    A file that is discarded meanwhile is left out; `manifest_of` is asked once the others are in.
    """
    packed = Packed({}, {})
    with new_file(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, path in files.items():
            with suppress(FileNotFoundError), path.open("rb") as content:
                _pack_one(archive, name, content, packed)
        manifest = manifest_of(packed)
        told = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        archive.writestr(MANIFEST, told)
        archive.writestr(SEAL, _seal(told, key))
    return manifest


def unpack(source: Path, folder: Path, key: str, *, unsealed: bool = False) -> Manifest:
    """Put what the backup holds into `folder`; raises BackupRefused unless it is sealed and every file as sealed.

    With `unsealed` also one of the version before there were seals.
    """
    with _opened(source, key, unsealed=unsealed) as (archive, manifest):
        if sum(archive.getinfo(name).file_size for name in manifest.sha256) > shutil.disk_usage(folder).free:
            raise BackupRefused(
                f"磁盘空间不够展开这份备份 · the disk has no room to unpack this backup: {folder.parent}"
            )
        for name in manifest.sha256:
            own_folder((folder / name).parent)
            with new_file(folder / name) as file:
                for piece in _proved(archive, manifest, name):
                    file.write(piece)
    return manifest


def prove(source: Path, key: str) -> None:
    """Read a backup through; raises BackupRefused unless it is ours, sealed, and whole to the last byte."""
    with _opened(source, key) as (archive, manifest):
        for name in manifest.sha256:
            for _piece in _proved(archive, manifest, name):
                pass


def is_sealed_by(source: Path, key: str) -> bool:
    """Whether a file is a backup that was sealed with the key, whole or not."""
    try:
        with _opened(source, key):
            return True
    except BackupRefused:
        return False


def _pack_one(archive: zipfile.ZipFile, name: str, content: IO[bytes], packed: Packed) -> None:
    found, size = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as member:
        while piece := content.read(BYTES_AT_A_TIME):
            found.update(piece)
            size += len(piece)
            member.write(piece)
    packed.sha256[name], packed.sizes[name] = found.hexdigest(), size


@contextmanager
def _opened(source: Path, key: str, *, unsealed: bool = False) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The zip and its manifest, after everything was looked at that can be without unpacking."""
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BackupRefused(DAMAGED) from error
    with archive:
        _check_sizes(entry for entry in archive.infolist() if entry.filename in (MANIFEST, SEAL))
        manifest = _manifest(archive, key, unsealed=unsealed)
        _check_entries(archive, manifest)
        yield archive, manifest


def _check_sizes(entries: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse what was packed to swell; what a seal says of sizes needs no such suspicion."""
    if any(entry.file_size > max(SMALL, MOST_TIMES_PACKED * entry.compress_size) for entry in entries):
        raise BackupRefused(
            "备份文件展开后大得不合理，已拒绝 · the backup would unpack to an unreasonable size; refused"
        )


def _manifest(archive: zipfile.ZipFile, key: str, *, unsealed: bool) -> Manifest:
    """What the backup says of itself, once its seal has shown that it is said by us."""
    told = _read(archive, MANIFEST)
    try:
        found = json.loads(told or b"")
    except (ValueError, RecursionError) as error:
        raise BackupRefused(_FOREIGN) from error
    if not isinstance(found, dict) or found.get("product") != PRODUCT:
        raise BackupRefused(_FOREIGN)
    if found.get("format") not in (FORMAT, UNSEALED_FORMAT):
        raise BackupRefused(NEWER)
    manifest = _shaped(found)
    _check_seal(manifest, told or b"", _read(archive, SEAL), key, unsealed=unsealed)
    return manifest


def _shaped(found: dict[str, Any]) -> Manifest:
    try:
        datetime.fromisoformat(found["made_at"])
        manifest = Manifest(**found)
    except (KeyError, TypeError, ValueError) as error:
        raise BackupRefused(_FOREIGN) from error
    if not (isinstance(found["sha256"], dict) and isinstance(found["revision"], str)):
        raise BackupRefused(_FOREIGN)
    return manifest


def _check_seal(manifest: Manifest, told: bytes, seal: bytes | None, key: str, *, unsealed: bool) -> None:
    if not manifest.is_sealed and seal is None:
        if not unsealed:
            raise BackupRefused(
                "备份没有封印（旧版本所做，或被人去掉）：确信来源可靠，才加 --unsealed 恢复 · "
                "the backup has no seal (made by an earlier version, or taken off); "
                "restore it with --unsealed only if you are sure where it comes from"
            )
    elif not hmac.compare_digest(_seal(told, key).encode(), seal or b""):
        raise BackupRefused(
            "备份的封印不符：文件被改动过，或不是用这把密钥封的；请把当时的 history.key 一并带来 · "
            "the backup's seal does not match: it was changed, or sealed with another key; "
            "bring the history.key of that time along"
        )


def _check_entries(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """The zip holds what the manifest names and nothing else, in the sizes it says, under names that stay inside."""
    if len(archive.infolist()) > MOST_FILES:
        raise BackupRefused(DAMAGED)
    if not manifest.is_sealed:
        _check_sizes(archive.infolist())
    own = [MANIFEST, SEAL] if manifest.is_sealed else [MANIFEST]
    entries = {entry.filename: entry for entry in archive.infolist()}
    right = sorted(archive.namelist()) == sorted([*own, *manifest.sha256]) and DATABASE in manifest.sha256
    right = right and all(name == DATABASE or may_be_packed(name) for name in manifest.sha256)
    if manifest.is_sealed:
        right = right and manifest.sizes == {name: entries[name].file_size for name in manifest.sha256}
    if not right:
        raise BackupRefused(DAMAGED)


def _proved(archive: zipfile.ZipFile, manifest: Manifest, name: str) -> Iterator[bytes]:
    """A file's content piece by piece; raises BackupRefused as soon as, or at the end if, it is not what was packed."""
    found, most, size = hashlib.sha256(), archive.getinfo(name).file_size, 0
    for piece in _pieces(archive, name):
        size += len(piece)
        if size > most:
            raise BackupRefused(DAMAGED)
        found.update(piece)
        yield piece
    if size != most or found.hexdigest() != manifest.sha256[name]:
        raise BackupRefused(DAMAGED)


def _read(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """A short file of the zip, None where it is not there."""
    if name not in archive.namelist():
        return None
    content = bytearray()
    for piece in _pieces(archive, name):
        content += piece
        if len(content) > LONGEST_MANIFEST:
            raise BackupRefused(DAMAGED)
    return bytes(content)


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    try:
        with archive.open(name) as packed:
            while piece := packed.read(BYTES_AT_A_TIME):
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BackupRefused(DAMAGED) from error


def _seal(told: bytes, key: str) -> str:
    return hmac.digest(key.encode(), PRODUCT.encode() + b"\n" + told, "sha256").hex()
