"""The lists of verdicts on their way out."""

from collections.abc import Iterator, Sequence

from flask import request
from werkzeug.wrappers import Response

from sme_tracker.assessments.blueprint import bp
from sme_tracker.assessments.list_views import Fails, near_groups, standard_asked
from sme_tracker.exports.outgoing import Outgoing, send_table
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.sheets.writing import Column, Row
from sme_tracker.web.file_words import what_words
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import said
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, today


@bp.post("/verdicts/near/export")
@allowed(Permission.EXPORT)
@long_answer
def export_near_misses() -> Response:
    """Who fails one criterion only, as the address asks, as a workbook."""
    session, standard = current_session(), standard_asked()
    title, groups = said(standard.rule_set.zh, standard.rule_set.en), near_groups(session, standard)
    outgoing = Outgoing(
        "near_misses",
        what_words("near_misses"),
        "xlsx",
        notes=[(what_words("near_misses"), title)],
        filters=dict(request.args),
        as_of=today(),
        count=sum(group.total for group in groups),
    )
    return send_table(session, author(), outgoing, _columns(), _rows(groups))


def _columns() -> list[Column]:
    return [
        Column("code", _("Unified social credit code"), width=22),
        Column("name", _("Enterprise name"), width=34),
        Column("unit", _("Reporting unit")),
        Column("criterion", _("The one condition missed"), width=34),
        Column("clause", _("Clause"), width=24),
        Column("value", _("Value now")),
        Column("distance", _("Distance from the threshold")),
        Column("missing", _("Facts missing besides"), "whole"),
        Column("earliest_on", _("Earliest day it could be met"), "date"),
    ]


def _rows(groups: Sequence[Fails]) -> Iterator[Row]:
    for group in groups:
        for one in group.rows:
            yield (
                one.code,
                one.name,
                one.unit,
                group.name,
                group.clause,
                one.value,
                one.distance,
                one.missing,
                one.earliest_on,
            )
