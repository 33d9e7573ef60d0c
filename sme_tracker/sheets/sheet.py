"""What a spreadsheet is to this product: sheets of rows of cells, limits, and the ways in which it can be refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

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
    unpacked_bytes: int = 300 * MEGABYTE
    parts: int = 2_000
    rows: int = 200_000
    columns: int = 200
    error_cells: int = 10_000
    seconds: float = 60.0
    memory_bytes: int = 1_000 * MEGABYTE


LIMITS = Limits()
"""The limits of the product."""


@dataclass(frozen=True)
class Repair:
    """A row of a CSV file in which damaged bytes were read as blanks."""

    row: int
    text: str


@dataclass
class Sheet:
    """One sheet, read once: `rows` yields each row from the first on, as wide as it was written.

    `repairs` fills up while `rows` is read.
    """

    name: str
    rows: Iterator[Row]
    is_hidden: bool = False
    repairs: list[Repair] = field(default_factory=list)


class SheetRefused(Exception):
    """The whole file is refused, for the reason `code` with its `params`; the words are in `imports.words`."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str | int] = params


class ErrorCells:
    """The cells of a workbook that hold errors, by sheet, row and column counted from 1.

    The reader of workbooks shows them as empty, which would lose them silently.
    """

    def __init__(self, limits: Limits) -> None:
        self._most = limits.error_cells
        self._count = 0
        self._by_sheet: dict[str, dict[int, dict[int, CellError]]] = {}

    def add(self, sheet: str, row: int, column: int, shown: str) -> None:
        """Remember one error cell; a workbook with more of them than anybody would mend is refused."""
        self._count += 1
        if self._count > self._most:
            raise SheetRefused("too_many_error_cells", most=self._most)
        self._by_sheet.setdefault(sheet, {}).setdefault(row, {})[column] = CellError(shown)

    def __bool__(self) -> bool:
        return self._count > 0

    def rename(self, names: Mapping[str, str]) -> None:
        """Call the sheets by their names, where they were noted by the parts of the file they stand in."""
        self._by_sheet = {names[part]: cells for part, cells in self._by_sheet.items()}

    def of(self, sheet: str) -> Mapping[int, Mapping[int, CellError]]:
        """The error cells of one sheet: row → column → error."""
        return self._by_sheet.get(sheet, {})
