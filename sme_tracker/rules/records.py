"""What must be true of an enterprise's record before it is written: code, name, dates, yearly figures."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from sme_tracker.rules import credit_code
from sme_tracker.rules.bounds import LONGEST, check_text
from sme_tracker.rules.credit_code import CHECK_CHARACTER
from sme_tracker.rules.figures import FIGURES, MAY_BE_NEGATIVE, YearlyFigures
from sme_tracker.rules.findings import Finding

FIRST_YEAR = 1949
PART_OF = {
    "main_revenue_wan": "revenue_wan",
    "rd_staff": "staff",
}
"""A figure that is part of another and so cannot be larger."""


def check_new(code: str, name: str, as_printed: bool = False) -> Iterator[Finding]:
    """What forbids to register an enterprise under the normalised code and the name.

    A wrong check character is let through once a person has confirmed that the licence prints it so.
    """
    yield from check_code(code, as_printed)
    yield from check_name(name)


def check_code(code: str, as_printed: bool = False) -> Iterator[Finding]:
    """What forbids the normalised code; sole traders (codes from 92) cannot be cultivated."""
    if credit_code.is_sole_trader(code):
        yield Finding("credit_code.sole_trader", {"code": code})
        return
    finding = credit_code.check(code)
    if finding and finding.refuses and not (as_printed and finding.code == CHECK_CHARACTER):
        yield Finding(finding.code, {**finding.parameters, "suggestion": credit_code.suggestion(code)})


def check_name(name: str) -> Iterator[Finding]:
    """What forbids the name: nothing to read in it, too long, or characters that cannot be seen."""
    if not any(character.isalnum() for character in name):
        yield Finding("name.empty")
    else:
        yield from check_text("name", name, LONGEST["enterprise_name"], one_line=True)


def check_past(day: date | None, today: date) -> Iterator[Finding]:
    """What forbids a fact to hold from the day: it is still to come, or no enterprise is that old."""
    if day is not None and day > today:
        yield Finding("date.future", {"today": today})
    elif day is not None and day.year < 1900:
        yield Finding("date.too_early")


def check_profile(profile: Mapping[str, object], today: date) -> Iterator[Finding]:
    """What forbids the values of a profile."""
    founded_on = profile.get("founded_on")
    if isinstance(founded_on, date):
        yield from (
            Finding(f"founded_on.{found.code.partition('.')[2]}", found.parameters)
            for found in check_past(founded_on, today)
        )
    niche_since = profile.get("niche_since")
    if isinstance(niche_since, date) and niche_since > today:
        yield Finding("niche_since.future", {"today": today})


def check_figures(figures: YearlyFigures, today: date) -> Iterator[Finding]:
    """What forbids the figures of a year: it has not ended, a negative amount, a part larger than its whole."""
    if not FIRST_YEAR <= figures.fiscal_year < today.year:
        yield Finding("fiscal_year.not_ended", {"year": figures.fiscal_year, "latest": today.year - 1})
    for name in FIGURES:
        value = getattr(figures, name)
        if value is not None and value < 0 and name not in MAY_BE_NEGATIVE:
            yield Finding(f"{name}.negative")
    for part, whole in PART_OF.items():
        smaller, larger = getattr(figures, part), getattr(figures, whole)
        if smaller is not None and larger is not None and smaller > larger:
            yield Finding(f"{part}.more_than_whole")


def masked_phone(phone: str | None) -> str | None:
    """A phone number that tells whose it is only to who knows it: the first three figures and the last two."""
    if phone is None or len(phone) < 8:
        return phone and "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 5) + phone[-2:]


def is_leap(now: Decimal | int | None, last_year: Decimal | int | None) -> bool:
    """Whether a figure is ten times last year's or a tenth of it, so that a digit may be too many or too few."""
    if not now or not last_year or (now < 0) != (last_year < 0):
        return False
    times = Decimal(now) / Decimal(last_year)
    return times >= 10 or times <= Decimal("0.1")
