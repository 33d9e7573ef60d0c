"""The server's connections: how many there may be, and which are let go when they idle, dawdle or are too many."""

import logging
import select
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from heapq import nsmallest
from time import monotonic
from typing import Any

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from sme_tracker.clock import utc_now

if sys.platform != "win32":
    import resource

THREADS = 12
HEALTH = "/healthz"
MOST_WITHOUT_POLL = 400
FILES_EACH = 2
OTHER_FILES = 200
"""What is open beside the connections and the large bodies on their way: the database, the log, the code."""
LEAST = 50
ROOM = 20
"""The part of all connections, one in so many, that is let go at once where there are too many."""
TAKEN_IN_AT_ONCE = 16
HEAD_BYTES = BUFFERED_BYTES = 2**16
_LATE, _IDLE, _ASKING = range(3)


@dataclass(frozen=True)
class Limits:
    """How many connections may be open, and after how many seconds one is let go.

    The usual ones are enough for 500 people whose browsers keep six connections each. `head_s` is for the head of a
    request, `body_s` for all of it, `idle_s` between two pieces and two requests; of an answer, `stalled_s` is without
    taking anything of it, and `taken_s` for taking all that is ready. Where there are too many, whoever takes longer
    than `late_s` for a head goes first.
    """

    connections: int = 3000
    late_s: float = 2
    head_s: float = 10
    body_s: float = 600
    idle_s: float = 30
    stalled_s: float = 60
    taken_s: float = 600
    looked_after_every_s: int = 5


class Channel(HTTPChannel):
    """A connection that knows how far its request has come, and since when."""

    has_asked = False
    answering_since = 0.0

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.asking_since: float = self.creation_time

    def received(self, data: bytes) -> bool:
        """Take in a piece of a request."""
        if self.request is None and self.has_asked:
            self.asking_since = self.last_activity
        return bool(super().received(data))

    def write_soon(self, data: Any) -> int:
        """Take a piece of an answer, to be sent as fast as the other side takes it."""
        if not self.total_outbufs_len:
            self.answering_since = utc_now().timestamp()
        return int(super().write_soon(data))

    def is_overdue(self, now: float, limits: Limits) -> bool:
        """Whether it has idled, or been slow to ask or to take its answer, for too long."""
        quiet_s = now - self.last_activity
        if self.total_outbufs_len:
            return quiet_s > limits.stalled_s or now - self.answering_since > limits.taken_s
        if self.requests:
            return False
        if self._is_idle() or quiet_s > limits.idle_s:
            return quiet_s > limits.idle_s
        return now - self.asking_since > (limits.head_s if self._is_in_head() else limits.body_s)

    def turn_to_go(self, now: float, limits: Limits) -> tuple[int, float] | None:
        """Its place among those that make room: the late, then the idle, then who is asking; of each the oldest first.

        None while it is served.
        """
        if self.requests or self.total_outbufs_len or self.will_close:
            return None
        if self._is_idle():
            return _IDLE, self.last_activity
        is_late = self._is_in_head() and now - self.asking_since > limits.late_s
        return _LATE if is_late else _ASKING, self.asking_since

    def let_go(self) -> None:
        """Close it when the loop next looks at it, whether or not the other side still takes anything."""
        self.will_close = True
        with suppress(OSError):  # the other side may be faster
            self.socket.shutdown(socket.SHUT_RDWR)

    def _is_idle(self) -> bool:
        return self.request is None and self.has_asked

    def _is_in_head(self) -> bool:
        return self.request is None or not self.request.headers_finished


class Server(TcpWSGIServer):
    """Waitress that lets go of whom it can do without, and answers how it is before all else."""

    channel_class = Channel

    def __init__(self, *given: Any, limits: Limits, health: ThreadedTaskDispatcher, **named: Any) -> None:
        self.limits = limits
        self._health = health
        self._room = max(1, limits.connections // ROOM)
        super().__init__(*given, **named)

    def add_task(self, channel: Channel) -> None:
        """Have the next request of a connection answered: about health by a thread of its own."""
        channel.has_asked = True
        is_health = getattr(channel.requests[0], "path", None) == HEALTH
        (self._health if is_health else self.task_dispatcher).add_task(channel)

    def readable(self) -> bool:
        """Whether another connection is taken in; called each time the loop goes round."""
        if len(self._map) >= self.adj.connection_limit - self._room:
            self._make_room()
        return bool(super().readable())

    def handle_accept(self) -> None:
        """Take in several who wait: each round of the loop costs the more, the more there are."""
        for _one in range(TAKEN_IN_AT_ONCE):
            super().handle_accept()

    def maintenance(self, now: float) -> None:
        """Let go of who is overdue."""
        for channel in _channels(self.active_channels.values()):
            if channel.is_overdue(now, self.limits):
                channel.let_go()

    def _make_room(self) -> None:
        now = utc_now().timestamp()
        turns = ((channel.turn_to_go(now, self.limits), channel) for channel in _channels(self._map.values()))
        not_served = ((turn, channel) for turn, channel in turns if turn)
        for _turn, channel in nsmallest(self._room, not_served, key=lambda one: one[0]):
            channel.let_go()


def _channels(those_open: Iterable[object]) -> Iterator[Channel]:
    return (one for one in list(those_open) if isinstance(one, Channel))


def listen(app: Flask, host: str, port: int, most_bytes: int, limits: Limits | None = None) -> Server:
    """A server at its address, which `run()` starts.

    Raises OSError when the address is taken or not this machine's, ValueError when there is no such host.
    """
    limits = limits or replace(Limits(), connections=most_connections(Limits().connections))
    settings = Adjustments(
        host=host,
        port=port,
        ident=None,
        connection_limit=limits.connections,
        cleanup_interval=limits.looked_after_every_s,
        asyncore_use_poll=True,
        max_request_header_size=HEAD_BYTES,
        max_request_body_size=most_bytes,
        inbuf_overflow=BUFFERED_BYTES,
    )
    threads, health, shared = ThreadedTaskDispatcher(), ThreadedTaskDispatcher(), dict[int, object]()
    servers = [
        Server(app, shared, dispatcher=threads, adj=settings, sockinfo=place, limits=limits, health=health)
        for place in settings.listen
    ]
    logging.getLogger("waitress.queue").addFilter(_ONE_WAITS)
    threads.set_thread_count(THREADS)
    health.set_thread_count(1)
    return servers[0]


def most_connections(wanted: int) -> int:
    """So many as are wanted or as the system lets a process keep open; its own limit is raised where it may be."""
    if not hasattr(select, "poll"):
        return min(wanted, MOST_WITHOUT_POLL)
    needed = FILES_EACH * wanted + OTHER_FILES
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return wanted
    if allowed < needed:
        raised = needed if most == resource.RLIM_INFINITY else min(needed, most)
        with suppress(OSError, ValueError):  # a system may have a limit of its own below
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, most))
            allowed = raised
    return max(LEAST, min(wanted, (allowed - OTHER_FILES) // FILES_EACH))


class OnceAMinute(logging.Filter):
    """Lets one line a minute through and says how many it held back, for a log that says the same again and again."""

    def __init__(self, every_s: float = 60) -> None:
        super().__init__()
        self._every_s = every_s
        self._said_at = -every_s
        self._held_back = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is said."""
        now = monotonic()
        if now - self._said_at < self._every_s:
            self._held_back += 1
            return False
        record.msg, record.args = f"{record.getMessage()} (%d more in the minute before)", (self._held_back,)
        self._said_at, self._held_back = now, 0
        return True


_ONE_WAITS = OnceAMinute()
"""Waitress says so of each request that waits for a thread."""
