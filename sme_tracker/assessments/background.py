"""What is done beside the server: verdicts that are due and try-outs that were asked for, in a process of its own.

Judging never waits for a try-out: the worker judges, and a process beside it computes one try-out at a time. Nothing
waits in memory: whoever starts finds in the database what is left, so a process that was killed loses nothing.
"""

import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress
from time import sleep

from sqlalchemy import URL, make_url

from sme_tracker.assessments.asked_tryouts import try_next, unfinished
from sme_tracker.assessments.due import judge_recorded, judge_waiting, waiting
from sme_tracker.assessments.tryout_process import ADDRESS, TryOutProcess
from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, make_engine, make_session_factory
from sme_tracker.folders import PACKAGE

KINDER = 5
"""By how much its priority is below that of the server."""
LAST_WORDS_S = 5
OTHERS_S = 0.5


class Background:
    """The worker beside one server: started when something waits, gone when nothing does."""

    def __init__(self, database: URL | None) -> None:
        """Without a database nothing is ever started; what waits is then left to another."""
        self._database = database
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """See to it that what waits is worked on."""
        if self._database is None:
            return
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                command = [sys.executable, "-m", __name__]
                self._process = subprocess.Popen(command, env=_environment(self._database), stdin=subprocess.DEVNULL)

    def stop(self) -> None:
        """End the work, by force if it does not end itself; what is left goes on with the next start."""
        with self._lock:
            if self._process is None:
                return
            for end in (self._process.terminate, self._process.kill):
                end()
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(LAST_WORDS_S)
                    break
            self._process = None


def something_waits(session: GuardedSession) -> bool:
    """Whether there is work to do."""
    return waiting(session, local_today()) > 0 or unfinished(session)


def work(session: GuardedSession, beside: TryOutProcess | None = None) -> None:
    """Do what waits until nothing is left: verdicts that are due, and try-outs beside them, else after them.

    What another worker is at is waited for, in case it dies.
    """

    def look(_judged: int = 0, _everybody: int = 0) -> None:
        if beside is not None:
            beside.look_after(session)

    while something_waits(session):
        session.commit()
        look()
        if judge_waiting(session, local_today(), look):
            continue
        if beside is not None or not try_next(session):
            sleep(OTHERS_S)
    if beside is not None:
        beside.end()


def _environment(database: URL) -> dict[str, str]:
    """That of the server, with its database and its own code."""
    path = os.pathsep.join([str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, ADDRESS: database.render_as_string(hide_password=False)}


def main() -> None:
    """Do what waits in the database that the environment names."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if hasattr(os, "nice"):
        os.nice(KINDER)
    database = os.environ[ADDRESS]
    engine = make_engine(database, pool_size=1)
    try:
        with make_session_factory(engine, "", judge_recorded)() as session:
            work(session, TryOutProcess(make_url(database)))
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
