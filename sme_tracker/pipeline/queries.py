"""Reading cases: as the rules see them, by enterprise and by id."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from sme_tracker.pipeline.models import CaseClosing, CaseStep, PipelineCase, Plan
from sme_tracker.rules.counting import Dimension, Span
from sme_tracker.rules.moves import Case, DatedStep, track_spans
from sme_tracker.rules.terms import Level, Title, Track

DIMENSIONS: dict[Track, Dimension] = {
    Track.UPGRADE: "upgrade",
    Track.CONVERT: "convert",
    Track.GO_PUBLIC: "go_public",
}
"""The dimension of the standing that each track keeps."""

# Put together once, as that takes longer than answering for one enterprise.
_IDS: BindParameter[Collection[int]] = bindparam("ids", expanding=True)
_CASES = (
    select(PipelineCase)
    .where(PipelineCase.enterprise_id.in_(_IDS), PipelineCase.in_force())
    .order_by(PipelineCase.opened_on.desc(), PipelineCase.id.desc())
)
_STEPS = select(CaseStep).where(CaseStep.case_id.in_(_IDS), CaseStep.in_force())
_CLOSINGS = select(CaseClosing).where(CaseClosing.case_id.in_(_IDS), CaseClosing.in_force())
_PLANS = select(Plan).where(Plan.enterprise_id.in_(_IDS), Plan.in_force()).order_by(Plan.year.desc(), Plan.title)


@dataclass(slots=True)
class CaseFile:
    """A case in force with its steps and its closing."""

    case: PipelineCase
    steps: list[CaseStep] = field(default_factory=list)
    closing: CaseClosing | None = None

    @property
    def track(self) -> Track:
        """The track the case is on."""
        return Track(self.case.track)

    @property
    def ruled(self) -> Case:
        """The case as the rules see it: the steps actually taken."""
        taken = tuple(DatedStep(step.step, step.actual_on) for step in self.steps if step.actual_on)
        closed_on = self.closing.closed_on if self.closing else None
        return Case(self.track, self.case.opened_on, taken, closed_on)


def cases_of(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[CaseFile]]:
    """The cases in force of each enterprise, the latest opened first."""
    cases = session.scalars(_CASES, {"ids": list(enterprise_ids)}).all()
    found: dict[int, list[CaseFile]] = {enterprise_id: [] for enterprise_id in enterprise_ids}
    for file in _files(session, cases):
        found[file.case.enterprise_id].append(file)
    return found


def spans_of(files: Iterable[CaseFile], track: Track) -> list[Span[str | None]]:
    """The step at which an enterprise stands on the track on each day, over all time."""
    return track_spans(file.ruled for file in files if file.track is track)


def get_cases(session: Session, case_ids: Collection[int]) -> dict[int, CaseFile]:
    """Cases in force by id; one that has been withdrawn is missing."""
    cases = session.scalars(select(PipelineCase).where(PipelineCase.id.in_(case_ids), PipelineCase.in_force())).all()
    return {file.case.id: file for file in _files(session, cases)}


def plans_of(session: Session, enterprise_id: int) -> Sequence[Plan]:
    """What an enterprise is cultivated for, the latest year first."""
    return session.scalars(_PLANS, {"ids": [enterprise_id]}).all()


def planned_levels(session: Session, enterprise_id: int, today: date) -> dict[Level, int]:
    """The levels of the ladder an enterprise is cultivated for, with the next year each is planned in."""
    years: dict[Level, int] = {}
    for plan in plans_of(session, enterprise_id):  # the latest year first
        if plan.year >= today.year and Title(plan.title).on_ladder:
            years[Title(plan.title).level] = plan.year
    return years


def _files(session: Session, cases: Sequence[PipelineCase]) -> Iterable[CaseFile]:
    if not cases:
        return []
    of_these = {"ids": [case.id for case in cases]}
    steps: dict[int, list[CaseStep]] = defaultdict(list)
    for step in session.scalars(_STEPS, of_these):
        steps[step.case_id].append(step)
    closed = {closing.case_id: closing for closing in session.scalars(_CLOSINGS, of_these)}
    return [CaseFile(case, steps[case.id], closed.get(case.id)) for case in cases]
