"""Which files may be kept as proof, told by what is in them and not by their name."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from sme_tracker.rules.findings import Finding

LARGEST_BYTES = 20 * 1024 * 1024
HEAD_BYTES = 16

SIGNATURES: Mapping[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
}
"""The endings that are taken, each with what such a file begins with; none of them can carry macros."""

MEDIA_TYPES: Mapping[str, str] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


def check_file(name: str, size: int, head: bytes) -> Finding | None:
    """What speaks against keeping a file, None if nothing does; `head` is how it begins."""
    beginnings = SIGNATURES.get(ending_of(name))
    if beginnings is None:
        return Finding("file.type", {"ending": ending_of(name) or name})
    if size > LARGEST_BYTES:
        return Finding("file.too_large", {"most_mb": LARGEST_BYTES // 1024 // 1024})
    if not size:
        return Finding("file.empty")
    if not head.startswith(beginnings):
        return Finding("file.not_what_it_says", {"ending": ending_of(name)})
    return None


def ending_of(name: str) -> str:
    """The ending of a file's name in small letters: ".pdf"."""
    return PurePosixPath(name).suffix.lower()
