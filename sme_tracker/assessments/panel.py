"""The gap panel of an enterprise's page: one standard, criterion by criterion, in words and with what to do next."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from flask import current_app, request, url_for

from sme_tracker.assessments.facts import KINDS, facts_from
from sme_tracker.assessments.judging import error_of, purpose_for, verdict_on
from sme_tracker.assessments.rule_sets import LEVELS, PURPOSES, Standard, Standards, next_level, standards
from sme_tracker.assessments.sentences import (
    lack_in_words,
    need_in_words,
    sentence,
    threshold_in_words,
    value_in_words,
)
from sme_tracker.assessments.words import EXPIRES, MEASURED, OUTCOMES, PURPOSE_WORDS, REASONS
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.panels import Subject
from sme_tracker.rules.access import Permission
from sme_tracker.rules.criteria import Criterion, Gate, RuleSet
from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.figures import FIGURES
from sme_tracker.rules.papers import PAPERS, QUESTIONS
from sme_tracker.rules.terms import Source, Title
from sme_tracker.rules.verdicts import Finding, Lack, Proof, Result, Verdict
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import said
from sme_tracker.web.pages import address, day_from
from sme_tracker.web.words import SOURCES, TITLES

SOON_DAYS = 90
GAP_LIST = "assessments.export_gap_list"
log = logging.getLogger(__name__)
PROBLEMS = (Result.NOT_MET, Result.MISSING, Result.TO_JUDGE, Result.MET)


class Link(NamedTuple):
    """A link and what it says; `day` stands beside it."""

    url: str | None
    label: str
    day: str = ""


class Choice(NamedTuple):
    """Another standard the panel can show."""

    label: str
    url: str
    current: bool


class Asked(NamedTuple):
    """A level, purpose and day, and the standard that applies to them, None where nothing does."""

    day: date
    level: str
    purpose: str
    standard: Standard | None


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion as the panel draws it."""

    group: str
    opens_group: bool
    name: str
    clause: str
    result: str
    value: str
    notes: Sequence[str]
    warning: str
    ratio: Decimal | None
    threshold: str
    fill: Link | None
    proofs: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Gap:
    """An enterprise against one standard on one day."""

    standard: Standard
    title: str
    verdict: Verdict
    lines: Sequence[Line]
    bars: Sequence[Line]
    outcome: str
    reason: str
    counts: Mapping[str, int]


def gap_panel(subject: Subject) -> Mapping[str, object]:
    """What the panel needs to know; the standard, the order and the day are in the address.

    Where judging raises an error, only its kind: the rest of the page is there nevertheless.
    """
    try:
        return _panel(subject) | {"error": ""}
    except Exception as error:
        log.exception("gap panel of enterprise %s", subject.enterprise.id)
        return {"error": error_of(error)}


def _panel(subject: Subject) -> dict[str, object]:
    enterprise, user, today = subject.enterprise, subject.user, subject.today
    facts = facts_from(enterprise, *(subject.known(read) for read in KINDS))
    found = standards(subject.session)
    asked = asked_for(found, enterprise, facts, today)
    day, level, standard = asked.day, asked.level, asked.standard
    problems_first = request.args.get("order") == "problems"
    may_fill = user.may(Permission.EVIDENCE_WRITE)
    return {
        "gap": gap(standard, facts, enterprise.id, day, may_fill=may_fill) if standard else None,
        "choices": list(_choices(found, day, level, asked.purpose)),
        "problems_first": problems_first,
        "by_standard_url": address({"order": None}) + "#gap",
        "problems_url": address({"order": "problems"}) + "#gap",
        "day": day,
        "is_today": day == today,
        "level_words": TITLES[Title(level)],
        "export_url": _export_url(enterprise.id, asked) if user.may(Permission.EXPORT) else None,
        "rule_set_url": url_for("assessments.rule_set", key=standard.rule_set.key) if standard else None,
    }


