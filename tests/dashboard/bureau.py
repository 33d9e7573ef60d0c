"""A small bureau made through the actions people use, for tests of counts."""

from datetime import date
from itertools import count

from sqlalchemy import insert, select

from sme_tracker.clock import at_noon
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import standing
from sme_tracker.enterprises.actions import (
    NewEnterprise,
    StatusChange,
    UnitChange,
    assign_units,
    change_statuses,
    record_figures,
    register,
)
from sme_tracker.history.chain import Author
from sme_tracker.pipeline.models import CaseClosing, CaseStep, PipelineCase
from sme_tracker.recognitions.models import Recognition, Revocation
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.counting import HeldTitle, level_spans
from sme_tracker.rules.credit_code import check_character, organisation_check_character
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.moves import Case, DatedStep, track_spans
from sme_tracker.rules.terms import RecognitionKind, Source, Status, Title, Track
from sme_tracker.shortlists.actions import Forwarding, put_forward

LONG_AGO = date(2018, 1, 1)


def day(written: str) -> date:
    """A day as people write it."""
    return date.fromisoformat(written)


class Bureau:
    """Records what happens on a day, at noon of that day unless said otherwise."""

    def __init__(self, session: GuardedSession) -> None:
        self.session = session
        self._numbers = count(1)
        rows = session.execute(select(ReportingUnit.code, ReportingUnit.id))
        self.units: dict[str | None, int | None] = {row.code: row.id for row in rows} | {None: None}

    def enterprise(self, unit: str | None = "NG") -> int:
        """A new enterprise of the unit."""
        number = next(self._numbers)
        with transaction(self.session):
            new = NewEnterprise(_code(number), f"长春第{number}机械有限公司", self.units[unit])
            return register(self.session, _by(LONG_AGO), [new])[0]

    def recognise(
        self,
        enterprise: int,
        title: Title,
        published_on: str,
        *,
        kind: RecognitionKind = RecognitionKind.NEW,
        valid_from: str | None = None,
        valid_until: str | None = None,
        recorded_on: str | None = None,
    ) -> int:
        """A recognition, valid for three years from the day it was published unless said otherwise."""
        start = day(valid_from or published_on)
        end = day(valid_until) if valid_until else start.replace(year=start.year + 3)
        by = _by(day(recorded_on or published_on))
        row = {
            "enterprise_id": enterprise,
            "title": title.value,
            "kind": kind.value,
            "published_on": day(published_on),
            "valid_from": start,
            "valid_until": end,
            "recorded_at": by.at,
        }
        with transaction(self.session):
            found = self.session.scalar(insert(Recognition).returning(Recognition.id), row)
            self._hold(enterprise, by)
        assert found
        return found

    def withdraw(self, recognition: int, on: str) -> None:
        """A recognition was recorded by mistake."""
        with transaction(self.session):
            row = self.session.get_one(Recognition, recognition)
            row.retired_at = _by(day(on)).at
            self.session.flush()
            self._hold(row.enterprise_id, _by(day(on)))

    def revoke(self, recognition: int, on: str) -> None:
        """A title is lost."""
        with transaction(self.session):
            row = self.session.get_one(Recognition, recognition)
            new = {
                "recognition_id": recognition,
                "revoked_on": day(on),
                "reason": "失信",
                "recorded_at": _by(day(on)).at,
            }
            self.session.execute(insert(Revocation), [new])
            self._hold(row.enterprise_id, _by(day(on)))

    def move(self, enterprise: int, unit: str | None, on: str, recorded_on: str | None = None) -> None:
        """Another unit from the day on."""
        with transaction(self.session):
            change = UnitChange(enterprise, self.units[unit], day(on))
            assign_units(self.session, _by(day(recorded_on or on)), [change])

    def leave(self, enterprise: int, on: str) -> None:
        """The enterprise moves out of the city."""
        with transaction(self.session):
            change = StatusChange(enterprise, Status.MOVED_OUT, day(on), "迁往外地")
            change_statuses(self.session, _by(day(on)), [change])

    def case(self, enterprise: int, track: Track, opened_on: str, *steps: tuple[str, str]) -> int:
        """A case with its steps, each recorded on its day."""
        with transaction(self.session):
            new = {"enterprise_id": enterprise, "track": track.value, "opened_on": day(opened_on)}
            row = new | {"recorded_at": _by(day(opened_on)).at}
            case = self.session.scalar(insert(PipelineCase).returning(PipelineCase.id), row)
            assert case
            self._stand(enterprise, track, _by(day(opened_on)))
        for step, on in steps:
            self.step(case, step, on)
        return case

    def step(self, case: int, step: str, on: str) -> None:
        """A step of a case."""
        with transaction(self.session):
            of = self.session.get_one(PipelineCase, case)
            new = {"case_id": case, "step": step, "actual_on": day(on), "recorded_at": _by(day(on)).at}
            self.session.execute(insert(CaseStep), [new])
            self._stand(of.enterprise_id, Track(of.track), _by(day(on)))

    def close(self, case: int, on: str) -> None:
        """A case ends before its counting step."""
        with transaction(self.session):
            of = self.session.get_one(PipelineCase, case)
            new = {"case_id": case, "exit": "given_up", "closed_on": day(on), "recorded_at": _by(day(on)).at}
            self.session.execute(insert(CaseClosing), [new])
            self._stand(of.enterprise_id, Track(of.track), _by(day(on)))

    def forward(self, enterprise: int, on: str, title: Title = Title.NATIONAL) -> None:
        """The enterprise is put forward."""
        with transaction(self.session):
            put_forward(self.session, _by(day(on)), [Forwarding(enterprise, title, day(on).year, day(on))])

    def figures(self, enterprise: int, year: int, recorded_on: str) -> None:
        """Yearly figures come in."""
        with transaction(self.session):
            rows = [(enterprise, YearlyFigures(year, Source.PLATFORM, staff=20))]
            record_figures(self.session, _by(day(recorded_on)), rows)

    def _hold(self, enterprise: int, by: Author) -> None:
        rows = self.session.execute(
            select(Recognition, Revocation.revoked_on)
            .outerjoin(Revocation, Revocation.recognition_id == Recognition.id)
            .where(Recognition.enterprise_id == enterprise, Recognition.in_force())
        ).all()
        titles = [
            HeldTitle(Title(row.title).level, row.valid_from, row.valid_until, revoked_on=lost) for row, lost in rows
        ]
        spans = {enterprise: level_spans(titles)}
        standing.record_dimension(self.session, "holds", spans, by.at)

    def _stand(self, enterprise: int, track: Track, by: Author) -> None:
        cases = self.session.scalars(
            select(PipelineCase).where(PipelineCase.enterprise_id == enterprise, PipelineCase.track == track)
        ).all()
        spans = track_spans([self._as_rule(case) for case in cases])
        standing.record_dimension(self.session, track.value, {enterprise: spans}, by.at)

    def _as_rule(self, case: PipelineCase) -> Case:
        steps = self.session.scalars(select(CaseStep).where(CaseStep.case_id == case.id)).all()
        closed_on = self.session.scalar(select(CaseClosing.closed_on).where(CaseClosing.case_id == case.id))
        taken = tuple(DatedStep(step.step, step.actual_on) for step in steps if step.actual_on)
        return Case(Track(case.track), case.opened_on, taken, closed_on)


def _by(on: date) -> Author:
    return Author(None, "form", at_noon(on))


def _code(number: int) -> str:
    subject = f"{number:08d}"
    first17 = "91220101" + subject + organisation_check_character(subject)
    return first17 + check_character(first17) if "X" not in first17 else _code(number + 1_000_000)
