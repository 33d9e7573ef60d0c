"""The words for the codes of verdicts and rule sets: results, sentences, names of what is measured, refusals."""

from collections.abc import Mapping
from typing import Any

from flask_babel.speaklater import LazyString

from sme_tracker.rules.comparison import Cause
from sme_tracker.rules.criteria import Comparison, TextState
from sme_tracker.rules.text.bounds import Bounds
from sme_tracker.rules.text.editing import WAIVED
from sme_tracker.rules.text.nodes import Problem
from sme_tracker.rules.verdicts import Outcome, Result
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.paper_words import PAPER_FIELDS, PAPERS_NAMED
from sme_tracker.web.words import SIZE_CLASSES, listed

RESULTS: Mapping[str, LazyString] = {
    Result.MET: _l("met"),
    Result.NOT_MET: _l("not met"),
    Result.MISSING: _l("data missing"),
    Result.TO_JUDGE: _l("to be judged"),
}

OUTCOMES: Mapping[Outcome, LazyString] = {
    Outcome.ELIGIBLE: _l("eligible"),
    Outcome.NEAR: _l("near"),
    Outcome.UNDECIDABLE: _l("undecided for now"),
    Outcome.NOT: _l("not eligible"),
}

REASONS: Mapping[str, LazyString] = {
    "no_figures": _l("No yearly figures have been entered, so every criterion that asks for one is missing."),
    "text_to_be_entered": _l("The local text of this standard is still to be entered. Nothing is judged until then."),
    "rules_at_fault": _l("A value of this standard is not allowed. Nothing is judged by it until that is put right."),
    "text_partial": _l("Parts of this standard's text have not been seen. They are left to judgement."),
}

TEXT_STATES: Mapping[str, LazyString] = {
    TextState.COMPLETE: _l("text complete"),
    TextState.PARTIAL: _l("text known in part"),
    TextState.TO_BE_ENTERED: _l("local text to be entered"),
}

CONFIDENCES: Mapping[str, LazyString] = {
    "F": _l("found in a public source"),
    "D": _l("worked out from found texts"),
    "R-hi": _l("from memory, fairly sure"),
    "R-med": _l("from memory, to be checked"),
    "R-lo": _l("from memory, unsure"),
    "checked": _l("checked against the document"),
}

PURPOSE_WORDS: Mapping[str, LazyString] = {"new": _l("new application"), "review": _l("review")}

COMPARISONS: Mapping[str, str] = {
    Comparison.AT_LEAST: "≥",
    Comparison.MORE_THAN: ">",
    Comparison.AT_MOST: "≤",
    Comparison.LESS_THAN: "<",
}

UNITS: Mapping[str, LazyString] = {
    "wan": _l("CNY 10,000"),
    "percent": _l("%"),
    "years": _l("years"),
    "count": _l("items"),
    "points": _l("points"),
    "people": _l("people"),
}

# One of a unit.
ONE_OF: Mapping[str, LazyString] = {
    "percent": _l("percentage point"),
    "years": _l("year"),
    "count": _l("item"),
    "points": _l("point"),
    "people": _l("person"),
}

# Distances are spoken of in these; a share is short by percentage points.
UNITS_OF_DISTANCE: Mapping[str, LazyString] = {**UNITS, "percent": _l("percentage points")}

