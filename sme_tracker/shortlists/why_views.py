"""The page that answers why an enterprise stands on a shortlist or does not, with the clause."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import request, url_for

from sme_tracker.assessments.requirements import requirement
from sme_tracker.assessments.sentences import value_in_words
from sme_tracker.rules.access import Permission
from sme_tracker.rules.criteria import Criterion, Gate, RuleSet
from sme_tracker.rules.terms import LADDER
from sme_tracker.rules.verdicts import Finding, Result
from sme_tracker.shortlists.bars import Bar
from sme_tracker.shortlists.blueprint import bp, key_or_404
from sme_tracker.shortlists.draft import Draft, draft
from sme_tracker.shortlists.why import Answer, answers
from sme_tracker.shortlists.words import BASES
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import said
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.principal import signed_in
from sme_tracker.web.words import LEVELS, STATUSES, TITLES, shortlist_words


@dataclass(frozen=True, slots=True)
class Reason:
    """A criterion that is not met or still open: what is asked, the value now, the clause."""

    result: str
    name: str
    clause: str
    asked: str
    value: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer in words; `bars` say why the enterprise is no candidate, `reasons` what speaks against it."""

    answer: Answer
    bars: Sequence[str]
    reasons: Sequence[Reason]
    url: str


@bp.get("/shortlists/<key>/why")
@allowed(Permission.SHORTLIST_READ)
def why(key: str) -> tuple[str, int]:
    """Why the enterprises found by what was typed stand on the list or do not."""
    session, wanted, typed = current_session(), key_or_404(key), request.args.get("q", "").strip()
    listed = draft(session, wanted, today())
    found = answers(session, signed_in(), listed, typed) if typed else []
    return render(
        "shortlists/why.html",
        key=wanted,
        title=shortlist_words(str(wanted)),
        draft=listed,
        typed=typed,
        bases=BASES,
        shown=[_shown(listed, answer) for answer in found],
    )


def _shown(listed: Draft, answer: Answer) -> Shown:
    rule_set = listed.standard.rule_set if listed.standard else None
    level, day = listed.key.title.value, listed.as_of
    url = url_for("enterprises.enterprise", enterprise_id=answer.enterprise.id, level=level, day=day, _anchor="gap")
    words = _bar_words(listed, answer)
    reasons = list(_reasons(rule_set, answer)) if rule_set else []
    return Shown(answer, [words[bar] for bar in answer.bars], reasons, url)


def _bar_words(listed: Draft, answer: Answer) -> Mapping[Bar, str]:
    below = TITLES[LADDER[listed.key.level_below - 1]]
    level = LEVELS[answer.standing.level]
    status = STATUSES[answer.standing.status]
    return {
        Bar.NOT_ACTIVE: _("On that day it was not active: %(status)s.", status=status),
        Bar.LEVEL_BELOW: _("On that day it did not hold the level below, %(below)s.", below=below),
        Bar.LEVEL_HELD: _("On that day it already held this level or a higher one: %(level)s.", level=level),
        Bar.BRANCH: _("It is a branch, which cannot hold a title."),
        Bar.BARRED: _("It may not be put forward until %(day)s.", day=answer.enterprise.barred_until),
        Bar.VETOED: _("Something bars it from applying; see below."),
    }


def _reasons(rule_set: RuleSet, answer: Answer) -> Iterator[Reason]:
    """What is not met comes first, then what is open; gates are told only where they bar."""
    if answer.verdict is None:
        return
    gates = [found for found in answer.verdict.gates if found.result is Result.NOT_MET]
    wanting = [found for found in answer.verdict.findings if found.result is not Result.MET]
    for found in (*gates, *sorted(wanting, key=lambda found: found.result.open)):
        yield _reason(rule_set, found)


def _reason(rule_set: RuleSet, found: Finding) -> Reason:
    parts: tuple[Criterion | Gate, ...] = (*rule_set.criteria, *rule_set.gates)
    of = next(each for each in parts if each.key == found.criterion)
    name, asked = said(of.zh, of.en), requirement(rule_set, of, "new")
    return Reason(found.result.value, name, found.clause, asked, value_in_words(found))
