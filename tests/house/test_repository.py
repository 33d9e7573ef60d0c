"""The repository speaks of the product only, and keeps nothing that is made or fetched."""

import re

from tests.house.sources import committed, modules, name

# Index hosts are written in parts, so that this file does not offend itself.
FOLDERS = "work|root|home|Users|opt"
MACHINE_PATH = re.compile(rf"(?<![\w.~/}}])/(?:{FOLDERS})/\w|\b[A-Z]:\\Users\\")
INDEX_HOST = re.compile("|".join(("registry" + r"\.npmjs", "pypi" + r"\.org", "files\\." + "pythonhosted")))
BINARY = {".png", ".jpg", ".ico", ".xls", ".xlsx", ".et"}
LONGEST_MODULE = 400  # lines; a longer one asks to be two
MADE = re.compile(r"\.mo$|(^|/)node_modules/|\.sqlite$")


def _lines(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name(path)}: {line.strip()[:120]}"
        for path in committed()
        if path.suffix not in BINARY
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if pattern.search(line)
    ]


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    assert _lines(MACHINE_PATH) == []


def test_no_file_names_a_package_index() -> None:
    assert _lines(INDEX_HOST) == []


def test_nothing_made_or_fetched_is_committed() -> None:
    assert [name(path) for path in committed() if MADE.search(name(path))] == []


def test_no_module_is_too_long_to_read() -> None:
    assert [
        name(path) for path in modules() if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE
    ] == []
