"""What is said of and decided on candidates, and putting an enterprise on the list by hand."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.clock import local
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.history.facts import insert_facts, retire, stamped
from sme_tracker.rules.bounds import BLANKS, check_text, need_reason
from sme_tracker.rules.findings import Finding, Refused, refuse
from sme_tracker.rules.terms import DecisionWord
from sme_tracker.shortlists.actions.keyed import in_force, of
from sme_tracker.shortlists.models import AddedByHand, Decision, DistrictWord
from sme_tracker.shortlists.queries import ShortlistKey, is_open_to_districts

S = TypeVar("S", Decision, DistrictWord)


def decide(
    session: Session, by: Author, key: ShortlistKey, enterprise_ids: Sequence[int], word: DecisionWord, reason: str
) -> None:
    """Decide on candidates; undecided and not recommended need a reason. A decision made again replaces the last."""
    _say(session, by, Decision, key, dict.fromkeys(enterprise_ids, word), reason, "shortlist.decide")


def recommend(
    session: Session,
    by: Author,
    key: ShortlistKey,
    unit_id: int,
    enterprise_ids: Sequence[int],
    word: DecisionWord,
    reason: str,
) -> None:
    """Record a district's word on candidates of its own: recommended, or not recommended with the reason.

    Raises Refused for another word, a list that is not open to the districts, and an enterprise of another unit.
    """
    if word is DecisionWord.UNDECIDED:
        raise Refused(Finding("district.word"))
    if not is_open_to_districts(session, key, local(by.at).date()):
        raise Refused(Finding("district.closed"))
    units = session.execute(select(Enterprise.id, Enterprise.unit_id).where(Enterprise.id.in_(enterprise_ids)))
    if {which for which, unit in units if unit == unit_id} != set(enterprise_ids):
        raise Refused(Finding("district.not_own"))
    said = dict.fromkeys(enterprise_ids, word)
    _say(session, by, DistrictWord, key, said, reason, "shortlist.district", unit_id=unit_id)


def add_by_hand(session: Session, by: Author, key: ShortlistKey, enterprise_id: int, reason: str) -> None:
    """Put an enterprise on the shortlist beside the rule, with the reason; one that is on it by hand stays."""
    need_reason(reason)
    if session.scalars(in_force(AddedByHand, key, [enterprise_id])).first():
        return
    insert_facts(
        session, AddedByHand, [stamped(by, **of(key), enterprise_id=enterprise_id, reason=reason.strip(BLANKS))]
    )
    entry = Entry("shortlist.add", str(key), None, enterprise_id, {"reason": (None, reason.strip(BLANKS))})
    record(session, by, [entry])


def _say(
    session: Session,
    by: Author,
    table: type[S],
    key: ShortlistKey,
    words: Mapping[int, DecisionWord],
    reason: str,
    action: str,
    **more: int,
) -> None:
    """Record a word on each candidate where it or its reason differs from the one in force, which it replaces."""
    if any(word is not DecisionWord.RECOMMENDED for word in words.values()):
        need_reason(reason)
    refuse(check_text("reason", reason))
    written = reason.strip(BLANKS) or None
    known = {row.enterprise_id: row for row in session.scalars(in_force(table, key, list(words)))}
    before = {
        which: (known[which].decision, known[which].reason) if which in known else (None, None) for which in words
    }
    changed = [which for which, word in words.items() if before[which] != (word.value, written)]
    retire(session, by, table, [known[which].id for which in changed if which in known])
    insert_facts(
        session,
        table,
        [
            stamped(by, **of(key), **more, enterprise_id=which, decision=words[which].value, reason=written)
            for which in changed
        ],
    )
    record(session, by, [_word_entry(key, action, which, before[which], words[which], written) for which in changed])


def _word_entry(
    key: ShortlistKey,
    action: str,
    enterprise_id: int,
    before: tuple[str | None, str | None],
    word: DecisionWord,
    reason: str | None,
) -> Entry:
    changes: dict[str, tuple[object, object]] = {"decision": (before[0], word.value)}
    if reason or before[1]:
        changes["reason"] = (before[1], reason)
    return Entry(action, str(key), None, enterprise_id, changes)
