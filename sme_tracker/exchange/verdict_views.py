"""The lists of verdicts on their way out."""

from collections.abc import Iterator, Sequence

from flask import request
from werkzeug.wrappers import Response

from sme_tracker.assessments.list_views import Fails, near_groups, standard_asked
from sme_tracker.assessments.panel import said
from sme_tracker.exchange.blueprint import bp
from sme_tracker.exchange.outgoing import Outgoing, send_table
from sme_tracker.exchange.sheets.writing import Column, Row
from sme_tracker.exchange.words import what_words
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.web.guard import allowed
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, today

COLUMNS = (
    Column("code", "统一社会信用代码", width=22),
    Column("name", "企业名称", width=34),
    Column("unit", "地区"),
    Column("criterion", "差的一项", width=34),
    Column("clause", "条款", width=24),
    Column("value", "现值"),
    Column("distance", "差"),
    Column("missing", "另缺项数", "whole"),
    Column("earliest_on", "最早可达标", "date"),
)


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
    return send_table(session, author(), outgoing, COLUMNS, _rows(groups))


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
