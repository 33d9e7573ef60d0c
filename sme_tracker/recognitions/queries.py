"""Reading titles: each recognition in force with its reviews and its revocation, as held titles for the rules."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from sqlalchemy import BindParameter, and_, bindparam, select
from sqlalchemy.orm import Session

from sme_tracker.recognitions.models import Recognition, Review, Revocation
from sme_tracker.rules.counting import HeldTitle, Span, held_until, level_spans
from sme_tracker.rules.counting import Review as HeldReview
from sme_tracker.rules.terms import ReviewResult, Title

# Put together once, as that takes longer than answering for one enterprise.
_IDS: BindParameter[Collection[int]] = bindparam("ids", expanding=True)
_TITLES = (
    select(Recognition, Review, Revocation)
    .join(Review, and_(Review.recognition_id == Recognition.id, Review.in_force()), isouter=True)
    .join(Revocation, and_(Revocation.recognition_id == Recognition.id, Revocation.in_force()), isouter=True)
    .where(Recognition.enterprise_id.in_(_IDS), Recognition.in_force())
    .order_by(Recognition.valid_from.desc(), Recognition.id.desc(), Review.opened_on, Review.id)
)


@dataclass(frozen=True, slots=True)
class TitleHeld:
    """A recognition in force with what became of it."""

    recognition: Recognition
    reviews: Sequence[Review]
    revocation: Revocation | None

    @property
    def title(self) -> Title:
        """What the enterprise was recognised as."""
        return Title(self.recognition.title)

    @property
    def held(self) -> HeldTitle:
        """The same for the rules."""
        reviews = tuple(
            HeldReview(review.opened_on, review.decided_on, ReviewResult(review.result) if review.result else None)
            for review in self.reviews
        )
        row = self.recognition
        revoked_on = self.revocation.revoked_on if self.revocation else None
        return HeldTitle(self.title.level, row.valid_from, row.valid_until, reviews, revoked_on)

    @property
    def until(self) -> date:
        """The first day the title no longer holds."""
        return held_until(self.held)

    @property
    def open_review(self) -> Review | None:
        """The review that is not yet decided."""
        return next((review for review in self.reviews if review.decided_on is None), None)

    def holds_on(self, day: date) -> bool:
        """Whether the title holds on the day."""
        return self.recognition.valid_from <= day < self.until


def titles_of(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[TitleHeld]]:
    """The recognitions in force of each enterprise, the latest first."""
    found: dict[int, list[TitleHeld]] = {enterprise_id: [] for enterprise_id in enterprise_ids}
    rows = session.execute(_TITLES, {"ids": list(enterprise_ids)})
    for one, reviewed in groupby(rows, key=itemgetter(0)):
        _one, reviews, revocations = zip(*reviewed, strict=True)
        held = TitleHeld(one, [review for review in reviews if review], revocations[0])
        found[one.enterprise_id].append(held)
    return found


def spans_of(titles: Iterable[TitleHeld]) -> list[Span[int]]:
    """The levels an enterprise holds on each day, as bits, over all time."""
    return level_spans(title.held for title in titles if title.title.on_ladder)


def get_title(session: Session, recognition_id: int) -> TitleHeld | None:
    """One recognition in force, None if it has been withdrawn or corrected."""
    one = session.get(Recognition, recognition_id)
    if one is None or one.retired_at is not None:
        return None
    return next(held for held in titles_of(session, [one.enterprise_id])[one.enterprise_id] if held.recognition is one)
