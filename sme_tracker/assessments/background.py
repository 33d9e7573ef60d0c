"""What is done beside the server: verdicts that are due and try-outs that were asked for, in a process of its own.

Nothing waits in memory: whoever starts finds in the database what is left, so a process that was killed loses nothing.
"""

import logging
import os
import subprocess
import sys
import threading
from time import sleep

from sqlalchemy import URL

from sme_tracker.assessments.asked_tryouts import try_next, unfinished
from sme_tracker.assessments.due import judge_waiting, waiting
from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, make_engine, make_session_factory
from sme_tracker.folders import PACKAGE

ADDRESS = "DATABASE_URL"
KINDER = 5
"""By how much its priority is below that of the server."""
LAST_WORDS_S = 5
OTHERS_S = 1


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
        """End the work; what is left goes on with the next start."""
        with self._lock:
            if self._process is not None:
                self._process.terminate()
                self._process.wait(LAST_WORDS_S)
                self._process = None


def something_waits(session: GuardedSession) -> bool:
    """Whether there is work to do."""
    return waiting(session, local_today()) > 0 or unfinished(session)


def work(session: GuardedSession) -> None:
    """Do what waits until nothing is left, try-outs first as somebody sits before them.

    What another worker is at is waited for, in case it dies.
    """

    def try_out_all(_judged: int = 0, _everybody: int = 0) -> None:
        while try_next(session):
            pass

    try_out_all()
    judge_waiting(session, local_today(), try_out_all)
    while something_waits(session):
        session.rollback()
        sleep(OTHERS_S)
        try_out_all()
        if waiting(session, local_today()):
            judge_waiting(session, local_today(), try_out_all)


def _environment(database: URL) -> dict[str, str]:
    """That of the server, with its database and its own code."""
    path = os.pathsep.join([str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, ADDRESS: database.render_as_string(hide_password=False)}


def main() -> None:
    """Do what waits in the database that the environment names."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if hasattr(os, "nice"):
        os.nice(KINDER)
    engine = make_engine(os.environ[ADDRESS], pool_size=1)
    try:
        with make_session_factory(engine, "")() as session:
            work(session)
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
