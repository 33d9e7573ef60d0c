"""Days, ports and files as commands take them."""

from pathlib import Path
from typing import Any

import click

from sme_tracker.rules.bounds import EARLIEST_YEAR, LATEST_YEAR


class Day(click.DateTime):
    """A day that the register could know of."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day written; refuses years before 1900 and after 2200."""
        day = super().convert(value, param, ctx)
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            self.fail(
                f"年份须在 {EARLIEST_YEAR} 至 {LATEST_YEAR} 之间 · "
                f"the year must lie between {EARLIEST_YEAR} and {LATEST_YEAR}",
                param,
                ctx,
            )
        return day


DAY = Day(["%Y-%m-%d"])
PORT = click.IntRange(0, 65535)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
