"""What the reader of workbooks keeps to itself and a look into the file tells: errors, what is hidden, day one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sme_tracker.sheets.sheet import CellError, Limits, SheetRefused


@dataclass
class SheetMarks:
    """What one sheet holds beside its values, by row and column from 1: row → column → error, and what is hidden."""

    errors: dict[int, dict[int, CellError]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


class Inspected:
    """A workbook that is safe to read, and the marks of its sheets.

    The reader of workbooks shows error cells as empty, which would lose them silently, and says nothing of what is
    hidden.
    """

    def __init__(self, limits: Limits) -> None:
        self.begins_1904 = False
        self._limits = limits
        self._errors = 0
        self._marks: dict[str, SheetMarks] = {}

    def add_error(self, sheet: str, row: int, column: int, shown: str) -> None:
        """Remember one error cell; a workbook with more of them than anybody would mend is refused."""
        self._errors += 1
        if self._errors > self._limits.error_cells:
            raise SheetRefused("too_many_error_cells", most=self._limits.error_cells)
        if row <= self._limits.rows and column <= self._limits.columns:
            self._of(sheet).errors.setdefault(row, {})[column] = CellError(shown)

    def hide_row(self, sheet: str, row: int) -> None:
        """Remember that nobody sees this row."""
        if row <= self._limits.rows:
            self._of(sheet).hidden_rows.add(row)

    def hide_columns(self, sheet: str, columns: Iterable[int]) -> None:
        """Remember that nobody sees these columns."""
        self._of(sheet).hidden_columns.update(column for column in columns if column <= self._limits.columns)

    def __bool__(self) -> bool:
        return bool(self._marks)

    def rename(self, names: Mapping[str, str]) -> None:
        """Call the sheets by their names, where they were noted by the parts of the file they stand in."""
        self._marks = {names.get(part, part): marks for part, marks in self._marks.items()}

    def of(self, sheet: str) -> SheetMarks:
        """The marks of one sheet."""
        return self._marks.get(sheet, SheetMarks())

    def _of(self, sheet: str) -> SheetMarks:
        return self._marks.setdefault(sheet, SheetMarks())
