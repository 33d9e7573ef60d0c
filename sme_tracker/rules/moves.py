"""The three tracks, their steps, and which step a case may take when."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise, zip_longest
from typing import Any, NamedTuple

from sme_tracker.rules.counting import FAR_FUTURE, FAR_PAST, Span, merged
from sme_tracker.rules.findings import Finding
from sme_tracker.rules.terms import Track


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board, numbered 1 to 5, with its words."""

    number: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a track; the one that counts towards the target also completes the case."""

    code: str
    zh: str
    en: str
    column: int
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Exit:
    """A way a case ends before its counting step."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class TrackRules:
    """A track as it ships: columns, steps in their order, exits."""

    track: Track
    zh: str
    en: str
    columns: tuple[Column, ...]
    steps: tuple[Step, ...]
    exits: tuple[Exit, ...]

    @property
    def counting_step(self) -> Step:
        """The step that counts towards the target and completes the case."""
        return next(step for step in self.steps if step.counts)

    def place(self, step: str) -> int | None:
        """The place of a step in the track's order from 0, None if the track has no such step."""
        return next((place for place, known in enumerate(self.steps) if known.code == step), None)


class DatedStep(NamedTuple):
    """A step and the day it was actually taken."""

    step: str
    actual_on: date


@dataclass(frozen=True, slots=True)
class Case:
    """One enterprise on one track: its opening, the steps taken and not withdrawn, its closing if closed."""

    track: Track
    opened_on: date
    steps: tuple[DatedStep, ...] = ()
    closed_on: date | None = None


@cache
def track(of: Track) -> TrackRules:
    """The rules of a track, from `tracks.toml`."""
    return _tracks()[of]


def column_of(of: Track, step: str) -> int:
    """The board column, 1 to 5, a step of the track belongs to; raises KeyError for a step it does not have."""
    return _columns(of)[step]


def done_on(case: Case) -> date | None:
    """The day the case reached its counting step and was completed, None if it has not."""
    counting = track(case.track).counting_step.code
    return next((taken.actual_on for taken in case.steps if taken.step == counting), None)


def ended_on(case: Case) -> date | None:
    """The day the case was completed or closed, whichever came first; from that day it is not open."""
    return min((day for day in (done_on(case), case.closed_on) if day), default=None)


def step_spans(case: Case) -> list[Span[str | None]]:
    """The step the case stands at on each day it is open, None on the others, over all time.

    Until a first step is dated an open case stands at the first step of its track; of two steps on one day the
    further one holds.
    """
    return track_spans([case])


def track_spans(cases: Iterable[Case]) -> list[Span[str | None]]:
    """The same for all the cases an enterprise has had on one track; the last opened is the one that counts."""
    ordered = sorted(cases, key=lambda case: case.opened_on)
    spans: list[Span[str | None]] = []
    day = FAR_PAST
    for case, following in zip_longest(ordered, ordered[1:]):
        open_spans = _open_spans(case, following.opened_on if following else FAR_FUTURE)
        if open_spans:
            spans += [Span(day, open_spans[0].from_day, None), *open_spans]
            day = open_spans[-1].until_day
    spans.append(Span(day, FAR_FUTURE, None))
    return merged(span for span in spans if span.from_day < span.until_day)


def check_opening(earlier: Iterable[Case], opened_on: date, today: date) -> list[Finding]:
    """What speaks against opening a case beside the earlier ones of the same enterprise and track."""
    findings = _future(opened_on, today)
    ends = [ended_on(case) for case in earlier]
    if None in ends:
        return [*findings, Finding("case.already_open")]
    last_end = max((end for end in ends if end), default=None)
    if last_end and opened_on < last_end:
        findings.append(Finding("case.before_earlier_closed", {"closed_on": last_end}))
    return findings


def check_move(case: Case, step: str, actual_on: date, today: date) -> list[Finding]:
    """What speaks against taking the step on the day; skipping steps forward is allowed.

    A step once taken is corrected by withdrawing it, so the check sees only the steps that remain.
    """
    place = track(case.track).place(step)
    if place is None:
        return [Finding("move.unknown_step", {"step": step})]
    findings = _future(actual_on, today)
    if not _open_for(case, place):
        findings.append(Finding("move.case_closed", {"closed_on": ended_on(case)}))
    last = _furthest(case)
    if last and place <= (track(case.track).place(last.step) or 0):
        findings.append(Finding("move.step_behind", {"step": step, "current": last.step}))
    elif last and actual_on < last.actual_on:
        findings.append(Finding("move.before_previous_step", {"previous": last.step, "previous_on": last.actual_on}))
    if actual_on < case.opened_on:
        findings.append(Finding("move.before_opening", {"opened_on": case.opened_on}))
    return findings


