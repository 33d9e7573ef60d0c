"""The server's connections: a crowd that idles or dawdles keeps nobody out, and whoever is served is left alone."""

import logging
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from threading import Event, Semaphore, Thread
from time import monotonic, sleep

import pytest
from flask import Flask, Response
from waitress import wasyncore

from sme_tracker.connections import THREADS, Limits, OnceAMinute, Server, listen

BEGUN = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
SLOW = b"GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
SOON_S = 20
SHORT = Limits(head_s=0.5, body_s=1, idle_s=0.5, stalled_s=0.5, taken_s=1.5, looked_after_every_s=0)


class House(Flask):
    """An application whose answers take as long as a test wants."""

    def __init__(self) -> None:
        super().__init__("house")
        self.go_on = Event()
        self.begun = Semaphore(0)
        self.given_up = Event()
        self.add_url_rule("/", "page", lambda: "a page", methods=["GET", "POST"])
        self.add_url_rule("/healthz", "health", lambda: "ok")
        self.add_url_rule("/slow", view_func=self._slow)
        self.add_url_rule("/endless", view_func=self._endless)

    def _slow(self) -> str:
        self.begun.release()
        self.go_on.wait(SOON_S)
        return "at last"

    def _endless(self) -> Response:
        def pieces() -> Iterator[bytes]:
            try:
                while True:
                    yield b"x" * 2**20
            finally:
                self.given_up.set()

        return Response(pieces())


@contextmanager
def served(limits: Limits | None = None) -> Iterator[tuple[House, int]]:
    """The application on a port of its own."""
    house, over = House(), Event()
    server = listen(house, "127.0.0.1", 0, 2**20, limits)

    def run() -> None:
        while not over.is_set():
            wasyncore.loop(timeout=0.02, use_poll=True, map=server._map, count=1)

    loop = Thread(target=run)
    loop.start()
    try:
        yield house, int(server.effective_port)
    finally:
        house.go_on.set()
        over.set()
        loop.join()
        _close(server)


def _close(server: Server) -> None:
    wasyncore.close_all(server._map)
    for threads in (server.task_dispatcher, server._health):
        threads.shutdown()


def connected(port: int, said: bytes = b"") -> socket.socket:
    """A connection on which so much has been said."""
    line = socket.create_connection(("127.0.0.1", port), timeout=SOON_S)
    line.sendall(said)
    return line


