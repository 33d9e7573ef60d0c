"""The history on its way out, and the register of what went."""

from collections.abc import Iterator

from flask import request, url_for
from werkzeug.wrappers import Response

from sme_tracker.exports.blueprint import bp
from sme_tracker.exports.outgoing import Outgoing, send_table
from sme_tracker.exports.queries import exports_before
from sme_tracker.history import asked as history_asked
from sme_tracker.history import queries as history
from sme_tracker.history.acting import author
from sme_tracker.history.directory import directory
from sme_tracker.history.lines import heads as history_heads
from sme_tracker.history.lines import lines
from sme_tracker.history.lines import row as history_row
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import whole_number
from sme_tracker.sheets.writing import Column, Row
from sme_tracker.web.file_words import FILTERS, what_words
from sme_tracker.web.guard import allowed
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, render

PAGE_SIZE = 100


@bp.post("/history/export")
@allowed(Permission.HISTORY_READ)
@long_answer
def export_history() -> Response:
    """The history as its address filters it, in its own order."""
    session = current_session()
    asked = history_asked.read(request.args, session, directory())
    count = history.count(session, asked.filters)
    outgoing = Outgoing(
        "history",
        what_words("history"),
        "csv" if request.form.get("format") == "csv" else "xlsx",
        notes=list(asked.words.values()),
        filters={name: shown for name, (_label, shown) in asked.words.items()},
        count=count if count <= history.COUNTED_UP_TO or not asked.words else None,
    )

    def rows() -> Iterator[Row]:
        for portion in history.every_entry(session, asked.filters):
            told = [history_row(line) for line in lines(session, portion)]
            session.commit()  # nothing is kept open in the database while they are written and sent
            yield from told

    return send_table(session, author(), outgoing, [Column(*head) for head in history_heads()], rows())


@bp.get("/exports")
@allowed(Permission.HISTORY_READ)
def exports() -> tuple[str, int]:
    """The register of exports, the latest first."""
    before = whole_number(request.args.get("before"))
    found = exports_before(current_session(), before, PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    older = url_for(".exports", before=shown[-1].export.id) if len(found) > PAGE_SIZE else None
    newest = url_for(".exports") if before else None
    return render(
        "exports/exports.html",
        exports=shown,
        older_url=older,
        newest_url=newest,
        what_words=what_words,
        filter_words=FILTERS,
    )
