"""Frozen shortlists: what a version holds, proving it from what it holds, and which versions there are."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.rules.canonical import from_plain, seal, to_plain
from sme_tracker.rules.comparison import Judged, judged
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.terms import DecisionWord
from sme_tracker.shortlists.draft import PURPOSE, Decided, Draft, Row
from sme_tracker.shortlists.models import ShortlistVersion
from sme_tracker.shortlists.queries import ShortlistKey

FORMAT = 3
"""What a version holds, by number; raised when it is to hold more. Versions keep the format they were frozen in.

1: facts, findings, decision. 2: the district's word, the industry, niche and main product as well. 3: since when the
enterprise is put forward where nothing else recommends it, and what it stands on the list by where not by the rule.
"""

Plain = dict[str, Any]


def content_of(draft: Draft, verdicts: Mapping[int, Judged]) -> Plain:
    """Everything a version holds: the rule's text, and of each candidate its facts, findings and what was said."""
    plain: Plain = to_plain({
        "format": FORMAT,
        "key": str(draft.key),
        "as_of": draft.as_of,
        "purpose": PURPOSE,
        "rule_set": draft.standard.rule_set if draft.standard else None,
        "candidates": [_candidate(row, verdicts.get(row.candidate.enterprise_id)) for row in draft.rows],
    })  # fmt: skip
    return plain


def faults(version: ShortlistVersion) -> list[str]:
    """What speaks against a version when it is computed anew from what it holds; nothing if it is as frozen.

    Codes: `checksum` for the whole, else the credit code of a candidate whose findings do not follow from its facts.
    """
    found = [] if seal(version.content) == version.checksum else ["checksum"]
    day = date.fromisoformat(version.content["as_of"])
    rule_set = version.content["rule_set"]
    if rule_set is None:
        return found
    standard = from_plain(RuleSet, rule_set)
    for each in version.content["candidates"]:
        facts = from_plain(EnterpriseFacts, each["facts"])
        if to_plain(judged(standard, facts, day, version.content["purpose"]).verdict) != each["verdict"]:
            found.append(each["code"])
    return found


def versions_of(session: Session, key: ShortlistKey) -> Sequence[ShortlistVersion]:
    """The frozen versions of a shortlist, the first first, with those whose freezing was undone."""
    return session.scalars(
        select(ShortlistVersion)
        .where(ShortlistVersion.title == key.title.value, ShortlistVersion.year == key.year)
        .order_by(ShortlistVersion.number)
    ).all()


def standing_versions(session: Session, key: ShortlistKey) -> list[ShortlistVersion]:
    """The frozen versions of a shortlist that stand, the first first."""
    return [version for version in versions_of(session, key) if version.undone is None]


def all_versions(session: Session) -> Sequence[ShortlistVersion]:
    """Every frozen version there is."""
    return session.scalars(
        select(ShortlistVersion).order_by(ShortlistVersion.year, ShortlistVersion.title, ShortlistVersion.number)
    ).all()


def recommended(content: Plain) -> list[str]:
    """The credit codes of the candidates a version recommends."""
    return [each["code"] for each in content["candidates"] if each["decision"] == DecisionWord.RECOMMENDED]


def _candidate(row: Row, found: Judged | None) -> Plain:
    candidate, decided = row.candidate, row.decided
    return {
        "rank": row.rank,
        "code": candidate.code,
        "name": candidate.name,
        "unit": candidate.unit,
        "industry_code": candidate.industry_code,
        "niche": candidate.niche,
        "main_product": candidate.main_product,
        "added_because": row.added_because,
        "put_forward_on": candidate.put_forward_on if decided is None else None,
        "basis": row.basis,
        "bars": row.bars,
        "district": _said(row.district),
        "decision": row.decision,
        "reason": decided.reason if decided else None,
        "decided_by": decided.by if decided else None,
        "decided_on": decided.on if decided else None,
        "facts": found.facts if found else None,
        "verdict": found.verdict if found else None,
    }


def _said(word: Decided | None) -> Plain | None:
    if word is None:
        return None
    return {"decision": word.decision, "reason": word.reason, "by": word.by, "on": word.on}
