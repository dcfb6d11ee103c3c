"""From a table of cells to a verdict on every row."""
