"""Counting and reading dated papers: which are in force on the day, match, and what they add up to."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from sme_tracker.rules.criteria import Comparison, Match, Papers, Take
from sme_tracker.rules.facts import EVIDENCE, KEPT_BY_KIND, Evidence
from sme_tracker.rules.judging.measuring import Measured, Measuring
from sme_tracker.rules.judging.situation import ONE_DAY, Situation, full_years, years_later
from sme_tracker.rules.verdicts import Lack, Proof, Value

FieldReader: TypeAlias = Callable[[Any, Situation], Any]
Test: TypeAlias = Callable[[Any, Situation], bool | None]


def _transferred_lately(asset: Any, situation: Situation) -> bool | None:
    """Whether the right came by transfer less than a year ago (63/2022: such rights do not count)."""
    if asset.acquisition is None:
        return None
    if asset.acquisition != "transferred":
        return False
    if asset.from_day is None:
        return None
    settled_on = years_later(asset.from_day, 1)
    situation.turns_on(settled_on)
    return bool(situation.day < settled_on)


def _years_held(paper: Evidence, situation: Situation) -> int | None:
    if paper.from_day is None:
        return None
    years = full_years(paper.from_day, situation.day)
    situation.turns_on(years_later(paper.from_day, years + 1))
    return years


def _years_ago(score: Any, situation: Situation) -> int:
    situation.turns_on(date(situation.day.year + 1, 1, 1))
    return int(situation.day.year - score.year)


DERIVED: dict[str, dict[str, FieldReader]] = {
    "ip_assets": {"transferred_lately": _transferred_lately, "years_held": _years_held},
    "platform_scores": {"years_ago": _years_ago},
}


@cache
def fields_of(kind: str) -> frozenset[str]:
    """The fields of a kind of evidence that a rule may ask about."""
    return frozenset(field.name for field in fields(EVIDENCE[kind])) | frozenset(DERIVED.get(kind, {}))


class _Sorted(NamedTuple):
    """The papers of a list sorted by what they are worth on the day."""

    sure: list[Evidence]
    unclear: list[Evidence]
    expired: list[Evidence]
    unclear_fields: list[str]


def reading_papers(measure: Papers) -> Measuring:
    """The reader of papers in force on the day that match the measure."""
    kind, take = measure.kind, measure.take
    tests = [(match.field, _test(measure, match)) for match in measure.where]
    unlooked = _unlooked(measure)
    blank = blank_papers(measure)
    taken: Callable[[_Sorted], Measured] = {
        Take.COUNT: _count,
        Take.SUM: lambda papers: _sum(papers, kind, measure.of),
        Take.LATEST: lambda papers: _pick(papers, kind, measure.of, _latest),
        Take.BEST: lambda papers: _pick(papers, kind, measure.of, _best),
    }[take]

    def measured(situation: Situation) -> Measured:
        papers: Sequence[Evidence] = getattr(situation.facts, kind)
        if (not papers or unlooked is not None) and _nothing_entered(situation, papers, kind, unlooked):
            return blank
        seen = _Sorted([], [], [], [])
        for paper in papers:
            _sort(paper, tests, measure.within_years, situation, seen)
        found = taken(seen)
        if seen.unclear_fields:
            lacks = {Lack(f"{kind}.{field}") for field in seen.unclear_fields}
            found = found._replace(lacks=tuple(sorted(lacks | set(found.lacks))))
        return found

    return measured


def _unlooked(measure: Papers) -> frozenset[str] | None:
    """For lists looked through kind by kind, the kinds the measure asks for."""
    if measure.kind not in KEPT_BY_KIND:
        return None
    for match in measure.where:
        if match.field == "kind":
            return frozenset(str(value) for value in match.one_of)
    return None


def _nothing_entered(situation: Situation, papers: Sequence[Evidence], kind: str, kinds: frozenset[str] | None) -> bool:
    entered = situation.facts.lists_entered
    if kind in entered:
        return False
    if kinds is None:
        return not papers
    if any(paper.kind in kinds for paper in papers):  # type: ignore[attr-defined]
        return False
    return not all(f"{kind}.{each}" in entered for each in kinds)


@cache
def blank_papers(measure: Papers) -> Measured:
    """What an empty list measures: nothing at all where the rule says so, otherwise unknown."""
    if measure.unrecorded_is_none:
        return Measured((Value(Decimal(0)),), possible=Decimal(0))
    kinds = _unlooked(measure)
    lacks = [Lack(measure.kind)] if kinds is None else [Lack(f"{measure.kind}.{kind}") for kind in sorted(kinds)]
    return Measured((Value(None),), tuple(lacks))


def _test(measure: Papers, match: Match) -> Test:
    field = match.field
    read = DERIVED.get(measure.kind, {}).get(field) or (lambda paper, situation: getattr(paper, field))
    if match.comparison is None:
        allowed = frozenset(match.one_of)

        def is_one_of(paper: Any, situation: Situation) -> bool | None:
            value = read(paper, situation)
            return None if value is None else value in allowed

        return is_one_of
    reaches = comparing(match.comparison, match.number or Decimal(0))

    def is_compared(paper: Any, situation: Situation) -> bool | None:
        value = read(paper, situation)
        return None if value is None else reaches(value)

    return is_compared


def comparing(comparison: Comparison, threshold: Decimal) -> Callable[[Decimal | int], bool]:
    """The test of a value against a threshold."""
    match comparison:
        case Comparison.AT_LEAST:
            return lambda value: value >= threshold
        case Comparison.MORE_THAN:
            return lambda value: value > threshold
        case Comparison.AT_MOST:
            return lambda value: value <= threshold
        case _:
            return lambda value: value < threshold


def _sort(
    paper: Evidence, tests: list[tuple[str, Test]], within_years: int | None, situation: Situation, seen: _Sorted
) -> None:
    unknown = _unknown_fields(paper, tests, situation)
    in_time = _in_time(paper, within_years, situation)
    if unknown is None or in_time is False:
        return
    if in_time is None:
        unknown.append("from_day")
    if paper.until_day is not None:
        if paper.until_day < situation.day:
            seen.expired.extend([] if unknown else [paper])
            return
        situation.turns_on(paper.until_day + ONE_DAY)
    (seen.unclear if unknown else seen.sure).append(paper)
    seen.unclear_fields.extend(unknown)


def _unknown_fields(paper: Evidence, tests: list[tuple[str, Test]], situation: Situation) -> list[str] | None:
    """The fields a match hangs on that are empty; None if another field rules the paper out."""
    unknown: list[str] = []
    for field, test in tests:
        passed = test(paper, situation)
        if passed is False:
            return None
        if passed is None:
            unknown.append(field)
    return unknown


def _in_time(paper: Evidence, within_years: int | None, situation: Situation) -> bool | None:
    """Whether the paper has begun, not longer ago than the rule looks back; None if that hangs on an unknown day."""
    since = paper.from_day
    if since is None:
        return True if within_years is None else None
    if since > situation.day:
        situation.turns_on(since)
        return False
    if within_years is None:
        return True
    last_day = years_later(since, within_years)
    situation.turns_on(last_day + ONE_DAY)
    return situation.day <= last_day


def _proofs(papers: list[Evidence]) -> tuple[Proof, ...]:
    listed = [Proof(paper.name, paper.ref, paper.from_day, paper.until_day) for paper in papers]
    return tuple(sorted(listed, key=_by_day)) if len(listed) > 1 else tuple(listed)


def _by_day(proof: Proof) -> tuple[date, str, str, date]:
    return (proof.from_day or date.min, proof.name, proof.ref, proof.until_day or date.max)


def _first_end(papers: list[Evidence]) -> date | None:
    return min((paper.until_day for paper in papers if paper.until_day is not None), default=None)


def _counted(papers: _Sorted, amount: Decimal, possible: Decimal | None) -> Measured:
    shown = papers.sure or papers.expired
    return Measured(
        (Value(amount),),
        proofs=_proofs(shown),
        evidence_until=_first_end(shown),
        unclear=bool(papers.unclear),
        possible=possible,
        expired=bool(papers.expired),
    )


def _count(papers: _Sorted) -> Measured:
    sure = len(papers.sure)
    return _counted(papers, Decimal(sure), Decimal(sure + len(papers.unclear)))


def _sum(papers: _Sorted, kind: str, field: str) -> Measured:
    amounts = [getattr(paper, field) for paper in papers.sure]
    total = sum((amount for amount in amounts if amount is not None), Decimal(0))
    blank = None in amounts
    unknown = blank or bool(papers.unclear)
    found = _counted(papers, total, None if unknown else total)._replace(unclear=unknown)
    return found._replace(lacks=(Lack(f"{kind}.{field}"),)) if blank else found


def _pick(papers: _Sorted, kind: str, field: str, choose: Callable[[list[Evidence], str], Evidence]) -> Measured:
    stated = [paper for paper in papers.sure if getattr(paper, field) is not None]
    if stated:
        chosen = choose(stated, field)
        amount = Decimal(getattr(chosen, field))
        return Measured((Value(amount),), proofs=_proofs([chosen]), evidence_until=chosen.until_day, possible=amount)
    return Measured(
        (Value(None),),
        (Lack(f"{kind}.{field}" if papers.sure else kind),),
        proofs=_proofs(papers.expired),
        evidence_until=_first_end(papers.expired),
        expired=bool(papers.expired),
    )


def _latest(papers: list[Evidence], field: str) -> Evidence:
    return max(papers, key=lambda paper: (paper.from_day or date.min, getattr(paper, field), paper.ref, paper.name))


def _best(papers: list[Evidence], field: str) -> Evidence:
    return max(papers, key=lambda paper: (getattr(paper, field), paper.from_day or date.min, paper.ref, paper.name))
