"""What an enterprise has on file and still has to hand in for a standard, on its way out."""

import logging

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.assessments.blueprint import bp
from sme_tracker.assessments.gap_list import GapList, GapRow, gap_list
from sme_tracker.assessments.judging import error_of
from sme_tracker.enterprises.blueprint import enterprise_or_404
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.exports.outgoing import Outgoing, send_table
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.sheets.writing import Column, Row
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, today

log = logging.getLogger(__name__)


@bp.post("/enterprises/<int:enterprise_id>/gaps/export")
@allowed(Permission.EXPORT)
def export_gap_list(enterprise_id: int) -> Response:
    """The gaps of one enterprise to the level in the address, as a workbook or for machines."""
    one, session = enterprise_or_404(enterprise_id), current_session()
    try:
        found = gap_list(session, one, today())
    except Exception as error:  # the page says what kind of error it is
        error_of(error)
        log.exception("gap list of enterprise %s", one.id)
        return redirect(url_for("enterprises.enterprise", enterprise_id=one.id, _anchor="gap"), 303)
    if found is None:
        abort(404)
    rows = [_row(one, row) for row in found.rows]
    outgoing = Outgoing(
        "gap_list",
        _("Gap list, %(name)s", name=one.name),
        "csv" if request.form.get("format") == "csv" else "xlsx",
        notes=_notes(one, found),
        filters={"enterprise": one.code, "level": found.asked.level, "purpose": found.asked.purpose},
        as_of=found.asked.day,
        count=len(rows),
    )
    return send_table(session, author(), outgoing, _columns(), rows)


def _columns() -> list[Column]:
    return [
        Column("code", _("Unified social credit code"), width=22),
        Column("name", _("Enterprise"), width=30),
        Column("group", _("Group")),
        Column("criterion", _("Condition"), width=30),
        Column("clause", _("Clause"), width=24),
        Column("requirement", _("What is asked"), width=50),
        Column("value", _("Value now")),
        Column("threshold", _("Threshold")),
        Column("distance", _("Distance from the threshold")),
        Column("result", _("Verdict")),
        Column("to_hand_in", _("Still to be handed in"), width=50),
        Column("proof", _("Proof on file"), width=30),
        Column("kind", _("Kind of proof"), width=20),
        Column("number", _("Number"), width=20),
        Column("from_day", _("Issued or effective on"), "date"),
        Column("until_day", _("Valid until"), "date"),
        Column("verified_by", _("Verified by")),
    ]


def _row(one: Enterprise, row: GapRow) -> Row:
    proof = row.proof
    said = (row.group, row.name, row.clause, row.requirement, row.value, row.threshold, row.distance, row.result)
    on_file = (proof.name, proof.kind, proof.number, proof.from_day, proof.until_day, proof.verified_by)
    return (one.code, one.name, *said, row.to_hand_in, *on_file)


def _notes(one: Enterprise, found: GapList) -> list[tuple[str, str]]:
    rule_set = found.standard.rule_set
    return [
        (_("Enterprise"), one.name),
        (_("Unified social credit code"), one.code),
        (_("Level"), found.level),
        (_("Purpose"), found.purpose),
        (_("Standard"), found.title),
        (_("Document"), rule_set.document),
        (_("Verdict"), found.outcome),
    ]
