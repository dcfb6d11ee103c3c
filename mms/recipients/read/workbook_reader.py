"""Workbooks to records: the visible sheet that holds the list, its cells as the person sees them.

python-calamine reads the cells; what it leaves out of an XLSX (number formats, hidden rows, merged ranges, errors)
is read from the sheet's XML. The older formats and ODS have no such XML that we could ask.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openpyxl.styles.numbers import is_date_format
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from mms import isolation
from mms.errors import MmsError, UploadError
from mms.problems import FileCode
from mms.recipients.read.cell_text import cell_text, date_text, plain_number
from mms.recipients.read.file_errors import SeveralSheetsError, file_error
from mms.recipients.read.header import holds_numbers, is_blank
from mms.recipients.read.sheet_layout import SheetLayout, sheet_layout
from mms.recipients.read.workbook_archive import require_bounded_archive
from mms.recipients.read.workbook_parts import (
    SheetPart,
    column_number,
    error_cells,
    formatted_cells,
    with_usual_names,
    workbook_parts,
)
from mms.recipients.repairs import Repair

_MOST_CELLS = 60_000_000
"""calamine lays a sheet out as a rectangle; one stray cell far away would fill the memory."""
_WIDEST = 16_384
_MOST_CHARACTERS = 400_000_000  # a text that is stored once may stand in a million cells
_LAST_ROW = 1_048_576
_FAR_COLUMN = re.compile(rb'\br="([A-Z]{2,9})\d')
_FAR_ROW = re.compile(rb'\br="[A-Z]{0,9}(\d{7,99})"')
_ANY_ROW = re.compile(rb'\br="[A-Z]{0,9}(\d{1,99})"')
_ODD_ATTRIBUTE = re.compile(rb"\br(?:\s|=\s|=')")
# What Excel writes for a control character; some programs write it twice over.
_ESCAPED = re.compile(r"_x(00(?:0[0-9A-Fa-f]|1[0-9A-Fa-f]|5[Ff]))_")


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
    """The sheet called `sheet`, or the only visible one that holds numbers, of an XLSX or XLSM.

    Raises:
        SeveralSheetsError: no sheet was named, and more than one holds a list.
        UploadError: `not_text` for a damaged workbook, `too_large` for what unpacks too far.
    """
    try:
        require_bounded_archive(data, max_unpacked)
        return _read(with_usual_names(data), sheet)
    except (MmsError, MemoryError):
        raise
    except Exception as error:
        # A damaged workbook raises almost anything: KeyError, ParseError, BadZipFile, ValueError, zlib.error …
        raise file_error(FileCode.NOT_TEXT, kind="a damaged Excel workbook") from error


def read_other_workbook(data: bytes, sheet: str | None, kind: str, *, max_unpacked: int) -> SheetContent:
    """The same for XLS, XLSB and ODS, whose hidden rows cannot be told.

    Raises:
        SeveralSheetsError: no sheet was named, and more than one holds a list.
        UploadError: `not_text` for a damaged workbook, `too_large` for what unpacks too far.
    """
    isolation.require_own_process()  # how large its sheets become is known only when they are there
    try:
        if data.startswith(b"PK"):
            require_bounded_archive(data, max_unpacked)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [
            about.name
            for about in workbook.sheets_metadata
            if about.visible == SheetVisibleEnum.Visible and about.typ == SheetTypeEnum.WorkSheet
        ]
        contents = [
            _content(name, _rows(workbook.get_sheet_by_name(name)), SheetLayout()) for name in _asked(visible, sheet)
        ]
    except (MmsError, MemoryError):
        raise
    except Exception as error:
        raise file_error(FileCode.NOT_TEXT, kind=f"{kind} that is damaged") from error
    content = _chosen(contents, tuple(visible), sheet)
    return replace(content, repairs=(*content.repairs, Repair("hidden_rows_unknown", 1, kind)))


def _read(data: bytes, wanted: str | None) -> SheetContent:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = workbook_parts(archive)
        names = tuple(sheet.name for sheet in parts.visible)
        asked = _asked(names, wanted)
        contents = [
            _xlsx_sheet(workbook, sheet, archive.read(sheet.path), parts.formats)
            for sheet in parts.visible
            if sheet.name in asked
        ]
    return _chosen(contents, names, wanted)


def _asked(names: Sequence[str], wanted: str | None) -> Sequence[str]:
    if wanted is None:
        return names
    if wanted not in names:
        raise UploadError(f"The workbook has no visible sheet “{wanted}”. Choose another one.", code=FileCode.NO_ROWS)
    return [wanted]


def _chosen(contents: Sequence[SheetContent], names: tuple[str, ...], wanted: str | None) -> SheetContent:
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


def _xlsx_sheet(workbook: CalamineWorkbook, sheet: SheetPart, xml: bytes, formats: tuple[str, ...]) -> SheetContent:
    _refuse_far_away(xml)
    rows = _rows(workbook.get_sheet_by_name(sheet.name), formatted_cells(xml, formats), error_cells(xml))
    return _content(sheet.name, rows, sheet_layout(xml))


def _refuse_far_away(xml: bytes) -> None:
    """Stop before a rectangle that no memory holds; the cells themselves may be few."""
    if _ODD_ATTRIBUTE.search(xml):
        isolation.require_own_process()  # places written like this are not found below
    rows = _FAR_ROW.findall(xml)
    columns = set(_FAR_COLUMN.findall(xml))
    widest = max((column_number(letters) for letters in columns), default=26)
    if columns and not rows:
        rows = _ANY_ROW.findall(xml)
    last_row = max(map(int, rows), default=0)
    if last_row > _LAST_ROW or widest > _WIDEST:
        raise file_error(FileCode.NOT_TEXT, kind="a damaged Excel workbook")
    if widest * last_row > _MOST_CELLS:
        raise file_error(FileCode.TOO_LARGE, size=f"{widest:,} columns by {last_row:,} rows", limit="60 million cells")


def _rows(
    sheet: CalamineSheet,
    formats: dict[tuple[int, int], str] | None = None,
    errors: dict[tuple[int, int], str] | None = None,
) -> list[list[str]]:
    """Every cell as text; `formats` and `errors` by (row, column) from 1."""
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    formats = formats or {}
    format_of = formats.get
    characters = 0
    known: dict[tuple[Any, str | None], str] = {}
    for at, row in enumerate(rows, start=1):
        characters += sum(len(value) for value in row if type(value) is str)
        if characters > _MOST_CHARACTERS:
            raise file_error(
                FileCode.TOO_LARGE, size="more text", limit=f"{_MOST_CHARACTERS // 10**6} million characters"
            )
        for place, value in enumerate(row):
            if type(value) is str:
                if "_x" in value:
                    row[place] = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
                continue
            number_format = format_of((at, place + 1))
            if number_format is None and type(value) is float:
                row[place] = plain_number(value)
                continue
            key = value, number_format
            text = known.get(key)
            if text is None:
                text = known[key] = _shown(value, number_format)
            row[place] = text
    for (row_number, column), text in (errors or {}).items():
        if row_number <= len(rows) and column <= len(rows[row_number - 1]):
            rows[row_number - 1][column - 1] = text
    return rows


def _shown(value: Any, number_format: str | None) -> str:
    if number_format is None:
        return date_text(value)
    if isinstance(value, float) and is_date_format(number_format):
        raise UploadError(
            f"The workbook holds a date that Excel itself cannot show ({value:g}). Try saving the sheet as CSV.",
            code=FileCode.NOT_TEXT,
        )
    return cell_text(value, number_format)


def _content(name: str, rows: list[list[str]], layout: SheetLayout) -> SheetContent:
    records, row_numbers = [], []
    hidden = 0
    covered = layout.covered_cells()
    last_covered: dict[int, int] = {}
    for row, column in covered:
        last_covered[row] = max(column, last_covered.get(row, 0))
    values: dict[tuple[int, int], str] = {}
    for row, record in enumerate(rows, start=1):
        if covered:
            record.extend([""] * (last_covered.get(row, 0) - len(record)))
            _fill_merged(record, row, covered, values)
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
        name,
        tuple(_repairs(layout, hidden, len(covered))),
        layout.hidden_columns,
    )


def _fill_merged(
    record: list[str], row: int, covered: dict[tuple[int, int], tuple[int, int]], values: dict[tuple[int, int], str]
) -> None:
    """Put the value of each merged range into every cell that the range covers."""
    for column, text in enumerate(record, start=1):
        values[row, column] = text
        origin = covered.get((row, column))
        if origin is not None:
            record[column - 1] = values.get(origin, "")


def _repairs(layout: SheetLayout, hidden: int, covered: int) -> Iterator[Repair]:
    if hidden:
        yield Repair("hidden_rows", hidden, str(min(layout.hidden_rows)))
    if layout.hidden_columns:
        yield Repair("hidden_columns", len(layout.hidden_columns), layout.hidden_columns[0])
    if covered:
        yield Repair("merged_cells", covered)
    if layout.uncalculated:
        yield Repair("uncalculated_formulas", len(layout.uncalculated), layout.uncalculated[0])
