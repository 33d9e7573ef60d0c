"""Whether the product can work: its database is asked, for a short while only and once at a time."""

import logging
from threading import Lock, Thread
from time import monotonic

from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from sme_tracker.web.guard import public

ASKED_FOR_S = 2
_ANYTHING = text("select 1 from history_head")
log = logging.getLogger("sme_tracker")


def install(app: Flask, engine: Engine) -> None:
    """Say at /healthz, to everybody and nothing more, whether the product can work."""
    database = Asked(engine)

    @app.get("/healthz", endpoint="health")
    @public
    def health() -> tuple[str, int, dict[str, str]]:
        answers = database.answers()
        said = "ok" if answers else "数据库没有应答 · the database does not answer"
        return f"{said}\n", 200 if answers else 503, {"Content-Type": "text/plain; charset=utf-8"}


class Asked:
    """A database that is asked whether it answers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asking = Lock()

    def answers(self) -> bool:
        """Whether it does, within a short time; an earlier question that still waits is answer enough."""
        until = monotonic() + ASKED_FOR_S
        if not self._asking.acquire(timeout=ASKED_FOR_S):
            return False
        answered: list[bool] = []
        asking = Thread(target=self._ask, args=(answered,), name="health", daemon=True)
        asking.start()
        asking.join(max(0, until - monotonic()))
        return bool(answered)

    def _ask(self, answered: list[bool]) -> None:
        try:
            with self._engine.connect() as connection:
                connection.execute(_ANYTHING)
            answered.append(True)
        except SQLAlchemyError as error:
            log.warning("the database does not answer: %s", type(error).__name__)
        finally:
            self._asking.release()
