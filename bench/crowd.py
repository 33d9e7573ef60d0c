"""Try the server with a crowd: many readers and writers at once, connections held half open, and long answers."""

import argparse
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random

from sqlalchemy import Engine, select

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.client import Client, fields
from bench.filling import BY, CASEWORKER, fill
from bench.server import Server
from sme_tracker.accounts.actions import create_user
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import local_today, utc_now
from sme_tracker.config import Config
from sme_tracker.connections import most_connections
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, migrate, transaction
from sme_tracker.enterprises.actions import PROFILE
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rebuilding import rebuild_outdated
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from tests.provision import postgresql, sqlite

HALF_OPEN = 400
EXPORTS = 4
AUDITOR = "auditor"
LONGEST_ANSWER_S = 60


@dataclass
class Tally:
    """What a crowd met: seconds of each answer, and in words what was not answered."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def of(self, ask: Callable[[], object]) -> None:
        """Ask once."""
        begun = time.perf_counter()
        try:
            ask()
        except (OSError, HTTPException, SystemExit) as error:
            self.failures.append(f"{type(error).__name__}: {error}")
        else:
            self.seconds.append(time.perf_counter() - begun)

    def __str__(self) -> str:
        ordered = [1000 * one for one in sorted(self.seconds)]
        times = "no answers"
        if ordered:
            p95 = ordered[int(len(ordered) * 0.95)]
            times = f"p50 {statistics.median(ordered):.0f}, p95 {p95:.0f}, worst {ordered[-1]:.0f} ms"
        failures = f"; first: {self.failures[0][:200]}" if self.failures else ""
        return f"{len(ordered):,} answered, {times}; {len(self.failures)} not answered{failures}"


def main() -> None:
    """Fill a register, serve it, and send the crowds one after the other."""
    asked = _asked()
    most_connections(asked.half_open + asked.readers)  # this side needs as many open files
    with tempfile.TemporaryDirectory() as folder, _served(asked, Path(folder)) as (server, engine, passwords):
        worker = Client(server.port).sign_in(CASEWORKER, passwords[CASEWORKER])
        with engine.connect() as connection:
            ids = connection.execute(select(Enterprise.id).order_by(Enterprise.id)).scalars().all()
        _crowd(worker, ids, asked)
        _half_open(server.port, asked.half_open)
        _long_answers(worker, Client(server.port).sign_in(AUDITOR, passwords[AUDITOR]))
        print(f"memory of the server at its peak: {server.memory_mb('VmHWM'):.0f} MB", flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="size of the register")
    parser.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--writers", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=60, help="how long they go on")
    parser.add_argument("--half-open", type=int, default=HALF_OPEN, help="connections that never send a whole request")
    return parser.parse_args()


@contextmanager
def _served(asked: argparse.Namespace, folder: Path) -> Iterator[tuple[Server, Engine, dict[str, str]]]:
    databases = postgresql.start() if asked.database == "postgresql" else sqlite.Folder(folder)
    url = databases.create()
    engine = make_engine(url)
    config = Config.from_env({"SME_TRACKER_DATA": str(folder / "data"), "DATABASE_URL": url})
    migrate(engine)
    with make_session_factory(engine, config.history_key, settle)() as session:
        with transaction(session):
            load_shipped(session, utc_now())
        rebuild_outdated(session, BY, local_today())
        passwords = {CASEWORKER: fill(session, asked.rows, lambda _done: None), AUDITOR: _add_auditor(session)}
    print(f"{asked.database}, {asked.rows:,} enterprises", flush=True)
    server = Server(url, config.data_folder, list)
    try:
        yield server, engine, passwords
    finally:
        server.stop()
        engine.dispose()
        databases.drop(url)
        databases.close()


def _add_auditor(session: GuardedSession) -> str:
    with transaction(session):
        user, password = create_user(session, replace(BY, at=utc_now()), AUDITOR, Role.AUDITOR, full_name=AUDITOR)
        user.code_expires_at = None
    return password


def _crowd(worker: Client, ids: Sequence[int], asked: argparse.Namespace) -> None:
    """Readers who never pause, each on a connection of its own, beside writers who save one profile after the other."""
    until = time.monotonic() + asked.seconds
    read, saved = Tally(), Tally()

    def reads(number: int) -> None:
        client, chance = worker.another(), Random(number)
        while time.monotonic() < until:
            path = chance.choice(("/enterprises", "/overview", f"/enterprises/{chance.choice(ids)}", "/pipeline"))
            read.of(lambda path=path: client.get(path))

    def writes(number: int) -> None:
        client = worker.another()
        for one in ids[number :: asked.writers]:
            if time.monotonic() >= until:
                return
            saved.of(lambda one=one: _save(client, one))

    threads = [threading.Thread(target=reads, args=(number,)) for number in range(asked.readers)]
    threads += [threading.Thread(target=writes, args=(number,)) for number in range(asked.writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{asked.readers} readers for {asked.seconds} s: {read}", flush=True)
    print(f"{asked.writers} writers beside them, opening and saving a form: {saved}", flush=True)


def _save(client: Client, enterprise_id: int) -> None:
    path = f"/enterprises/{enterprise_id}/edit"
    form = fields(client.get(path))
    values = {name: text for name, text in form.items() if name in PROFILE or "_" in name or name == "version"}
    client.post(path, {**values, "niche": f"细分 {time.monotonic_ns() % 1000}"})


def _half_open(port: int, count: int) -> None:
    """Anonymous connections that begin a request and never end it; health and a page are asked for beside them."""
    held = []
    for _number in range(count):
        line = socket.create_connection(("127.0.0.1", port), timeout=LONGEST_ANSWER_S)
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        held.append(line)
    begun = time.monotonic()
    for path in ("/healthz", "/sign-in"):
        answers = Tally()
        for _time in range(20):
            answers.of(lambda path=path: _get(port, path))
        print(f"{path} beside {count} connections half open: {answers}", flush=True)
    for line in held:
        line.settimeout(max(0.1, begun + LONGEST_ANSWER_S - time.monotonic()))
    let_go = sum(_is_closed(line) for line in held)
    print(f"{let_go} of {count} let go after {time.monotonic() - begun:.0f} s", flush=True)


def _get(port: int, path: str) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=LONGEST_ANSWER_S)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise HTTPException(f"{path} answered {answer.status}")


def _is_closed(line: socket.socket) -> bool:
    with line:
        try:
            return line.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True


def _long_answers(worker: Client, auditor: Client) -> None:
    """The whole history asked for several times at once, while somebody turns the pages of the list."""
    token = fields(auditor.get("/history"))["csrf_token"]
    taken, asked_to_wait = Tally(), []

    def export() -> None:
        client = auditor.another()
        while True:
            answer = client.open("POST", "/history/export", {"csrf_token": token, "format": "xlsx"})
            answer.read()
            if answer.status != 503:
                assert answer.status == 200, answer.status
                return
            asked_to_wait.append(answer.status)
            time.sleep(int(answer.headers["Retry-After"]))

    exports = [threading.Thread(target=taken.of, args=(export,)) for _number in range(EXPORTS)]
    for thread in exports:
        thread.start()
    pages = Tally()
    while any(thread.is_alive() for thread in exports):
        pages.of(lambda: worker.get("/enterprises"))
        time.sleep(0.05)
    print(f"{EXPORTS} exports of the whole history: {taken}; asked to wait {len(asked_to_wait)} times", flush=True)
    print(f"the list beside them: {pages}", flush=True)


if __name__ == "__main__":
    main()
