"""A try-out in a process of its own beside the worker's: whatever its values do, it can be ended and nobody waits.

It has so much time, so much memory where the system knows a limit, and it lives no longer than its worker.
"""

import logging
import os
import secrets
import subprocess
import sys
import threading
from dataclasses import dataclass
from time import monotonic

from sqlalchemy import URL

from sme_tracker.assessments.asked_tryouts import LONGEST_S, beat, break_off, claim, compute, is_held
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, nothing_follows

if sys.platform != "win32":
    import resource

ADDRESS = "DATABASE_URL"
BEAT_S = 5
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a try-out may take; it ends itself between two portions, and is killed when it has not by the grace."""

    seconds: float = LONGEST_S
    grace_s: float = 5
    memory_bytes: int = 1 << 30


class TryOutProcess:
    """The try-outs beside a worker, one at a time."""

    def __init__(self, database: URL, limits: Limits = Limits()) -> None:
        self._database = database
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._held = (0, "")
        self._begun = self._beats_at = 0.0

    def look_after(self, session: GuardedSession) -> None:
        """Begin one that waits, and end one that takes too long or is wanted no longer."""
        if self._process is None:
            self._begin(session)
        elif self._process.poll() is not None:
            self.end()
            break_off(session, *self._held, "died")  # unless it has noted itself how it ended
        elif monotonic() - self._begun > self._limits.seconds + self._limits.grace_s:
            self.end()
            break_off(session, *self._held, "time")
        elif not self._still_holds(session):
            self.end()
        session.commit()

    def end(self) -> None:
        """End what is being computed; what it has noted stays."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _still_holds(self, session: GuardedSession) -> bool:
        """Whether it is neither stopped nor deleted; now and then, give the sign of life that a long portion cannot."""
        if monotonic() < self._beats_at:
            return is_held(session, *self._held)
        self._beats_at = monotonic() + BEAT_S
        return beat(session, *self._held)

    def _begin(self, session: GuardedSession) -> None:
        worker = secrets.token_hex(8)
        which = claim(session, worker)
        if which is None:
            return
        self._held, self._begun = (which, worker), monotonic()
        self._beats_at = self._begun + BEAT_S
        limits = (str(self._limits.seconds), str(self._limits.memory_bytes))
        command = [sys.executable, "-m", __name__, str(which), worker, *limits]
        environment = {**os.environ, ADDRESS: self._database.render_as_string(hide_password=False)}
        self._process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)


def main(which: int, worker: str, seconds: float, memory_bytes: int) -> None:
    """Compute the try-out that the worker holds, in the database that the environment names."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    threading.Thread(target=_end_with_worker, daemon=True).start()
    _limit_memory(memory_bytes)
    engine = make_engine(os.environ[ADDRESS], pool_size=1)
    try:
        with make_session_factory(engine, "", nothing_follows)() as session:
            compute(session, which, worker, seconds)
    finally:
        engine.dispose()


def _end_with_worker() -> None:
    """The worker writes nothing into the pipe; it is closed when the worker is gone, however that came."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def _limit_memory(memory_bytes: int) -> None:
    """Some systems know no such limit, or do not let it be set; there the time limit alone holds."""
    if sys.platform == "win32":
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    except (ValueError, OSError) as refused:
        log.info("no memory limit: %s", refused)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
