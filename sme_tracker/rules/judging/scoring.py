"""Scorecards made ready to be asked: the points of every indicator, sure and still possible."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from sme_tracker.rules.criteria import Awarded, Band, Banded, BestOf, Cases, Indicator, Way
from sme_tracker.rules.judging.blank import asked_by_way, shared_while_blank
from sme_tracker.rules.judging.conditions import checking, judgement_of
from sme_tracker.rules.judging.situation import Situation
from sme_tracker.rules.judging.thresholds import Heading, Scoring, measuring
from sme_tracker.rules.verdicts import MET, MISSING, NOT_MET, TO_JUDGE, IndicatorPoints, Lack, Result

NONE = Decimal(0)


class Points(NamedTuple):
    """What a way of earning points gives: from sure to possible, and why it is not one number."""

    sure: Decimal
    possible: Decimal
    open_as: Result | None = None
    lacks: tuple[Lack, ...] = ()


Earning: TypeAlias = Callable[[Situation], Points]


def scorecard(indicators: Sequence[Indicator], purpose: str) -> Scoring:
    """The points of every indicator as a function of the situation; worked out once per situation."""
    lines = [_line(indicator, purpose) for indicator in indicators]

    def score(situation: Situation) -> Sequence[IndicatorPoints]:
        if situation.points is None:
            situation.points = tuple([line(situation) for line in lines])
        return situation.points

    return score


def scored_on(indicators: Sequence[Indicator]) -> frozenset[str]:
    """The names of the facts a scorecard asks for."""
    return frozenset().union(*(asked_by_way(indicator.way) for indicator in indicators))


def no_scorecard(situation: Situation) -> Sequence[IndicatorPoints]:
    """The points where a rule set has no scorecard."""
    return ()


def _line(indicator: Indicator, purpose: str) -> Callable[[Situation], IndicatorPoints]:
    earn = _way(indicator.way, Heading(indicator.key, "", "", purpose, no_scorecard), indicator.most)

    def line(situation: Situation) -> IndicatorPoints:
        points = earn(situation)
        sure, possible = min(points.sure, indicator.most), min(points.possible, indicator.most)
        still_open = sure != possible
        return IndicatorPoints(
            indicator=indicator.key,
            group=indicator.group,
            sure=sure,
            possible=possible,
            most=indicator.most,
            open_as=points.open_as if still_open else None,
            lacks=points.lacks if still_open else (),
        )

    return shared_while_blank(line, asked_by_way(indicator.way))


def _way(way: Way, heading: Heading, most: Decimal) -> Earning:
    match way:
        case Banded():
            return _banded(way)
        case Cases():
            return _cases(way, heading)
        case BestOf():
            return _best_of([_way(each, heading, most) for each in way.ways])
        case Awarded():
            return _awarded(way.question, most)


def _banded(way: Banded) -> Earning:
    measured = measuring(way.measure)
    lowest = min(band.points for band in way.bands)
    highest = max(band.points for band in way.bands)

    def earn(situation: Situation) -> Points:
        seen = measured(situation)
        amount = seen.values[0].amount
        if amount is None:
            return Points(lowest, highest, MISSING, seen.lacks)
        sure = points_in(way.bands, amount)
        if not seen.unclear:
            return Points(sure, sure)
        possible = highest if seen.possible is None else points_in(way.bands, seen.possible)
        return Points(min(sure, possible), max(sure, possible), MISSING, seen.lacks)

    return earn


def points_in(bands: Sequence[Band], amount: Decimal) -> Decimal:
    """The points of the band an amount falls in; the bands leave no gap."""
    return next((band.points for band in bands if _inside(band, amount)), NONE)


def _inside(band: Band, amount: Decimal) -> bool:
    above = band.low is None or amount > band.low or (band.low_inside and amount == band.low)
    below = band.high is None or amount < band.high or (band.high_inside and amount == band.high)
    return above and below


def _cases(way: Cases, heading: Heading) -> Earning:
    checks = [(case.points, checking(case.condition, heading)) for case in way.cases]
    join: Callable[[list[Decimal]], Decimal] = _total if way.add_up else _highest

    def earn(situation: Situation) -> Points:
        checked = [(points, *check(situation)) for points, check in checks]
        sure = join([points for points, result, _ in checked if result is MET])
        possible = join([points for points, result, _ in checked if result is not NOT_MET])
        if sure == possible:
            return Points(sure, possible)
        return Points(
            sure,
            possible,
            _open_as([result for _, result, _ in checked if result.open]),
            tuple(dict.fromkeys(lack for _, _, lacks in checked for lack in lacks)),
        )

    return earn


def _total(points: list[Decimal]) -> Decimal:
    return sum(points, NONE)


def _highest(points: list[Decimal]) -> Decimal:
    return max(points, default=NONE)


def _open_as(results: list[Result]) -> Result | None:
    if not results:
        return None
    return MISSING if MISSING in results else TO_JUDGE


def _best_of(ways: list[Earning]) -> Earning:
    def earn(situation: Situation) -> Points:
        earned = [way(situation) for way in ways]
        undecided = [points for points in earned if points.open_as is not None]
        return Points(
            max(points.sure for points in earned),
            max(points.possible for points in earned),
            _open_as([points.open_as for points in undecided if points.open_as is not None]),
            tuple(dict.fromkeys(lack for points in undecided for lack in points.lacks)),
        )

    return earn


def _awarded(question: str, most: Decimal) -> Earning:
    lack = Lack(f"judgements.{question}")

    def earn(situation: Situation) -> Points:
        judgement = judgement_of(situation, question)
        if judgement is None or judgement.points is None:
            return Points(NONE, most, TO_JUDGE, (lack,))
        return Points(judgement.points, judgement.points)

    return earn
