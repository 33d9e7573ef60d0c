"""A finding put into words: what was found, what would close the gap, what is lacking."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from flask_babel import LazyString

from sme_tracker.assessments.words import (
    COMPARISONS,
    FIELDS,
    MEASURED,
    NEEDS,
    ONE_OF,
    SENTENCES,
    UNITS,
    UNITS_OF_DISTANCE,
)
from sme_tracker.rules.verdicts import Finding, Lack, Needed
from sme_tracker.web.language import code as language
from sme_tracker.web.language import gettext as _

MOST_PLACES = 12
WAN = 10_000


def sentence(finding: Finding, direct: str = "") -> str:
    """What was found of a criterion; `direct` names the direct pass that met it."""
    return str(SENTENCES[finding.code]) % {
        "distance": _distance(finding),
        "lacks": lacks_in_words(finding.lacks),
        "note": finding.note,
        "direct": direct or finding.note,
        "evidence_until": finding.evidence_until.isoformat() if finding.evidence_until else "",
    }


def need_in_words(need: Needed, *, at_most: bool = False) -> str:
    """What would close a gap: "2022 年主营业务收入须达 22,466 万元"."""
    key = "papers" if need.year is None else "figure_at_most" if at_most else "figure"
    return str(NEEDS[key]) % {
        "figure": MEASURED[need.figure],
        "year": need.year,
        "amount": amount_in_words(need.amount, need.unit, whole=not at_most),
        "short": amount_in_words(need.short, need.unit),
    }


def lacks_in_words(lacks: tuple[Lack, ...]) -> str:
    """The empty fields, one after the other."""
    return str(_(", ")).join(lack_in_words(lack) for lack in lacks)


def lack_in_words(lack: Lack) -> str:
    """An empty field: a figure of a year, a list of evidence, or one field of its papers."""
    if lack.fact in MEASURED:
        name = str(MEASURED[lack.fact])
        return name if lack.year is None else str(_("%(name)s %(year)s", name=name, year=lack.year))
    if lack.fact in FIELDS:
        return str(FIELDS[lack.fact])
    kind, _dot, field = lack.fact.rpartition(".")
    return str(_("%(name)s: %(field)s", name=MEASURED[kind], field=FIELDS[field]))


def amount_in_words(amount: Decimal, unit: str, *, whole: bool = False) -> str:
    """An amount with its unit; money that has to be reached is rounded up to whole units of 10,000 yuan."""
    if whole and unit == "wan":
        amount = amount.to_integral_value(ROUND_CEILING)
    return with_unit(amount, unit)


def value_in_words(found: Finding) -> str:
    """The values that were compared, with their unit: "4.1%, 4.6%"; empty where there are none."""
    amounts = [value.amount for value in found.values if value.amount is not None]
    return str(_(", ")).join(with_unit(amount, found.unit) for amount in amounts)


def threshold_in_words(found: Finding) -> str:
    """What the values have to reach, with its unit: "≥ 3%"; empty where nothing is measured."""
    if found.threshold is None:
        return ""
    return f"{COMPARISONS[found.comparison]} {with_unit(found.threshold, found.unit)}"


def distance_in_words(found: Finding) -> str:
    """How far the value is beyond the threshold, or with a minus short of it: "−1.2 个百分点"."""
    if found.distance is None:
        return ""
    return with_unit(found.distance, found.unit, UNITS_OF_DISTANCE)


def number(amount: Decimal) -> str:
    """An amount with one decimal at most, or as many as it takes not to read as zero."""
    for places in range(1, MOST_PLACES + 1):
        rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if rounded or not amount:
            break
    return f"{rounded.normalize():,f}".replace("-", "−")


def with_unit(amount: Decimal, unit: str, units: Mapping[str, LazyString] = UNITS) -> str:
    """An amount and its unit: "5%", "2 项"; in English one is spoken of as one, and money in yuan."""
    if unit == "percent" and units is UNITS:
        return f"{number(amount)}%"
    if unit == "wan" and language() == "en":
        return f"CNY {number(amount * WAN)}"
    return f"{number(amount)} {ONE_OF[unit] if amount == 1 and unit in ONE_OF else units[unit]}"


def _distance(finding: Finding) -> str:
    if finding.distance is None:
        return ""
    return with_unit(abs(finding.distance), finding.unit, UNITS_OF_DISTANCE)
