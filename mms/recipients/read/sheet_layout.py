"""What openpyxl's fast reader leaves out of a sheet: hidden rows and columns, merged ranges, formulas without result.

Read from the sheet's XML by its few fixed tags, because loading the sheet whole takes ten times the memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.utils import range_boundaries

from mms.recipients.read.header import column_letter

_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^<>]*\bref="([A-Z0-9:$]+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\br="(\d+)"')
_FROM_TO = re.compile(rb'\b(min|max)="(\d+)"')
# Atomic and possessive throughout: what stands between the tags is a stranger's, and must not be gone through twice.
_UNCALCULATED = re.compile(
    rb'<(?:\w+:)?c\b(?>[^<>]*?\br="([A-Z]+\d+)")[^<>]*+>\s*+<(?:\w+:)?f\b[^<>]*+>(?>[^<]*+</(?:\w+:)?f>)?+'
    rb"\s*+(?:<(?:\w+:)?v\s*+/>|<(?:\w+:)?v>\s*+</(?:\w+:)?v>)?+\s*+</(?:\w+:)?c>"
)
_MOST_COVERED_CELLS = 1_000_000  # by all together; a merge of whole columns is decoration, not data
_LAST_COLUMN = 1_000


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Rows from 1, columns by letter, ranges as (first column, first row, last column, last row)."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[str, ...] = ()
    merged_ranges: tuple[tuple[int, int, int, int], ...] = ()
    uncalculated: tuple[str, ...] = ()

    def covered_cells(self) -> dict[tuple[int, int], tuple[int, int]]:
        """For each cell (row, column) under a merged one, the cell that holds the value."""
        covered: dict[tuple[int, int], tuple[int, int]] = {}
        left_over = _MOST_COVERED_CELLS
        for left, top, right, bottom in self.merged_ranges:
            area = (right - left + 1) * (bottom - top + 1)
            if area > left_over:
                continue
            left_over -= area
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    covered[row, column] = (top, left)
        return {cell: origin for cell, origin in covered.items() if cell != origin}


def sheet_layout(xml: bytes) -> SheetLayout:
    """The layout of one sheet, from `xl/worksheets/sheetN.xml`."""
    is_hidden = b"hidden=" in xml
    hidden_rows = set()
    row = 0
    for found in _ROW.finditer(xml) if is_hidden else ():
        number = _NUMBER.search(found[1])
        row = int(number[1]) if number else row + 1
        if _HIDDEN.search(found[1]):
            hidden_rows.add(row)
    return SheetLayout(
        frozenset(hidden_rows),
        _hidden_columns(xml) if is_hidden else (),
        tuple(_ranges(xml)),
        tuple(found[1].decode() for found in _UNCALCULATED.finditer(xml)) if b"f>" in xml or b"f/>" in xml else (),
    )


def _ranges(xml: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Merged ranges, without whole rows and columns: those are decoration."""
    for found in _MERGED.finditer(xml):
        left, top, right, bottom = range_boundaries(found[1].decode())
        if left and top and right and bottom:
            yield left, top, right, bottom


def _hidden_columns(xml: bytes) -> tuple[str, ...]:
    letters = []
    for found in _COLUMN.finditer(xml):
        ends = {name: int(number) for name, number in _FROM_TO.findall(found[1])}
        if _HIDDEN.search(found[1]) and len(ends) == 2:
            letters += [column_letter(at - 1) for at in range(ends[b"min"], min(ends[b"max"], _LAST_COLUMN) + 1)]
    return tuple(letters)
