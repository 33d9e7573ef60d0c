"""The rows of yearly figures against what is known: years that are new, and figures that change."""

from sme_tracker.imports.matching.verdict import (
    Circumstances,
    FiguresGiven,
    Verdict,
    check_reach,
    find_enterprise,
    find_unit,
    say_other_name,
)
from sme_tracker.imports.plan import Action
from sme_tracker.imports.rows import FiguresRow
from sme_tracker.rules.figures import FIGURES, YearlyFigures
from sme_tracker.rules.records import check_figures
from sme_tracker.rules.terms import Source


def match(row: FiguresRow, around: Circumstances) -> Verdict:
    """What becomes of the figures of one year; an empty cell leaves the figure as it is recorded."""
    verdict = Verdict(row)
    verdict.enterprise = enterprise = find_enterprise(verdict, around)
    if verdict.action is Action.REFUSED:
        return verdict
    if enterprise is None:
        return verdict.refuse("row.enterprise_unknown", "code")
    if not check_reach(verdict, find_unit(verdict, around.lists), around):
        return verdict
    say_other_name(verdict, enterprise)
    source = row.source or Source.SELF_REPORTED
    if row.source is None:
        verdict.notice("row.source_assumed", "source")
    if around.known.is_given(enterprise.code, row.fiscal_year, source):
        return verdict.refuse("row.given_before", "code" if row.code else "name")
    return _compare(row, verdict, enterprise.code, source, around)


def _compare(row: FiguresRow, verdict: Verdict, code: str, source: Source, around: Circumstances) -> Verdict:
    recorded = around.known.figures.get((code, row.fiscal_year, source))
    given = {name: value for name in FIGURES if (value := getattr(row, name)) is not None}
    known = {name: getattr(recorded, name) if recorded else None for name in FIGURES}
    different = {name: value for name, value in given.items() if known[name] != value}
    figures = YearlyFigures(row.fiscal_year, source, **{**known, **given})
    for finding in check_figures(figures, around.today):
        return verdict.refuse_for(finding, finding.code.partition(".")[0])
    if different:
        verdict.action = Action.CHANGE if recorded else Action.CREATE
        verdict.changes.update({name: (known[name], value) for name, value in different.items() if recorded})
        verdict.writes.append(FiguresGiven(code, figures))
    return verdict
