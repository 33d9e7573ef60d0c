"""The board as its drawings take it: words, addresses, and the shapes of the pyramid, the funnels and the trend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import get_month_names
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from sme_tracker.dashboard.asked import Asked
from sme_tracker.dashboard.board import Board, Column, LevelRow, Month, TrackRow
from sme_tracker.dashboard.flows import start_of_year
from sme_tracker.enterprises.measure import Measure, UnitChoice
from sme_tracker.recognitions.measures import LEVEL_TOTAL
from sme_tracker.rules.terms import Indicator, Level
from sme_tracker.web.words import column_words

Shape = dict[str, Any]
GOAL_NOTES = {
    Indicator.SRDI: _l("municipal level or above, first this year"),
    Indicator.SPRINT: _l("put forward for Little Giant"),
    Indicator.UPGRADE: _l("entered in the statistics directory"),
    Indicator.CONVERT: _l("joint-stock licence issued"),
    Indicator.GO_PUBLIC: _l("first trading day, Beijing included"),
}
LEVEL_NOTES = {Level.NATIONAL: _l("Little Giant"), Level.PROVINCIAL: _l("SRDI"), Level.MUNICIPAL: _l("SRDI")}
RISES = {"risen": _l("risen this year"), "direct": _l("direct")}
ATTENTION_MARKS = {"stalled": "bad", "attention": "warn"}


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the rows behind the numbers of a board."""

    asked: Asked

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


def pyramid_rows(board: Board, links: Links) -> list[Shape]:
    """The levels from the top, with the dashed edges of the year's start and who rose into each."""
    return [_level(row, links) for row in board.levels]


def pyramid_flow(board: Board, links: Links) -> list[tuple[str, str, str, str]]:
    """From the start of the year to now in words and signed numbers."""
    changes = [
        (measure.label, _signed(n), links.to(measure), "ok" if n > 0 else "bad" if n < 0 else "muted")
        for measure, n in board.flow.changes
    ]
    first = (_("Start of year"), f"{board.flow.at_start:,}", links.at_start(LEVEL_TOTAL), "")
    return [first, *changes, (_("Now"), f"{board.flow.now:,}", links.to(LEVEL_TOTAL), "")]


def funnel_rows(board: Board, links: Links) -> list[Shape]:
    """The tracks with their five columns."""
    return [
        {
            "track": row.track,
            "target": row.goal.target,
            "steps": [_column(row, column, links) for column in row.columns],
        }
        for row in board.tracks
    ]


def named_months(months: Sequence[Month]) -> list[Shape]:
    """The months of a trend with their names."""
    names = get_month_names("abbreviated", locale=get_locale())
    return [
        {
            "label": names[month.number],
            "added": month.added,
            "total": month.total,
            "prior_added": month.prior_added,
            "prior_total": month.prior_total,
        }
        for month in months
    ]


def _level(row: LevelRow, links: Links) -> Shape:
    return {
        "code": row.level.key,
        "name": row.measure.label,
        "note": LEVEL_NOTES[row.level],
        "count": row.count,
        "baseline": row.at_start,
        "url": links.to(row.measure),
        "rises": [(RISES[kind], f"{count:,}", links.to(measure)) for kind, measure, count in row.rises],
    }


def _column(row: TrackRow, column: Column, links: Links) -> Shape:
    return {
        "label": column_words(row.track, column.number),
        "count": column.count,
        "url": links.to(column.measure),
        "note": _share(row) if column.stalled_measure is None else "",
        "stalled": f"{column.stalled:,}" if column.stalled else None,
        "stalled_url": links.to(column.stalled_measure) if column.stalled_measure else None,
    }


def _share(row: TrackRow) -> str:
    return str(_("%(percent)s%% of target", percent=round(row.goal.percent))) if row.goal.percent is not None else ""


def _signed(number: int) -> str:
    return f"+{number:,}" if number > 0 else f"−{-number:,}" if number < 0 else "±0"
