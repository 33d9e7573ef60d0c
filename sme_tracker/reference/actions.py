"""Changing the lists: adding an item, changing or closing it, naming the bureau."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sme_tracker.history.chain import Author, Entry, differences, record
from sme_tracker.reference.models import Batch, Chain, Industry, ReportingUnit, Setting
from sme_tracker.rules.findings import Finding, Refused

Item = ReportingUnit | Industry | Chain | Batch
BUREAU_NAMES = ("bureau_name", "bureau_name_en")


def add_item(session: Session, by: Author, table: type[Item], values: Mapping[str, Any]) -> int:
    """A new item of a list, a unit at the end of its order; raises Refused when its code or short name is taken."""
    item = table(**values)
    if isinstance(item, ReportingUnit):
        item.sort = (session.scalar(select(func.max(ReportingUnit.sort))) or 0) + 1
    session.add(item)
    _save(session)
    _note(session, by, "add", item, {name: (None, value) for name, value in values.items() if value is not None})
    return item.id


def change_item(session: Session, by: Author, item: Item, values: Mapping[str, Any]) -> None:
    """Change an item or close it from a day on; records that name it keep it. Raises Refused as add_item does."""
    changed = differences({name: getattr(item, name) for name in values}, values)
    for name, value in values.items():
        setattr(item, name, value)
    _save(session)
    if changed:
        _note(session, by, "change", item, {"code": (item.code, item.code)} | changed)


def name_bureau(session: Session, by: Author, names: Mapping[str, str | None]) -> None:
    """Set what the bureau is called in either language; a blank one goes back to the built-in name."""
    before = {name: _stored(session, name) for name in BUREAU_NAMES}
    changed = differences(before, {name: names[name] or None for name in BUREAU_NAMES})
    for name, (_old, new) in changed.items():
        setting = session.get(Setting, name)
        if setting is not None and new is None:
            session.delete(setting)
        elif new is not None:
            session.merge(Setting(key=name, value=str(new)))
    session.flush()
    if changed:
        record(session, by, [Entry("name_bureau", "setting", changes=changed)])


def _stored(session: Session, key: str) -> str | None:
    setting = session.get(Setting, key)
    return setting.value if setting else None


def _save(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        taken = "short_name" if "short_name" in str(error.orig) else "code"
        raise Refused(Finding(f"listed.{taken}_taken")) from error


def _note(session: Session, by: Author, verb: str, item: Item, changes: Mapping[str, tuple[object, object]]) -> None:
    record(session, by, [Entry(f"{verb}_{item.__tablename__}", item.__tablename__, item.id, changes=changes)])
