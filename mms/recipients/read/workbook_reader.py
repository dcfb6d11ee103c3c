"""Workbooks to records: the visible sheet that holds the list, its cells as the person sees them.

Only XLSX (and XLSM): no library tells the hidden rows of the older formats, and whoever filtered a list
in the spreadsheet does not want to write to the rows that were filtered out.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles.cell_style import CellStyleList
from openpyxl.styles.numbers import is_date_format

from mms.errors import UploadError
from mms.problems import FileCode
from mms.recipients.read.cell_text import cell_text
from mms.recipients.read.file_errors import SeveralSheetsError, file_error
from mms.recipients.read.header import holds_numbers, is_blank
from mms.recipients.read.sheet_layout import SheetLayout, sheet_layout
from mms.recipients.repairs import Repair

# openpyxl's own prints what it does not find, to the standard output that belongs to `check --json`.
CellStyleList.__getitem__ = lambda styles, at: styles.xf[at]


@dataclass(frozen=True, slots=True)
class SheetContent:
    """One sheet as text; hidden rows are left out, so `row_numbers` may have gaps."""

    records: list[list[str]]
    row_numbers: list[int]
    sheets: tuple[str, ...]
    sheet: str
    repairs: tuple[Repair, ...]
    hidden_columns: tuple[str, ...] = ()


def read_workbook(data: bytes, sheet: str | None, *, max_unpacked: int) -> SheetContent:
    """The sheet called `sheet`, or the only visible one that holds numbers.

    Raises:
        SeveralSheetsError: no sheet was named, and more than one holds a list.
        UploadError: `not_text` for a damaged workbook, `too_large` for what unpacks too far.
    """
    _refuse_bombs(data, max_unpacked)
    # openpyxl warns about every extension that it skips (data validation, default styles).
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(data, sheet)
        except UploadError:
            raise
        except Exception as error:
            # A damaged workbook raises almost anything: KeyError, ParseError, BadZipFile, ValueError, zlib.error …
            raise file_error(FileCode.NOT_TEXT, kind="a damaged Excel workbook") from error


def _refuse_bombs(data: bytes, max_unpacked: int) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > max_unpacked:
        sizes = (f"{count / 1e6:,.0f} MB unpacked" for count in (unpacked, max_unpacked))
        raise file_error(FileCode.TOO_LARGE, size=next(sizes), limit=next(sizes))


def _read(data: bytes, wanted: str | None) -> SheetContent:
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        visible = [worksheet for worksheet in workbook.worksheets if worksheet.sheet_state == "visible"]
        names = tuple(worksheet.title for worksheet in visible)
        if wanted is not None and wanted not in names:
            raise UploadError(
                f"The workbook has no visible sheet “{wanted}”. Choose another one.", code=FileCode.NO_ROWS
            )
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            contents = [
                _sheet(worksheet, sheet_layout(archive.read(worksheet._worksheet_path)))
                for worksheet in visible
                if wanted in (None, worksheet.title)
            ]
    finally:
        workbook.close()
    content = contents[0] if wanted is not None else the_list(contents)
    several = () if wanted is not None or len(names) < 2 else (Repair("sheet", 1, content.sheet),)
    return replace(content, sheets=names, repairs=(*several, *content.repairs))


def the_list(contents: Sequence[SheetContent]) -> SheetContent:
    """The only sheet with phone numbers, else the first that holds anything.

    Raises:
        SeveralSheetsError: more than one holds numbers, so it is not for us to say who is meant.
        UploadError: `empty_file`.
    """
    filled = [content for content in contents if content.records]
    lists = [content for content in filled if holds_numbers(content.records)]
    if len(lists) > 1:
        raise SeveralSheetsError(
            [(content.sheet, sum(not is_blank(record) for record in content.records[1:])) for content in lists]
        )
    if not filled:
        raise file_error(FileCode.EMPTY_FILE)
    return (lists or filled)[0]


def _sheet(worksheet: Any, layout: SheetLayout) -> SheetContent:
    worksheet.reset_dimensions()  # what the file claims about its size is often wrong
    records, row_numbers = [], []
    hidden = 0
    covered = layout.covered_cells()
    values: dict[tuple[int, int], str] = {}
    for row, cells in enumerate(worksheet.iter_rows(), start=1):
        record = list(_texts(cells))
        if covered:
            record = _with_merged(record, row, covered, values)
        while record and not record[-1]:
            record.pop()
        if row in layout.hidden_rows:
            hidden += bool(record)
            continue
        records.append(record)
        row_numbers.append(row)
    while records and not records[-1]:
        records.pop()
    return SheetContent(
        records,
        row_numbers[: len(records)],
        (),
        worksheet.title,
        tuple(_repairs(layout, hidden, len(covered))),
        layout.hidden_columns,
    )


def _texts(cells: Sequence[Any]) -> Iterator[str]:
    for cell in cells:
        value = cell.value
        if value is None or isinstance(value, str):
            if value == "#VALUE!" and is_date_format(cell.number_format):
                raise UploadError(
                    f"Cell {cell.coordinate} holds a date that Excel itself cannot show. Try saving the sheet as CSV.",
                    code=FileCode.NOT_TEXT,
                )
            yield value or ""
        else:
            yield cell_text(value, cell.number_format)


def _with_merged(
    record: list[str], row: int, covered: dict[tuple[int, int], tuple[int, int]], values: dict[tuple[int, int], str]
) -> list[str]:
    """The record with the value of each merged range in every cell that the range covers."""
    last = max((column for at, column in covered if at == row), default=0)
    record += [""] * (last - len(record))
    for column, text in enumerate(record, start=1):
        values[row, column] = text
        origin = covered.get((row, column))
        if origin is not None:
            record[column - 1] = values.get(origin, "")
    return record


def _repairs(layout: SheetLayout, hidden: int, covered: int) -> Iterator[Repair]:
    if hidden:
        yield Repair("hidden_rows", hidden, str(min(layout.hidden_rows)))
    if layout.hidden_columns:
        yield Repair("hidden_columns", len(layout.hidden_columns), layout.hidden_columns[0])
    if covered:
        yield Repair("merged_cells", covered)
    if layout.uncalculated:
        yield Repair("uncalculated_formulas", len(layout.uncalculated), layout.uncalculated[0])
