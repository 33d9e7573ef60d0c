"""A shortlist on paper: the sheet that is signed, and the sheet of each recommended enterprise (一企一册)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import abort, request

from sme_tracker.assessments.panel import Gap, gap
from sme_tracker.assessments.rule_sets import Standard
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.canonical import from_plain
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.shortlists.blueprint import bp, key_or_404, numbered
from sme_tracker.shortlists.draft import judged_draft
from sme_tracker.shortlists.drawing import groups_of
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.table_fields import FIELDS, NO_FACTS, Entry, Person
from sme_tracker.shortlists.versions import Plain, content_of, versions_of
from sme_tracker.shortlists.words import remark_words
from sme_tracker.web.guard import allowed
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.words import shortlist_words

FIGURES = ("market_share_percent", "rd_intensity_last_percent")


@dataclass(frozen=True, slots=True)
class Printed:
    """A candidate on paper: what is frozen of it, two key figures, and its verdict criterion by criterion if wanted."""

    frozen: Mapping[str, Any]
    market_share_percent: Decimal | None
    rd_intensity_percent: Decimal | None
    gap: Gap | None

    @property
    def remark(self) -> str:
        """What stands beside it."""
        return remark_words(self.frozen)


@bp.get("/shortlists/<key>/paper")
@allowed(Permission.SHORTLIST_READ)
@long_answer
def paper(key: str) -> tuple[str, int]:
    """The sheets of the draft or of a version; of one enterprise only where the address names it."""
    session, wanted = current_session(), key_or_404(key)
    versions, asked = versions_of(session, wanted), request.args.get("version", "")
    version = numbered(versions, number) if (number := whole_number(asked)) is not None else None
    content = version.content if version else content_of(*judged_draft(session, wanted, today()))
    rule_set = from_plain(RuleSet, content["rule_set"]) if content["rule_set"] else None
    only = request.args.get("enterprise")
    candidates = [each for each in content["candidates"] if only in (None, each["code"])]
    if not candidates:
        abort(404)
    return render(
        "shortlists/paper.html",
        title=shortlist_words(str(wanted)),
        key=key,
        version=version,
        number=version.number if version else len(versions) + 1,
        content=content,
        rule_set=rule_set,
        groups=groups_of(rule_set) if rule_set else [],
        only=only,
        printed=[_printed(content, each, wanted, rule_set, alone=only is not None) for each in candidates],
    )


def _printed(content: Plain, each: Plain, key: ShortlistKey, rule_set: RuleSet | None, *, alone: bool) -> Printed:
    facts = from_plain(EnterpriseFacts, each["facts"]) if each["facts"] else NO_FACTS
    day = date.fromisoformat(content["as_of"])
    entry = Entry(each["rank"], each, facts, day, key.year - 1, content["purpose"], None, Person())
    share, intensity = (_figure(FIELDS[name].cell(entry)) for name in FIGURES)
    detailed = rule_set is not None and (alone or each["decision"] == "recommended")
    standard = Standard(key.title.value, content["purpose"], 0, rule_set) if rule_set else None
    return Printed(each, share, intensity, gap(standard, facts, 0, day) if detailed and standard else None)


def _figure(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None
