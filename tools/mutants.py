"""Change the code in one place at a time and see whether a test notices: `make mutants`, `make mutants SEED=7`.

The places are drawn at random from the policy book, the standing and the counts. A mutant that the tests nearest to it
let live is shown to those of the rooms above; one that lives on is listed, unless mutants.toml explains it.
"""

import difflib
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import Any

from cosmic_ray.ast import Visitor, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parent.parent
COPIES = ROOT / ".cache" / "mutants"
COPIED = ("sme_tracker", "templates", "migrations", "tests", "tools", "docs", "pyproject.toml", "package-lock.json")
SUBJECTS = ("sme_tracker/rules/**/*.py", "sme_tracker/enterprises/standing.py", "sme_tracker/dashboard/numbers.py")
NEAREST = {
    "sme_tracker/rules": ("tests/rules",),
    "sme_tracker/enterprises": (
        "tests/recognitions",
        "tests/pipeline/test_standing.py",
        "tests/enterprises/test_audit.py",
    ),
    "sme_tracker/dashboard": ("tests/dashboard/test_numbers.py", "tests/dashboard/test_goals.py"),
}
WIDER = ("tests/assessments", "tests/pipeline", "tests/targets", "tests/enterprises", "tests/recognitions",
         "tests/dashboard", "tests/shortlists", "tests/accounts", "tests/imports")  # fmt: skip
UNFIT = ("BitOr", "VariableReplacer", "VariableInserter", "RemoveDecorator", "ExceptionReplacer")
"""Kinds of change that say nothing: a type's `|`, names drawn at random, decorators that make a module fail to load."""
WORKERS, SECONDS = 2, 240


@dataclass(frozen=True)
class Mutant:
    """One change of one file: the file's path in the checkout, the kind of change, which of its places."""

    file: str
    operator: str
    place: int

    def code(self) -> str:
        """The whole file, changed."""
        changed: str = mutate_code((ROOT / self.file).read_text("utf-8"), _made(self.operator), self.place)
        return changed

    def lines(self) -> tuple[str, str]:
        """What stood there and what stands there now."""
        before, after = (ROOT / self.file).read_text("utf-8").splitlines(), self.code().splitlines()
        changes = [line for line in difflib.ndiff(before, after) if line[0] in "-+"]
        was, became = (" ".join(line[2:].strip() for line in changes if line[0] == sign) for sign in "-+")
        return was, became


class _Counting(Visitor):
    """Counts the places that one kind of change finds in a file."""

    def __init__(self, operator: Any) -> None:
        self.operator, self.places = operator, 0

    def visit(self, node: object) -> object:
        """Count the places of one node of the syntax tree."""
        self.places += len(list(self.operator.mutation_positions(node)))
        return node


def drawn(number: int, seed: int) -> list[Mutant]:
    """So many mutants: a file by its length, a kind of change, one of its places. A seed always draws the same ones."""
    draw = random.Random(seed)  # noqa: S311
    files = [path.relative_to(ROOT).as_posix() for pattern in SUBJECTS for path in sorted(ROOT.glob(pattern))]
    lengths = [len((ROOT / file).read_text("utf-8")) for file in files]
    kinds = [name for name in operator_names() if not any(word in name for word in UNFIT)]
    families = sorted({kind.split("_")[0] for kind in kinds})
    found: dict[Mutant, None] = {}
    while len(found) < number:
        (file,), family = draw.choices(files, lengths), draw.choice(families)
        operator = draw.choice([kind for kind in kinds if kind.split("_")[0] == family])
        places = _places(file, operator)
        if places:
            found[Mutant(file, operator, draw.randrange(places))] = None
    return list(found)


def survivors(mutants: list[Mutant]) -> Iterator[Mutant]:
    """Those that no test notices, in the order in which they were drawn."""
    folders: Queue[Path] = Queue()
    for worker in range(WORKERS):
        folders.put(_copied(COPIES / str(worker)))

    def lives(mutant: Mutant) -> bool:
        folder = folders.get()
        try:
            return _lives(mutant, folder)
        finally:
            folders.put(folder)

    with ThreadPoolExecutor(WORKERS) as pool:
        for mutant, lived in zip(mutants, pool.map(lives, mutants), strict=True):
            print("L" if lived else ".", end="", flush=True)
            if lived:
                yield mutant


def _places(file: str, operator: str) -> int:
    counting = _Counting(_made(operator))
    counting.walk(get_ast((ROOT / file).read_text("utf-8")))
    return counting.places


def _made(operator: str) -> object:
    return get_operator(operator)()


def _copied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    return folder


def _lives(mutant: Mutant, folder: Path) -> bool:
    file = folder / mutant.file
    file.write_text(mutant.code(), encoding="utf-8")
    try:
        nearest = next(tests for room, tests in NEAREST.items() if mutant.file.startswith(room))
        return _pass(folder, nearest) and _pass(folder, WIDER)
    finally:
        shutil.copy(ROOT / mutant.file, file)


def _pass(folder: Path, tests: tuple[str, ...]) -> bool:
    """Whether the tests notice nothing; one that never ends has noticed."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", *tests]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=SECONDS, check=False,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _explained() -> set[tuple[str, str, str]]:
    """Survivors that change nothing anybody could see: file, what stood there, what stands there now."""
    told = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text("utf-8"))
    return {(one["file"], one["was"], one["became"]) for one in told.get("survivor", [])}


def main(number: int = 40, seed: int = 1) -> int:
    """Draw, try and list; the exit code is 1 if one lives that nobody explained."""
    mutants, explained = drawn(number, seed), _explained()
    unexplained = []
    for mutant in survivors(mutants):
        was, became = mutant.lines()
        if (mutant.file, was, became) not in explained:
            unexplained.append(f'\n[[survivor]]\nfile = "{mutant.file}"\nwas = {was!r}\nbecame = {became!r}')
    print(f"\n{len(mutants)} mutants, {len(unexplained)} live unexplained", *unexplained, sep="\n")
    return bool(unexplained)


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