def page(port: int, path: str = "/") -> str:
    """A page over a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SOON_S)
    connection.request("GET", path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def answer(line: socket.socket, ending: bytes) -> bytes:
    """What has been answered on the connection up to an ending."""
    said = b""
    while not said.endswith(ending):
        said += line.recv(4096) or pytest.fail(f"closed after {said!r}")
    return said


def is_let_go(line: socket.socket) -> bool:
    """Whether the server closes the connection soon without having answered."""
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


def is_open(line: socket.socket) -> bool:
    """Whether the server has not closed the connection so far."""
    line.setblocking(False)
    try:
        return line.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False
    finally:
        line.settimeout(SOON_S)


@pytest.mark.parametrize("said", [b"", BEGUN, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"])
def test_a_page_and_health_are_answered_beside_150_connections_that_never_ask(said: bytes) -> None:
    with served() as (_house, port), ExitStack() as held:
        for _number in range(150):
            held.enter_context(connected(port, said))
        assert page(port) == "a page"
        assert page(port, "/healthz") == "ok"


def test_where_there_are_too_many_the_slow_go_first_and_everybody_new_is_answered() -> None:
    with served(Limits(connections=300, late_s=0.1)) as (house, port), ExitStack() as held:
        asked = held.enter_context(connected(port, BEGUN + b"\r\n"))
        assert answer(asked, b"a page")
        busy = held.enter_context(connected(port, SLOW))
        slow = []
        for _number in range(12):
            slow += [held.enter_context(connected(port, BEGUN)) for _each in range(50)]
            sleep(0.2)
        for _time in range(20):
            assert page(port) == "a page"
        assert is_open(asked)
        assert not is_open(slow[0]) and is_open(slow[-1])
        house.go_on.set()
        assert answer(busy, b"at last")


def test_where_all_others_are_idle_the_one_idle_for_longest_goes() -> None:
    with served(Limits(connections=120)) as (_house, port), ExitStack() as held:
        lines = []
        for _number in range(150):
            lines.append(held.enter_context(connected(port, BEGUN + b"\r\n")))
            assert answer(lines[-1], b"a page")
        assert not is_open(lines[0]) and is_open(lines[-1])


@pytest.mark.parametrize("drips", [b"", b"X: y\r\n"])
def test_who_sends_no_whole_head_in_time_is_let_go_even_while_sending(drips: bytes) -> None:
    with served(SHORT) as (_house, port), connected(port, BEGUN) as line:
        begun = monotonic()
        while is_open(line) and monotonic() - begun < SOON_S:
            with suppress(OSError):
                line.sendall(drips)
            sleep(0.1)
        assert monotonic() - begun < SOON_S


def test_who_sends_a_body_too_slowly_or_nothing_at_all_is_let_go() -> None:
    begun = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    with served(SHORT) as (_house, port), connected(port) as silent, connected(port, begun) as slow:
        assert is_let_go(silent)
        assert is_let_go(slow)


def test_who_has_been_answered_and_asks_nothing_more_is_let_go() -> None:
    with served(SHORT) as (_house, port), connected(port, BEGUN + b"\r\n") as line:
        assert answer(line, b"a page")
        assert is_let_go(line)


def test_who_waits_for_an_answer_is_left_alone() -> None:
    with served(SHORT) as (house, port), connected(port, SLOW) as line:
        sleep(4 * SHORT.idle_s)
        assert is_open(line)
        house.go_on.set()
        assert answer(line, b"at last")


@pytest.mark.parametrize("takes", [0, 1000])
def test_an_answer_that_is_taken_too_slowly_or_not_at_all_is_given_up(takes: int) -> None:
    with served(SHORT) as (house, port), connected(port, BEGUN.replace(b"/ ", b"/endless ") + b"\r\n") as line:
        begun = monotonic()
        while not house.given_up.wait(0.1) and monotonic() - begun < SOON_S:
            if takes:
                line.recv(takes)
        assert house.given_up.is_set()


def test_health_is_answered_while_every_thread_is_busy_and_who_waits_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with served() as (house, port), ExitStack() as held:
        for _number in range(THREADS + 9):
            held.enter_context(connected(port, SLOW))
        assert all(house.begun.acquire(timeout=SOON_S) for _number in range(THREADS))
        assert page(port, "/healthz") == "ok"
        assert not house.begun.acquire(timeout=0.1)
    assert len([record for record in caplog.records if record.name == "waitress.queue"]) <= 1


@pytest.mark.parametrize(("allowed", "most"), [("unlimited", 3000), ("600", 200), ("100", 50)])
def test_there_are_as_many_connections_as_the_system_lets_files_be_open(allowed: str, most: int) -> None:
    if allowed == "unlimited":
        allowed = "6400" if resource.getrlimit(resource.RLIMIT_NOFILE)[1] > 6400 else pytest.skip("too few here")
    asked = "from sme_tracker.connections import most_connections; print(most_connections(3000))"
    limited = f"ulimit -Sn 90; ulimit -Hn {allowed}; exec {sys.executable} -c '{asked}'"
    done = subprocess.run(["sh", "-c", limited], capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) == most


def test_the_same_line_is_logged_once_a_minute_with_how_many_there_were(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("repeats itself")
    log.addFilter(OnceAMinute(every_s=0.3))
    for _time in range(5):
        log.warning("Task queue depth is %d", 7)
    sleep(0.4)
    log.warning("Task queue depth is %d", 8)
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "Task queue depth is 7 (0 more in the minute before)",
        "Task queue depth is 8 (4 more in the minute before)",
    ]
