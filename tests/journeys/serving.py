"""The product served for a browser, on a database that every journey finds as a new installation has it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from sme_tracker.app import create_app
from sme_tracker.db import make_engine
from tests.conftest import CONFIG, Databases


class Register:
    """One running product and its database."""

    def __init__(self, databases: Databases, template_url: str) -> None:
        self._databases = databases
        self._template_url = template_url
        self._url = databases.create(template_url)
        self.engine = make_engine(self._url)
        self.app = create_app(replace(CONFIG, testing=False), self.engine)

    def begin_anew(self) -> None:
        """Forget what the journey before left."""
        self.app.extensions["background"].stop()
        self.engine.dispose()
        self._databases.reset(self._url, self._template_url)
        self.app.extensions.pop("rolled_to", None)

    def close(self) -> None:
        """Let the database go."""
        self.app.extensions["background"].stop()
        self.engine.dispose()
        self._databases.drop(self._url)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which the app answers until the block ends."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    listener = threading.Thread(target=server.run, name="listener", daemon=True)
    listener.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))  # the listener itself closes its sockets
    server.task_dispatcher.shutdown()
    listener.join(timeout=10)
