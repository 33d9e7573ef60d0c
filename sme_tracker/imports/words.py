"""What an import says to people: why a file is refused, and what is wrong with its sheets, rows and cells."""

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from sme_tracker.rules.findings import Finding
from sme_tracker.sheets.sheet import SheetRefused
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import FILE_KINDS, finding_words

REFUSALS: Mapping[str, LazyString] = {
    "empty_file": _l("The file is empty."),
    "file_too_big": _l("The file is larger than %(most_mb)s MB. Split it, or remove pictures and sheets nobody needs."),
    "wrong_ending": _l("The file is named %(ending)s, but what is in it is %(really)s. Save it anew in Excel or WPS."),
    "encrypted": _l("The workbook has a password. Take the password off, save it, and try again."),
    "macros": _l("The workbook carries macros. Save it as .xlsx without macros and try again."),
    "web_page": _l("This is a web page under the name of a workbook. Open it in Excel or WPS and save it as .xlsx."),
    "other_workbook": _l("This kind of workbook is not read. Open it in Excel or WPS and save it as .xlsx."),
    "not_a_workbook": _l("This is not a spreadsheet. Only .xlsx, .xls and .csv are read."),
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
    "empty_workbook": _l("The workbook has no visible sheet."),
    "empty_sheet": _l("Sheet “%(sheet)s” is empty."),
    "no_head": _l(
        "Sheet “%(sheet)s”: no column headings among the first %(rows)s rows. At least these are needed: %(expected)s."
    ),
    "not_a_list": _l(
        "Sheet “%(sheet)s” is a table of statistics, not a list of enterprises. A list has at least the "
        "columns %(expected)s."
    ),
    "columns_missing": _l("Sheet “%(sheet)s”, row %(row)s: for %(kind)s these columns are missing: %(missing)s."),
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
    "cell.code_is_number": _l(
        "The cell is a number, of which a spreadsheet keeps only 15 digits: the code in it is lost. Make the "
        "column text and enter it anew."
    ),
    "cell.number_too_long": _l(
        "The number is longer than a spreadsheet keeps exactly. Make the column text and enter it anew."
    ),
    "cell.not_a_day": _l("This is not a date. Write it as 2022-06-01."),
    "cell.two_digit_year": _l("The year has two digits. Write it with four: 2022-06-01."),
    "cell.part_of_a_day": _l("Month or day is missing. Write the whole date: 2022-06-01."),
    "cell.no_such_day": _l("There is no such day in the calendar."),
    "cell.year_out_of_range": _l("The year is not between 1900 and 2100."),
    "cell.not_a_period": _l("This is not a period. Write both days: 2021-07-01 to 2024-06-30."),
    "cell.not_a_year": _l("This is not a year. Write it as 2021."),
    "cell.not_a_number": _l("This is not a number."),
    "cell.negative": _l("The number cannot be negative."),
    "cell.too_large": _l("The number is too large. Check its unit."),
    "cell.not_a_count": _l("This is not a whole number."),
    "cell.foreign_currency": _l("Foreign currency is kept as written and not converted to 万元."),
    "cell.capital_unread": _l("The amount cannot be read and is kept as written."),
    "cell.level_unclear": _l("This is not clearly one level. Write 市级, 省级 or 国家级."),
    "cell.kind_unclear": _l("This is not clearly one kind. Write 新认定, 复核 or 自动认定."),
    "cell.source_unclear": _l("This is not clearly one source. Write 审计, 平台 or 自报."),
    "credit_code.length": _l("The code has %(length)s characters instead of %(expected)s."),
    "credit_code.alphabet": _l("“%(character)s” in place %(place)s does not occur in credit codes."),
    "credit_code.check_character": _l(
        "The check character of the code does not match. Compare it with the licence and enter the enterprise by hand."
    ),
    "credit_code.organisation_check": _l("The 17th character of the code does not match. Compare it with the licence."),
    "credit_code.sole_trader": _l("Sole traders (codes from 92) cannot be cultivated."),
    "row.no_code": _l("The credit code is missing."),
    "row.no_name": _l("The name is missing."),
    "row.no_title": _l("The level is missing."),
    "row.no_fiscal_year": _l("The year is missing."),
    "row.no_unit": _l("No reporting unit: the enterprise comes in without one."),
    "row.ends_before_it_begins": _l("The period ends on %(last)s, before it begins on %(first)s."),
    "row.twice": _l("The same stands in row %(row)s of sheet “%(sheet)s” already."),
    "row.given_before": _l("An earlier row of this file says the same of the same enterprise."),
    "row.branch": _l("A branch: marked as one, it cannot hold a title."),
    "row.unit_unknown": _l("This is no reporting unit in use; it is not taken over."),
    "row.other_unit": _l("You keep your own unit's enterprises only; this row names another unit."),
    "row.enterprise_of_other_unit": _l("This enterprise is not one of your unit's."),
    "row.moves": _l("The enterprise moves from %(old)s to %(new)s as of today."),
    "row.renamed": _l("Recorded as “%(recorded)s”: renamed as of today."),
    "row.former_name": _l("This is a former name; it stays “%(recorded)s”."),
    "row.other_name": _l("The code belongs to “%(recorded)s”. The name is not changed here."),
    "row.industry_unknown": _l("This is no industry of GB/T 4754; it is not taken over."),
    "row.chain_unknown": _l("This is no chain of the list; it is not taken over."),
    "row.phone_without_name": _l("A phone number without a name of whom to call is not taken over."),
    "row.name_unknown": _l("No enterprise of yours has exactly this name. Add its credit code."),
    "row.name_ambiguous": _l("%(enterprises)s enterprises have this name. Add the credit code."),
    "row.code_unknown": _l("No enterprise has this code. Add its name, so that it can be recorded."),
    "row.enterprise_unknown": _l("No enterprise has this code. Import it in a register first."),
    "row.enterprise_new": _l("The enterprise is new and comes in with this row."),
    "row.usual_end": _l("The end of validity is missing: taken as three years, until %(day)s."),
    "row.no_published_on": _l("The day of recognition is missing."),
    "row.source_assumed": _l("No source is given: the figures count as the enterprises' own."),
    "row.repaired": _l("Damaged bytes were read as blanks. Compare this row with the original."),
    "row.footer": _l("A remark or total, not an enterprise: left out."),
    "row.repeated_head": _l("The column headings again: left out."),
    "row.only_a_number": _l("Nothing but a serial number: left out."),
    "row.beyond_head": _l("More stands behind the last column heading; it is not read."),
    "row.without_heading": _l("This column has no heading and is not read."),
    "sheet.extra_column": _l("This column is not read."),
    "sheet.other_column": _l("This column is not read here; it belongs to %(kind)s."),
    "sheet.doubled_column": _l("Another column before this one says the same; this one is not read."),
    "sheet.unit_converted": _l("The head says %(unit)s: amounts are converted to 万元 and rounded to two decimals."),
    "sheet.unit_assumed": _l("The head names no unit: amounts are read as %(unit)s."),
    "sheet.no_unit_column": _l("There is no column for the reporting unit: enterprises come in without one."),
    "sheet.not_read": _l("The sheet holds no list and is not read."),
    "sheet.other_kind": _l(
        "The sheet is %(kind)s and is not read together with the others. Import it from a file of its own."
    ),
}


def refusal(refused: SheetRefused) -> str:
    """Why the whole file is refused, and what to do about it."""
    return _said(REFUSALS[refused.code], refused.params)


def reason(finding: Finding) -> str:
    """What is wrong with a sheet, row or cell, and how to mend it; a likely reading of a code is offered."""
    if finding.code not in REASONS:
        return finding_words(finding)
    said = _said(REASONS[finding.code], finding.parameters)
    suggestion = finding.parameters.get("suggestion")
    return said + (_said(_SUGGESTION, {"suggestion": suggestion}) if suggestion else "")


_SUGGESTION = _l(" Did you mean %(suggestion)s?")


def _said(words: LazyString, parameters: Mapping[str, object]) -> str:
    shown = {**parameters, "kind": str(FILE_KINDS.get(str(parameters.get("kind")), ""))}
    return str(words) % shown
