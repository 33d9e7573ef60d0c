"""How long a title is valid when its notice does not say."""

from datetime import date, timedelta

VALID_YEARS = 3
"""Every title of the ladder is valid for three years (工信部企业〔2022〕63号)."""


def usual_end(valid_from: date) -> date:
    """The last day of a title's usual validity: the day before its third anniversary."""
    ends_in = valid_from.year + VALID_YEARS
    is_leap_day = (valid_from.month, valid_from.day) == (2, 29)
    return date(ends_in, 2, 28) if is_leap_day else valid_from.replace(year=ends_in) - timedelta(days=1)
