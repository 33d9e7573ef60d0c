"""Counting and reading dated papers: which are in force on the day, match, and what they add up to."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from sme_tracker.rules.criteria import Comparison, Match, Papers, Take
from sme_tracker.rules.facts import EVIDENCE, KEPT_BY_KIND, Evidence
from sme_tracker.rules.judging.measuring import Measured, Measuring
from sme_tracker.rules.judging.situation import ONE_DAY, Situation, full_years, years_later
from sme_tracker.rules.verdicts import Lack, Proof, Value

FieldReader: TypeAlias = Callable[[Any, Situation], Any]


class Test(NamedTuple):
    """A test on one field of a paper: how to read it if it is worked out, and which values pass."""

    field: str
    read: FieldReader | None
    passes: Callable[[Any], bool]


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
    kind, within_years = measure.kind, measure.within_years
    listed_in = attrgetter(kind)
    kinds = _kinds_asked(measure)
    kept_by_kind = kinds is not None and kind in KEPT_BY_KIND
    tests = [_test(kind, match) for match in measure.where if match.field != "kind"]
    looked_through = _looked_through(measure)
    blank = blank_papers(measure)
    taken = _taking(measure)

    def measured(situation: Situation) -> Measured:
        listed: Sequence[Evidence] = listed_in(situation.facts)
        papers = situation.of_kinds(kind, listed, kinds) if kinds and listed else listed
        if not (papers if kept_by_kind else listed) and not looked_through(situation.facts.lists_entered):
            return blank
        seen = _Sorted([], [], [], [])
        for paper in papers:
            _sort(paper, tests, within_years, situation, seen)
        found = taken(seen)
        if seen.unclear_fields:
            lacks = {Lack(f"{kind}.{field}") for field in seen.unclear_fields}
            found = found._replace(lacks=tuple(sorted(lacks | set(found.lacks))))
        return found

    return measured


def _taking(measure: Papers) -> Callable[[_Sorted], Measured]:
    kind, of = measure.kind, measure.of
    match measure.take:
        case Take.COUNT:
            return _count
        case Take.SUM:
            return lambda papers: _sum(papers, kind, of)
        case Take.LATEST:
            return lambda papers: _pick(papers, kind, of, _latest)
        case _:
            return lambda papers: _pick(papers, kind, of, _best)


def _kinds_asked(measure: Papers) -> tuple[str, ...] | None:
    """The kinds of paper a measure asks for; None where it takes any."""
    for match in measure.where:
        if match.field == "kind":
            return tuple(str(value) for value in match.one_of)
    return None


def _lists_asked(measure: Papers) -> list[str]:
    """The names under which the lists a measure counts are looked through."""
    kinds = _kinds_asked(measure)
    if kinds is None or measure.kind not in KEPT_BY_KIND:
        return [measure.kind]
    return [f"{measure.kind}.{kind}" for kind in sorted(kinds)]


def _looked_through(measure: Papers) -> Callable[[frozenset[str]], bool]:
    lists = frozenset(_lists_asked(measure))
    return lambda entered: bool(entered) and (measure.kind in entered or lists <= entered)


@cache
def blank_papers(measure: Papers) -> Measured:
    """What an empty list measures: nothing at all where the rule says so, otherwise unknown."""
    if measure.unrecorded_is_none:
        return Measured((Value(Decimal(0)),), possible=Decimal(0))
    return Measured((Value(None),), tuple(Lack(name) for name in _lists_asked(measure)))


def _test(kind: str, match: Match) -> Test:
    read = DERIVED.get(kind, {}).get(match.field)
    if match.comparison is None:
        return Test(match.field, read, frozenset(match.one_of).__contains__)
    return Test(match.field, read, comparing(match.comparison, match.number or Decimal(0)))


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
    paper: Evidence, tests: Sequence[Test], within_years: int | None, situation: Situation, seen: _Sorted
) -> None:
    unknown = _unknown_fields(paper, tests, situation)
    in_time = _in_time(paper, within_years, situation)
    if unknown is None or in_time is False:
        return
    if in_time is None:
        unknown = [*unknown, "from_day"]
    if paper.until_day is not None:
        if paper.until_day < situation.day:
            seen.expired.extend([] if unknown else [paper])
            return
        situation.turns_on(paper.until_day + ONE_DAY)
    if unknown:
        seen.unclear.append(paper)
        seen.unclear_fields.extend(unknown)
    else:
        seen.sure.append(paper)


def _unknown_fields(paper: Evidence, tests: Sequence[Test], situation: Situation) -> list[str] | None:
    """The fields a match hangs on that are empty; None if another field rules the paper out."""
    unknown = []
    for field, read, passes in tests:
        value = getattr(paper, field) if read is None else read(paper, situation)
        if value is None:
            unknown.append(field)
        elif not passes(value):
            return None
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
    if len(listed) > 1:
        listed.sort(key=_by_day)
    return tuple(listed)


def _by_day(proof: Proof) -> tuple[date, str, str, date]:
    return (proof.from_day or date.min, proof.name, proof.ref, proof.until_day or date.max)


def _first_end(papers: list[Evidence]) -> date | None:
    ends = [paper.until_day for paper in papers if paper.until_day is not None]
    return min(ends) if ends else None


def _counted(papers: _Sorted, amount: Decimal, possible: Decimal | None) -> Measured:
    sure, unclear, expired, _ = papers
    shown = sure or expired
    if not shown:
        return Measured((Value(amount),), unclear=bool(unclear), possible=possible)
    return Measured((Value(amount),), (), (), _proofs(shown), _first_end(shown), bool(unclear), possible, bool(expired))


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