def asked_for(found: Standards, enterprise: Enterprise, facts: EnterpriseFacts, today: date) -> Asked:
    """The standard that the address asks for, or the one the enterprise would be held against next."""
    day = day_from(request.args.get("day")) or today
    level = _level(found, facts, enterprise, day)
    purpose = request.args.get("purpose", "")
    purpose = purpose if purpose in PURPOSES else purpose_for(facts, level, day)
    return Asked(day, level, purpose, found.on(day, level, purpose))


def gap(standard: Standard, facts: EnterpriseFacts, enterprise_id: int, day: date, *, may_fill: bool = False) -> Gap:
    """The enterprise against the standard on the day, in words."""
    verdict = verdict_on(standard, facts, day)
    rule_set = standard.rule_set
    writer = _Writer(enterprise_id, rule_set, day, may_fill)
    lines = [
        writer.line(criterion, found) for criterion, found in zip(rule_set.criteria, verdict.findings, strict=False)
    ]
    gates = {gate.key: gate for gate in rule_set.gates}
    bars = [writer.line(gates[found.criterion], found) for found in verdict.gates if found.result is not Result.MET]
    return Gap(
        standard,
        said(rule_set.zh, rule_set.en),
        verdict,
        _grouped(lines) if request.args.get("order") != "problems" else _problems_first(lines),
        bars,
        str(OUTCOMES[verdict.outcome]),
        str(REASONS[verdict.reason]) if verdict.reason else "",
        {each.value: sum(found.result is each for found in verdict.findings) for each in Result},
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    enterprise_id: int
    rule_set: RuleSet
    day: date
    may_fill: bool

    def line(self, of: Criterion | Gate, found: Finding) -> Line:
        group = of.group if isinstance(of, Criterion) else ""
        years = [str(value.year) for value in found.values if value.year]
        name = said(of.zh, of.en)
        return Line(
            group=next((said(each.zh, each.en) for each in self.rule_set.groups if each.key == group), ""),
            opens_group=False,
            name=_("%(name)s (%(years)s)", name=name, years=_(", ").join(years)) if years else name,
            clause=found.clause,
            result=found.result.value,
            value=value_in_words(found),
            notes=list(notes_in_words(self.rule_set, found)),
            warning=warning_in_words(found, self.day),
            ratio=None if found.result.open else found.ratio_to_threshold,
            threshold=threshold_in_words(found),
            fill=self._fill(found) if found.result.open and self.may_fill else None,
            proofs=[self._proof(found, each) for each in found.proofs] or list(self._sources(found)),
        )

    def _fill(self, found: Finding) -> Link | None:
        if found.result is Result.TO_JUDGE and found.measured.startswith("judgements."):
            return Link(self._judging(found.measured.partition(".")[2]), _("Judge"), _("waits for judgement"))
        if not found.lacks:
            return None
        lack = found.lacks[0]
        return Link(self.fill_url(lack), _("Fill in"), _("not entered"))

    def fill_url(self, lack: Lack) -> str:
        return fill_url(self.enterprise_id, lack)

    def _judging(self, question: str) -> str:
        return url_for("assessments.judge", enterprise_id=self.enterprise_id, question=question)

    def _proof(self, found: Finding, proof: Proof) -> Link:
        url = None
        if proof.ref.isdecimal() and proof.name:
            url = url_for("enterprises.enterprise", enterprise_id=self.enterprise_id) + f"#evidence-{proof.ref}"
        is_judgement = found.measured.startswith("judgements.") and not proof.name
        name = str(MEASURED["judgements"]) if is_judgement else proof.name or "—"
        return Link(url, name, f"{proof.from_day:%Y-%m}" if proof.from_day else "")

    def _sources(self, found: Finding) -> Iterable[Link]:
        by_source: dict[str, list[int]] = {}
        for year, source in found.sources:
            by_source.setdefault(source, []).append(year)
        for source, years in by_source.items():
            span = f"{min(years)}–{max(years)}" if len(years) > 1 else str(years[0])
            url = url_for("enterprises.figures", enterprise_id=self.enterprise_id, year=max(years), source=source)
            yield Link(
                url if self.may_fill else None, _("%(source)s of %(years)s", source=SOURCES[Source(source)], years=span)
            )


def notes_in_words(rule_set: RuleSet, found: Finding) -> Iterable[str]:
    """Why a criterion is not met or still open, what would close the gap, and when that can be at the earliest."""
    deciding = [part for part in found.parts if part.result is found.result] or [found]
    for part in deciding if found.result is not Result.MET else [found]:
        if part.result is not Result.MET or part.code in ("waived", "direct.met", "judgement.met"):
            yield sentence(part, _direct_pass(rule_set, part.note))
        at_most = part.comparison in ("at_most", "less_than")
        for need in part.needs:
            yield need_in_words(need, at_most=at_most)
    if found.earliest_on:
        yield _("At the earliest on %(day)s", day=found.earliest_on.isoformat())


def warning_in_words(found: Finding, day: date) -> str:
    """Which proof of a criterion that is met ends soon after the day, empty if none does."""
    ends = found.evidence_until
    if found.result is not Result.MET or ends is None or (ends - day).days > SOON_DAYS:
        return ""
    return str(EXPIRES) % {"name": found.proofs[0].name if found.proofs else "", "day": ends.isoformat()}


def _direct_pass(rule_set: RuleSet, key: str) -> str:
    return next((said(each.zh, each.en) for each in rule_set.direct_passes if each.key == key), "")


def fill_url(enterprise_id: int, lack: Lack) -> str:
    """Where an empty field is filled in."""
    if lack.fact in FIGURES:
        return url_for("enterprises.figures", enterprise_id=enterprise_id, year=lack.year)
    kind, _dot, rest = lack.fact.partition(".")
    if kind in PAPERS:
        sort = rest if rest in PAPERS[kind].kinds else None
        return url_for("assessments.evidence", enterprise_id=enterprise_id, kind=kind, sort=sort)
    if kind == "judgements" and rest in QUESTIONS:
        return url_for("assessments.judge", enterprise_id=enterprise_id, question=rest)
    return url_for("enterprises.edit", enterprise_id=enterprise_id)


def lack_from(text: str) -> Lack:
    """An empty field as verdicts keep it, read again."""
    fact, _slash, year = text.partition("/")
    return Lack(fact, int(year) if year else None)


def lacking(text: str) -> str:
    """An empty field as verdicts keep it, in words."""
    return lack_in_words(lack_from(text))


def _level(found: Standards, facts: EnterpriseFacts, enterprise: Enterprise, day: date) -> str:
    """The level asked for, or the next above the one held that has a text, or the highest held."""
    asked = request.args.get("level", "")
    if asked in LEVELS:
        return asked
    asked_of = {level: found.on(day, level, purpose_for(facts, level, day)) for level in LEVELS}
    new = {level for level, each in asked_of.items() if each and each.judges and each.purpose == "new"}
    return next_level(enterprise.level, new)


def _choices(found: Standards, day: date, level: str, purpose: str) -> Iterable[Choice]:
    for each in LEVELS:
        for aim in PURPOSES:
            if found.on(day, each, aim):
                url = address({"level": each, "purpose": aim}) + "#gap"
                label = _("%(level)s · %(purpose)s", level=TITLES[Title(each)], purpose=PURPOSE_WORDS[aim])
                yield Choice(label, url, (each, aim) == (level, purpose))


def _export_url(enterprise_id: int, asked: Asked) -> str | None:
    """Where the list of what is still to be handed in is taken out, if that room is open and there is one."""
    if not asked.standard or not asked.standard.judges or GAP_LIST not in current_app.view_functions:
        return None
    return url_for(
        GAP_LIST, enterprise_id=enterprise_id, level=asked.level, purpose=asked.purpose, day=asked.day.isoformat()
    )


def _grouped(lines: Sequence[Line]) -> list[Line]:
    shown, last = [], None
    for line in lines:
        shown.append(_opening(line) if line.group != last else line)
        last = line.group
    return shown


def _problems_first(lines: Sequence[Line]) -> list[Line]:
    order = [each.value for each in PROBLEMS]
    return [_opening(line) for line in sorted(lines, key=lambda line: order.index(line.result))]


def _opening(line: Line) -> Line:
    return replace(line, opens_group=True)