SENTENCES: Mapping[str, LazyString] = {
    "number.met": _l("Reaches the threshold"),
    "number.short": _l("Short by %(distance)s"),
    "number.over": _l("Over by %(distance)s"),
    "number.missing": _l("Not entered: %(lacks)s"),
    "number.undefined": _l("Cannot be worked out: it would divide by zero"),
    "evidence.enough": _l("Proof is there"),
    "evidence.too_few": _l("Short by %(distance)s"),
    "evidence.expired": _l("Proof ended on %(evidence_until)s"),
    "evidence.missing": _l("Not entered: %(lacks)s"),
    "evidence.unclear": _l("Hangs on what is not entered: %(lacks)s"),
    "judgement.met": _l("Judged met: %(note)s"),
    "judgement.not_met": _l("Judged not met: %(note)s"),
    "judgement.open": _l("Waits for a judgement"),
    "judgement.papers_missing": _l("No papers to judge by: %(lacks)s"),
    "standing.met": _l("Fits"),
    "standing.not_met": _l("Does not fit"),
    "standing.missing": _l("Not entered: %(lacks)s"),
    "tier.missing": _l("Which tier applies hangs on %(lacks)s"),
    "score.met": _l("Reaches the points"),
    "score.not_met": _l("Short by %(distance)s even at best"),
    "score.missing": _l("Points still open hang on %(lacks)s"),
    "score.to_judge": _l("Points still open wait for a judgement"),
    "waived": _l("Met by waiver: %(note)s"),
    "direct.met": _l("Met directly: %(direct)s"),
    "direct.open": _l("Not met on its own; a direct pass hangs on %(lacks)s"),
    "gate.clear": _l("Nothing stands against it"),
    "gate.barred": _l("Bars the enterprise"),
    "gate.unknown": _l("Cannot be excluded: %(lacks)s"),
}

NEEDS: Mapping[str, LazyString] = {
    "figure": _l("%(figure)s of %(year)s must reach %(amount)s"),
    "figure_at_most": _l("%(figure)s of %(year)s must come down to %(amount)s"),
    "papers": _l("%(short)s more of %(figure)s"),
}

EXPIRES = _l("%(name)s ends on %(day)s")
EARLIEST = _l("At the earliest on %(day)s")
TIER = _l("For revenue from %(edge)s")
SHORT_AND_MISSING = _l("short %(not_met)s, missing %(missing)s")

CAUSES: Mapping[str, LazyString] = {
    Cause.FACT: _l("a fact changed"),
    Cause.RULE: _l("the rule changed"),
    Cause.DATE: _l("a date passed"),
}

OVER: Mapping[str, LazyString] = {
    "last_year": _l("last year"),
    "each_year": _l("in each of the last %(years)s years"),
    "any_year": _l("in one of the last %(years)s years"),
    "sum": _l("last %(years)s years together"),
    "mean": _l("average of the last %(years)s years"),
    "mean_growth": _l("average growth over %(years)s years"),
    "compound_growth": _l("compound growth over %(years)s years"),
    "last_year_end": _l("at the end of last year"),
    "on_day": _l("on the day"),
}

MEASURED: Mapping[str, LazyString] = {
    "revenue_wan": _l("Revenue"),
    "main_revenue_wan": _l("Main-business revenue"),
    "rd_expense_wan": _l("R&D expense"),
    "assets_wan": _l("Total assets"),
    "liabilities_wan": _l("Total liabilities"),
    "net_profit_wan": _l("Net profit"),
    "total_profit_wan": _l("Total profit"),
    "tax_wan": _l("Tax paid"),
    "staff": _l("Staff"),
    "rd_staff": _l("R&D staff"),
    "main_revenue_share_percent": _l("Main revenue as a share of revenue"),
    "rd_intensity_percent": _l("R&D expense as a share of revenue"),
    "net_margin_percent": _l("Net profit margin"),
    "debt_ratio_percent": _l("Debt ratio"),
    "rd_staff_share_percent": _l("R&D staff as a share of staff"),
    "niche_since": _l("Years in the niche market"),
    "established_on": _l("Years in operation"),
    "size_class": _l("Size class"),
    "registered_province": _l("Province of registration"),
    "independent_legal_person": _l("Independent legal person"),
    "barred": _l("Barred from applying"),
    "score.total": _l("Points in all"),
    "titles": _l("Titles held"),
    **PAPERS_NAMED,
}

FIELDS: Mapping[str, LazyString] = {
    "acquisition": _l("how it was acquired"),
    "transferred_lately": _l("how and when it was acquired"),
    "high_value": _l("whether it is of high value"),
    "owner_rank": _l("rank among the owners"),
    "linked_to_main_product": _l("whether it is tied to the main product"),
    "in_use": _l("whether it is in use"),
    "from_day": _l("its date"),
    "rank": _l("rank"),
    "level": _l("level"),
    "amount_wan": _l("amount"),
    "qualified": _l("whether qualified investors paid it"),
    "share_percent": _l("share"),
    "score": _l("score"),
    "number": _l("level reached"),
}

