"""What an import says to people: why a file is refused, and what is wrong with its sheets, rows and cells."""

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from sme_tracker.rules.findings import Finding
from sme_tracker.rules.terms import Title
from sme_tracker.sheets.sheet import SheetRefused
from sme_tracker.web.file_words import FILE_KINDS
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import TITLES, finding_words

REFUSALS: Mapping[str, LazyString] = {
    "empty_file": _l("The file is empty."),
    "file_too_big": _l("The file is larger than %(most_mb)s MB. Split it, or remove pictures and sheets nobody needs."),
    "encrypted": _l("The file opens with a password only. Take the password off and save it as .xlsx."),
    "macros": _l("The workbook carries macros. Save it as .xlsx without macros and try again."),
    "web_page": _l("This is a web page under the name of a workbook. Open it in Excel or WPS and save it as .xlsx."),
    "other_workbook": _l("This kind of workbook is not read. Open it in Excel or WPS and save it as .xlsx."),
    "not_a_workbook": _l("This is not a spreadsheet. Only .xlsx, .xls, .et, .csv and .txt are read."),
    "not_a_document": _l("This is not a Word document of the kind .docx. Open it in Word or WPS and save it as .docx."),
    "damaged_document": _l("The document is damaged. Open it in Word or WPS, save it anew as .docx, and try again."),
    "damaged_workbook": _l("The workbook is damaged. Open it in Excel or WPS, save it anew, and try again."),
    "unreadable_workbook": _l(
        "The workbook is damaged or too large to be read. Delete empty rows and columns, or split it."
    ),
    "too_slow": _l("Reading the workbook took longer than %(seconds)s seconds. Split it into smaller ones."),
    "unpacked_too_big": _l("Unpacked, the workbook is larger than %(most_mb)s MB. Split it into smaller ones."),
    "document_type": _l("The workbook contains a document type, which no spreadsheet program writes. It is not read."),
    "endless_columns": _l(
        "A sheet reaches beyond column %(most)s. Delete every column after the last one in use, and save it."
    ),
    "endless_rows": _l(
        "A sheet reaches beyond row %(most)s. Delete every row after the last one in use, or split the file."
    ),
    "too_many_error_cells": _l(
        "The workbook has more than %(most)s error cells such as #N/A. Mend its formulas first."
    ),
    "too_many_merged": _l("A sheet has more than %(most)s merged cells. Take the merging apart, or split the file."),
    "empty_workbook": _l("The workbook has no visible sheet."),
    "empty_sheet": _l("Sheet “%(sheet)s” is empty."),
    "no_names": _l("No enterprise is named there. A list has a name or a credit code in each row."),
    "no_head": _l(
        "Sheet “%(sheet)s”: no column headings among the first %(rows)s rows. At least these are needed: %(expected)s."
    ),
    "not_a_list": _l(
        "Sheet “%(sheet)s” is a table of statistics, not a list of enterprises. A list has at least the "
        "columns %(expected)s."
    ),
    "columns_missing": _l(
        "Sheet “%(sheet)s”, row %(row)s: nothing but names. At least this column is missing: %(missing)s."
    ),
    "unclosed_quote": _l("Line %(line)s: a quotation mark is opened and never closed."),
    "stray_quote": _l("Line %(line)s: something follows a closing quotation mark."),
    "cell_too_long": _l("Line %(line)s: a field is longer than any cell."),
    "damaged_text": _l("Line %(line)s holds damaged characters. Export the file anew as “CSV UTF-8”."),
    "unknown_encoding": _l("Line %(line)s is neither UTF-8 nor GB18030. Save the file as “CSV UTF-8”."),
}

