"""Sending a list out of the house: entered in the register of exports and the history, then streamed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args
from urllib.parse import quote

from flask import Response
from sqlalchemy import insert

from sme_tracker.clock import local
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.exports.models import Export
from sme_tracker.history import chain
from sme_tracker.history.chain import Author, Entry
from sme_tracker.sheets.workbook import stream_xlsx
from sme_tracker.sheets.writing import Column, Row, stream_csv
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import streamed
from sme_tracker.web.principal import signed_in

Format = Literal["xlsx", "csv"]
Notes = Sequence[tuple[str, str]]
FORMATS: tuple[Format, ...] = get_args(Format)
_TYPES: Mapping[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class Outgoing:
    """What is taken out: `what` names the list by its code, `title` in words; `notes` say how it was filtered.

    `filters` are those of its address, `as_of` the day it speaks of, `count` its rows where they are known beforehand.
    """

    what: str
    title: str
    format: Format
    notes: Sequence[tuple[str, str]] = ()
    filters: Mapping[str, object] = field(default_factory=dict)
    as_of: date | None = None
    count: int | None = None


def send_table(
    session: GuardedSession, by: Author, outgoing: Outgoing, columns: Sequence[Column], rows: Iterable[Row]
) -> Response:
    """Enter the export in the register and the history, and stream the rows as an attachment with a Chinese name.

    `rows` are drawn only after that is committed, and may go on reading from the session.
    """
    with transaction(session):
        record_export(session, by, outgoing)
    return attachment(by, outgoing, body_of(outgoing, columns, rows, taken(by)))


def attachment(by: Author, outgoing: Outgoing, body: Iterator[bytes]) -> Response:
    """The file of an export that is entered in the register, streamed under a Chinese name."""
    stem = f"{outgoing.title}_{local(by.at):%Y%m%d_%H%M}"
    name = quote(f"{stem}.{outgoing.format}", safe="")
    return Response(
        streamed(body),
        content_type=_TYPES[outgoing.format],
        headers={
            "Content-Disposition": f"attachment; filename=\"export.{outgoing.format}\"; filename*=UTF-8''{name}",
            "Cache-Control": "no-store",
        },
    )


def record_export(session: GuardedSession, by: Author, outgoing: Outgoing) -> None:
    """Enter an export in the register and the history."""
    taken = {
        "what": outgoing.what,
        "format": outgoing.format,
        "filters": dict(outgoing.filters),
        "as_of": outgoing.as_of,
        "rows": outgoing.count,
    }
    session.execute(insert(Export).values(**taken, taken_by_id=by.user_id, taken_at=by.at))
    told: dict[str, tuple[object, object]] = {name: (None, value) for name, value in taken.items() if value is not None}
    chain.record(session, by, [Entry("export", "export", changes=told)])


def body_of(outgoing: Outgoing, columns: Sequence[Column], rows: Iterable[Row], taken: Notes) -> Iterator[bytes]:
    """The file of a list; `taken` says who took it out and when."""
    if outgoing.format == "csv":
        return stream_csv(columns, rows)
    return stream_xlsx(columns, rows, outgoing.title, [*_notes(outgoing), *taken], _("About this list"))


def _notes(outgoing: Outgoing) -> list[tuple[str, str]]:
    """What the last sheet says of the list, its day and filters."""
    notes = [(_("Name of the list"), outgoing.title)]
    if outgoing.as_of:
        notes.append((_("As of day"), outgoing.as_of.isoformat()))
    notes += outgoing.notes
    if outgoing.count is not None:
        notes.append((_("Number of rows"), f"{outgoing.count:,}"))
    return notes


def taken(by: Author, full_name: str | None = None) -> list[tuple[str, str]]:
    """Who took an export out, whoever is signed in unless somebody is named, and when."""
    name = signed_in().full_name if full_name is None else full_name
    return [(_("Exported by"), name), (_("Exported at"), f"{local(by.at):%Y-%m-%d %H:%M}")]
