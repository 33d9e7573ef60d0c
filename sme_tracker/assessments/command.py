"""Trying a rule set out from the command line."""

from datetime import date

import click
from sqlalchemy import select

from sme_tracker.assessments import queries
from sme_tracker.assessments.judging import not_set_aside
from sme_tracker.assessments.rule_sets import read_rule_set, standards
from sme_tracker.assessments.tryout import Progress, Trial, TryOut, try_out
from sme_tracker.assessments.words import OUTCOMES, problem_in_part
from sme_tracker.db import GuardedSession
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.web.language import gettext as _


def tried(
    session: GuardedSession, key: str, purpose: str, *, everybody: bool, today: date, progress: Progress
) -> TryOut:
    """What the rule set of the key would change beside the one that applies; raises ClickException if there is none.

    So it does where a value of either is not allowed.
    """
    row = queries.find_rule_set(session, key)
    current = standards(session).on(today, row.level, purpose) if row else None
    if row is None or current is None:
        raise click.ClickException(
            _("There is no rule set “%(key)s”, or none applies that it could be tried beside.", key=key)
        )
    for tried_with in (current.rule_set, read_rule_set(row)):
        if tried_with.faults:
            problems = [problem_in_part(tried_with.table, each) for each in tried_with.faults]
            raise click.ClickException(f"{tried_with.key}: " + "\n".join(problems))
    who = queries.candidates("innovative" if everybody else row.level) & not_set_aside()
    return try_out(session, Trial(current.rule_set, read_rule_set(row), purpose, who, today), progress)


def lines(session: GuardedSession, found: TryOut) -> list[str]:
    """The verdicts before and after, then the units where somebody enters or leaves."""
    rows = session.scalars(select(ReportingUnit).order_by(ReportingUnit.sort))
    units: dict[int | None, str] = {row.id: row.short_name for row in rows}
    units[None] = _("No unit yet")
    effects = found.by(lambda turn: turn.unit_id)
    verdicts = [f"{word}: {found.before(code):,} → {found.after(code):,}" for code, word in OUTCOMES.items()]
    moves = [
        f"{word}: {_('enter %(number)s', number=effect.enter)} · {_('leave %(number)s', number=effect.leave)}"
        for which, word in units.items()
        if (effect := effects.get(which)) and (effect.enter or effect.leave)
    ]
    return [*verdicts, *moves]
