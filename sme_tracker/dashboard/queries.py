"""What the pages of the board read besides the numbers: the rows of a measure, units, the last change, progress of set-up."""
