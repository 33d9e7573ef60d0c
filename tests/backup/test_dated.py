"""Of a folder of daily backups the newest stay; older ones go only once the new one is whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from sme_tracker.backup import command
from sme_tracker.backup.archive import BackupRefused
from sme_tracker.backup.command import BackupOrder
from sme_tracker.config import Config
from tests.backup.made import as_before_seals, hand_in, quietly, rewrite

NIGHT = datetime(2026, 5, 1, 18, 30, tzinfo=UTC)


def nightly(config: Config, engine: Engine, night: int, keep: int = 2) -> list[str]:
    """Back up as on that night; the names in the folder afterwards."""
    folder = config.data_folder / "daily"
    command.made(config, engine, BackupOrder(folder, keep), NIGHT + timedelta(days=night), quietly)
    return sorted(path.name for path in folder.iterdir())


def named(*nights: int) -> list[str]:
    return [f"sme-tracker-202605{2 + night:02d}-023000.zip" for night in nights]


def test_the_newest_stay_under_the_bureaus_own_time(config: Config, untouched: Engine) -> None:
    assert nightly(config, untouched, 0) == named(0)
    assert nightly(config, untouched, 1) == named(0, 1)
    assert nightly(config, untouched, 2) == named(1, 2)


def test_a_broken_one_does_not_count_and_is_not_touched(config: Config, untouched: Engine) -> None:
    nightly(config, untouched, 0)
    nightly(config, untouched, 1)
    broken = config.data_folder / "daily" / named(1)[0]
    content = bytearray(broken.read_bytes())
    content[5000] ^= 1
    broken.write_bytes(content)
    assert nightly(config, untouched, 2) == named(0, 1, 2)


def test_what_is_not_a_backup_of_this_register_stays(config: Config, untouched: Engine) -> None:
    nightly(config, untouched, 0)
    folder = config.data_folder / "daily"
    ours = folder / named(0)[0]
    for name in ("before-the-move.zip", "sme-tracker-20200101-000000.zip", "sme-tracker-20200102-000000.zip"):
        (folder / name).write_bytes(ours.read_bytes())
    (folder / "sme-tracker-20200103-000000.zip").write_bytes(b"holiday pictures")
    rewrite(folder / "sme-tracker-20200101-000000.zip", as_before_seals)
    rewrite(folder / "sme-tracker-20200102-000000.zip", lambda parts: parts.update({"manifest.json": b'{"a": 1}'}))
    left = nightly(config, untouched, 1, keep=1)
    assert left == [
        "before-the-move.zip",
        "sme-tracker-20200101-000000.zip",
        "sme-tracker-20200102-000000.zip",
        "sme-tracker-20200103-000000.zip",
        *named(1),
    ]


def test_another_registers_backups_stay(config: Config, untouched: Engine) -> None:
    other = replace(config, history_key="the key of the register of another bureau")
    nightly(other, untouched, 0)
    assert nightly(config, untouched, 1, keep=1) == named(0, 1)


def test_a_clock_set_back_does_not_cost_the_backup_just_made(config: Config, untouched: Engine) -> None:
    nightly(config, untouched, 5, keep=1)
    assert nightly(config, untouched, 1, keep=1) == named(1)


def test_one_that_fails_costs_none(config: Config, untouched: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    nightly(config, untouched, 0, keep=1)

    def fails(*_arguments: object) -> None:
        raise BackupRefused

    monkeypatch.setattr(command, "back_up", fails)
    with pytest.raises(BackupRefused):
        nightly(config, untouched, 1, keep=1)
    assert [path.name for path in (config.data_folder / "daily").iterdir()] == named(0)


def test_none_goes_where_the_new_one_lacks_a_file_the_older_may_hold(config: Config, own: Engine) -> None:
    hand_in(config, own)
    nightly(config, own, 0, keep=1)
    (proof,) = (config.data_folder / "files").iterdir()
    proof.unlink()
    order = BackupOrder(config.data_folder / "daily", 1)
    made = command.made(config, own, order, NIGHT + timedelta(days=1), quietly)
    assert made.manifest.missing == [f"files/{proof.name}"]
    assert sorted(path.name for path in (config.data_folder / "daily").iterdir()) == named(0, 1)


def test_a_folder_without_a_number_keeps_all(config: Config, untouched: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    for night in range(3):
        command.made(config, untouched, BackupOrder(folder), NIGHT + timedelta(days=night), quietly)
    assert sorted(path.name for path in folder.iterdir()) == named(0, 1, 2)
