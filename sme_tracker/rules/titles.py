"""What speaks against recording a recognition, a review or a revocation."""

from dataclasses import dataclass
from datetime import date

from sme_tracker.rules.findings import Finding
from sme_tracker.rules.terms import ReviewResult, Title


@dataclass(frozen=True, slots=True)
class TitleHolder:
    """What a recognition asks of its enterprise."""

    founded_on: date | None
    is_branch: bool


def check_recognition(
    holder: TitleHolder, title: Title, published_on: date, valid_from: date, valid_until: date, today: date
) -> list[Finding]:
    """What speaks against recording the recognition; a branch (分支机构) cannot hold a title."""
    findings = []
    if holder.is_branch:
        findings.append(Finding("title.branch", {"title": title}))
    if published_on > today:
        findings.append(Finding("date.future", {"today": today}))
    if valid_until < valid_from:
        findings.append(Finding("title.validity_order", {"valid_from": valid_from}))
    if holder.founded_on and min(published_on, valid_from) < holder.founded_on:
        findings.append(Finding("title.before_founding", {"founded_on": holder.founded_on}))
    return findings


def check_review_opening(
    valid_from: date, valid_until: date, has_open_review: bool, opened_on: date, today: date
) -> list[Finding]:
    """What speaks against opening a review (复核): only a valid title is reviewed, one review at a time."""
    if has_open_review:
        return [Finding("review.already_open")]
    if opened_on > today:
        return [Finding("date.future", {"today": today})]
    if not valid_from <= opened_on <= valid_until:
        return [Finding("review.outside_validity", {"valid_from": valid_from, "valid_until": valid_until})]
    return []


def check_review_decision(
    opened_on: date, decided_on: date, result: ReviewResult, has_renewal: bool, today: date
) -> list[Finding]:
    """What speaks against deciding a review: passed (renewed) goes with the new recognition, and only then."""
    findings = []
    if decided_on > today:
        findings.append(Finding("date.future", {"today": today}))
    if decided_on < opened_on:
        findings.append(Finding("review.decided_before_opened", {"opened_on": opened_on}))
    if (result is ReviewResult.RENEWED) != has_renewal:
        findings.append(Finding("review.renewal_missing" if not has_renewal else "review.renewal_not_passed"))
    return findings


def check_revocation(valid_from: date, revoked_on: date, reason: str, today: date) -> list[Finding]:
    """What speaks against revoking (撤销) a title on the day."""
    findings = []
    if revoked_on > today:
        findings.append(Finding("date.future", {"today": today}))
    if revoked_on < valid_from:
        findings.append(Finding("title.revoked_before_valid", {"valid_from": valid_from}))
    if not reason.strip():
        findings.append(Finding("reason.missing"))
    return findings
