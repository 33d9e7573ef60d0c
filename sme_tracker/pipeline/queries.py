"""Reading cases: as the rules see them, by enterprise and by id."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
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
_FILES = (
    select(PipelineCase, CaseStep, CaseClosing)
    .join(CaseStep, and_(CaseStep.case_id == PipelineCase.id, CaseStep.in_force()), isouter=True)
    .join(CaseClosing, and_(CaseClosing.case_id == PipelineCase.id, CaseClosing.in_force()), isouter=True)
    .where(PipelineCase.in_force())
    .order_by(PipelineCase.opened_on.desc(), PipelineCase.id.desc(), CaseStep.id)
)
_OF_ENTERPRISES = _FILES.where(PipelineCase.enterprise_id.in_(_IDS))
_THESE = _FILES.where(PipelineCase.id.in_(_IDS))
_PLANS = (
    select(Plan, User.full_name)
    .join(User, User.id == Plan.officer_id, isouter=True)
    .where(Plan.enterprise_id.in_(_IDS), Plan.in_force())
    .order_by(Plan.year.desc(), Plan.title)
)


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


class Planned(NamedTuple):
    """A plan in force with the full name of the officer, None where there is none."""

    plan: Plan
    officer: str | None


def cases_of(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[CaseFile]]:
    """The cases in force of each enterprise, the latest opened first."""
    found: dict[int, list[CaseFile]] = {enterprise_id: [] for enterprise_id in enterprise_ids}
    for file in _files(session.execute(_OF_ENTERPRISES, {"ids": list(enterprise_ids)})):
        found[file.case.enterprise_id].append(file)
    return found


def spans_of(files: Iterable[CaseFile], track: Track) -> list[Span[str | None]]:
    """The step at which an enterprise stands on the track on each day, over all time."""
    return track_spans(file.ruled for file in files if file.track is track)


def get_cases(session: Session, case_ids: Collection[int]) -> dict[int, CaseFile]:
    """Cases in force by id; one that has been withdrawn is missing."""
    return {file.case.id: file for file in _files(session.execute(_THESE, {"ids": list(case_ids)}))}


def plans_of(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[Planned]]:
    """What each enterprise is cultivated for, the latest year first."""
    found: dict[int, list[Planned]] = {enterprise_id: [] for enterprise_id in enterprise_ids}
    for plan, officer in session.execute(_PLANS, {"ids": list(enterprise_ids)}):
        found[plan.enterprise_id].append(Planned(plan, officer))
    return found


def planned_levels(plans: Iterable[Planned], today: date) -> Mapping[Level, int]:
    """The levels of the ladder an enterprise is cultivated for, with the next year each is planned in."""
    years: dict[Level, int] = {}
    for plan, _officer in plans:  # the latest year first
        if plan.year >= today.year and Title(plan.title).on_ladder:
            years[Title(plan.title).level] = plan.year
    return years


def _files(rows: Iterable[Any]) -> Iterable[CaseFile]:
    for case, told in groupby(rows, key=itemgetter(0)):
        _case, steps, closings = zip(*told, strict=True)
        yield CaseFile(case, [step for step in steps if step], closings[0])
