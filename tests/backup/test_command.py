"""`sme-tracker backup`, `restore` and `check` as an operator runs them."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sme_tracker.cli import main
from sme_tracker.config import Config
from sme_tracker.db import make_engine, make_session_factory, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.settling import settle
from tests.backup.made import BY, CODES, as_before_seals, hand_in, kept_files, rewrite

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command on the data folder `data`: its exit code, what it shows and what it says beside."""
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("SME_TRACKER_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sme-tracker", *map(str, words)])
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0), *capsys.readouterr()
        return 0, *capsys.readouterr()

    return command


@pytest.fixture
def config(run: Run) -> Config:
    """A bureau with an enterprise and files."""
    run("migrate")
    config = Config.from_env()
    engine = make_engine(config.database_url)
    with make_session_factory(engine, config.history_key, settle)() as session, transaction(session):
        new = enterprises.NewEnterprise(CODES[0], "长春一号有限公司", code_as_printed=True)
        enterprises.register(session, BY, [new])
    hand_in(config, engine)
    engine.dispose()
    return config


def test_a_bureau_with_files_is_sound_backed_up_into_a_folder_and_restored(
    run: Run, config: Config, tmp_path: Path
) -> None:
    before = kept_files(config)
    for _ in range(2):
        status, shown, said = run("backup", "--keep", 1, tmp_path / "daily")
        assert status == 0, said
    (file,) = (tmp_path / "daily").iterdir()
    assert str(file) in shown
    for path in (config.data_folder / "files").iterdir():
        path.unlink()
    assert run("check")[0] == 1
    assert run("restore", file)[0] == 0
    assert kept_files(config) == before
    status, shown, _said = run("check")
    assert (status, "All is sound." in shown) == (0, True), shown


def test_a_missing_file_is_named_by_backup_restore_and_check(run: Run, config: Config, tmp_path: Path) -> None:
    (proof,) = (config.data_folder / "files").iterdir()
    proof.unlink()
    status, shown, said = run("backup", tmp_path / "b.zip")
    assert (status, f"File files/{proof.name} is missing" in said) == (1, True)
    assert str(tmp_path / "b.zip") in shown
    status, shown, said = run("restore", tmp_path / "b.zip")
    assert (status, f"File files/{proof.name} is missing: “获奖证书.pdf”" in said) == (0, True)
    status, shown, said = run("check")
    assert (status, f"File files/{proof.name} is missing: “获奖证书.pdf”" in shown) == (1, True)


def test_an_earlier_backup_is_restored_only_when_told_to(run: Run, config: Config, tmp_path: Path) -> None:
    run("backup", tmp_path / "b.zip")
    rewrite(tmp_path / "b.zip", as_before_seals)
    status, _shown, said = run("restore", tmp_path / "b.zip")
    assert (status, "--unsealed" in said) == (1, True)
    status, _shown, said = run("restore", "--unsealed", tmp_path / "b.zip")
    assert status == 0, said


def test_keeping_a_number_needs_a_folder(run: Run, config: Config, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"mine")
    assert run("backup", "--keep", 3, tmp_path / "b.zip")[0] == 2
    assert run("backup", "--keep", 0, tmp_path)[0] == 2
    assert (tmp_path / "b.zip").read_bytes() == b"mine"
