"""Lists on their way out, and the register of what went."""

from collections.abc import Iterable, Iterator

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.enterprises.additions import additions
from sme_tracker.enterprises.asked import Asked
from sme_tracker.enterprises.chips import Editor
from sme_tracker.enterprises.columns import Words, written
from sme_tracker.enterprises.editors import editors
from sme_tracker.enterprises.listing import Listing
from sme_tracker.exchange.blueprint import bp
from sme_tracker.exchange.outgoing import Outgoing, send_table
from sme_tracker.exchange.queries import exports_before
from sme_tracker.exchange.sheets.writing import Column, Row
from sme_tracker.exchange.words import what_words
from sme_tracker.history import asked as history_asked
from sme_tracker.history import queries as history
from sme_tracker.history.acting import author
from sme_tracker.history.directory import directory
from sme_tracker.history.lines import heads as history_heads
from sme_tracker.history.lines import lines
from sme_tracker.history.lines import row as history_row
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import whole_number
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.principal import signed_in

PAGE_SIZE = 100


@bp.post("/enterprises/export")
@allowed(Permission.EXPORT)
@long_answer
def export_list() -> Response:
    """The list of enterprises exactly as its address shows it, as a workbook or for machines."""
    session, user, day = current_session(), signed_in(), today()
    more = additions(current_app)
    asked = Asked.read(request.args.items(multi=True), more)
    words = Words.read(session, more.columns.values())
    columns, order = asked.columns, asked.order
    chosen = more.choices(session, asked.filters, day)
    listing = Listing(session, user, asked.filters, day, chosen)
    chips = [*editors(asked, words), *more.editors(session, asked.filters, day)]
    heads, _rows = written(listing, columns, order, words)
    outgoing = Outgoing(
        "enterprises",
        what_words("enterprises"),
        "csv" if request.form.get("format") == "csv" else "xlsx",
        notes=_notes(asked, chips),
        filters=asked.address(),
        as_of=asked.filters.as_of or day,
        count=listing.count(),
    )

    def rows() -> Iterator[Row]:
        """The rows as they are once the export is entered: what was read before has been let go."""
        yield from written(Listing(session, user, asked.filters, day, chosen), columns, order, words)[1]

    return send_table(session, author(), outgoing, [Column(*head) for head in heads], rows())


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
    return render("exchange/exports.html", exports=shown, older_url=older, newest_url=newest, what_words=what_words)


def _notes(asked: Asked, chips: Iterable[Editor]) -> list[tuple[str, str]]:
    """Search, filters and order in words."""
    search = [(_("Search"), asked.filters.q)] if asked.filters.q else []
    filters = [(editor.label, editor.words) for editor in chips if editor.words is not None]
    direction = _("descending") if asked.descending else _("ascending")
    return [*search, *filters, (_("Sorted by"), f"{asked.column_sorted_by.label} {direction}")]