REASONS: Mapping[str, LazyString] = {
    "cell.error": _l("The cell holds the error %(shown)s."),
    "cell.formula_without_value": _l(
        "The formula has no stored value. Open the file in Excel or WPS, save it, and try again."
    ),
    "cell.broken_characters": _l("Characters in the cell were lost (shown as �). Mend it from the original."),
    "cell.number_too_long": _l(
        "The number is longer than a spreadsheet keeps exactly. Make the column text and enter it anew."
    ),
    "cell.damaged": _l("“%(value)s” holds damaged characters. Compare the cell with the original and enter it anew."),
    "credit_code.length": _l("The code has %(length)s characters instead of %(expected)s."),
    "credit_code.alphabet": _l("“%(character)s” in place %(place)s does not occur in credit codes."),
    "credit_code.check_character": _l(
        "The check character of the code does not match. Compare it with the licence, mend it or confirm it as printed."
    ),
    "row.code_as_printed": _l("The code does not verify; it is kept as the licence prints it, and marked."),
    "credit_code.organisation_check": _l("The 17th character of the code does not match. Compare it with the licence."),
    "credit_code.sole_trader": _l("Sole traders (codes from 92) cannot be cultivated."),
    "row.no_code": _l("The credit code is missing."),
    "row.name_to_confirm": _l(
        "The register has one enterprise of this name: %(recorded)s. Confirm that it is this one."
    ),
    "row.new_to_confirm": _l("The register does not have this enterprise. Confirm that it is to be entered."),
    "row.only_named": _l("The row names an enterprise and says nothing else that could be recorded."),
    "row.no_title": _l("The level is missing."),
    "row.no_fiscal_year": _l("The year is missing."),
    "row.no_unit": _l("No reporting unit: the enterprise comes in without one."),
    "row.ends_before_it_begins": _l("The period ends on %(last)s, before it begins on %(first)s."),
    "row.given_before": _l("An earlier row of this file says the same of the same enterprise."),
    "row.branch": _l("A branch: marked as one, it cannot hold a title."),
    "row.unit_unknown": _l("This is no reporting unit in use; it is not taken over. Write one of: %(units)s."),
    "row.unit_unclear": _l(
        "This could be more than one reporting unit; it is not taken over. Write one of: %(units)s."
    ),
    "row.other_unit": _l("You keep your own unit's enterprises only; this row names another unit."),
    "row.enterprise_of_other_unit": _l("This enterprise is not one of your unit's."),
    "row.moves": _l("The enterprise moves from %(old)s to %(new)s as of today."),
    "row.renamed": _l("Recorded as “%(recorded)s”: renamed as of today."),
    "row.name_note": _l("The name came with the remark “%(note)s”; only the name is taken over."),
    "row.former_name_said": _l("“%(former)s” is read as the former name; it is no part of the name."),
    "row.former_name": _l("This is a former name; it stays “%(recorded)s”."),
    "row.other_name": _l("The code belongs to “%(recorded)s”. The name is not changed here."),
    "row.industry_unknown": _l("This is no industry of GB/T 4754; it is not taken over."),
    "row.chain_unknown": _l("This is no chain of the list; it is not taken over."),
    "row.phone_without_name": _l("A phone number without a name of whom to call is not taken over."),
    "row.name_unknown": _l("No enterprise of yours has exactly this name. Add its credit code."),
    "row.name_ambiguous": _l("%(enterprises)s enterprises have this name. Add the credit code."),
    "row.code_unknown": _l("No enterprise has this code. Add its name, so that it can be recorded."),
    "row.enterprise_unknown": _l("No enterprise has this code. Import it in a register first."),
    "row.entered_again": _l(
        "The enterprise had been taken out as entered by mistake; it comes in again with this row."
    ),
    "row.enterprise_new": _l("The enterprise is new and comes in with this row."),
    "row.usual_end": _l("The end of validity is missing: taken as three years, until %(day)s."),
    "row.usual_start": _l(
        "The day of recognition is missing: taken as %(day)s, three years before the end of validity."
    ),
    "row.day_estimated": _l("Only the month or year is given: taken as %(day)s, as an estimate."),
    "row.no_published_on": _l("The day of recognition is missing."),
    "row.source_assumed": _l("No source is given: the figures count as the enterprises' own."),
    "row.repaired": _l("The row holds damaged bytes. Compare it with the original."),
    "row.footer": _l("A remark or total, not an enterprise: left out."),
    "row.repeated_head": _l("The column headings again: left out."),
    "row.only_a_number": _l("Nothing but a serial number: left out."),
    "row.beyond_head": _l("More stands behind the last column heading; it is not read."),
    "row.without_heading": _l("This column has no heading and is not read."),
    "sheet.unit_converted": _l("The head says %(unit)s: amounts are converted to 万元 and rounded to two decimals."),
    "sheet.no_unit_column": _l("There is no column for the reporting unit: enterprises come in without one."),
    "sheet.hidden_rows": _l("%(rows)s rows are hidden, from row %(first)s on; they are read like the others."),
    "sheet.hidden_rows_left": _l("%(rows)s rows are hidden, from row %(first)s on; they are left out, as decided."),
    "sheet.hidden_column": _l("This column is hidden; it is read like the others."),
    "column.heading_unknown": _l(
        "The heading is not known; say where the column goes, or that it is left out. Until then it is left out."
    ),
    "column.heading_remark": _l(
        "The heading also says “%(said)s”, which is not understood. Until the reading is "
        "confirmed, the column is left out."
    ),
    "column.heading_of_a_share": _l(
        "The heading says “%(said)s”: a share or growth, not the figure itself. The column is left out."
    ),
    "column.heading_foreign": _l(
        "The heading says %(currency)s: foreign currency is not converted. The column is left out."
    ),
    "column.heading_unit_of_other_kind": _l(
        "The heading says “%(unit)s”, which is no unit of this field. The column is left out."
    ),
    "column.heading_part_of_year": _l(
        "The heading says “%(said)s”: a part of a year, not the whole. The column is left out."
    ),
    "column.heading_relative_year": _l(
        "Read as of %(year)s, counted from the year of the sheet. Until this is confirmed, the column is left out."
    ),
    "column.unit_assumed": _l(
        "The head names no unit; to be read as %(unit)s. Until this is confirmed, the column is left out."
    ),
    "column.year_assumed": _l(
        "Read as of %(year)s, which the sheet's title or name says. Until this is confirmed, the column is left out."
    ),
    "column.year_missing": _l(
        "The heading does not say of which year. Choose the year; until then the column is left out."
    ),
    "column.column_doubled": _l(
        "Another column goes to the same place. Choose which one counts; until then this one is left out."
    ),
    "column.counted": _l("Counted by this system when it was exported; it is not read back."),
    "column.left_out": _l("Left out, as chosen."),
    "column.people_converted": _l("The head says %(unit)s: converted to persons."),
    "row.section": _l("The heading of a section: the rows below it belong to %(district)s."),
    "row.heading": _l("The heading of a section, not an enterprise: left out."),
    "row.titles_alike": _l("Several titles in one cell: days and papers hold for each of them."),
    "row.twice": _l(
        "Row %(row)s of sheet “%(sheet)s” already says the same, with other values in: "
        "%(columns)s. Only the first is taken."
    ),
    "row.twice_alike": _l("The same stands in row %(row)s of sheet “%(sheet)s” already; nothing is lost."),
    "row.renamed_asked": _l(
        "Recorded as “%(recorded)s”. If it was renamed, confirm it; until then the recorded name stays."
    ),
    "row.name_has_other_code": _l(
        "An enterprise of this name is recorded under %(recorded)s. Confirm that this is "
        "another one; until then the row is left out."
    ),
    "row.name_twice_in_file": _l("Another row of this file has the same name under %(recorded)s: both come in."),
    "row.by_former_name": _l("Found by a former name; it is now “%(recorded)s”."),
    "row.other_unit_named": _l("On record it belongs to %(recorded)s. The district is not changed here."),
    "row.title_told_twice": _l(
        "The same title is recorded as of %(day)s already. Confirm that this is another "
        "recognition; until then it is left out."
    ),
    "row.kind_assumed_new": _l("No kind is given: counted as new, since the title was not held the day before."),
    "row.kind_assumed_renewed": _l("No kind is given: counted as renewed, since the title was held the day before."),
    "row.estimate_to_come": _l("The month or year given has not ended. Write the whole date."),
    "row.leap": _l(
        "This is %(times)s times the year before (%(earlier)s). Confirm that it is "
        "right; until then the figure is left out."
    ),
    "sheet.no_title": _l(
        "The sheet tells of recognitions but of which level nothing says; choose the level, else they are left out."
    ),
    "sheet.title_proposed": _l(
        "No column says the level; the title line speaks of %(title)s. "
        "Choose the level, else recognitions are left out."
    ),
    "sheet.hidden_read": _l("The sheet is hidden; it is read, as decided."),
    "sheet.hidden": _l("The sheet is hidden and is not read."),
    "sheet.not_read": _l("The sheet holds no list and is not read."),
}


def refusal(refused: SheetRefused) -> str:
    """Why the whole file is refused, and what to do about it."""
    return _said(REFUSALS[refused.code], refused.params)


def reason(finding: Finding) -> str:
    """What is wrong with a sheet, row or cell, and how to mend it; a likely reading of a code is offered."""
    if finding.code not in REASONS:
        return finding_words(finding) + _left_out(finding)
    said = _said(REASONS[finding.code], finding.parameters)
    suggestion = finding.parameters.get("suggestion")
    return said + (_said(_SUGGESTION, {"suggestion": suggestion}) if suggestion else "") + _left_out(finding)


def _left_out(finding: Finding) -> str:
    """What is added where a cell costs only itself."""
    return str(_LEFT_OUT) if finding.parameters.get("is_left_out") else ""


_LEFT_OUT = _l(" This cell is left out; the rest of the row comes in.")
_SUGGESTION = _l(" Did you mean %(suggestion)s?")


def _said(words: LazyString, parameters: Mapping[str, object]) -> str:
    title = parameters.get("title")
    shown = {
        **parameters,
        "title": str(TITLES[Title(str(title))]) if title else "",
        "kind": str(FILE_KINDS.get(str(parameters.get("kind")), "")),
    }
    return str(words) % shown
