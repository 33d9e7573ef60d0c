"""The list of enterprises on its way out."""

from flask import current_app, request
from werkzeug.wrappers import Response

from sme_tracker.enterprises.additions import additions
from sme_tracker.enterprises.asked import Asked
from sme_tracker.enterprises.blueprint import bp
from sme_tracker.enterprises.list_export import ListExport
from sme_tracker.exports.outgoing import send_table
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.web.guard import allowed
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, today
from sme_tracker.web.principal import signed_in


@bp.post("/enterprises/export")
@allowed(Permission.EXPORT)
@long_answer
def export_list() -> Response:
    """The list of enterprises exactly as its address shows it, as a workbook or for machines."""
    more = additions(current_app)
    asked = Asked.read(request.args.items(multi=True), more)
    export = ListExport(current_session(), signed_in(), asked, more, today())
    outgoing = export.outgoing("csv" if request.form.get("format") == "csv" else "xlsx")
    return send_table(current_session(), author(), outgoing, export.columns(), export.rows())
