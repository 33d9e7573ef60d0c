"""Run the tests of the rooms that a change touches, on SQLite: `make quick`, or `make quick SINCE=HEAD~3`."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
ALWAYS = ("house",)
"""The house's own tests hold for every change."""
ELSEWHERE = {
    "templates/macros": ("look", "enterprises"),
    "templates/errors": ("web",),
    "templates/guide": ("web",),
    "templates": ("look", "web"),
    "docs": ("web",),
    "sme_tracker/static": ("look",),
    "sme_tracker/translations": ("web", "history"),
    "sme_tracker/checking.py": ("checking",),
    "sme_tracker": ("web", "commands", "backup"),
    "migrations": ("checking", "backup"),
    "tests": ("web",),
}
"""Where the tests of what has no folder of the same name lie; the longest beginning that fits counts."""
LONG = ("tests/house/test_package.py",)
"""Left to `make test`: a wheel is built and installed."""


def changed(since: str) -> list[str]:
    """The files that differ from a commit, and those that git does not know yet."""
    return [*_git("diff", "--name-only", since), *_git("ls-files", "--others", "--exclude-standard")]


def rooms(files: Iterable[str]) -> list[str]:
    """The folders of tests to run for a change of `files`, in order."""
    return sorted({room for file in files for room in _of(PurePosixPath(file))} | set(ALWAYS))


def _of(file: PurePosixPath) -> tuple[str, ...]:
    """The folder of tests that is named as the file's own room, else what ELSEWHERE says, else nothing."""
    if len(file.parts) > 2 and file.parts[0] in ("sme_tracker", "templates", "tests"):
        named = file.parts[1]
        if any((TESTS / named).glob("**/test_*.py")):
            return (named,)
    beginnings = [str(beginning) for beginning in (file, *file.parents)]
    return next((ELSEWHERE[beginning] for beginning in beginnings if beginning in ELSEWHERE), ())


def _git(*words: str) -> list[str]:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


if __name__ == "__main__":
    folders = [f"tests/{room}" for room in rooms(changed(sys.argv[1] if len(sys.argv) > 1 else "HEAD"))]
    print("tests of", " ".join(folders), flush=True)
    ignored = [f"--ignore={path}" for path in LONG]
    command = [sys.executable, "-m", "pytest", "-q", "-k", "not postgresql", *ignored, *folders]
    raise SystemExit(subprocess.run(command, cwd=ROOT, check=False).returncode)
