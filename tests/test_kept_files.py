"""A kept file is on the disk and its owner's only, or not there at all."""

import io
import os
from pathlib import Path

import pytest

from sme_tracker.assessments.files import ProofFolder
from sme_tracker.imports.uploads import UploadFolder
from sme_tracker.kept_files import new_file, own_folder

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n"


class CutOff(io.BytesIO):
    """A body whose sender goes away in the middle."""

    def read(self, _size: int | None = -1) -> bytes:
        """A piece, then nothing more ever."""
        if self.tell():
            raise ConnectionResetError
        self.seek(5)
        return PDF[:5]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was put on the disk, file or folder, in order."""
    seen: list[str] = []
    sync = os.fsync

    def watched(descriptor: int) -> None:
        sync(descriptor)
        seen.append(Path(f"/proc/self/fd/{descriptor}").resolve().name)

    monkeypatch.setattr(os, "fsync", watched)
    return seen


def test_a_proof_is_on_the_disk_with_its_folder(tmp_path: Path, synced: list[str]) -> None:
    kept = ProofFolder(tmp_path).keep(io.BytesIO(PDF), "证书.pdf")
    assert synced == [tmp_path.name, kept.stored_as, "files"]


def test_an_upload_is_on_the_disk_with_its_folder(tmp_path: Path, synced: list[str]) -> None:
    kept = UploadFolder(tmp_path / "uploads").keep(io.BytesIO(PDF), "名册.csv")
    assert synced == [tmp_path.name, kept.stored_as, "uploads"]


def test_both_are_their_owners_only(tmp_path: Path) -> None:
    ProofFolder(tmp_path).keep(io.BytesIO(PDF), "证书.pdf")
    UploadFolder(tmp_path / "uploads").keep(io.BytesIO(PDF), "名册.csv")
    assert {oct(path.stat().st_mode & 0o777) for path in tmp_path.rglob("*") if path.is_file()} == {"0o600"}
    assert {oct(path.stat().st_mode & 0o777) for path in tmp_path.rglob("*") if path.is_dir()} == {"0o700"}


def test_an_upload_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        UploadFolder(tmp_path).keep(CutOff(), "名册.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"kept")
    with pytest.raises(FileExistsError), new_file(tmp_path / "there"):
        pass
    assert (tmp_path / "there").read_bytes() == b"kept"


def test_a_folder_is_made_once(tmp_path: Path) -> None:
    assert own_folder(own_folder(tmp_path / "a" / "b")).is_dir()
