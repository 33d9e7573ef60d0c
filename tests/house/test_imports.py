"""Who may import whom; the contracts are in pyproject.toml."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT, modules, name


def test_every_import_contract_is_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_policy_book_needs_the_standard_library_only() -> None:
    foreign = {
        f"{name(path)}: {module}"
        for path in modules("sme_tracker/rules")
        for module in _imported(path)
        if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith("sme_tracker.rules")
    }
    assert foreign == set()


def test_only_the_clock_reads_the_clock() -> None:
    readings = (".now(", ".today(", ".utcnow(", "time.time(")
    offenders = {
        name(path)
        for path in modules()
        if path.name != "clock.py" and any(reading in path.read_text(encoding="utf-8") for reading in readings)
    }
    assert offenders == set()