PROBLEMS: Mapping[str, LazyString] = {
    "rules.not_toml": _l("This is no standard in the shipped format (TOML): line %(line)s cannot be read."),
    "rules.too_long": _l("The text has %(length)s characters; %(longest)s are the most."),
    "rules.invisible_character": _l("Character %(place)s is invisible (%(character)s). Delete it."),
    "rules.private_character": _l(
        "Character %(place)s is of a private font (%(character)s), which others cannot see. Type it anew."
    ),
    "rules.file_too_large": _l("The file is larger than %(most_kb)s kB; a standard is far smaller."),
    "rules.required": _l("“%(value)s” is missing."),
    "rules.unknown_key": _l("“%(value)s” is not a field here. Check its spelling."),
    "rules.wrong_type": _l("This must be %(wanted)s."),
    "rules.unknown_value": _l("“%(value)s” is not one of: %(options)s."),
    "rules.threshold_without_unit": _l(
        "The threshold has no unit. Write wan, percent, years, count, points or people."
    ),
    "rules.unknown_unit": _l("“%(value)s” is not a unit. Use one of: %(options)s."),
    "rules.wrong_unit": _l("The unit here is %(wanted)s, not %(unit)s."),
    "rules.unknown_figure": _l("There is no figure “%(value)s”."),
    "rules.unknown_evidence": _l("There is no kind of evidence “%(value)s”."),
    "rules.unknown_field": _l("This kind of evidence has no field “%(value)s”."),
    "rules.one_comparison": _l("Exactly one of at_least, more_than, at_most, less_than must be given; %(found)s are."),
    "rules.out_of_bounds": _l("“%(value)s” cannot stand here; write %(wanted)s from %(least)s to %(most)s."),
    "rules.money_in_yuan": _l(
        "%(value)s looks like yuan. Money is given in units of 10,000 yuan, from %(least)s to %(most)s."
    ),
    "rules.percent_as_fraction": _l(
        "%(value)s looks like a fraction. Shares are given in per cent, from %(least)s to %(most)s: 5, not 0.05."
    ),
    "rules.least_out_of_range": _l("%(value)s cannot be asked for; it must be from %(least)s to %(most)s."),
    "rules.day_out_of_bounds": _l("“%(value)s” cannot stand here; write a day in the years %(first)s to %(last)s."),
    "rules.too_deep": _l("Conditions lie within each other more than %(most)s deep."),
    "rules.tiers_open_end": _l("Every tier but the last needs “from”, and the last must be open."),
    "rules.bands_overlap": _l("The bands overlap, or both claim the edge."),
    "rules.bands_gap": _l("The bands leave a gap."),
    "rules.bands_open_end": _l("The lowest band must be open below and the highest open above."),
    "rules.one_edge": _l("A band has only one lower and one upper edge."),
    "rules.duplicate_key": _l("“%(value)s” is there twice."),
    "rules.unknown_group": _l("There is no group “%(value)s”."),
    "rules.unknown_criterion": _l("There is no criterion “%(value)s”."),
    "rules.criteria_without_text": _l("The text is still to be entered, so there can be no criteria yet."),
    "rules.assignments_overlap": _l("It overlaps the assignment of %(rule_set)s from %(from_day)s."),
    "rules.until_before_from": _l("The last day is before the first."),
    "rules.unknown_rule_set": _l("There is no rule set “%(value)s”."),
    "rules.other_level": _l("The rule set is for the level %(wanted)s, not %(value)s."),
    "rules.other_purpose": _l("The rule set is not for %(value)s."),
}

WORKED_OUT: Mapping[str, LazyString] = {
    "transferred_lately": _l("transferred less than a year ago"),
    "years_held": _l("years held"),
    "years_ago": _l("years ago"),
}
"""What rules ask of papers that is worked out from their fields."""

