"""What the board's pages read besides the numbers: a measure's rows, the units, the last change, what is set up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.enterprises.measure import Measure, MeasureQuery
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.models import HistoryEntry
from sme_tracker.recognitions.models import Recognition
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.terms import Role
from sme_tracker.shortlists.models import PutForward
from sme_tracker.targets.models import Target

PAGE_ROWS = 50
_ENTRY = HistoryEntry.metadata.tables["history_entry"].c
COUNTABLE = and_(
    _ENTRY.enterprise_id.is_not(None),
    _ENTRY.subject.not_in(("contact", "evidence", "judgement", "plan")),
    _ENTRY.action.not_in(("register", "update", "rename", "withdraw_name")),
)
"""Picks what the history tells of enterprises that a number of the board may depend on."""

_UNITS = select(ReportingUnit.id, ReportingUnit.short_name, ReportingUnit.name_en).order_by(
    ReportingUnit.sort, ReportingUnit.id
)
_LAST_CHANGE = select(_ENTRY.at).where(_ENTRY.enterprise_id.is_not(None)).order_by(_ENTRY.id.desc()).limit(1)
_STATE = select(_ENTRY.seal).where(or_(COUNTABLE, _ENTRY.action == "rebuild")).order_by(_ENTRY.id.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A reporting unit as the board names it."""

    id: int
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of rows begins or ends: the day and the enterprise of the row next to it."""

    day: date
    enterprise_id: int


@dataclass(frozen=True, slots=True)
class RowsPage:
    """A page of the rows behind a number; `before` counts the rows ahead of it."""

    rows: Sequence[Any]
    before: int
    total: int

    @property
    def first(self) -> Place | None:
        """The place of the first row."""
        return _place(self.rows[0]) if self.rows else None

    @property
    def last(self) -> Place | None:
        """The place of the last row."""
        return _place(self.rows[-1]) if self.rows else None


def units_of_board(session: Session) -> list[Unit]:
    """The reporting units in their order."""
    return [Unit(row.id, row.short_name, row.name_en) for row in session.execute(_UNITS)]


def last_change(session: Session) -> datetime | None:
    """When anything was last recorded of an enterprise, None as long as nothing was."""
    return session.scalar(_LAST_CHANGE)


def state_of_enterprises(session: Session) -> str:
    """The seal of the last entry about enterprises: it differs as soon as anything countable is recorded or rebuilt."""
    return session.scalar(_STATE) or ""


def set_up_so_far(session: Session) -> dict[str, bool]:
    """Which steps of a new installation are done."""
    steps = {
        "accounts": exists().where(User.role.in_((Role.CASEWORKER, Role.LEADER)), User.disabled_at.is_(None)),
        "units": exists().where(ReportingUnit.id.is_not(None)),
        "targets": exists().where(Target.in_force()),
        "register": exists().where(Enterprise.id.is_not(None)),
        "ledger": exists().where(Recognition.in_force()),
        "shortlist": exists().where(PutForward.in_force()),
    }
    row = session.execute(select(*(step.label(name) for name, step in steps.items()))).one()
    return {name: bool(done) for name, done in row._mapping.items()}


def page_of_rows(session: Session, measure: Measure, asked: MeasureQuery, turn: str, place: Place | None) -> RowsPage:
    """The rows behind a number, the latest day first: the next or previous ones of a place, the last or first ones."""
    rows = measure.rows(asked).subquery()
    total = session.scalar(select(func.count()).select_from(rows)) or 0
    backwards = turn == "last" or (turn == "prev" and place is not None)
    rest = total % PAGE_ROWS or PAGE_ROWS
    statement = _listed(rows, backwards).limit(rest if turn == "last" else PAGE_ROWS)
    if place and turn in ("next", "prev"):
        statement = statement.where(_beyond(rows.c, place, later=turn == "next"))
    found = session.execute(statement).all()
    found = found[::-1] if backwards else found
    return RowsPage(found, _rows_ahead(session, rows, found), total)


def all_rows(session: Session, measure: Measure, asked: MeasureQuery) -> Iterator[Any]:
    """All rows behind a number in the order of the page, drawn as they are needed."""
    statement = _listed(measure.rows(asked).subquery(), backwards=False)
    yield from session.execute(statement, execution_options={"yield_per": 1000})


def _listed(rows: Any, backwards: bool) -> Select[Any]:
    day, number = rows.c.day, rows.c.enterprise_id
    order = (day, number.desc()) if backwards else (day.desc(), number)
    return (
        select(
            day,
            number,
            Enterprise.name,
            Enterprise.code,
            Enterprise.unit_id.label("unit_now"),
            ReportingUnit.short_name.label("unit"),
            ReportingUnit.name_en.label("unit_en"),
        )
        .join(Enterprise, Enterprise.id == number)
        .outerjoin(ReportingUnit, ReportingUnit.id == rows.c.unit_id)
        .order_by(*order)
    )


def _beyond(columns: Any, place: Place, *, later: bool) -> ColumnElement[bool]:
    """Whether a row stands behind (`later`) or ahead of the place in the list."""
    day, number = columns.day, columns.enterprise_id
    if later:
        return or_(day < place.day, and_(day == place.day, number > place.enterprise_id))
    return or_(day > place.day, and_(day == place.day, number < place.enterprise_id))


def _rows_ahead(session: Session, rows: Any, found: Sequence[Any]) -> int:
    if not found:
        return 0
    ahead = select(func.count()).select_from(rows).where(_beyond(rows.c, _place(found[0]), later=False))
    return session.scalar(ahead) or 0


def _place(row: Any) -> Place:
    return Place(row.day, row.enterprise_id)
