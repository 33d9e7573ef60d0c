"""Which files may be kept as proof: told by what is in them, and refused with the reason."""

import pytest

from sme_tracker.rules.file_types import LARGEST_BYTES, check_file

PDF = b"%PDF-1.7"


@pytest.mark.parametrize(
    ("name", "size", "head", "code"),
    [
        ("证书.pdf", LARGEST_BYTES, PDF, None),
        ("证书.PDF", 8, PDF, None),
        ("证书.pdf", LARGEST_BYTES + 1, PDF, "file.too_large"),
        ("证书.pdf", 0, b"", "file.empty"),
        ("证书.pdf", 8, b"MZ\x90\x00", "file.not_what_it_says"),
        ("证书.png", 8, PDF, "file.not_what_it_says"),
        ("证书.docm", 8, b"PK\x03\x04", "file.type"),
        ("证书.xlsx", 8, b"PK\x03\x04", "file.type"),
        ("证书", 8, PDF, "file.type"),
    ],
)
def test_a_proof_is_a_pdf_or_a_picture_of_bearable_size(name: str, size: int, head: bytes, code: str | None) -> None:
    found = check_file(name, size, head)
    assert (found.code if found else None) == code