def check_correction(case: Case, step: str, actual_on: date, today: date) -> list[Finding]:
    """What speaks against another day for a step already taken: it stays between its neighbours."""
    order = _in_order(case)
    at = next(place for place, taken in enumerate(order) if taken.step == step)
    findings = _future(actual_on, today)
    if at and actual_on < order[at - 1].actual_on:
        earlier = order[at - 1]
        findings.append(
            Finding("move.before_previous_step", {"previous": earlier.step, "previous_on": earlier.actual_on})
        )
    if at + 1 < len(order) and actual_on > order[at + 1].actual_on:
        later = order[at + 1]
        findings.append(Finding("move.after_next_step", {"next": later.step, "next_on": later.actual_on}))
    if actual_on < case.opened_on:
        findings.append(Finding("move.before_opening", {"opened_on": case.opened_on}))
    return findings


def check_withdrawal(case: Case, step: str, others: Iterable[Case]) -> list[Finding]:
    """What speaks against taking a step back; taking back the counting one opens the case again."""
    if step not in {taken.step for taken in case.steps}:
        return [Finding("move.step_not_taken", {"step": step})]
    reopens = track(case.track).counting_step.code == step
    return check_reopening(case, others) if reopens else []


def check_reopening(case: Case, others: Iterable[Case]) -> list[Finding]:
    """What speaks against opening an ended case again: a later one on the same track."""
    later = next((other for other in others if other.opened_on >= case.opened_on), None)
    return [Finding("case.later_case", {"opened_on": later.opened_on})] if later else []


def check_closing(case: Case, reason: str, closed_on: date, today: date) -> list[Finding]:
    """What speaks against ending the case by the side exit on the day."""
    if reason not in {known.code for known in track(case.track).exits}:
        return [Finding("case.unknown_exit", {"reason": reason})]
    findings = _future(closed_on, today)
    if ended_on(case):
        findings.append(Finding("move.case_closed", {"closed_on": ended_on(case)}))
    last = _furthest(case)
    if last and closed_on < last.actual_on:
        findings.append(Finding("move.before_previous_step", {"previous": last.step, "previous_on": last.actual_on}))
    if closed_on < case.opened_on:
        findings.append(Finding("move.before_opening", {"opened_on": case.opened_on}))
    return findings


def stage(upgrade: str | None, convert: str | None, go_public: str | None) -> Track | None:
    """The furthest track with an open case, from the step each track stands at."""
    standing_at = {Track.GO_PUBLIC: go_public, Track.CONVERT: convert, Track.UPGRADE: upgrade}
    return next((of for of, step in standing_at.items() if step), None)


def _open_spans(case: Case, until: date) -> list[Span[str | None]]:
    """The spans of the days before `until` on which the case is open, none if it ended on the day it was opened."""
    end = min(ended_on(case) or FAR_FUTURE, until)
    rules = track(case.track)
    step_by_day = {case.opened_on: rules.steps[0].code}
    for taken in _in_order(case):
        step_by_day[max(taken.actual_on, case.opened_on)] = taken.step
    days = [*sorted(day for day in step_by_day if day < end), end]
    return merged(Span(day, next_day, step_by_day[day]) for day, next_day in pairwise(days))


def _open_for(case: Case, place: int) -> bool:
    """Whether the case still takes the step: open, or completed and the step comes after the counting one."""
    rules = track(case.track)
    if done_on(case):
        return place > (rules.place(rules.counting_step.code) or 0)
    return case.closed_on is None


def _furthest(case: Case) -> DatedStep | None:
    taken = _in_order(case)
    return taken[-1] if taken else None


def _in_order(case: Case) -> Sequence[DatedStep]:
    rules = track(case.track)
    return sorted(case.steps, key=lambda taken: (rules.place(taken.step) or 0, taken.actual_on))


def _future(day: date, today: date) -> list[Finding]:
    return [Finding("date.future", {"today": today})] if day > today else []


@cache
def _columns(of: Track) -> dict[str, int]:
    return {step.code: step.column for step in track(of).steps}


@cache
def _tracks() -> dict[Track, TrackRules]:
    book = tomllib.loads(files(__package__).joinpath("tracks.toml").read_text(encoding="utf-8"))
    return {Track(code): _track_rules(Track(code), written) for code, written in book.items()}


def _track_rules(of: Track, written: dict[str, Any]) -> TrackRules:
    return TrackRules(
        track=of,
        zh=written["zh"],
        en=written["en"],
        columns=tuple(Column(number, **words) for number, words in enumerate(written["columns"], start=1)),
        steps=tuple(Step(**step) for step in written["steps"]),
        exits=tuple(Exit(**exit_) for exit_ in written["exits"]),
    )
