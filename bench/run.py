"""Time the pages, the import and the export at full size, on both databases, and print what they cost."""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, select, text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.client import Client, fields
from bench.files import Taken, measure_export, measure_import, write_register
from bench.filling import BY, CASEWORKER, fill
from bench.judging import measure_judging
from bench.questions import Question, questions
from bench.server import Server, cpu_seconds
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import local_today, utc_now
from sme_tracker.config import Config
from sme_tracker.db import make_engine, make_session_factory, migrate, transaction
from sme_tracker.demo.command import prepare
from sme_tracker.enterprises.actions import PROFILE
from sme_tracker.rebuilding import rebuild_outdated
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.settling import settle
from tests.provision import postgresql, sqlite

WARM_UP = 5
SAVES = 50


class Cost(NamedTuple):
    """What one request costs in milliseconds, and the processor time of the bare SQL for the same."""

    cpu: float
    median: float
    p95: float
    bare: float | None


def main() -> None:
    """Measure each database at each size."""
    asked = _asked()
    _measure_judging()
    at_least: dict[tuple[str, str], float] = {}
    for kind in asked.databases:
        for rows in asked.rows:
            print(f"\n{kind}, {rows:,} enterprises", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                _measure(kind, rows, asked.requests, Path(folder), at_least)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 100_000], help="sizes of the register")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--requests", type=int, default=100, help="how often each page is asked for")
    return parser.parse_args()


def _measure_judging() -> None:
    """Fill a demo bureau of its own and judge it; the time of filling it is shown too."""
    print("judging, the demo bureau on SQLite", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(sqlite.Folder(Path(folder)).create())
        migrate(engine)
        with make_session_factory(engine, "0" * 64, settle)() as session:
            with transaction(session):
                load_shipped(session, utc_now())
            begun = time.process_time()
            prepare(session, local_today(), lambda _done, _all: None)
            print(f"  demo bureau filled in {time.process_time() - begun:.1f} s of CPU", flush=True)
            for line in measure_judging(session, local_today()):
                print(f"  {line}", flush=True)
        engine.dispose()


def _measure(kind: str, rows: int, requests: int, folder: Path, at_least: dict[tuple[str, str], float]) -> None:
    databases = postgresql.start() if kind == "postgresql" else sqlite.Folder(folder)
    url = databases.create()
    engine = make_engine(url)
    config = Config.from_env({"SME_TRACKER_DATA": str(folder / "data"), "DATABASE_URL": url})
    migrate(engine)
    begun = time.perf_counter()
    with make_session_factory(engine, config.history_key, settle)() as session:
        with transaction(session):
            load_shipped(session, utc_now())
        rebuild_outdated(session, BY, local_today())
        password = fill(session, rows, lambda done: print(f"\r  {done:,} registered", end="", flush=True))
        print(f" in {time.perf_counter() - begun:.0f} s", flush=True)
        if kind == "postgresql":  # its autovacuum would have done so by now
            with engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("vacuum analyze"))
        units = {unit.id: unit.name for unit in session.scalars(select(ReportingUnit))}
        write_register(session, folder / "register.xlsx", units, rows + 1)
    server = Server(url, config.data_folder, lambda: _backends(engine))
    try:
        client = Client(server.port).sign_in(CASEWORKER, password)
        print(f"  {'':16}{'CPU ms':>8}{'p50 ms':>8}{'p95 ms':>8}{'× bare SQL':>12}{'× smallest':>12}")
        for question in questions(engine):
            _print(kind, question.name, _cost(server, client, engine, question, requests), at_least)
        one = next(question.path for question in questions(engine) if question.name == "one enterprise")
        _print(kind, "save", _save(server, client, one), at_least)
        _print(kind, "overview, saved", _overview_after_saves(server, client, one), at_least)
        for form in ("csv", "xlsx"):
            _print_file(measure_export(server, client, form), rows)
    finally:
        server.stop()
    _print_file(measure_import(url, config.data_folder, folder / "register.xlsx"))
    engine.dispose()
    databases.drop(url)
    databases.close()


