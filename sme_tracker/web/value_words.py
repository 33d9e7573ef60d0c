"""Why what was written is no value of its kind, and how to write it: the same sentences for forms and files."""

from sme_tracker.web.language import lazy_gettext as _l

UNREAD = {
    "value.nothing": _l("“%(value)s” says nothing; leave the field empty where nothing is known."),
    "value.approximate": _l("“%(value)s” says only about how much. Write the exact figure."),
    "value.not_a_number": _l("“%(value)s” is not a number."),
    "value.not_a_count": _l("Whole numbers only."),
    "value.negative": _l("The number cannot be negative."),
    "value.too_large": _l("The number is too large to be right. Check its unit."),
    "value.too_many_decimals": _l("At most %(places)s decimals."),
    "value.foreign_amount": _l("“%(value)s” is in a foreign currency (%(currency)s). Write the amount in yuan."),
    "value.foreign_currency": _l("Foreign currency is kept as written and not converted to 万元."),
    "value.capital_unread": _l("The amount cannot be read and is kept as written."),
    "value.not_a_day": _l("There is no day “%(value)s”; write it like 2026-03-31."),
    "value.no_such_day": _l("There is no day “%(value)s” in the calendar."),
    "value.two_digit_year": _l("The year of “%(value)s” has two digits. Write it with four: 2022-06-01."),
    "value.part_of_a_day": _l("“%(value)s” is not a whole date. Write it with year, month and day: 2022-06-01."),
    "value.year_out_of_range": _l("The year must lie between %(first)s and %(last)s."),
    "value.not_a_year": _l("“%(value)s” is not a year. Write it as 2021."),
    "value.not_a_period": _l(
        "“%(value)s” does not say how long the title is valid. Write both days, the last one, or the number of years."
    ),
    "value.code_is_number": _l(
        "The cell is a number, of which a spreadsheet keeps only 15 digits: the code in it is lost. Make the "
        "column text and enter it anew."
    ),
    "value.phone_is_number": _l(
        "The number of “%(value)s” is lost in the spreadsheet. Make the column text and enter it anew."
    ),
    "value.not_a_phone": _l("“%(value)s” is no phone number."),
    "value.level_unclear": _l("“%(value)s” is not clearly one level. Write 市级, 省级 or 国家级."),
    "value.other_honour": _l(
        "“%(value)s” is another honour, none of the SRDI titles. Take the row out, or write the level: "
        "市级, 省级 or 国家级."
    ),
    "value.title_not_held": _l(
        "“%(value)s” says that the title is not held: applied for, not passed, withdrawn or expired. A ledger holds "
        "titles that were given."
    ),
    "value.kind_unclear": _l("“%(value)s” is not clearly one kind. Write 新认定, 复核 or 自动认定."),
    "value.source_unclear": _l("“%(value)s” is not clearly one source. Write 审计, 平台 or 自报."),
}
"""Code of a finding → its sentence."""
