"""A try-out on its way out: who would enter and who would leave, unit by unit."""

from collections.abc import Iterator

from flask import abort, request
from werkzeug.wrappers import Response

from sme_tracker.assessments.asked_tryouts import result_of
from sme_tracker.assessments.blueprint import bp
from sme_tracker.assessments.tryout import TryOut
from sme_tracker.assessments.tryout_views import SHOWN, asked_or_404, chosen_moves, kind_of, named, unit_words
from sme_tracker.assessments.words import OUTCOMES
from sme_tracker.exports.outgoing import Outgoing, send_table
from sme_tracker.history.acting import author
from sme_tracker.history.facts import portions
from sme_tracker.rules.access import Permission
from sme_tracker.rules.terms import Level
from sme_tracker.rules.text.rule_sets import stored_rule_set
from sme_tracker.sheets.writing import Column, Row
from sme_tracker.web.file_words import what_words
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session
from sme_tracker.web.words import LEVELS


@bp.post("/rule-sets/<key>/try-outs/<int:try_out_id>/export")
@allowed(Permission.EXPORT)
@long_answer
def export_try_out(key: str, try_out_id: int) -> Response:
    """Who would move by a try-out, as its address shows it, as a workbook."""
    asked = asked_or_404(key, try_out_id)
    found = result_of(asked) or abort(404)
    moves, units = chosen_moves(found), unit_words()
    tried = stored_rule_set(asked.table)
    outgoing = Outgoing(
        "try_out",
        what_words("try_out"),
        "xlsx",
        notes=[(_("Standard that was tried"), f"{tried.zh} {tried.key}"), *_effects(found, units)],
        filters={"rule_set": key, "try_out": try_out_id, **dict(request.args)},
        as_of=asked.day,
        count=len(moves),
    )

    def rows() -> Iterator[Row]:
        for portion in portions(moves):
            for one in named(portion):
                turn = one.move.turn
                place = (units.get(turn.unit_id, ""), str(LEVELS[Level(turn.level)]))
                verdicts = (str(OUTCOMES[turn.before]), str(OUTCOMES[turn.after]))
                yield one.code, one.name, *place, str(SHOWN[kind_of(turn)]), *verdicts

    return send_table(current_session(), author(), outgoing, _columns(), rows())


def _columns() -> list[Column]:
    return [
        Column("code", _("Unified social credit code"), width=22),
        Column("name", _("Enterprise name"), width=34),
        Column("unit", _("Reporting unit")),
        Column("level", _("Level held")),
        Column("change", _("Which way it moves")),
        Column("before", _("Verdict by the standard in force")),
        Column("after", _("Verdict by the try-out")),
    ]


def _effects(found: TryOut, units: dict[int | None, str]) -> Iterator[tuple[str, str]]:
    """How many enter and leave in each unit, for the last sheet."""
    by_unit = found.by(lambda turn: turn.unit_id)
    for unit_id, word in units.items():
        effect = by_unit.get(unit_id)
        if effect and (effect.enter or effect.leave):
            counts = (_("enter %(number)s", number=effect.enter), _("leave %(number)s", number=effect.leave))
            yield word, " · ".join(counts)
