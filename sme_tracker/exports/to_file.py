"""An export written to a file by a command."""

from collections.abc import Iterable
from pathlib import Path

import click

from sme_tracker.exports.outgoing import FORMATS, Format
from sme_tracker.web.language import gettext as _


def format_of(path: Path) -> Format:
    """The format that the name of a file asks for; raises ClickException for a name that asks for none."""
    ending = path.suffix.lower().lstrip(".")
    for known in FORMATS:
        if ending == known:
            return known
    raise click.ClickException(_("The file must end in .xlsx or .csv (it is “%(name)s”).", name=path.name))


def write_whole(path: Path, body: Iterable[bytes]) -> None:
    """Write the file whole or not at all; raises OSError."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            file.writelines(body)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
