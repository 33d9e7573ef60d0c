"""What stands in a merged cell stands in every cell it covers."""

from collections.abc import Iterator, Sequence

from sme_tracker.sheets.sheet import Cell, Merged, Row


def filled(rows: Iterator[Row], merged: Sequence[Merged]) -> Iterator[Row]:
    """The rows, with what stands in the first cell of each range in all its empty ones.

    A row in which nothing stands but what is merged into it from above stays empty: it is no row of a list. No more
    is held than the ranges that reach into the row at hand.
    """
    waiting = sorted(merged, reverse=True)
    reaching: list[tuple[Merged, Cell]] = []
    for number, row in enumerate(rows, start=1):
        while waiting and waiting[-1].first_row <= number:
            reaching += _begun(waiting.pop(), number, row)
        if reaching:
            if any(cell is not None for cell in row):
                row = _covered(row, reaching)
            reaching = [(area, cell) for area, cell in reaching if area.last_row > number]
        yield row


def _begun(area: Merged, number: int, row: Row) -> Iterator[tuple[Merged, Cell]]:
    """The range with what stands in its first cell, if anything does."""
    if area.first_row == number and area.first_column <= len(row):
        cell = row[area.first_column - 1]
        if cell is not None:
            yield area, cell


def _covered(row: Row, reaching: Sequence[tuple[Merged, Cell]]) -> Row:
    widest = max(area.last_column for area, _ in reaching)
    wide = row + [None] * (widest - len(row))
    for area, cell in reaching:
        for place in range(area.first_column - 1, area.last_column):
            if wide[place] is None:
                wide[place] = cell
    return wide
