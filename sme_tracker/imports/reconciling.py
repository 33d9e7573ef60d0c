"""A published list and the register beside each other: who stands on both, and who on one of them only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.models import Import
from sme_tracker.imports.notes import NotedPlan
from sme_tracker.imports.official import Effect, Notice
from sme_tracker.imports.plan import Action
from sme_tracker.imports.queries import holders_by_notice

BY_NAME = frozenset({"row.name_to_confirm", "row.name_ambiguous"})
ON_THE_LIST_ONLY = frozenset({"row.new_to_confirm", "row.name_unknown", "row.code_unknown", "row.enterprise_unknown"})


@dataclass(frozen=True)
class Reconciled:
    """How many lines of the list agree, wait to be confirmed by name, are not in the register, or are left for else.

    `here_only` are those who are recorded by the same notice and do not stand on the list, `here` counts all of them.
    """

    notice: Notice
    agreeing: int
    by_name: int
    there_only: int
    others: int
    here: int
    here_only: Sequence[Any]

    @property
    def lines(self) -> int:
        """How many lines the list has."""
        return self.agreeing + self.by_name + self.there_only + self.others


def reconciled(session: Session, reach: Reach, imported: Import, plan: NotedPlan) -> Reconciled | None:
    """The list of an import beside the register, None if its file is no published list."""
    notice = Notice.of(imported.answers or {})
    if notice is None:
        return None
    refused = {(row.sheet, row.row) for row in plan.of(Action.REFUSED)}
    why = {(one.sheet, one.row): one.finding for one in plan.problems if (one.sheet, one.row) in refused}
    by_name = sum(finding.code in BY_NAME for finding in why.values())
    there_only = sum(finding.code in ON_THE_LIST_ONLY for finding in why.values())
    asked = (str(finding.parameters.get("question", "")) for finding in why.values())
    listed = {row.code for row in plan.rows} | {name.removeprefix("listed:") for name in asked}
    recorded = () if notice.effect is Effect.LOST else _recorded(session, reach, notice)
    here_only = [one for one in recorded if one.code not in listed]
    agreeing, others = len(plan.rows) - len(refused), len(refused) - by_name - there_only
    return Reconciled(notice, agreeing, by_name, there_only, others, len(recorded), here_only)


def _recorded(session: Session, reach: Reach, notice: Notice) -> Sequence[Any]:
    """Who is recorded by the notice, each once."""
    rows = holders_by_notice(session, reach, notice.title, notice.batch, notice.document_number, notice.published_on)
    return list({row.code: row for row in rows}.values())
