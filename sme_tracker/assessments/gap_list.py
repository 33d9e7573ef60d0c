"""What an enterprise has on file for a standard and what it still has to hand in, criterion by criterion."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from sme_tracker.assessments import queries
from sme_tracker.assessments.facts import facts_of
from sme_tracker.assessments.judging import verdict_on
from sme_tracker.assessments.panel import Asked, asked_for, notes_in_words, warning_in_words
from sme_tracker.assessments.requirements import requirement
from sme_tracker.assessments.rule_sets import Standard, standards
from sme_tracker.assessments.sentences import distance_in_words, threshold_in_words, value_in_words
from sme_tracker.assessments.words import MEASURED, OUTCOMES, PURPOSE_WORDS, RESULTS
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.criteria import Criterion, Gate
from sme_tracker.rules.terms import Source, Title
from sme_tracker.rules.verdicts import Finding, Proof, Verdict
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import said
from sme_tracker.web.paper_words import PAPER_KINDS
from sme_tracker.web.words import SOURCES, TITLES

Papers = Mapping[tuple[str, str], queries.Verified]


class OnFile(NamedTuple):
    """A paper, title, judgement or report that a finding rests on."""

    name: str
    kind: str = ""
    number: str = ""
    from_day: date | None = None
    until_day: date | None = None
    verified_by: str = ""


@dataclass(frozen=True, slots=True)
class GapRow:
    """One criterion with one of the proofs on file for it; a criterion has as many rows as proofs, and at least one."""

    group: str
    name: str
    clause: str
    requirement: str
    value: str
    threshold: str
    distance: str
    result: str
    proof: OnFile
    to_hand_in: str


@dataclass(frozen=True, slots=True)
class GapList:
    """The rows of one enterprise against one standard, and what they come to in words."""

    asked: Asked
    standard: Standard
    level: str
    purpose: str
    title: str
    outcome: str
    rows: list[GapRow]


def gap_list(session: Session, enterprise: Enterprise, today: date) -> GapList | None:
    """The list for the level, purpose and day in the address; None where no standard applies or has its text."""
    facts = facts_of(session, [enterprise.id])[enterprise.id]
    asked = asked_for(standards(session), enterprise, facts, today)
    standard = asked.standard
    if standard is None or not standard.judges:
        return None
    verdict = verdict_on(standard, facts, asked.day)
    papers = {(str(each.row.origin_id or each.row.id), each.row.name): each for each in _papers(session, enterprise)}
    counts = _("short %(not_met)s, missing %(missing)s", not_met=len(verdict.not_met), missing=len(verdict.missing))
    return GapList(
        asked,
        standard,
        str(TITLES[Title(asked.level)]),
        str(PURPOSE_WORDS[asked.purpose]),
        said(standard.rule_set.zh, standard.rule_set.en),
        str(_("%(name)s (%(more)s)", name=OUTCOMES[verdict.outcome], more=counts)),
        list(_rows(standard, verdict, asked.day, papers)),
    )


def _papers(session: Session, enterprise: Enterprise) -> list[queries.Verified]:
    return queries.evidence_of(session, enterprise.id)


def _rows(standard: Standard, verdict: Verdict, day: date, papers: Papers) -> Iterator[GapRow]:
    rule_set = standard.rule_set
    known: dict[str, Criterion | Gate] = {each.key: each for each in rule_set.criteria}
    known |= {each.key: each for each in rule_set.gates}
    groups = {each.key: said(each.zh, each.en) for each in rule_set.groups}
    for found in (*verdict.findings, *verdict.gates):
        of = known[found.criterion]
        group = groups.get(of.group, "") if isinstance(of, Criterion) else _("Vetoes")
        open_points = [] if found.result == "met" else [str(note) for note in notes_in_words(rule_set, found)]
        to_hand_in = str(_("; ")).join(open_points) or warning_in_words(found, day)
        for proof in list(_on_file(found, papers)) or [OnFile("")]:
            yield GapRow(
                group,
                said(of.zh, of.en),
                found.clause,
                requirement(rule_set, of, verdict.purpose),
                value_in_words(found),
                threshold_in_words(found),
                distance_in_words(found),
                str(RESULTS[found.result]),
                proof,
                to_hand_in,
            )


def _on_file(found: Finding, papers: Papers) -> Iterator[OnFile]:
    for proof in found.proofs:
        paper = papers.get((proof.ref, proof.name))
        yield _paper(paper) if paper else _other(found, proof)
    for year, source in found.sources:
        yield OnFile(_("%(source)s of %(years)s", source=SOURCES[Source(source)], years=year), _("Yearly figures"))


def _paper(paper: queries.Verified) -> OnFile:
    row = paper.row
    kind = MEASURED.get(f"{row.kind}.{row.data.get('kind')}") or PAPER_KINDS[row.kind]
    return OnFile(row.name, str(kind), row.ref or "", row.from_day, row.until_day, paper.verified_by or "")


def _other(found: Finding, proof: Proof) -> OnFile:
    """A judgement, or a title with the number of its document."""
    if found.measured.startswith("judgements."):
        judged = str(MEASURED["judgements"])
        return OnFile(proof.name or judged, judged, "", proof.from_day, proof.until_day)
    return OnFile(proof.name, str(MEASURED["titles"]), proof.name, proof.from_day, proof.until_day)
