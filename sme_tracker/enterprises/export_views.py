"""The list of enterprises on its way out."""

from collections.abc import Iterable, Iterator

from flask import current_app, request
from werkzeug.wrappers import Response

from sme_tracker.enterprises.additions import additions
from sme_tracker.enterprises.asked import Asked
from sme_tracker.enterprises.blueprint import bp
from sme_tracker.enterprises.chips import Editor
from sme_tracker.enterprises.columns import Words, written
from sme_tracker.enterprises.editors import editors
from sme_tracker.enterprises.listing import Listing
from sme_tracker.exports.outgoing import Outgoing, send_table
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.sheets.writing import Column, Row
from sme_tracker.web.file_words import what_words
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, today
from sme_tracker.web.principal import signed_in


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


def _notes(asked: Asked, chips: Iterable[Editor]) -> list[tuple[str, str]]:
    """Search, filters and order in words."""
    search = [(_("Search"), asked.filters.q)] if asked.filters.q else []
    filters = [(editor.label, editor.words) for editor in chips if editor.words is not None]
    direction = _("descending") if asked.descending else _("ascending")
    return [*search, *filters, (_("Sorted by"), f"{asked.column_sorted_by.label} {direction}")]
