"""A small bureau made through the actions people use, for tests of counts."""

from datetime import date
from itertools import count

from sqlalchemy import select

from sme_tracker.clock import at_noon
from sme_tracker.db import GuardedSession, transaction
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
from sme_tracker.pipeline.actions import CaseOpening, Closing, StepTaken, close_cases, open_cases, take_steps
from sme_tracker.recognitions.actions import NewRecognition, Revoking, recognise, revoke, withdraw
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.credit_code import check_character, organisation_check_character
from sme_tracker.rules.figures import YearlyFigures
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
        new = NewRecognition(enterprise, title, kind, day(published_on), start, end)
        with transaction(self.session):
            return recognise(self.session, _by(day(recorded_on or published_on)), [new])[0]

    def withdraw(self, recognition: int, on: str) -> None:
        """A recognition was recorded by mistake."""
        with transaction(self.session):
            withdraw(self.session, _by(day(on)), [recognition], "录错")

    def revoke(self, recognition: int, on: str) -> None:
        """A title is lost."""
        with transaction(self.session):
            revoke(self.session, _by(day(on)), [Revoking(recognition, day(on), "失信")])

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
            opening = CaseOpening(enterprise, track, day(opened_on))
            case = open_cases(self.session, _by(day(opened_on)), [opening])[0]
        for step, on in steps:
            self.step(case, step, on)
        return case

    def step(self, case: int, step: str, on: str) -> None:
        """A step of a case."""
        with transaction(self.session):
            take_steps(self.session, _by(day(on)), [StepTaken(case, step, day(on))])

    def close(self, case: int, on: str) -> None:
        """A case ends before its counting step."""
        with transaction(self.session):
            close_cases(self.session, _by(day(on)), [Closing(case, "given_up", day(on), "企业放弃")])

    def forward(self, enterprise: int, on: str, title: Title = Title.NATIONAL) -> None:
        """The enterprise is put forward."""
        with transaction(self.session):
            put_forward(self.session, _by(day(on)), [Forwarding(enterprise, title, day(on).year, day(on))])

    def figures(self, enterprise: int, year: int, recorded_on: str) -> None:
        """Yearly figures come in."""
        with transaction(self.session):
            rows = [(enterprise, YearlyFigures(year, Source.PLATFORM, staff=20))]
            record_figures(self.session, _by(day(recorded_on)), rows)


def _by(on: date) -> Author:
    return Author(None, "form", at_noon(on))


def _code(number: int) -> str:
    subject = f"{number:08d}"
    first17 = "91220101" + subject + organisation_check_character(subject)
    return first17 + check_character(first17) if "X" not in first17 else _code(number + 1_000_000)
