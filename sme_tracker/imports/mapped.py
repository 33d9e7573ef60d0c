"""The columns of a file as the mapping page shows them: where each goes, and cells from different rows."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sme_tracker.imports.cells import shown
from sme_tracker.imports.columns import Column, State
from sme_tracker.imports.lists import SAMPLED_ROWS, Reading, SheetList, lists_of_file
from sme_tracker.sheets.sheet import Row

SAMPLES = 3


@dataclass(frozen=True)
class Mapped:
    """A column of a list, and up to three of its filled cells, from rows far apart, with the numbers of their rows."""

    label: str
    column: Column
    samples: tuple[tuple[int, str], ...]

    @property
    def needs_somebody(self) -> bool:
        """Whether somebody has to confirm or choose before the column is read."""
        return self.column.state in (State.CONFIRM, State.CHOOSE)


def mapped_columns(path: Path, original_name: str, reading: Reading) -> list[Mapped]:
    """The columns of all lists of a file, those that need somebody first; raises SheetRefused as reading does."""
    found = [mapped for listed in lists_of_file(path, original_name, reading) for mapped in _of_list(listed)]
    return sorted(found, key=lambda mapped: _ORDER.index(mapped.column.state))


_ORDER = (State.CHOOSE, State.CONFIRM, State.SURE, State.LEFT_OUT)


def _of_list(listed: SheetList) -> list[Mapped]:
    rows = list(islice(listed.rows, SAMPLED_ROWS))
    return [Mapped(listed.label, column, _samples(rows, column.index)) for column in listed.columns]


def _samples(rows: list[tuple[int, Row]], index: int) -> tuple[tuple[int, str], ...]:
    filled = [(number, shown(row[index])) for number, row in rows if index < len(row) and row[index] is not None]
    step = max(1, len(filled) // SAMPLES)
    return tuple(filled[::step][:SAMPLES])
