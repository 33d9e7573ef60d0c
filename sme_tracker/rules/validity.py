"""How long a title is valid when its notice does not say."""

from calendar import isleap
from datetime import date, timedelta

VALID_YEARS = 3
"""Every title of the ladder is valid for three years (工信部企业〔2022〕63号)."""


def usual_end(valid_from: date, years: int = VALID_YEARS) -> date:
    """The last day of a title's usual validity: the day before its third anniversary, or that of as many `years`."""
    ends_in = valid_from.year + years
    is_leap_day = (valid_from.month, valid_from.day) == (2, 29) and not isleap(ends_in)
    return date(ends_in, 2, 28) if is_leap_day else valid_from.replace(year=ends_in) - timedelta(days=1)


def usual_start(valid_until: date) -> date:
    """The first day of a title whose usual validity ends with the day."""
    after = valid_until + timedelta(days=1)
    is_leap_day = (after.month, after.day) == (2, 29)
    return date(after.year - VALID_YEARS, 3, 1) if is_leap_day else after.replace(year=after.year - VALID_YEARS)