def _backends(engine: Engine) -> Iterable[int]:
    """The processes of a PostgreSQL that serve this database; SQLite works inside the product's own."""
    if engine.dialect.name == "sqlite":
        return []
    with engine.connect() as connection:
        found = text("select pid from pg_stat_activity where datname = current_database()")
        return list(connection.execute(found).scalars())


def _cost(server: Server, client: Client, engine: Engine, question: Question, requests: int) -> Cost:
    for _time in range(WARM_UP):
        client.get(question.path)
    before = server.cpu_seconds()
    seconds = [client.timed(question.path) for _time in range(requests)]
    cpu = server.cpu_seconds() - before
    return _in_ms(cpu / requests, seconds, _bare(engine, question, requests))


def _in_ms(cpu: float, seconds: list[float], bare: float | None) -> Cost:
    ordered = sorted(seconds)
    p95 = ordered[int(len(ordered) * 0.95)]
    return Cost(cpu * 1000, statistics.median(ordered) * 1000, p95 * 1000, bare and bare * 1000)


def _bare(engine: Engine, question: Question, times: int) -> float:
    """Processor time of the bare statements, through the driver alone."""
    raw = engine.raw_connection()
    cursor = raw.cursor()
    used = _used_by_bare(engine, cursor)
    for timed in (False, True):
        before = used()
        for _time in range(times if timed else WARM_UP):
            for statement in question.statements:
                cursor.execute(statement)
                cursor.fetchall()
    seconds = used() - before
    raw.close()
    return seconds / times


def _used_by_bare(engine: Engine, cursor: object) -> Callable[[], float]:
    if engine.dialect.name == "sqlite":
        return time.process_time
    cursor.execute("select pg_backend_pid()")  # type: ignore[attr-defined]
    backend = cursor.fetchone()[0]  # type: ignore[attr-defined]
    return lambda: time.process_time() + cpu_seconds(backend)


def _save(server: Server, client: Client, path: str) -> Cost:
    """Change one field of one enterprise through its form; opening the form is not counted."""
    cpu, seconds = 0.0, []
    for number in range(SAVES):
        form = fields(client.get(f"{path}/edit"))
        values = {name: text for name, text in form.items() if name in PROFILE or "_" in name or name == "version"}
        before, begun = server.cpu_seconds(), time.perf_counter()
        client.post(f"{path}/edit", {**values, "niche": f"细分 {number}"})
        seconds.append(time.perf_counter() - begun)
        cpu += server.cpu_seconds() - before
    return _in_ms(cpu / SAVES, seconds, None)


def _overview_after_saves(server: Server, client: Client, path: str) -> Cost:
    """Open the overview right after figures of an enterprise were recorded; recording them is not counted."""
    cpu, seconds = 0.0, []
    client.get("/overview")
    for number in range(SAVES):
        values = fields(client.get(f"{path}/figures"))
        client.post(f"{path}/figures", {**values, "staff": str(100 + number), "reason": "更正"})
        before = server.cpu_seconds()
        seconds.append(client.timed("/overview"))
        cpu += server.cpu_seconds() - before
    return _in_ms(cpu / SAVES, seconds, None)


def _print(kind: str, name: str, cost: Cost, at_least: dict[tuple[str, str], float]) -> None:
    smallest = at_least.setdefault((kind, name), cost.cpu)
    bare = f"{cost.cpu / cost.bare:.1f}" if cost.bare else "–"
    print(
        f"  {name:16}{cost.cpu:8.1f}{cost.median:8.1f}{cost.p95:8.1f}{bare:>12}{cost.cpu / smallest:12.2f}", flush=True
    )


def _print_file(taken: Taken, rows: int | None = None) -> None:
    count = rows or taken.rows
    first = "" if taken.first_byte is None else f", first byte after {taken.first_byte * 1000:.0f} ms"
    memory = "growth" if taken.first_byte is not None else "peak"
    print(
        f"  {taken.name:16}{count / taken.cpu_seconds:10,.0f} rows per CPU second, {count / taken.seconds:,.0f} rows/s"
        f"{first}, {memory} {taken.peak_mb:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
