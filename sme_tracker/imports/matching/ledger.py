"""The rows of a recognition ledger against what is known: new titles, corrections, reviews and revocations."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from sme_tracker.enterprises.actions import NewEnterprise
from sme_tracker.imports.matching.known import KnownEnterprise, KnownTitle
from sme_tracker.imports.matching.verdict import (
    Circumstances,
    TitleGiven,
    Verdict,
    bring_back,
    check_reach,
    could_be,
    find_enterprise,
    find_unit,
    is_printed,
    say_other_name,
    say_other_unit,
    settle_estimates,
    unit_of_new,
)
from sme_tracker.imports.plan import Action
from sme_tracker.imports.rows import LedgerRow
from sme_tracker.rules import titles
from sme_tracker.rules.branches import is_branch
from sme_tracker.rules.terms import RecognitionKind
from sme_tracker.rules.titles import TitleHolder
from sme_tracker.rules.validity import VALID_YEARS, usual_end, usual_start

ONE_DAY = timedelta(days=1)
TOLD_TWICE = timedelta(days=60)
"""Within so many days two lists tell of one recognition: the one made public, and the one decided."""
_COLUMN_OF = {"title.branch": "name", "title.validity_order": "valid_until", "reason.missing": "revoke_reason"}
COMPARED = ("kind", "batch", "document_number", "certificate_number", "published_on", "valid_from", "valid_until")


def match(row: LedgerRow, around: Circumstances) -> Verdict:
    """What becomes of a recognition; an enterprise nobody has recorded yet comes in with it."""
    verdict = Verdict(row)
    row = cast(LedgerRow, settle_estimates(verdict, around.today))
    verdict.enterprise = find_enterprise(verdict, around)
    unit = find_unit(verdict, around) if verdict.action is not Action.REFUSED else None
    if verdict.action is Action.REFUSED or not check_reach(verdict, unit, around):
        return verdict
    enterprise = verdict.enterprise or _new_enterprise(row, verdict, unit_of_new(unit, around), around)
    if enterprise is None:
        return verdict
    say_other_name(verdict, enterprise)
    say_other_unit(verdict, enterprise, unit, around)
    recorded = _recorded(row, around.known.titles.get(enterprise.code, []), around)
    title = _corrected(row, recorded) if recorded else _new_title(row, verdict, enterprise, around)
    if title is None or _is_wrong(verdict, row, title, enterprise, around.today):
        return verdict
    if around.known.is_given(enterprise.code, title.title, title.valid_from):
        return verdict.refuse("row.given_before", "code" if row.code else "name")
    _take(row, verdict, enterprise, recorded, title)
    bring_back(verdict, enterprise, around)
    if recorded is None:
        around.known.titles.setdefault(enterprise.code, []).append(title)
    if verdict.enterprise is None:
        around.known.add(enterprise)
        verdict.enterprise = enterprise
    return verdict


def _new_enterprise(
    row: LedgerRow, verdict: Verdict, unit_id: int | None, around: Circumstances
) -> KnownEnterprise | None:
    if row.name is None or row.code is None:
        verdict.refuse("row.code_unknown", "code")
        return None
    if around.answers.asks(asked := f"entered:{row.code}"):
        verdict.refuse("row.new_to_confirm", "code", question=asked)
        return None
    verdict.writes.append(NewEnterprise(row.code, row.name, unit_id, is_printed(verdict, row.code)))
    verdict.notice("row.enterprise_new", "code")
    return KnownEnterprise(None, row.code, row.name, unit_id, is_branch(row.name))


def _recorded(row: LedgerRow, known: list[KnownTitle], around: Circumstances) -> KnownTitle | None:
    """The recorded title the row means: of the same day, or of the same round where document or days tell no more."""
    published_on = row.published_on or _day_of_batch(row, around)
    valid_from = row.valid_from or published_on or _start_before_end(row)
    for title in known:
        same_day = valid_from == title.valid_from or published_on == title.published_on
        could_be_same = could_be(row, "valid_from", title.valid_from) or could_be(
            row, "published_on", title.published_on
        )
        same_round = row.batch is not None and row.batch == title.batch
        same_end = row.valid_until is not None and row.valid_until == title.valid_until
        if (
            title.title is row.title
            and valid_from is None
            and row.batch is None
            and (same_end or row.valid_until is None)
        ):
            return title
        same_notice = valid_from is None or (row.document_no is not None and row.document_no == title.document_number)
        if title.title is row.title and (same_day or could_be_same or (same_round and same_notice)):
            return title
    return None


def _new_title(
    row: LedgerRow, verdict: Verdict, enterprise: KnownEnterprise, around: Circumstances
) -> KnownTitle | None:
    published_on = row.published_on or _day_of_batch(row, around) or row.valid_from or _start_before_end(row)
    if published_on is None:
        verdict.refuse("row.no_published_on", "published_on")
        return None
    if published_on == _start_before_end(row):
        verdict.notice("row.usual_start", "published_on", day=published_on)
    valid_from = row.valid_from or published_on
    valid_until = row.valid_until or usual_end(valid_from, row.valid_years or VALID_YEARS)
    if row.valid_until is None and row.valid_years is None:
        verdict.notice("row.usual_end", "valid_until", day=valid_until)
    of_the_kind = [title for title in around.known.titles.get(enterprise.code, []) if title.title is row.title]
    if not _is_another(row, verdict, enterprise, of_the_kind, published_on, around):
        return None
    was_held = any(title.held_on(published_on - ONE_DAY) for title in of_the_kind)
    kind = row.kind or (RecognitionKind.RENEWED if was_held else RecognitionKind.NEW)
    if row.kind is None and of_the_kind:
        verdict.notice("row.kind_assumed_renewed" if was_held else "row.kind_assumed_new", "kind")
    return KnownTitle(
        id=None,
        title=row.title,
        kind=kind,
        published_on=published_on,
        valid_from=valid_from,
        valid_until=valid_until,
        batch=row.batch,
        document_number=row.document_no,
        certificate_number=row.certificate_no,
        estimated=_listed(row.estimated),
    )


def _is_another(
    row: LedgerRow,
    verdict: Verdict,
    enterprise: KnownEnterprise,
    of_the_kind: Iterable[KnownTitle],
    published_on: date,
    around: Circumstances,
) -> bool:
    """Whether the row tells of another recognition than one of the same title a short while apart; that is asked."""
    near = next((one for one in of_the_kind if abs(one.published_on - published_on) <= TOLD_TWICE), None)
    asked = f"again:{enterprise.code}:{row.title}:{published_on}"
    if near is None or around.answers.confirmed(asked):
        return True
    verdict.refuse("row.title_told_twice", "published_on", day=near.published_on, question=asked)
    return False


def _start_before_end(row: LedgerRow) -> date | None:
    """The first day of the usual validity, where all that is said is when it ends."""
    return usual_start(row.valid_until) if row.valid_until and not (row.published_on or row.valid_from) else None


def _day_of_batch(row: LedgerRow, around: Circumstances) -> date | None:
    return around.lists.batches.get((row.title, row.batch)) if row.batch else None


def _corrected(row: LedgerRow, recorded: KnownTitle) -> KnownTitle:
    """The recorded title as the row says it; what the row does not say stays."""
    newly_estimated = [key for key in row.estimated if not could_be(row, key, getattr(recorded, key))]
    return replace(
        recorded,
        estimated=_listed(newly_estimated),
        kind=row.kind or recorded.kind,
        batch=row.batch or recorded.batch,
        document_number=row.document_no or recorded.document_number,
        certificate_number=row.certificate_no or recorded.certificate_number,
        published_on=_more_exact(row, "published_on", recorded.published_on),
        valid_from=_more_exact(row, "valid_from", recorded.valid_from),
        valid_until=_more_exact(row, "valid_until", recorded.valid_until),
    )


def _listed(days: Iterable[str]) -> str | None:
    """The names of estimated days as a recognition keeps them."""
    return ",".join(sorted(days)) or None


def _more_exact(row: LedgerRow, key: str, recorded: date) -> date:
    """The day of the row, but the recorded one where the row says nothing or only an estimate that leaves it open."""
    return recorded if could_be(row, key, recorded) else getattr(row, key) or recorded


def _is_wrong(verdict: Verdict, row: LedgerRow, title: KnownTitle, enterprise: KnownEnterprise, today: date) -> bool:
    """Refuse what the rules say cannot be, each finding in the column it is about."""
    holder = TitleHolder(enterprise.founded_on, enterprise.is_branch)
    for finding in titles.check_recognition(
        holder, title.title, title.published_on, title.valid_from, title.valid_until, today
    ):
        verdict.refuse_for(finding, _COLUMN_OF.get(finding.code, "published_on"))
    if (day := _review_to_open(row, title)) is not None:
        has_open = any(review.decided_on is None for review in title.reviews)
        for finding in titles.check_review_opening(title.valid_from, title.valid_until, has_open, day, today):
            verdict.refuse_for(finding, "review_opened_on")
    if (day := _day_revoked(row, title)) is not None:
        for finding in titles.check_revocation(title.valid_from, day, row.revoke_reason or "", today):
            verdict.refuse_for(finding, _COLUMN_OF.get(finding.code, "revoked_on"))
    return verdict.action is Action.REFUSED


def _review_to_open(row: LedgerRow, title: KnownTitle) -> date | None:
    """The day of a review that is not on record yet."""
    is_known = any(review.opened_on == row.review_opened_on for review in title.reviews)
    return None if is_known else row.review_opened_on


def _day_revoked(row: LedgerRow, title: KnownTitle) -> date | None:
    """The day of a revocation that is not on record yet."""
    return row.revoked_on if title.revoked_on is None else None


def _take(
    row: LedgerRow, verdict: Verdict, enterprise: KnownEnterprise, recorded: KnownTitle | None, title: KnownTitle
) -> None:
    """Write down what is new or different, and the review and revocation that are not on record yet."""
    opens_review, revoked = _review_to_open(row, title), _day_revoked(row, title)
    if recorded:
        pairs = {name: (getattr(recorded, name), getattr(title, name)) for name in COMPARED}
        verdict.changes.update({name: pair for name, pair in pairs.items() if pair[0] != pair[1]})
    is_corrected = bool(verdict.changes)
    if opens_review:
        verdict.changes["review_opened_on"] = (None, opens_review)
    if revoked:
        verdict.changes["revoked_on"] = (None, revoked)
    if recorded is None:
        verdict.action = Action.CREATE
        verdict.changes.clear()
    elif verdict.changes:
        verdict.action = Action.CHANGE
    else:
        return
    verdict.writes.append(TitleGiven(enterprise.code, title, is_corrected, opens_review, revoked, row.revoke_reason))
