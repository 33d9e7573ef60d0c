"""The words of the field's codes, in the language of the page, and the sentences of the rules' findings."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sme_tracker.rules.findings import Finding
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import (
    DecisionWord,
    Indicator,
    Level,
    RecognitionKind,
    ReviewResult,
    Role,
    SizeClass,
    Source,
    Status,
    Title,
    Track,
)
from sme_tracker.web.language import code as language
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.value_words import UNREAD

ROLES = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.CASEWORKER: _l("Caseworker"),
    Role.LEADER: _l("Leader"),
    Role.CLERK: _l("District clerk"),
    Role.AUDITOR: _l("Auditor"),
}
TITLES = {
    Title.INNOVATIVE: _l("Innovative SME"),
    Title.MUNICIPAL: _l("Municipal SRDI"),
    Title.PROVINCIAL: _l("Provincial SRDI"),
    Title.NATIONAL: _l("National Little Giant"),
    Title.KEY_NATIONAL: _l("Key Little Giant"),
    Title.CHAMPION: _l("Single champion"),
}
LEVELS = {
    Level.NONE: _l("No level"),
    Level.MUNICIPAL: _l("Municipal"),
    Level.PROVINCIAL: _l("Provincial"),
    Level.NATIONAL: _l("National"),
}
STATUSES = {
    Status.ACTIVE: _l("Active"),
    Status.MOVED_OUT: _l("Moved out"),
    Status.DEREGISTERED: _l("Deregistered"),
    Status.MISTAKEN: _l("Entered by mistake"),
}
SOURCES = {
    Source.AUDIT: _l("Audit report"),
    Source.PLATFORM: _l("Platform"),
    Source.SELF_REPORTED: _l("Self-reported"),
}
KINDS = {
    RecognitionKind.NEW: _l("Newly recognised"),
    RecognitionKind.RENEWED: _l("Renewed on review"),
    RecognitionKind.AUTOMATIC: _l("Given with a higher title"),
}
REVIEW_RESULTS = {
    ReviewResult.RENEWED: _l("Passed, renewed"),
    ReviewResult.FAILED: _l("Failed"),
    ReviewResult.NOT_APPLIED: _l("Did not apply"),
}
INDICATORS = {
    Indicator.SRDI: _l("New SRDI"),
    Indicator.SPRINT: _l("National sprint"),
    Indicator.UPGRADE: _l("Upgrade"),
    Indicator.CONVERT: _l("Convert"),
    Indicator.GO_PUBLIC: _l("Go public"),
}
COUNTING_RULES = {
    Indicator.SRDI: _l(
        "Enterprises that came to hold a level in the year, by the date of the document, and held none the day before;"
        " promotions and renewals do not count, a later loss does not take it back."
    ),
    Indicator.SPRINT: _l(
        "Enterprises put forward for the national level by the day: by the day entered, or by freezing a list that"
        " recommends them; no longer those whom a decision against them took back when a list was frozen."
    ),
    Indicator.UPGRADE: _l(
        "Entries into the statistics directory in the year, gross: enterprises that leave it are not taken off."
    ),
    Indicator.CONVERT: _l(
        "Conversions into joint-stock companies in the year, by the date of the changed business licence."
    ),
    Indicator.GO_PUBLIC: _l(
        "Listings in the year, by the first trading day, Beijing included; quotation (挂牌) does not count."
    ),
}
DECISIONS = {
    DecisionWord.RECOMMENDED: _l("recommended"),
    DecisionWord.UNDECIDED: _l("undecided"),
    DecisionWord.NOT_RECOMMENDED: _l("not recommended"),
}
SIZE_CLASSES = {
    SizeClass.LARGE: _l("Large"),
    SizeClass.MEDIUM: _l("Medium"),
    SizeClass.SMALL: _l("Small"),
    SizeClass.MICRO: _l("Micro"),
}
CACHES = {
    "standing": _l("Standing on each day"),
    "columns": _l("Enterprises as of today"),
    "tally": _l("Numbers by district and level"),
    "pairs": _l("Search"),
    "verdicts": _l("Verdicts"),
    "board": _l("Overview"),
}
"""The kinds of cache: what is derived from the facts and kept."""
UNIT_KINDS = {
    "district": _l("City district"),
    "county": _l("County or county-level city"),
    "zone": _l("Development zone"),
}
FIGURES = {
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
    "main_revenue_share_percent": _l("Main-business share"),
    "rd_intensity_percent": _l("R&D intensity"),
    "debt_ratio_percent": _l("Debt ratio"),
    "rd_staff_share_percent": _l("R&D staff share"),
    "net_margin_percent": _l("Net margin"),
}
FINDINGS = {
    "credit_code.length": _l("A credit code has 18 characters (you entered %(length)s)."),
    "credit_code.alphabet": _l(
        "“%(character)s” at place %(place)s is not a character of a credit code: digits and capitals but not I O S V Z."
    ),
    "credit_code.check_character": _l("The check character does not match: one of the 18 characters is wrong."),
    "credit_code.organisation_check": _l(
        "The 17th character does not match the organisation code; compare it with the licence."
    ),
    "credit_code.sole_trader": _l("Sole traders (codes from 92) cannot be cultivated."),
    "credit_code.taken": _l("An enterprise is registered under this code already."),
    "name.empty": _l("There is nothing to read in the name."),
    "date.too_early": _l("No enterprise is that old."),
    "founded_on.future": _l("The date lies in the future; today is %(today)s."),
    "founded_on.too_early": _l("No enterprise is that old."),
    "niche_since.future": _l("The date lies in the future; today is %(today)s."),
    "from_day.date.future": _l("The date lies in the future; today is %(today)s."),
    "from_day.date.too_early": _l("No enterprise is that old."),
    "fact.first": _l("The first fact holds from the beginning; it can be corrected, not moved or withdrawn."),
    "fiscal_year.not_ended": _l("The year %(year)s has not ended; figures go up to %(latest)s."),
    "main_revenue_wan.more_than_whole": _l("Main-business revenue cannot be more than revenue."),
    "rd_staff.more_than_whole": _l("R&D staff cannot be more than all staff."),
    "revenue_wan.negative": _l("The figure cannot be below zero."),
    "main_revenue_wan.negative": _l("The figure cannot be below zero."),
    "rd_expense_wan.negative": _l("The figure cannot be below zero."),
    "assets_wan.negative": _l("The figure cannot be below zero."),
    "liabilities_wan.negative": _l("The figure cannot be below zero."),
    "tax_wan.negative": _l("The figure cannot be below zero."),
    "staff.negative": _l("The figure cannot be below zero."),
    "rd_staff.negative": _l("The figure cannot be below zero."),
    "date.future": _l("The date lies in the future; today is %(today)s."),
    "move.unknown_step": _l("This track has no such step."),
    "move.case_closed": _l("The case was closed on %(closed_on)s."),
    "move.step_behind": _l("The case is already further on; withdraw the later step first."),
    "move.before_previous_step": _l("The date is before the previous step, which was taken on %(previous_on)s."),
    "move.before_opening": _l("The date is before the case was opened on %(opened_on)s."),
    "move.step_not_taken": _l("The step has not been taken."),
    "move.after_next_step": _l("The date is after the next step, which was taken on %(next_on)s."),
    "case.already_open": _l("The enterprise already has an open case on this track."),
    "case.before_earlier_closed": _l("An earlier case was open until %(closed_on)s; begin on that day or later."),
    "case.later_case": _l("A later case was opened on %(opened_on)s; close or withdraw it first."),
    "case.unknown_exit": _l("Choose how the case ends from the list."),
    "password.length": _l("A password needs at least %(minimum)s characters."),
    "password.classes": _l("Use at least %(minimum)s of: capitals, small letters, digits, signs."),
    "password.user_name": _l("The password must not contain your account name."),
    "password.guessable": _l("This password is among the first to be tried; choose another."),
    "password.reused": _l("You had this password before; choose another."),
    "password.current_wrong": _l("The current password is not right, or too many wrong ones were tried; then wait."),
    "password.code_gone": _l("This one-time code is no longer valid; ask the administrator for another."),
    "user.name_missing": _l("An account needs a name of at most 60 characters."),
    "user.name_taken": _l("There is already an account “%(name)s”."),
    "user.name_signs": _l("An account name has letters, digits and . _ - only."),
    "user.own_reset": _l("Change your own password under My account."),
    "user.reset_again": _l(
        "You reset the password of %(name)s on %(time)s. A second time within 24 hours takes another administrator."
    ),
    "user.reset_again_alone": _l(
        "You reset the password of %(name)s on %(time)s. A second time within 24 hours takes another administrator, and"
        " there is none: let the server’s operator run “sme-tracker reset-password %(name)s”."
    ),
    "user.own_role": _l("Nobody changes his own role; another administrator can."),
    "user.clerk_needs_unit": _l("A district clerk needs a reporting unit."),
    "user.unit_only_for_clerk": _l("Only a district clerk belongs to one unit; take the unit away."),
    "user.last_administrator": _l("This is the last administrator; name another one first."),
    "target.range": _l("A target is a whole number from %(least)s to %(most)s."),
    "target.year": _l("The year must lie between %(first)s and %(last)s."),
    "put_forward.outside_year": _l("The day must lie in %(year)s."),
    "title.branch": _l("A branch cannot hold a title; record it at the company."),
    "title.already_recorded": _l("This title is on record from %(valid_from)s already; correct it there."),
    "title.validity_order": _l("The last day is before the first, %(valid_from)s."),
    "title.before_founding": _l("The enterprise was founded only on %(founded_on)s; one of the two dates is wrong."),
    "title.revoked_before_valid": _l("The title is only valid from %(valid_from)s."),
    "title.already_revoked": _l("The title was revoked on %(revoked_on)s already."),
    "review.already_open": _l("A review of this title is open already; decide it first."),
    "review.outside_validity": _l(
        "The title is valid from %(valid_from)s to %(valid_until)s; a review begins by then."
    ),
    "review.decided_before_opened": _l("The review was opened only on %(opened_on)s."),
    "review.renewal_missing": _l("A passed review needs the document that renews the title."),
    "review.renewal_not_passed": _l("Only a passed review renews the title."),
    "review.renewal_of_another": _l("A review renews its own title."),
    "listed.code_taken": _l("There is an item with this code already."),
    "listed.short_name_taken": _l("There is a unit with this short name already."),
    "shortlist.unchanged": _l("Nothing has changed since v%(number)s; there is nothing to freeze."),
    "district.word": _l("A district recommends or does not; undecided is the city’s word."),
    "district.closed": _l("This list is closed to the districts: its year is over or its outcome is entered."),
    "district.not_own": _l("One of these enterprises is not of your unit."),
    "table.empty": _l("Fill this in."),
    "table.rows_unknown": _l("Choose who stands in the table."),
    "table.too_many_lines": _l("At most %(most)s lines."),
    "table.placeholder_unknown": _l("{%(name)s} is not one of the words that are filled in."),
    "table.no_columns": _l("A table needs at least one column."),
    "table.too_many_columns": _l("At most %(most)s columns."),
    "table.field_unknown": _l("Choose what stands in this column (“%(name)s” is not on the list)."),
    "table.heading_taken": _l("The heading “%(name)s” stands twice; head each column differently."),
    "put_forward.frozen": _l("This list has frozen versions; decide against the enterprise and freeze the next one."),
    "put_forward.recognised": _l(
        "This round has recognised %(names)s, which stays put forward. Withdraw the title or the outcome first."
    ),
    "export_right.not_held": _l("This role or account has no right of export to take away."),
    "export_right.taken": _l("The right of export is taken from them already."),
    "undo.not_written": _l("This import was not written; there is nothing to undo."),
    "undo.undone": _l("This import is undone already."),
    "undo.too_late": _l("An import can be undone for 30 days; this one is older."),
    "freeze.undone": _l("Freezing v%(number)s is undone already."),
    "freeze.later_version": _l("v%(number)s rests on it; undo that one first."),
    "freeze.outcome": _l("The outcome of the list was entered on %(day)s; take the outcome back first."),
    "freeze.recognised": _l("Put forward by this version and recognised since: %(names)s."),
    "freeze.exported": _l("Its recommendation table left the house on %(day)s (%(name)s)."),
    "shortlist.result_known": _l("The outcome of one of these enterprises is entered already."),
    "name.needed": _l("Give the paper a name."),
    "from_day.needed": _l("Say from which day it holds."),
    "until_day.before_from_day": _l("The last day is before %(from_day)s."),
    "paper.unknown_kind": _l("There is no such kind of proof."),
    "kind.needed": _l("Choose one."),
    "ip_class.needed": _l("Choose one."),
    "year.needed": _l("Choose one."),
    "scope.needed": _l("Choose one."),
    "kind.unknown": _l("“%(value)s” is none of the choices."),
    "ip_class.unknown": _l("“%(value)s” is none of the choices."),
    "acquisition.unknown": _l("“%(value)s” is none of the choices."),
    "level.unknown": _l("“%(value)s” is none of the choices."),
    "scope.unknown": _l("“%(value)s” is none of the choices."),
    "detail.unknown": _l("“%(value)s” is none of the choices."),
    "owner_rank.out_of_range": _l("It must lie between %(least)s and %(most)s."),
    "rank.out_of_range": _l("It must lie between %(least)s and %(most)s."),
    "amount_wan.out_of_range": _l("It must lie between %(least)s and %(most)s."),
    "year.out_of_range": _l("It must lie between %(least)s and %(most)s."),
    "score.out_of_range": _l("It must lie between %(least)s and %(most)s."),
    "share_percent.out_of_range": _l("It must lie between %(least)s and %(most)s."),
    "number.out_of_range": _l("It must lie between %(least)s and %(most)s."),
    "file.type": _l("Files of the type “%(ending)s” are not taken: PDF, PNG or JPEG only."),
    "file.too_large": _l("The file is larger than %(most_mb)s MB."),
    "file.empty": _l("The file is empty."),
    "file.not_what_it_says": _l("The file is not what its ending “%(ending)s” says."),
    "judgement.unknown_question": _l("There is no such question."),
    "judgement.no_answer": _l("Say met or not met, or give points."),
    "rules.published": _l("A published standard cannot be changed."),
    "rules.own_draft": _l("Who wrote a draft cannot publish it; somebody else must."),
    "rules.in_use": _l("The standard is in use and stays."),
    "rules.copied": _l("“%(key)s” was copied from this draft; delete that one first."),
    "rules.not_published": _l("Only a published standard can be assigned."),
    "try_out.too_many": _l(
        "%(most)s of your try-outs are not finished yet. Wait until one of them is, or stop one, then try again."
    ),
    "purpose.not_of_the_set": _l("The standard is not for this purpose."),
    "from_day.overlaps": _l("It overlaps “%(rule_set)s”, which applies from %(from_day)s."),
    "key.shape": _l("A key has small letters, digits and hyphens, at most 60."),
    "key.taken": _l("There is a standard “%(key)s” already."),
    "reason.missing": _l("A reason is needed."),
    "reason.too_long": _l("The reason has %(length)s characters; %(longest)s are the most."),
    "record.gone": _l("The record is no longer there; load the page again."),
    **UNREAD,
}
OF_ANY_FIELD = {
    "too_long": _l("The text has %(length)s characters; %(longest)s are the most."),
    "invisible_character": _l("Character %(place)s is invisible (%(character)s). Delete it."),
    "private_character": _l(
        "Character %(place)s is of a private font (%(character)s), which others cannot see. Type it anew."
    ),
}
"""What may be wrong with the text of any field."""


def finding_words(finding: Finding) -> str:
    """The sentence of a finding."""
    sentence = FINDINGS.get(finding.code) or OF_ANY_FIELD.get(finding.code.rpartition(".")[2])
    if sentence is None:
        return finding.code
    return str(sentence) % {name: _shown(value) for name, value in finding.parameters.items()}


def shortlist_words(key: str) -> str:
    """A shortlist in words: "national-2022" is "2022 年国家级推荐名单"."""
    title, _dash, year = key.rpartition("-")
    return _("%(year)s shortlist: %(title)s", year=year, title=TITLES[Title(title)])


def track_words(of: Track | str) -> str:
    """The name of a track."""
    return _pick(track(Track(of)))


def step_words(of: Track | str, step: str) -> str:
    """The name of a step of a track."""
    return next((_pick(known) for known in track(Track(of)).steps if known.code == step), step)


def column_words(of: Track | str, number: int) -> str:
    """The name of a board column of a track."""
    return _pick(track(Track(of)).columns[number - 1])


def exit_words(of: Track | str, code: str) -> str:
    """The name of a side exit of a track."""
    return next((_pick(known) for known in track(Track(of)).exits if known.code == code), code)


def listed(name: str | None, name_en: str | None) -> str | None:
    """The name of a listed item (unit, chain, industry) in the language of the page."""
    return name_en or name if language() == "en" else name


def _pick(worded: Any) -> str:
    words: str = worded.en if language() == "en" else worded.zh
    return words


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return _(", ").join(_shown(each) for each in value)
    return value.isoformat() if isinstance(value, date) else str(value)


VOCABULARY: Mapping[str, Mapping[Any, Any]] = {
    "roles": ROLES,
    "titles": TITLES,
    "levels": LEVELS,
    "statuses": STATUSES,
    "sources": SOURCES,
    "kinds": KINDS,
    "review_results": REVIEW_RESULTS,
    "indicators": INDICATORS,
    "counting_rules": COUNTING_RULES,
    "size_classes": SIZE_CLASSES,
    "decisions": DECISIONS,
    "unit_kinds": UNIT_KINDS,
    "figures": FIGURES,
}
"""What templates may look up as `words.titles["national"]`."""
