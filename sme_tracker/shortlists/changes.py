"""What a frozen version says of its candidates in short, and what is different now: quick enough for every page."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sme_tracker.assessments.judging import LETTERS, RESULTS
from sme_tracker.rules.canonical import from_plain
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.rules.verdicts import Result
from sme_tracker.shortlists.bars import Bar
from sme_tracker.shortlists.draft import Draft, Row
from sme_tracker.shortlists.models import ShortlistVersion

REMEMBERED = 32
SHOWN_FIRST = 8
"""So many changes of each kind stand beside a list; the page that goes item by item has all."""
NOTHING_WANTING = (0, 0, 0, False)


class Short(NamedTuple):
    """A candidate as a list has it, in short; `letters` has one for each criterion of the list's standard.

    `wanting` says how much is not met, missing, to judge, and whether anything vetoes it. What it stands on the list by
    against the rule is not known of versions of the first two formats, but for additions by hand and vetoes.
    """

    rank: int
    name: str
    decision: str | None
    letters: str
    wanting: tuple[int, int, int, bool]
    bars: tuple[Bar, ...]
    reason: str | None
    said_by: str | None
    put_forward_on: str | None
    added_because: str | None


class InShort(NamedTuple):
    """A list in short: its standard, and its candidates by credit code."""

    rule_set: RuleSet | None
    candidates: Mapping[str, Short]

    @property
    def criteria(self) -> tuple[str, ...]:
        """The keys of the criteria in the order of the standard."""
        return tuple(each.key for each in self.rule_set.criteria) if self.rule_set else ()


class Turned(NamedTuple):
    """A criterion of which something else is found now."""

    code: str
    criterion: str
    before: Result
    after: Result


class Against(NamedTuple):
    """What is different from an earlier list: by credit code, in the order of the later list; `names` of all."""

    names: Mapping[str, str]
    entered: Sequence[str]
    left: Sequence[str]
    decisions: Sequence[tuple[str, str | None, str | None]]
    turned: Sequence[Turned]
    moved: Mapping[str, int]

    @property
    def changed(self) -> set[str]:
        """The candidates of the later list of which anything but the rank is different."""
        return {*self.entered, *(code for code, _old, _new in self.decisions), *(one.code for one in self.turned)}

    @property
    def first_moved(self) -> list[str]:
        """Those who came or went that are told of beside the list."""
        return [*self.entered[:SHOWN_FIRST], *self.left[:SHOWN_FIRST]]


def version_in_short(version: ShortlistVersion) -> InShort:
    """A frozen version in short; what was read once is kept by its checksum, for a version never changes."""
    known = _read.get(version.checksum)
    if known is None:
        known = _read[version.checksum] = _shortened(version)
        for oldest in list(_read)[:-REMEMBERED]:
            _read.pop(oldest, None)
    return known


def draft_in_short(draft: Draft) -> InShort:
    """The list as it stands, in short."""
    rows = {row.candidate.code: _row_in_short(row) for row in draft.rows}
    return InShort(draft.standard.rule_set if draft.standard else None, rows)


def against(before: InShort, after: InShort) -> Against:
    """What is different in the later list."""
    old, new = before.candidates, after.candidates
    both = [code for code in new if code in old]
    criteria = before.criteria, after.criteria
    return Against(
        names={code: each.name for code, each in (*old.items(), *new.items())},
        entered=[code for code in new if code not in old],
        left=[code for code in old if code not in new],
        decisions=[
            (code, old[code].decision, new[code].decision) for code in both if old[code].decision != new[code].decision
        ],
        turned=[one for code in both for one in _turned(code, criteria, old[code].letters, new[code].letters)],
        moved={code: old[code].rank - new[code].rank for code in both},
    )


def _turned(code: str, criteria: tuple[Sequence[str], Sequence[str]], before: str, after: str) -> list[Turned]:
    if before == after and criteria[0] == criteria[1]:
        return []
    old = dict(zip(criteria[0], before, strict=False))
    return [
        Turned(code, criterion, RESULTS[old[criterion]], RESULTS[letter])
        for criterion, letter in zip(criteria[1], after, strict=False)
        if old.get(criterion, letter) != letter
    ]


def _shortened(version: ShortlistVersion) -> InShort:
    content = version.content
    rule_set = content["rule_set"]
    rows = {each["code"]: _frozen_in_short(each) for each in content["candidates"]}
    return InShort(from_plain(RuleSet, rule_set) if rule_set else None, rows)


def _row_in_short(row: Row) -> Short:
    marks, decided, day = row.marks, row.decided, row.candidate.put_forward_on
    return Short(
        row.rank,
        row.candidate.name,
        row.decision and row.decision.value,
        marks.letters if marks else "",
        (marks.not_met, marks.missing, marks.to_judge, marks.is_vetoed) if marks else NOTHING_WANTING,
        row.bars,
        decided.reason if decided else None,
        decided.by if decided else None,
        day.isoformat() if day and not decided else None,
        row.added_because,
    )


def _frozen_in_short(each: Mapping[str, Any]) -> Short:
    verdict = each["verdict"]
    vetoed = bool(verdict and verdict["vetoes"])
    known = [Bar(bar) for bar in each.get("bars", [Bar.VETOED] if vetoed else [])]
    counts = [len(verdict[name]) for name in ("not_met", "missing", "to_judge")] if verdict else [0, 0, 0]
    return Short(
        each["rank"],
        each["name"],
        each["decision"],
        _letters(verdict),
        (counts[0], counts[1], counts[2], vetoed),
        tuple(known),
        each["reason"],
        each["decided_by"],
        each.get("put_forward_on"),
        each.get("added_because"),
    )


def _letters(verdict: Mapping[str, list[Mapping[str, str]]] | None) -> str:
    return "".join([LETTERS[Result(found["result"])] for found in verdict["findings"]]) if verdict else ""


_read: dict[str, InShort] = {}
