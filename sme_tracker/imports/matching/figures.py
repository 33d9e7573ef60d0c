"""The rows of yearly figures against what is known: years that are new, and figures that change."""

from decimal import Decimal
from typing import Any

from sme_tracker.imports.matching.verdict import (
    Circumstances,
    FiguresGiven,
    Verdict,
    check_reach,
    find_enterprise,
    find_unit,
    say_other_name,
    say_other_unit,
)
from sme_tracker.imports.plan import Action
from sme_tracker.imports.rows import FiguresRow
from sme_tracker.rules.figures import FIGURES, YearlyFigures
from sme_tracker.rules.records import check_figures, is_leap
from sme_tracker.rules.terms import Source


def match(row: FiguresRow, around: Circumstances) -> Verdict:
    """What becomes of the figures of one year; an empty cell leaves the figure as it is recorded."""
    verdict = Verdict(row)
    verdict.enterprise = enterprise = find_enterprise(verdict, around)
    if verdict.action is Action.REFUSED:
        return verdict
    if enterprise is None or enterprise.is_mistaken:
        return verdict.refuse("row.enterprise_unknown", "code")
    unit = find_unit(verdict, around)
    if not check_reach(verdict, unit, around):
        return verdict
    say_other_name(verdict, enterprise)
    say_other_unit(verdict, enterprise, unit, around)
    source = row.source or Source.SELF_REPORTED
    if row.source is None:
        verdict.notice("row.source_assumed", "source")
    if around.known.is_given(enterprise.code, row.fiscal_year, source):
        return verdict.refuse("row.given_before", "code" if row.code else "name")
    return _compare(row, verdict, enterprise.code, source, around)


def _without_leaps(
    row: FiguresRow, verdict: Verdict, code: str, given: dict[str, Any], around: Circumstances
) -> dict[str, Any]:
    """The figures without those ten times or a tenth of the year's before: a slipped digit or unit is asked first."""
    recorded = (around.known.figures.get((code, row.fiscal_year - 1, source)) for source in Source)
    before = [figures for figures in recorded if figures]
    kept = dict(given)
    for name, value in given.items():
        earlier = next((amount for figures in before if (amount := getattr(figures, name)) is not None), None)
        asked = f"leap:{code}:{row.fiscal_year}:{name}"
        if earlier and is_leap(value, earlier) and not around.answers.confirmed(asked):
            verdict.notice(
                "row.leap", name, times=f"{Decimal(value) / Decimal(earlier):,.4g}", earlier=earlier, question=asked
            )
            del kept[name]
    return kept


def _compare(row: FiguresRow, verdict: Verdict, code: str, source: Source, around: Circumstances) -> Verdict:
    recorded = around.known.figures.get((code, row.fiscal_year, source))
    given = {name: value for name in FIGURES if (value := getattr(row, name)) is not None}
    known = {name: getattr(recorded, name) if recorded else None for name in FIGURES}
    given = _without_leaps(row, verdict, code, given, around)
    different = {name: value for name, value in given.items() if known[name] != value}
    figures = YearlyFigures(row.fiscal_year, source, **{**known, **given})
    for finding in check_figures(figures, around.today):
        return verdict.refuse_for(finding, finding.code.partition(".")[0])
    if different:
        verdict.action = Action.CHANGE if recorded else Action.CREATE
        verdict.changes.update({name: (known[name], value) for name, value in different.items() if recorded})
        verdict.writes.append(FiguresGiven(code, figures))
        around.known.figures.setdefault((code, row.fiscal_year, source), figures)
    return verdict
