"""Undoing what an act did to titles: what it would withdraw and put back, what was built on since, and doing it."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from sme_tracker.history.acts import Act, Left
from sme_tracker.history.chain import Author
from sme_tracker.history.facts import portions
from sme_tracker.recognitions import actions
from sme_tracker.recognitions.actions import NewRecognition
from sme_tracker.recognitions.models import Recognition, Review, Revocation
from sme_tracker.rules.terms import RecognitionKind, Title

Followup = Review | Revocation
F = TypeVar("F", Review, Revocation)


@dataclass
class Undoing:
    """What undoing an act does to titles: `corrected` holds by id what a recognition was, `gone` those it recorded."""

    corrected: dict[int, NewRecognition] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    followups: list[Followup] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def titles(self) -> int:
        """How many recognitions, reviews and revocations are withdrawn or put back."""
        return len(self.corrected) + len(self.gone) + len(self.followups)


def what_undoing_does(session: Session, act: Act, enterprise_ids: Collection[int]) -> Undoing:
    """What undoing an act would do to the titles of these enterprises, as they are now."""
    undoing = Undoing()
    for ids in portions(enterprise_ids):
        _Portion(session, act, ids, undoing).take()
    return undoing


def undo(session: Session, by: Author, undoing: Undoing, reason: str) -> None:
    """Do it, through the same actions people use, each with the reason."""
    actions.withdraw_followups(session, by, undoing.followups, reason)
    for recognition_id, was in undoing.corrected.items():
        actions.correct(session, by, recognition_id, was, reason)
    actions.withdraw(session, by, undoing.gone, reason)


class _Portion:
    """Reads what an act did to the titles of some enterprises beside what they are now."""

    def __init__(self, session: Session, act: Act, ids: Collection[int], undoing: Undoing) -> None:
        self._session, self._act, self._undoing = session, act, undoing
        touched = or_(Recognition.recorded_at == act.at, Recognition.retired_at == act.at, Recognition.in_force())
        wanted = select(Recognition).where(Recognition.enterprise_id.in_(ids), touched).order_by(Recognition.id)
        self._titles = {one.id: one for one in session.scalars(wanted)}
        self._was = {_origin(one): one for one in self._titles.values() if self._is_replaced(one)}
        self._here = {_said(one): one for one in self._titles.values() if one.retired_at is None}
        self._followups: dict[int, list[Followup]] = defaultdict(list)
        for one in self._read_followups():
            self._followups[one.recognition_id].append(one)

    def take(self) -> None:
        """Add what undoing would do to them."""
        for title in self._titles.values():
            if title.recorded_at == self._act.at:
                self._take(title)
            elif title.retired_at is None:
                self._take_followups(title, self._followups[title.id])

    def _take(self, written: Recognition) -> None:
        title, was = self._here.get(_said(written), written), self._was.get(_origin(written))
        followups = self._followups[title.id]
        later = next((one for one in followups if one.retired_at is None and one.recorded_at > self._act.at), None)
        if title.retired_at == self._act.at:
            return
        if title.retired_at or later:
            now = None if title.retired_at else title.valid_until
            at, by_id = (later.recorded_at, later.recorded_by_id) if later else (title.retired_at, title.retired_by_id)
            values = was and was.valid_until, title.valid_until, now
            place = {"title": title.title, "published_on": title.published_on}
            self._undoing.left.append(Left(title.enterprise_id, "valid_until", *values, place, at, by_id))
        elif was is None:
            self._undoing.gone.append(title.id)
        else:
            self._undoing.corrected[title.id] = _as_it_was(was)
            followed = {_day(one) for one in self._followups[was.id]}
            self._take_followups(title, [one for one in followups if _day(one) not in followed])

    def _take_followups(self, title: Recognition, followups: list[Followup]) -> None:
        """Reviews opened and revocations recorded by the act for a title that stays."""
        for one in followups:
            if one.recorded_at == self._act.at and one.retired_at is None:
                self._undoing.followups.append(one)
            elif one.recorded_at == self._act.at and one.retired_at != self._act.at:
                name, day = _day(one)
                place = {"title": title.title, "published_on": title.published_on}
                left = Left(title.enterprise_id, name, None, day, None, place, one.retired_at, one.retired_by_id)
                self._undoing.left.append(left)

    def _read_followups(self) -> Iterator[Followup]:
        """The reviews and revocations of the titles that the act touched or that are in force."""
        for ids in portions(self._titles):
            yield from self._session.scalars(self._touched(select(Review), Review, ids))
            yield from self._session.scalars(self._touched(select(Revocation), Revocation, ids))

    def _touched(self, wanted: Select[F], table: type[Followup], recognition_ids: Collection[int]) -> Select[F]:
        at = self._act.at
        touched = or_(table.recorded_at == at, table.retired_at == at, table.in_force())
        return wanted.where(table.recognition_id.in_(recognition_ids), touched).order_by(table.id)

    def _is_replaced(self, title: Recognition) -> bool:
        return title.retired_at == self._act.at and title.recorded_at != self._act.at


def _said(title: Recognition) -> tuple[object, ...]:
    """What a recognition says, and of which it is the correction; put back, it says the same in a new row."""
    return (title.enterprise_id, *(getattr(title, name) for name in actions.TOLD))


def _origin(title: Recognition) -> int:
    """What stays the same when a title is corrected."""
    return title.origin_id or title.id


def _day(one: Followup) -> tuple[str, date]:
    """The field that says when a review or a loss began, and the day."""
    return ("opened_on", one.opened_on) if isinstance(one, Review) else ("revoked_on", one.revoked_on)


def _as_it_was(title: Recognition) -> NewRecognition:
    return NewRecognition(
        enterprise_id=title.enterprise_id,
        title=Title(title.title),
        kind=RecognitionKind(title.kind),
        published_on=title.published_on,
        valid_from=title.valid_from,
        valid_until=title.valid_until,
        batch=title.batch,
        document_number=title.document_number,
        certificate_number=title.certificate_number,
        estimated=title.estimated,
    )
