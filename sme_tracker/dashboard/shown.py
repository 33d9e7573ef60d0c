"""The board as its drawings take it: words, addresses, and the shapes of the pyramid, the funnels and the trend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from babel.dates import get_month_names
from flask_babel import get_locale

from sme_tracker.dashboard.asked import Asked
from sme_tracker.dashboard.board import Board, Column, LevelRow, Month, TrackRow
from sme_tracker.dashboard.flows import start_of_year
from sme_tracker.enterprises.measure import Measure, UnitChoice
from sme_tracker.recognitions.measures import LEVEL_TOTAL
from sme_tracker.rules.terms import Indicator, Level, Track
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import column_words

GOAL_NOTES = {
    Indicator.SRDI: _l("municipal level or above"),
    Indicator.SPRINT: _l("put forward for Little Giant"),
    Indicator.UPGRADE: _l("in the statistics directory"),
    Indicator.CONVERT: _l("joint-stock licence issued"),
    Indicator.GO_PUBLIC: _l("by the first trading day"),
}
LEVEL_NOTES = {Level.NATIONAL: _l("Little Giant"), Level.PROVINCIAL: _l("SRDI"), Level.MUNICIPAL: _l("SRDI")}
RISES = {"risen": _l("risen this year"), "direct": _l("direct")}
ATTENTION_MARKS = {"stalled": "bad", "attention": "warn"}


@dataclass(frozen=True, slots=True)
class PyramidRow:
    """A level in the pyramid, with who rose into it since the year began: words, count, address."""

    code: str
    name: str
    note: str
    count: int
    baseline: int
    url: str
    rises: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A column of a track: its cases, how long they stood in it before they went on, how many are stalled in it."""

    label: str
    count: int
    url: str
    note: str
    median_days: int | None
    stalled: str | None
    stalled_url: str | None


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """A track with its target and its five columns."""

    track: Track
    target: int | None
    steps: tuple[FunnelStep, ...]


@dataclass(frozen=True, slots=True)
class TrendGoal:
    """A goal that the trend can show."""

    indicator: Indicator
    label: str


@dataclass(frozen=True, slots=True)
class NamedMonth:
    """A month of the trend with its name."""

    label: str
    added: int | None
    total: int | None
    prior_added: int
    prior_total: int | None


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the board, and of the rows behind its numbers."""

    asked: Asked

    def board(self, **changes: object) -> str:
        """The board with other choices."""
        parameters = self.asked.parameters(**changes)
        return f"/overview?{urlencode(parameters)}" if parameters else "/overview"

    def to(self, measure: Measure, unit: UnitChoice = None, as_of: date | None = None) -> str:
        """The rows of a measure, for the unit looked at or another, on the day looked at or another."""
        unit = unit if unit is not None else self.asked.unit
        parameters = self.asked.parameters(series=None, unit=unit, as_of=as_of or self.asked.as_of)
        return f"/measures/{measure.key}?{urlencode(parameters)}" if parameters else f"/measures/{measure.key}"

    def at_start(self, measure: Measure) -> str:
        """The rows of a measure when the year began."""
        return self.to(measure, as_of=start_of_year(self.asked.query))


def level_letters() -> dict[str, str]:
    """The letters of the levels, by code."""
    return {"municipal": _("M"), "provincial": _("P"), "national": _("N")}


def pyramid_rows(board: Board, links: Links) -> tuple[PyramidRow, ...]:
    """The levels from the top, with the dashed edges of the year's start and who rose into each."""
    return tuple(_level(row, links) for row in board.levels)


def pyramid_flow(board: Board, links: Links) -> tuple[tuple[str, str, str, str], ...]:
    """From the start of the year to now in words and signed numbers."""
    changes = [
        (str(measure.label), _signed(n), links.to(measure), "ok" if n > 0 else "bad" if n < 0 else "muted")
        for measure, n in board.flow.changes
    ]
    first = (_("Start of year"), f"{board.flow.at_start:,}", links.at_start(LEVEL_TOTAL), "")
    return (first, *changes, (_("Now"), f"{board.flow.now:,}", links.to(LEVEL_TOTAL), ""))


def funnel_rows(board: Board, links: Links) -> list[FunnelRow]:
    """The tracks with their five columns."""
    return [
        FunnelRow(row.track, row.goal.target, tuple(_column(row, column, links) for column in row.columns))
        for row in board.tracks
    ]


def named_months(months: Sequence[Month]) -> tuple[NamedMonth, ...]:
    """The months of a trend with their names."""
    names = get_month_names("abbreviated", locale=get_locale())
    return tuple(
        NamedMonth(names[month.number], month.added, month.total, month.prior_added, month.prior_total)
        for month in months
    )


def _level(row: LevelRow, links: Links) -> PyramidRow:
    rises = ((str(RISES[kind]), f"{count:,}", links.to(measure)) for kind, measure, count in row.rises)
    return PyramidRow(
        row.level.key,
        str(row.measure.label),
        str(LEVEL_NOTES[row.level]),
        row.count,
        row.at_start,
        links.to(row.measure),
        tuple(rises),
    )


def _column(row: TrackRow, column: Column, links: Links) -> FunnelStep:
    return FunnelStep(
        column_words(row.track, column.number),
        column.count,
        links.to(column.measure),
        _note(row, column),
        column.median_days,
        f"{column.stalled:,}" if column.stalled else None,
        links.to(column.stalled_measure) if column.stalled_measure else None,
    )


def _note(row: TrackRow, column: Column) -> str:
    """What stands under the first column and the last, for which there are no days."""
    if column.number == 1:
        return str(_("carried + new"))
    return _share(row) if column.stalled_measure is None else ""


def _share(row: TrackRow) -> str:
    return str(_("%(percent)s%% of target", percent=round(row.goal.percent))) if row.goal.percent is not None else ""


def _signed(number: int) -> str:
    return f"+{number:,}" if number > 0 else f"−{-number:,}" if number < 0 else "±0"
