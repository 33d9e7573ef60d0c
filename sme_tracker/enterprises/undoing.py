"""Undoing what an act did to enterprises: what it would put back, what was built on since and stays, and doing it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from sme_tracker.enterprises import actions
from sme_tracker.enterprises.actions import PROFILE, NewContact, Renaming, StatusChange, UnitChange, Withdrawal
from sme_tracker.enterprises.models import Contact, Enterprise, EnterpriseName, EnterpriseUnit, YearlyFigure
from sme_tracker.history.acts import Act, Deed, Left, deeds_of, deeds_since
from sme_tracker.history.chain import Author
from sme_tracker.history.facts import portions
from sme_tracker.rules.figures import FIGURES, YearlyFigures
from sme_tracker.rules.records import masked_phone
from sme_tracker.rules.terms import Source, Status

_TABLE = Enterprise.metadata.tables["enterprise"]
Row = Mapping[str, Any]


@dataclass
class Undoing:
    """What undoing an act does to enterprises, in the terms of the actions that do it.

    `entered` are the enterprises that only this act knows, which become ones entered by mistake; `stays` tells of the
    others that it entered what was done to them first. What is only gone is named by the id of its fact.
    """

    entered: list[int] = field(default_factory=list)
    stays: list[Deed] = field(default_factory=list)
    profiles: dict[int, dict[str, object]] = field(default_factory=lambda: defaultdict(dict))
    renamings: list[Renaming] = field(default_factory=list)
    names_gone: list[int] = field(default_factory=list)
    moves: list[UnitChange] = field(default_factory=list)
    units_gone: list[int] = field(default_factory=list)
    figures: list[tuple[int, YearlyFigures]] = field(default_factory=list)
    figures_gone: list[int] = field(default_factory=list)
    contacts: list[tuple[Contact, NewContact]] = field(default_factory=list)
    contacts_gone: list[Contact] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def profile_fields(self) -> int:
        """How many fields of profiles, names and units are put back."""
        dated = len(self.renamings) + len(self.names_gone) + len(self.moves) + len(self.units_gone)
        return dated + sum(len(values) for values in self.profiles.values())

    @property
    def figure_years(self) -> int:
        """Of how many years of enterprises the figures of a source are put back."""
        return len(self.figures) + len(self.figures_gone)

    @property
    def people(self) -> int:
        """How many contacts are put back or removed."""
        return len(self.contacts) + len(self.contacts_gone)


def what_undoing_does(session: Session, act: Act, enterprise_ids: Collection[int]) -> Undoing:
    """What undoing an act would do to these enterprises, as they are now."""
    undoing = Undoing()
    for ids in portions(enterprise_ids):
        _Portion(session, act, ids, undoing).take()
    return undoing


def undo(session: Session, by: Author, undoing: Undoing, reason: str) -> None:
    """Do it, through the same actions people use, each with the reason."""

    def gone(ids: Iterable[int]) -> list[Withdrawal]:
        return [Withdrawal(which, reason) for which in ids]

    actions.update_profiles(session, by, undoing.profiles)
    actions.rename(session, by, [replace(one, reason=reason) for one in undoing.renamings])
    actions.withdraw_names(session, by, gone(undoing.names_gone))
    actions.assign_units(session, by, [replace(one, reason=reason) for one in undoing.moves])
    actions.withdraw_units(session, by, gone(undoing.units_gone))
    actions.record_figures(session, by, undoing.figures, reason)
    actions.withdraw_figures(session, by, gone(undoing.figures_gone))
    actions.replace_contacts(session, by, undoing.contacts)
    actions.remove_contacts(session, by, undoing.contacts_gone)
    mistaken = [StatusChange(which, Status.MISTAKEN, None, reason) for which in undoing.entered]
    actions.change_statuses(session, by, mistaken)


class _Portion:
    """Reads what an act did to some enterprises beside what they are now."""

    def __init__(self, session: Session, act: Act, ids: Sequence[int], undoing: Undoing) -> None:
        self._session, self._act, self._ids, self._undoing = session, act, ids, undoing
        self._deeds = list(deeds_of(session, act, ids))
        self._since = deeds_since(session, act, ids)
        self._entered = {deed.enterprise_id for deed in self._deeds if _enters(deed)}

    def take(self) -> None:
        """Add what undoing would do to them."""
        for which in sorted(self._entered):
            if self._since[which]:
                self._undoing.stays.append(self._since[which][0])
            else:
                self._undoing.entered.append(which)
        self._take_profiles()
        self._take_names()
        self._take_units()
        self._take_figures()
        self._take_contacts()

    def _take_profiles(self) -> None:
        made: dict[int, dict[str, tuple[object, object]]] = defaultdict(dict)
        for deed in self._deeds:
            if deed.action == "update" and deed.enterprise_id not in self._entered:
                for name, (old, new) in deed.changes.items():
                    made[deed.enterprise_id][name] = (_typed(name, old), _typed(name, new))
        columns = select(*(_TABLE.c[name] for name in ("id", *PROFILE))).where(_TABLE.c.id.in_(made))
        for now in self._session.execute(columns).mappings() if made else ():
            for name, (was, written) in made[now["id"]].items():
                if now[name] == written:
                    self._undoing.profiles[now["id"]][name] = was
                elif now[name] != was:
                    self._leave(now["id"], name, was, written, now[name])

    def _take_names(self) -> None:
        for written, was in self._dated(EnterpriseName, "name"):
            if was is None:
                self._undoing.names_gone.append(written["id"])
            else:
                back = Renaming(written["enterprise_id"], was["name"], written["from_day"], written["id"])
                self._undoing.renamings.append(back)

    def _take_units(self) -> None:
        for written, was in self._dated(EnterpriseUnit, "unit_id"):
            if was is None:
                self._undoing.units_gone.append(written["id"])
            else:
                back = UnitChange(written["enterprise_id"], was["unit_id"], written["from_day"], written["id"])
                self._undoing.moves.append(back)

    def _dated(self, fact: type[EnterpriseName | EnterpriseUnit], column: str) -> list[tuple[Row, Row | None]]:
        """The facts that still say what the act wrote, each with the one whose place the act's took."""
        rows = [row for row in self._facts(fact) if row["enterprise_id"] not in self._entered]
        was = {(row["enterprise_id"], row["from_day"]): row for row in rows if self._is_replaced(row)}
        now = {row["enterprise_id"]: row for row in rows if row["retired_at"] is None}
        here = {(row["enterprise_id"], row["from_day"]): row for row in rows if row["retired_at"] is None}
        found = []
        for row in rows:
            which, place = row["enterprise_id"], (row["enterprise_id"], row["from_day"])
            if row["recorded_at"] != self._act.at or row["retired_at"] == self._act.at:
                continue
            replaced, there = was.get(place), here.get(place)
            if there and there[column] == row[column]:
                found.append((there, replaced))
            else:
                values = (replaced and replaced[column], row[column], now[which][column])
                self._undoing.left.append(_left(which, column, values, row))
        return found

    def _take_figures(self) -> None:
        places: dict[tuple[int, int, str], dict[str, Row]] = defaultdict(dict)
        for row in self._facts(YearlyFigure):
            of_place = places[row["enterprise_id"], row["fiscal_year"], row["source"]]
            if row["recorded_at"] == self._act.at:
                of_place["written"] = row
            elif self._is_replaced(row):
                of_place["was"] = row
            if row["retired_at"] is None:
                of_place["now"] = row
        for (which, year, source), rows in places.items():
            if "written" in rows:
                self._take_year(which, YearlyFigures(year, Source(source)), rows)

    def _take_year(self, which: int, place: YearlyFigures, rows: Mapping[str, Row]) -> None:
        """Each figure that is as the act wrote it becomes what it was; those that are not stay."""
        written, was, now = rows["written"], rows.get("was", {}), rows.get("now", {})
        back: dict[str, Any] = {name: now.get(name) for name in FIGURES}
        for name in FIGURES:
            values = (was.get(name), written[name], now.get(name))
            if values[0] in values[1:]:
                continue
            if values[2] == values[1]:
                back[name] = values[0]
            else:
                self._undoing.left.append(_left(which, name, values, written, place))
        if not now or all(back[name] == now[name] for name in FIGURES):
            return
        if any(value is not None for value in back.values()):
            self._undoing.figures.append((which, replace(place, **back)))
        else:
            self._undoing.figures_gone.append(now["id"])

    def _take_contacts(self) -> None:
        deeds = [deed for deed in self._deeds if deed.action in ("add_contact", "change_contact")]
        if not deeds:
            return
        people = select(Contact).where(Contact.enterprise_id.in_({deed.enterprise_id for deed in deeds}))
        mine = people.where(or_(Contact.removed_at.is_(None), Contact.removed_at == self._act.at))
        now: dict[object, Contact] = {}
        was: dict[object, Contact] = {}
        for contact in self._session.scalars(mine):
            person = contact.enterprise_id, contact.name
            if contact.removed_at:
                was[person] = contact
            else:
                now[person] = now[contact.id] = contact
        for deed in deeds:
            written = now.get(deed.subject_id or (deed.enterprise_id, deed.changes["name"][1]))
            if written:
                self._take_contact(deed, written, was.get((written.enterprise_id, written.name)))

    def _take_contact(self, deed: Deed, now: Contact, was: Contact | None) -> None:
        written = deed.changes.get("phone", (None, None))[1]
        if now.version > 1 or masked_phone(now.phone) != written:
            masked = (masked_phone(was.phone) if was else None, written, masked_phone(now.phone))
            self._leave(now.enterprise_id, "phone", *masked)
        elif was is None:
            self._undoing.contacts_gone.append(now)
        else:
            self._undoing.contacts.append((now, NewContact(was.enterprise_id, was.name, was.position, was.phone)))

    def _facts(self, fact: type[EnterpriseName | EnterpriseUnit | YearlyFigure]) -> list[Row]:
        """The facts that the act recorded or retired, and those in force."""
        table: Table = fact.metadata.tables[fact.__tablename__]
        at = self._act.at
        touched = or_(table.c.recorded_at == at, table.c.retired_at == at, table.c.retired_at.is_(None))
        found = select(table).where(table.c.enterprise_id.in_(self._ids), touched).order_by(table.c.id)
        return [dict(row) for row in self._session.execute(found).mappings()]

    def _is_replaced(self, row: Row) -> bool:
        return bool(row["retired_at"] == self._act.at and row["recorded_at"] != self._act.at)

    def _leave(self, which: int, name: str, was: object, written: object, now: object) -> None:
        """Leave a field that is changed in place; who changed it the history says."""
        later = next((deed for deed in reversed(self._since[which]) if name in deed.changes), None)
        self._undoing.left.append(
            Left(which, name, was, written, now, at=later and later.at, by_id=later and later.user_id)
        )


def _enters(deed: Deed) -> bool:
    """Whether an enterprise came in: for the first time, or again after it was undone."""
    return deed.action == "register" or deed.changes.get("status", [None])[0] == Status.MISTAKEN


def _typed(name: str, plain: Any) -> object:
    """A value of the profile as it is kept, from what the history made of it."""
    if plain is None:
        return None
    kind = _TABLE.c[name].type.python_type
    return date.fromisoformat(plain) if kind is date else Decimal(plain) if kind is Decimal else plain


def _left(
    which: int, name: str, values: tuple[object, object, object], written: Row, of: YearlyFigures | None = None
) -> Left:
    place = {"fiscal_year": of.fiscal_year, "source": of.source.value} if of else {}
    return Left(which, name, *values, place, written["retired_at"], written["retired_by_id"])
