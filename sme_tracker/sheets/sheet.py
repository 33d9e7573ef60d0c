"""What a spreadsheet is to this product: sheets of rows of cells, limits, and the ways in which it can be refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class CellError:
    """A cell that holds an error such as `#N/A`, or `=` for a formula nobody has calculated yet."""

    shown: str


Cell = str | float | int | date | CellError | None
"""What a cell can hold; `datetime` is a `date`, `bool` an `int`, and an empty cell is None."""

Row = list[Cell]


@dataclass(frozen=True)
class Limits:
    """How much of a file is read before it is refused."""

    file_bytes: int = 20 * MEGABYTE
    unpacked_bytes: int = 600 * MEGABYTE
    parts: int = 2_000
    rows: int = 200_000
    columns: int = 200
    error_cells: int = 10_000
    merged_ranges: int = 100_000
    seconds: float = 60.0
    memory_bytes: int = 1_000 * MEGABYTE


LIMITS = Limits()
"""The limits of the product."""


@dataclass(frozen=True)
class Repair:
    """A row of a text in which damage was mended, and the line as it reads now."""

    row: int
    text: str


class Merged(NamedTuple):
    """Cells that were joined into one, from the first to the last row and column, counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass
class Sheet:
    """One sheet, read once: `rows` yields each row from the first on, as wide as it was written.

    What stands in a merged cell stands in every cell it covers, in each row that has something of its own; `merged`
    says which those are, as far as the sheet is filled. `hidden_rows` and `hidden_columns`, from 1, are those nobody
    sees, for whatever reason; they are read like the others, and something may stand in them or not. `begins_1904`
    says that numbers which stand for days count from 1904. `repairs` fills up while `rows` is read.
    """

    name: str
    rows: Iterator[Row]
    is_hidden: bool = False
    repairs: list[Repair] = field(default_factory=list)
    merged: Sequence[Merged] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    begins_1904: bool = False


class SheetRefused(Exception):
    """The whole file is refused, for the reason `code` with its `params`; whoever asked for it has the words."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str | int] = params
