"""A small filled database of the code as it is, kept as data: every later version proves that it can upgrade it.

Run it as `python -m tools.release_fixture` once a release is ready; docs/operations.md says what the test does with it.
"""

import json
import lzma
import sqlite3
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import local_today, utc_now
from sme_tracker.daily import begin_day
from sme_tracker.dashboard.measures import MEASURES
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, migrate, transaction
from sme_tracker.demo import fill
from sme_tracker.demo.calendar import Diary, Kind
from sme_tracker.demo.firms import Firm
from sme_tracker.enterprises.measure import MeasureQuery
from sme_tracker.settling import settle
from sme_tracker.tables import METADATA

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "upgrades" / "data"
HISTORY_KEY = "the key of the histories that are kept as data"
FIRMS, WHOLE = 12, 4
"""So many firms are kept, and of so many everything that is told of them."""
OF_ALL = frozenset({Kind.REGISTER, Kind.RECOGNISE, Kind.OPEN_REVIEW, Kind.DECIDE_REVIEW, Kind.REVOKE, Kind.TARGET})
FIRST_YEAR = 2020
MEASURED = ("level.total", "level.municipal", "level.provincial", "level.national", "goal.srdi", "goal.sprint")
COUNTED = ("enterprise", "recognition", "review", "pipeline_case", "case_step", "yearly_figure", "shortlist_version")


def make(folder: Path = FOLDER) -> Path:
    """Write the database as compressed SQL, and beside it what this code says of it; both by version and schema."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "tracker.sqlite"
        engine = make_engine(f"sqlite:///{file}")
        migrate(engine)
        with make_session_factory(engine, HISTORY_KEY, settle)() as session:
            fill_small(session)
            said = what_is_said(session)
        engine.dispose()
        with closing(sqlite3.connect(file)) as connection:
            (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            sql = "\n".join(connection.iterdump())
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{_version()}-{schema}"
    (folder / f"{name}.sql.xz").write_bytes(lzma.compress(sql.encode(), preset=9 | lzma.PRESET_EXTREME))
    target = folder / f"{name}.json"
    target.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return target


def unpack(packed: Path, file: Path) -> None:
    """Make the SQLite database of a fixture anew."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(lzma.decompress(packed.read_bytes()).decode())


def fill_small(session: GuardedSession) -> None:
    """The demo bureau with a few of its enterprises: those of which most kinds of things are recorded."""
    pages = Diary.pages
    Diary.pages = lambda diary: _of_few(list(pages(diary)))  # type: ignore[method-assign, assignment]
    try:
        with transaction(session):
            load_shipped(session, utc_now())
            fill.fill(session, local_today(), "Only-for-upgrades-1")
    finally:
        Diary.pages = pages  # type: ignore[method-assign]
    begin_day(session, local_today())


def what_is_said(session: GuardedSession) -> dict[str, Any]:
    """What the board says of the end of each year, and how many rows there are."""
    days = [date(year, 12, 31) for year in range(FIRST_YEAR, local_today().year)]
    return {
        "measures": {
            key: {day.isoformat(): MEASURES[key].count(session, MeasureQuery(day.year, day)) for day in days}
            for key in MEASURED
        },
        "rows": {
            name: session.scalar(select(func.count()).select_from(METADATA.tables[name]))
            for name in COUNTED
            if name in METADATA.tables
        },
    }


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version: str = project["version"]
    return version


def _of_few(pages: list[tuple[date, Kind, list[Any]]]) -> Iterator[tuple[date, Kind, list[Any]]]:
    """The pages with what they say of the firms kept, of most of them only the titles, and with the city's targets."""
    firms = _most_told_of(pages)
    for day, kind, rows in pages:
        kept = set(firms if kind in OF_ALL else firms[:WHOLE])
        some = [row for row in rows if _is_kept(row, kept)] if kind is not Kind.FREEZE else _lists(rows, kept)
        if some:
            yield day, kind, some


def _most_told_of(pages: Iterable[tuple[date, Kind, list[Any]]]) -> list[str]:
    """The codes of some firms: first those that show a kind of note no other has shown, by how many they have."""
    kinds: dict[str, set[Kind]] = defaultdict(set)
    for _day, kind, rows in pages:
        for firm in filter(None, map(_firm_in, rows)):
            kinds[firm.code].add(kind)
    chosen: list[str] = []
    shown: set[Kind] = set()
    while len(chosen) < FIRMS:
        chosen.append(
            max(kinds.keys() - set(chosen), key=lambda code: (len(kinds[code] - shown), len(kinds[code]), code))
        )
        shown |= kinds[chosen[-1]]
    return chosen


def _is_kept(row: Any, kept: set[str]) -> bool:
    firm = _firm_in(row)
    return firm.code in kept if firm else None in row


def _lists(rows: list[Any], kept: set[str]) -> list[Any]:
    return [(year, [firm for firm in firms if firm.code in kept]) for year, firms in rows]


def _firm_in(row: Any) -> Firm | None:
    """The firm a note of the diary is about: itself, or in its parts."""
    if isinstance(row, Firm):
        return row
    parts = row if isinstance(row, tuple) else [getattr(row, name, None) for name in ("firm", "held")]
    return next((firm for part in parts if part is not None and (firm := _firm_part(part))), None)


def _firm_part(part: Any) -> Firm | None:
    if isinstance(part, Firm):
        return part
    return _firm_in(part) if hasattr(part, "firm") or hasattr(part, "held") else None


if __name__ == "__main__":
    sys.stdout.write(f"{make(*map(Path, sys.argv[1:]))}\n")
