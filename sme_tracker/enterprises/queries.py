"""One enterprise and its facts, as known now; and which enterprises a user sees at all."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Select,
    String,
    bindparam,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from sme_tracker.accounts.models import User
from sme_tracker.enterprises.models import (
    Contact,
    Enterprise,
    EnterpriseName,
    EnterpriseStatus,
    EnterpriseUnit,
    YearlyFigure,
)
from sme_tracker.history.facts import portions
from sme_tracker.history.models import HistoryEntry, of_instant
from sme_tracker.reference.models import Chain, Industry, ReportingUnit
from sme_tracker.rules.access import Permission, may, own_unit_only
from sme_tracker.rules.names import name_key
from sme_tracker.rules.terms import Role

_UNIT_TODAY: ColumnElement[Any] = Enterprise.__table__.c.unit_id
SIMILAR_SHOWN = 3


# The questions of every page of an enterprise, put together once: that takes longer than answering them.
_WHICH: BindParameter[int] = bindparam("which")
_ONE = (
    select(Enterprise)
    .where(Enterprise.id == _WHICH)
    .options(*(joinedload(part) for part in (Enterprise.unit, Enterprise.chain, Enterprise.industry, Enterprise.owner)))
)
_NO_WORD: ColumnElement[Any] = cast(null(), String)


def _dated(kind: str, fact: type[Any], said: Any, said_en: Any = _NO_WORD, reason: Any = _NO_WORD) -> Select[Any]:
    """The facts in force of one kind, with what they say."""
    columns = (fact.id, fact.from_day, said.label("said"), said_en.label("said_en"), reason.label("reason"))
    which = (fact.enterprise_id == _WHICH, fact.in_force())
    return select(literal(kind).label("kind"), *columns).select_from(fact).where(*which)


_DATED_FACTS = union_all(
    _dated("name", EnterpriseName, EnterpriseName.name),
    _dated("unit", EnterpriseUnit, ReportingUnit.name, ReportingUnit.name_en).join(
        ReportingUnit, ReportingUnit.id == EnterpriseUnit.unit_id, isouter=True
    ),
    _dated("status", EnterpriseStatus, EnterpriseStatus.status, reason=EnterpriseStatus.reason),
)
_FIGURE = YearlyFigure.metadata.tables[YearlyFigure.__tablename__]
_FIGURES = (
    select(_FIGURE)
    .where(_FIGURE.c.enterprise_id == _WHICH, _FIGURE.c.retired_at.is_(None))
    .order_by(_FIGURE.c.fiscal_year, _FIGURE.c.source)
)
_CONTACT = Contact.metadata.tables[Contact.__tablename__]
_CONTACTS = (
    select(_CONTACT).where(_CONTACT.c.enterprise_id == _WHICH, _CONTACT.c.removed_at.is_(None)).order_by(_CONTACT.c.id)
)
_ENTRY = HistoryEntry.metadata.tables[HistoryEntry.__tablename__]
_USER = User.metadata.tables[User.__tablename__]
_CASEWORKERS = (
    select(_USER.c.id, _USER.c.full_name)
    .where(_USER.c.role == Role.CASEWORKER, _USER.c.disabled_at.is_(None))
    .order_by(_USER.c.full_name)
)
_HISTORY_SIZE = select(func.count(_ENTRY.c.id)).where(_ENTRY.c.enterprise_id == _WHICH)
_CHANGED_BY = (
    select(_USER.c.full_name)
    .join(_ENTRY, _ENTRY.c.user_id == _USER.c.id)
    .join(Enterprise, Enterprise.id == _ENTRY.c.enterprise_id)
    .where(Enterprise.id == _WHICH, of_instant(_ENTRY.c.at, Enterprise.updated_at))
    .order_by(_ENTRY.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
"""Who changed the record itself last: looking at it, or deciding on it elsewhere, enters its history too."""
_HISTORY = (
    select(*(_ENTRY.c[name] for name in ("at", "action", "subject", "through", "changes")), _USER.c.full_name)
    .add_columns(_HISTORY_SIZE.scalar_subquery().label("of_all"), _CHANGED_BY.label("changed_by"))
    .join(_USER, _USER.c.id == _ENTRY.c.user_id, isouter=True)
    .where(_ENTRY.c.enterprise_id == _WHICH)
    .order_by(_ENTRY.c.id.desc())
    .limit(bindparam("most"))
)


def _open(listed: type[ReportingUnit] | type[Chain] | type[Industry], *order: Any) -> Select[Any]:
    """The items of a list that may be chosen on the day `today`: `Listed.is_open`, asked of all."""
    items = listed.metadata.tables[listed.__tablename__].c
    still = or_(items.closed_from.is_(None), items.closed_from > bindparam("today", type_=Date))
    return select(items.id, items.code, items.name, items.name_en).where(still).order_by(*order)


_OPEN_UNITS = _open(ReportingUnit, ReportingUnit.sort, ReportingUnit.id)
_OPEN_CHAINS = _open(Chain, Chain.code)
_OPEN_INDUSTRIES = _open(Industry, Industry.code)


class Choice(NamedTuple):
    """An item of a list that may be chosen."""

    id: int
    code: str
    name: str
    name_en: str


class Viewer(Protocol):
    """Whoever looks: an account with its role and, for a clerk, the reporting unit."""

    role: str
    unit_id: int | None


class NotVisible(LookupError):
    """There is no such record, or not for this user; the two look alike."""


def visible_to(user: Viewer, unit_id: ColumnElement[Any] = _UNIT_TODAY) -> ColumnElement[bool]:
    """The condition that picks the enterprises the user sees: all, those of the own unit, or none.

    `unit_id` is the column that tells the unit: today's, unless that of another day or of the tally is meant.
    """
    role = Role(user.role)
    if not may(role, Permission.ENTERPRISE_READ):
        return false()
    if own_unit_only(role):
        return unit_id == user.unit_id if user.unit_id is not None else false()
    return true()


def get_enterprise(session: Session, enterprise_id: int, user: Viewer) -> Enterprise:
    """The enterprise with its unit, chain, industry and owner; raises NotVisible."""
    found = session.scalar(_ONE.where(visible_to(user)), {"which": enterprise_id})
    if found is None:
        raise NotVisible
    return found


def find_by_code(session: Session, code: str) -> Enterprise | None:
    """The enterprise registered under the normalised code."""
    return session.scalar(select(Enterprise).where(Enterprise.code == code))


def codes_and_names(session: Session, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Code and present name of enterprises, by id."""
    columns = select(Enterprise.id, Enterprise.code, Enterprise.name)
    return {
        row.id: (row.code, row.name)
        for some in portions(ids)
        for row in session.execute(columns.where(Enterprise.id.in_(some)))
    }


