"""A sheet of many rows in a workbook. XlsxWriter makes everything but the rows, which are streamed in by us.

Cell by cell XlsxWriter needs about 8 s for 100,000 rows of 16 columns, this a third of it, with constant memory.
Cells are typed: text is text and runs nothing, whatever it begins with; numbers and times are such.
"""

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count as count_from
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from mms.errors import MmsError

SHEET = "Rows"
MOST_ROWS = 1_048_575  # of a sheet, below its header
_PATH = "xl/worksheets/sheet1.xml"
_DIMENSION = re.compile(rb"<dimension [^>]*/>")  # optional, and would say that there are just two rows
_SECOND_ROW = re.compile(rb'<row r="2".*?</row>')
_STYLES = re.compile(rb'<c r="[A-Z]+2" s="(\d+)"')
_END_OF_ROWS = b"</sheetData>"
_COMPRESSION = 1  # the next level takes a second more for a tenth less
_LONGEST = 32_767  # characters; Excel refuses a file with a longer cell
# What XML cannot hold, and what Excel would take for such an escape (ECMA-376, ST_Xstring).
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL = re.compile("[&<>_\x00-\x08\x0b-\x1f\ufffe\uffff]")  # what may need either; most cells have none


class CellKind(StrEnum):
    """What the cells of a column hold; the value is the number format."""

    TEXT = "@"
    NUMBER = "General"
    DATE = "yyyy-mm-dd"
    US_DATE = "m/d/yyyy"
    TIME = "yyyy-mm-dd hh:mm:ss"
    EXACT_TIME = "yyyy-mm-dd hh:mm:ss.000"


_DATED = (CellKind.DATE, CellKind.US_DATE, CellKind.TIME, CellKind.EXACT_TIME)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: dates and times come as Excel's day numbers. `colours` fill cells with these texts."""

    name: str
    kind: CellKind = CellKind.TEXT
    width: float = 14
    colours: Mapping[str, str] = field(default_factory=dict)


def write_workbook(
    path: Path,
    columns: Sequence[SheetColumn],
    count: int,
    chunks: Iterable[Iterable[Sequence[Any]]],
    more_sheets: Callable[[Any], None] = lambda _workbook: None,
) -> None:
    """Write `count` lines to the first sheet of `path`; `more_sheets` adds others through XlsxWriter.

    Raises:
        MmsError: code `too_many_rows`, for more than a sheet can hold.
    """
    if count > MOST_ROWS:
        raise MmsError(
            f"A sheet holds {MOST_ROWS:,} rows, and these are {count:,}. Take the report as CSV.", code="too_many_rows"
        )
    with (
        ZipFile(_frame(columns, count, more_sheets)) as made,
        ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION) as whole,
    ):
        for name in made.namelist():
            content = made.read(name)
            if name != _PATH:
                whole.writestr(name, content)
                continue
            cells = _writers(columns, [int(style) for style in _STYLES.findall(content)])
            before, _, after = _SECOND_ROW.sub(b"", _DIMENSION.sub(b"", content)).partition(_END_OF_ROWS)
            with whole.open(name, "w", force_zip64=True) as sheet:
                sheet.write(before)
                numbers = count_from(2)
                for chunk in chunks:
                    rows = "".join([_row(line, cells, next(numbers)) for line in chunk])
                    sheet.write(rows.encode("utf-8", errors="replace"))
                sheet.write(_END_OF_ROWS + after)


def _frame(columns: Sequence[SheetColumn], count: int, more_sheets: Callable[[Any], None]) -> io.BytesIO:
    """The workbook without its rows; a second row shows which style each column has got."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet(SHEET)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # phone numbers are text on purpose
        bold = workbook.add_format({"bold": True})
        formats = {kind: workbook.add_format({"num_format": kind.value}) for kind in CellKind}
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column.name[:_LONGEST], bold)
            sheet.write_blank(1, at, None, formats[column.kind])
            sheet.set_column(at, at, column.width)
            for text, colour in column.colours.items():
                fill = workbook.add_format({"bg_color": colour})
                rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": fill}
                sheet.conditional_format(1, at, max(count, 1), at, rule)
        more_sheets(workbook)
    return file


_Writer = Callable[[Any, int], str]


def _writers(columns: Sequence[SheetColumn], styles: Sequence[int]) -> list[_Writer]:
    return [
        _writer(column.kind, style, xl_col_to_name(at))
        for at, (column, style) in enumerate(zip(columns, styles, strict=True))
    ]


def _writer(kind: CellKind, style: int, letters: str) -> _Writer:
    """Cells with a format of their own name their place, by which readers look formats up; it may be left out."""
    if kind is CellKind.NUMBER:
        return lambda value, _row: f"<c><v>{value}</v></c>"
    if kind in _DATED:
        return lambda value, row: f'<c r="{letters}{row}" s="{style}"><v>{value:.9f}</v></c>'
    return lambda value, _row: f'<c t="inlineStr"><is><t xml:space="preserve">{_text(str(value))}</t></is></c>'


def _row(line: Sequence[Any], cells: Sequence[_Writer], number: int) -> str:
    texts = [
        "<c/>" if value is None or value == "" else cell(value, number) for cell, value in zip(cells, line, strict=True)
    ]
    return f'<row r="{number}">{"".join(texts)}</row>'


def _text(text: str) -> str:
    if len(text) > _LONGEST:
        text = text[:_LONGEST]
    if _SPECIAL.search(text):
        text = escape(_ODD.sub(lambda odd: f"_x{ord(odd[0]):04X}_", text), {"\r": "&#13;"})
    return text
