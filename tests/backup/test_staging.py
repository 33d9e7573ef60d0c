"""A backup or restore that is killed leaves no copy of the database for long."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from sme_tracker.backup.staging import clear_left_behind
from sme_tracker.config import Config
from tests.backup.made import hand_in, kept_files, made, names, restored

ROOT = Path(__file__).resolve().parents[2]
STUCK = """
import sys, time
from dataclasses import replace
from pathlib import Path
from sme_tracker.backup.drill import back_up, restore
from sme_tracker.clock import utc_now
from sme_tracker.db import make_engine
from tests.backup.made import BY
from tests.conftest import CONFIG

what, url, folder, step = sys.argv[1:]

def stop(done, _all):
    if done == int(step):
        print("there", flush=True)
        time.sleep(600)

config, engine, file = replace(CONFIG, data_folder=Path(folder)), make_engine(url), Path(folder, "backup.zip")
if what == "restore":
    restore(config, engine, file, replace(BY, at=utc_now()), stop)
else:
    back_up(config, engine, file, utc_now(), stop)
"""


@contextmanager
def stuck(config: Config, engine: Engine, what: str, step: int) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that does not go on after a step."""
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", STUCK, what, url, str(config.data_folder), str(step)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "there\n"
            yield process
        finally:
            process.kill()


def working_folders(config: Config) -> list[Path]:
    return list(config.data_folder.glob(".backup-*"))


@pytest.mark.parametrize(("what", "step"), [("back_up", 1), ("back_up", 3), ("restore", 1), ("restore", 3)])
def test_what_a_killed_one_left_is_gone_with_the_next_and_nothing_is_lost(
    config: Config, own: Engine, what: str, step: int
) -> None:
    hand_in(config, own)
    made(config, own)
    before, files = names(own), kept_files(config)
    with stuck(config, own, what, step) as process:
        process.send_signal(signal.SIGKILL)
    assert len(working_folders(config)) == 1
    file = made(config, own)
    assert working_folders(config) == []
    restored(config, own, file)
    assert (names(own), kept_files(config)) == (before, files)


def test_one_that_is_running_keeps_its_folder(config: Config, untouched: Engine, file: Path) -> None:
    assert file.exists()
    with stuck(config, untouched, "restore", 1):
        clear_left_behind(config.data_folder)
        (folder,) = working_folders(config)
        assert (folder / "database.sqlite").exists()
    clear_left_behind(config.data_folder)
    assert working_folders(config) == []


def test_a_folder_that_is_not_ours_stays(config: Config) -> None:
    theirs = config.data_folder / ".backup-of-mine"
    theirs.mkdir()
    (theirs / "thesis.docx").write_bytes(b"x")
    clear_left_behind(config.data_folder)
    assert (theirs / "thesis.docx").exists()


def test_what_an_earlier_version_left_goes_too_once_it_is_old(config: Config) -> None:
    left = config.data_folder / ".backup-abcdefgh"
    left.mkdir(mode=0o700)
    (left / "database.sqlite").write_bytes(b"x")
    clear_left_behind(config.data_folder)
    assert left.exists()
    os.utime(left, (0, 0))
    clear_left_behind(config.data_folder)
    assert not left.exists()