def similar_names(session: Session, name: str, user: Viewer) -> Sequence[Enterprise]:
    """Enterprises whose name reads the same but for brackets, width and blanks."""
    return session.scalars(
        select(Enterprise).where(Enterprise.name_key == name_key(name), visible_to(user)).limit(SIMILAR_SHOWN)
    ).all()


def dated_facts(session: Session, enterprise_id: int) -> dict[str, list[Any]]:
    """What the names (`name`), reporting units (`unit`) and statuses (`status`) say, the latest first."""
    facts: dict[str, list[Any]] = {"name": [], "unit": [], "status": []}
    rows: Sequence[Any] = session.execute(_DATED_FACTS, {"which": enterprise_id}).all()
    for row in sorted(rows, key=lambda row: row.from_day or date.min, reverse=True):
        facts[row.kind].append(row)
    return facts


def figure_rows(session: Session, enterprise_id: int) -> Sequence[Any]:
    """The yearly figures as recorded, one row for each year and source."""
    return session.execute(_FIGURES, {"which": enterprise_id}).all()


def contacts_of(session: Session, enterprise_id: int) -> Sequence[Any]:
    """The contacts that have not been removed."""
    return session.execute(_CONTACTS, {"which": enterprise_id}).all()


def get_contact(session: Session, enterprise_id: int, contact_id: int) -> Contact:
    """A contact of the enterprise; raises NotVisible for one that was removed or is another's."""
    found = session.get(Contact, contact_id)
    if found is None or found.enterprise_id != enterprise_id or found.removed_at is not None:
        raise NotVisible
    return found


def history_of(session: Session, enterprise_id: int, most: int) -> Sequence[Any]:
    """What was done to the enterprise, the latest first: by whom (the full name), and one of how many (`of_all`).

    Each bears the name of who changed the record itself last (`changed_by`), None where that is not known.
    """
    return session.execute(_HISTORY, {"which": enterprise_id, "most": most}).all()


def last_updates(session: Session, enterprise_id: int, most: int) -> Sequence[HistoryEntry]:
    """The latest changes of the profile, the latest first; each has raised the version by one."""
    return session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.enterprise_id == enterprise_id, HistoryEntry.action == "update")
        .order_by(HistoryEntry.id.desc())
        .limit(most)
    ).all()


def last_update(session: Session, enterprise_id: int) -> tuple[str | None, datetime] | None:
    """The full name of whoever changed the profile last, and when."""
    found = session.execute(
        select(User.full_name, HistoryEntry.at)
        .select_from(HistoryEntry)
        .join(User, User.id == HistoryEntry.user_id, isouter=True)
        .where(HistoryEntry.enterprise_id == enterprise_id, HistoryEntry.action == "update")
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    ).first()
    return (found.full_name, found.at) if found else None


def figures_of_source(session: Session, enterprise_id: int, fiscal_year: int, source: str) -> Sequence[YearlyFigure]:
    """Everything one source ever said of a year, what is in force or was last so first."""
    return session.scalars(
        select(YearlyFigure)
        .where(
            YearlyFigure.enterprise_id == enterprise_id,
            YearlyFigure.fiscal_year == fiscal_year,
            YearlyFigure.source == source,
        )
        .order_by(YearlyFigure.id.desc())
    ).all()


def open_units(session: Session, today: date) -> list[Choice]:
    """The reporting units that may be chosen, in their order."""
    return [Choice(*row) for row in session.execute(_OPEN_UNITS, {"today": today})]


def open_chains(session: Session, today: date) -> list[Choice]:
    """The industrial chains that may be chosen."""
    return [Choice(*row) for row in session.execute(_OPEN_CHAINS, {"today": today})]


def open_industries(session: Session, today: date) -> list[Choice]:
    """The industries that may be chosen."""
    return [Choice(*row) for row in session.execute(_OPEN_INDUSTRIES, {"today": today})]


def caseworkers(session: Session) -> Sequence[Any]:
    """Who can be in charge of an enterprise: id and full name."""
    return session.execute(_CASEWORKERS).all()
