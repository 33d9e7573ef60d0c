"""Join the icons that static/icons.txt names into one sprite, from the npm package that the lock file pins.

The sprite is committed, so that nobody needs node to build the product; `make icons` makes it anew.
"""

import hashlib
import re
import tarfile
import tempfile
from pathlib import Path

from tools import npm

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "sme_tracker" / "static"
NAMES = STATIC / "icons.txt"
LOCK = ROOT / "package-lock.json"
SPRITE = STATIC / "vendor" / "icons.svg"
DRAWING = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)


def build_sprite() -> None:
    """Write the sprite, unless the one there was made from the same inputs."""
    if is_fresh():
        return
    symbols = _symbols(NAMES.read_text(encoding="utf-8").split())
    lines = [_stamp(), '<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""]
    SPRITE.parent.mkdir(exist_ok=True)
    SPRITE.write_text("\n".join(lines), encoding="utf-8")


def is_fresh() -> bool:
    """Whether the sprite that is there was made from the present list of icons, lock file and tool."""
    return SPRITE.is_file() and SPRITE.read_text(encoding="utf-8").startswith(_stamp())


def _stamp() -> str:
    """A comment naming the icons' origin and what the sprite was made from."""
    digest = hashlib.sha256()
    for path in (LOCK, NAMES, Path(__file__)):
        digest.update(path.read_bytes())
    return f"<!-- Tabler Icons, MIT licence; made from {digest.hexdigest()[:16]} -->"


def _symbols(names: list[str]) -> list[str]:
    wanted = {f"package/icons/outline/{name}.svg": name for name in names}
    with tempfile.TemporaryDirectory() as folder, tarfile.open(_fetch(folder)) as package:
        found = {wanted[member.name]: _read(package, member) for member in package if member.name in wanted}
    missing = sorted(set(names) - set(found))
    if missing:
        raise SystemExit(f"{NAMES.name} names icons that Tabler Icons does not have: {', '.join(missing)}.")
    return [f'<symbol id="{name}" viewBox="0 0 24 24">{found[name]}</symbol>' for name in sorted(found)]


def _fetch(folder: str) -> Path:
    return npm.fetch("@tabler/icons", LOCK, Path(folder))


def _read(package: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    """The shapes inside one icon's file, on one line."""
    file = package.extractfile(member)
    drawing = DRAWING.search(file.read().decode()) if file else None
    return " ".join(drawing[1].split()) if drawing else ""


if __name__ == "__main__":
    build_sprite()
