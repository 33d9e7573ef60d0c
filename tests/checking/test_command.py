"""`sme-tracker check` as an operator runs it."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

PROGRAM = "from sme_tracker.cli import main; main()"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command on the database of `folder`, in English."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        env=environment | {"SME_TRACKER_DATA": str(folder), "LANG": "en_GB.UTF-8", "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_command_ends_with_0_when_all_is_sound_and_with_1_and_the_findings_when_not(tmp_path: Path) -> None:
    assert run(tmp_path, "create-user", "auditor", "--role", "auditor").returncode == 0
    sound = run(tmp_path, "check")
    assert (sound.returncode, sound.stdout.strip()) == (0, "All is sound."), sound.stderr
    with sqlite3.connect(tmp_path / "tracker.sqlite") as connection:
        connection.execute("DROP TRIGGER history_entry_no_delete")
        connection.execute("DELETE FROM history_entry")
        connection.execute(
            "INSERT INTO enterprise_name (enterprise_id, name, recorded_at) VALUES (7, '无', '2026-01-01')"
        )
    unsound = run(tmp_path, "check")
    assert unsound.returncode == 1
    assert "row 1 of enterprise_name refers to a row of enterprise that is not there" in unsound.stdout
    assert "the end is cut off from entry 1 on" in unsound.stdout
    assert "findings" in unsound.stdout.splitlines()[-1]
    assert unsound.stderr == ""


def test_a_database_that_another_version_derived_otherwise_is_put_right_by_migrate(tmp_path: Path) -> None:
    assert run(tmp_path, "create-user", "auditor", "--role", "auditor").returncode == 0
    register = tmp_path / "register.csv"
    register.write_text("统一社会信用代码,企业名称\n91220101000000019R,长春启衡精密传动有限公司\n", encoding="utf-8")
    assert run(tmp_path, "import", str(register)).returncode == 0
    with sqlite3.connect(tmp_path / "tracker.sqlite") as connection:
        connection.execute("UPDATE enterprise SET name_key = 'as an earlier version wrote it'")
        connection.execute("DELETE FROM setting WHERE key LIKE 'cache %'")
    migrated = run(tmp_path, "migrate")
    assert migrated.returncode == 0
    assert "rebuilding: columns" in migrated.stderr
    assert run(tmp_path, "check").returncode == 0
    assert run(tmp_path, "migrate").stderr == ""


def test_a_rebuild_says_what_was_wrong_and_the_check_lists_it_for_programs_before(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text("统一社会信用代码,企业名称\n91220101000000019R,长春启衡精密传动有限公司\n", encoding="utf-8")
    assert run(tmp_path, "import", str(register)).returncode == 0
    with sqlite3.connect(tmp_path / "tracker.sqlite") as connection:
        connection.execute("UPDATE enterprise SET name_key = 'x'")
    checked = run(tmp_path, "check", "--json")
    assert checked.returncode == 1
    assert list(json.loads(checked.stdout)["faults"]) == ["columns"]
    rebuilt = run(tmp_path, "rebuild")
    assert rebuilt.returncode == 0
    assert "Enterprises as of today: 1" in rebuilt.stdout.splitlines()
    assert run(tmp_path, "check").stdout.strip() == "All is sound."
