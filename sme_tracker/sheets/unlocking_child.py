"""Run as a program of its own: writes a locked workbook without its lock, if the password is the one Excel knows."""

import io
import sys
from pathlib import Path

from msoffcrypto import OfficeFile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
from msoffcrypto.format.ooxml import OOXMLFile

from sme_tracker.sheets.child import limit_memory, tell_refusal

KNOWN_TO_EXCEL = "VelvetSweatshop"
"""What Excel locks a workbook with that is only to be read, and tries on every locked one before it asks."""


def main(path: str, memory_bytes: int, target: str) -> None:
    """Write what the workbook holds to `target`, or tell why not."""
    limit_memory(memory_bytes)
    opened = io.BytesIO()
    try:
        with Path(path).open("rb") as file:
            workbook = OfficeFile(file)
            proved = {"verify_password": True} if isinstance(workbook, OOXMLFile) else {}  # the older kind always does
            workbook.load_key(password=KNOWN_TO_EXCEL, **proved)
            workbook.decrypt(opened)
    except (InvalidKeyError, DecryptionError, FileFormatError, ParseError):
        tell_refusal("encrypted")
        return
    Path(target).write_bytes(opened.getvalue())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