STANDINGS: Mapping[str, LazyString] = {
    "jilin": _l("Jilin"),
    **{size.value: words for size, words in SIZE_CLASSES.items()},
}
"""The values of plain facts of an enterprise that rules name."""

PLACES: Mapping[str, LazyString] = {
    "at_least": _l("at least"),
    "more_than": _l("more than"),
    "at_most": _l("at most"),
    "less_than": _l("less than"),
    "years": _l("years looked at"),
    "within_years": _l("within so many years"),
    "least": _l("how many of these conditions"),
    "from": _l("band from"),
    "up_to": _l("band up to"),
    "above": _l("band above"),
    "below": _l("band below"),
    "points": _l("points given"),
    "most": _l("points at most"),
    "near_most": _l("How many may fail and still be near"),
    "clause": _l("Clause"),
    "document": _l("Document"),
    "zh": _l("Chinese name"),
    "en": _l("English name"),
    "confidence": _l("How sure the text is"),
    "accounts_complete_from": _l("Last year's accounts are asked for from (month-day)"),
}
"""The values of a rule set that may be edited."""


def place_words(about: str, field: str) -> str:
    """What a value of a rule set is called: what it is about, and which bound it is."""
    if about == WAIVED:
        return _("Not asked for from (day)")
    name, of = str(PLACES[field]), MEASURED.get(about)
    papers, _dot, own = about.partition(".")
    if of is None and own in PAPER_FIELDS:
        of = f"{MEASURED[papers]} · {PAPER_FIELDS[own]}"
    return f"{of} · {name}" if of else name


def problem_words(problem: Problem) -> str:
    """Why a rule set is refused."""
    named, bounds = dict(problem.parameters), problem.parameters.get("bounds")
    wanted = named.get("wanted")
    if not isinstance(bounds, Bounds):
        return str(PROBLEMS[problem.code]) % (named | {"wanted": WANTED.get(str(wanted), wanted)})
    code = "rules.out_of_bounds" if problem.code == "rules.wrong_type" else problem.code
    kind = WANTED["whole_number" if bounds.is_whole else "number"]
    unit = str(UNITS[bounds.unit]) if bounds.unit in UNITS else ""
    most = f"{bounds.most:,}{'' if unit == '%' else ' '}{unit}" if unit else bounds.most
    return str(PROBLEMS[code]) % (named | {"wanted": kind, "least": bounds.least, "most": most})


def problem_in_part(table: Mapping[str, Any], problem: Problem) -> str:
    """Why a rule set is refused, with the criterion, gate or indicator it is refused for."""
    return str(_("%(part)s: %(problem)s", part=part_title(table, problem.path), problem=problem_words(problem)))


def part_title(table: Mapping[str, Any], path: str) -> str:
    """What the criterion, gate or indicator is called that a path leads into."""
    top = path.partition(".")[0]
    section, bracket, number = top.rstrip("]").partition("[")
    of = table[section][int(number)] if bracket else None
    if not isinstance(of, Mapping):
        return _("The set itself")
    return str(listed(of.get("zh", top), of.get("en")))


JURISDICTIONS: Mapping[str, LazyString] = {
    "china": _l("nationwide"),
    "jilin": _l("Jilin Province"),
    "changchun": _l("Changchun"),
}
"""The places a rule set is for."""
WANTED: Mapping[str, LazyString] = {
    "number": _l("a number"),
    "whole_number": _l("a whole number"),
    "text": _l("a text"),
    "flag": _l("true or false"),
    "date": _l("a day as 2026-04-01"),
    "month_and_day": _l("a month and day as 04-01"),
    "list": _l("a list"),
    "table": _l("a table"),
    "value": _l("a single value"),
}
"""What the reader of rule sets asks for in the place of what it found."""
SECTIONS: Mapping[str, LazyString] = {
    "criteria": _l("Conditions to meet"),
    "direct_passes": _l("Direct passes"),
    "scorecard": _l("Scored indicators"),
    "gates": _l("What bars an application"),
}
"""The parts of a rule set, in the order they are read."""
