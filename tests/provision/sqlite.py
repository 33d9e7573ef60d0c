"""SQLite databases for the tests: files in a folder."""

import itertools
import shutil
from pathlib import Path

from sqlalchemy import make_url


class Folder:
    """A folder in which the tests make their own SQLite files, and remove them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def create(self, template: str | None = None) -> str:
        """The URL of a new database: an empty one, or a copy of the one whose URL is `template`, which nobody uses."""
        path = self._folder / f"test-{next(self._numbers)}.sqlite"
        url = f"sqlite:///{path}"
        if template:
            self.reset(url, template)
        return url

    def reset(self, url: str, template: str) -> None:
        """Put a copy of `template` in the place of the database `url`, which nobody uses."""
        self.drop(url)
        shutil.copyfile(_path(template), _path(url))
        _path(url).chmod(0o600)

    def drop(self, url: str) -> None:
        """Remove the database's files."""
        for ending in ("", "-wal", "-shm"):
            Path(f"{_path(url)}{ending}").unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing runs that had to be ended."""


def _path(url: str) -> Path:
    return Path(make_url(url).database or "")
