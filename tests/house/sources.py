"""The repository's own files, for the tests about the house."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def templates() -> list[Path]:
    """Every page template."""
    return sorted((ROOT / "templates").rglob("*.html"))


def modules(folder: str = "sme_tracker") -> list[Path]:
    """Every Python file of a folder."""
    return sorted((ROOT / folder).rglob("*.py"))


def committed() -> list[Path]:
    """Every file that git keeps or is about to keep."""
    git = shutil.which("git") or "git"
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def name(path: Path) -> str:
    """The file as a reader of the repository calls it."""
    return path.relative_to(ROOT).as_posix()
